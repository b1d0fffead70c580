"""Adding, changing and removing macros, and running one on a request."""

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.actions.work import steps
from requests_app.models import Department, Event, Jurisdiction, Macro, ServiceRequest, User
from requests_app.rules.work.steps import check, loaded


def run(macro: Macro, service_request: ServiceRequest, *, actor: User, last_event_id: int | None) -> Event | None:
    """All of its steps or none; undone as one. Raises Refused, staff_actions.Changed and merges.CannotMerge."""
    todo = loaded(macro.steps, macro.jurisdiction, actor)
    return steps.perform(service_request.pk, todo, actor=actor, last_event_id=last_event_id)


def _state(macro: Macro) -> State:
    return {
        "name": macro.name,
        "department": macro.department.code if macro.department else "",
        "key": macro.key,
        "steps": macro.steps,
    }


def _columns(city: Jurisdiction, state: State) -> Columns:
    code = state["department"]
    return {**state, "department": Department.objects.get(jurisdiction=city, code=code) if code else None}


def _check(macro: Macro, _actor: User | None) -> None:
    """Raises Refused if what the steps name isn't there."""
    check(macro.steps)
    # Who runs it later is somebody else.
    loaded(macro.steps, macro.jurisdiction, None)


MACRO = SetupRow(
    "macro",
    gettext_lazy("Macro"),
    Macro,
    _state,
    columns=_columns,
    related=("jurisdiction", "department"),
    check=_check,
    # What people set up for themselves is no setup of the city.
    is_logged=lambda macro: macro.owner_id is None,
)
