"""Adding, changing and removing macros, and running one on a request."""

from typing import Any

from django.db import IntegrityError, transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.edits import ChangedMeanwhile
from requests_app.actions.work import steps
from requests_app.models import Event, Jurisdiction, Macro, ServiceRequest, User
from requests_app.rules.work.steps import check, loaded

Written = dict[str, Any]
KIND = "macro"


class NameTaken(Exception):
    """There is another macro of this name for the same people."""


def run(macro: Macro, service_request: ServiceRequest, *, actor: User, last_event_id: int | None) -> Event | None:
    """All of its steps or none; undone as one. Raises Refused, staff_actions.Changed and merges.CannotMerge."""
    todo = loaded(macro.steps, macro.jurisdiction, actor)
    return steps.perform(service_request.pk, todo, actor=actor, last_event_id=last_event_id)


def written(macro: Macro) -> Written:
    return {
        "name": macro.name,
        "department": macro.department.code if macro.department else "",
        "key": macro.key,
        "steps": macro.steps,
    }


@transaction.atomic
def add(jurisdiction: Jurisdiction, *, actor: User, **columns: Any) -> Macro:
    """Raises NameTaken, and Refused if what the steps name isn't there."""
    macro = _saved(Macro(jurisdiction=jurisdiction, **columns), actor)
    _record(macro, macro.pk, actor, before=None, after=written(macro))
    return macro


@transaction.atomic
def change(pk: int, *, revision: int, actor: User, **columns: Any) -> Macro:
    """Raises ChangedMeanwhile, NameTaken and Refused."""
    macro = _locked(pk)
    before = written(macro)
    if macro.revision != revision:
        raise ChangedMeanwhile(before, macro.revision)
    for name, value in columns.items():
        setattr(macro, name, value)
    macro.revision += 1
    _saved(macro, actor)
    _record(macro, pk, actor, before=before, after=written(macro))
    return macro


@transaction.atomic
def remove(pk: int, *, actor: User) -> None:
    macro = _locked(pk)
    before = written(macro)
    macro.delete()
    _record(macro, pk, actor, before=before, after=None)


def _record(macro: Macro, pk: int, actor: User, **states: Any) -> None:
    # What people set up for themselves is no setup of the city.
    if macro.owner_id is None:
        setup_changes.record(macro.jurisdiction, KIND, pk, actor=actor, name=macro.name, **states)


def _saved(macro: Macro, actor: User) -> Macro:
    check(macro.steps)
    loaded(macro.steps, macro.jurisdiction, actor)
    try:
        with transaction.atomic():
            macro.save()
    except IntegrityError as error:
        raise NameTaken(macro.name) from error
    return macro


def _locked(pk: int) -> Macro:
    return Macro.objects.select_for_update(of=("self",)).select_related("jurisdiction", "department").get(pk=pk)
