"""Departments, their teams and calendars: adding, changing, moving what points to them, closing."""

from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from requests_app.actions.routing import versions
from requests_app.actions.setup import catalog_versions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import Columns, SetupRow, State, by_code
from requests_app.models import (
    Calendar,
    Department,
    Jurisdiction,
    Membership,
    OnCall,
    ServiceRequest,
    SetupChange,
    Task,
    Team,
    User,
)
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.setup.catalog_rows import (
    written_calendar,
    written_department,
    written_service,
    written_team,
)
from requests_app.rules.setup.department_use import DepartmentUse, department_use


class StillUsed(Exception):
    """Something points to the department. use: what."""

    def __init__(self, use: DepartmentUse) -> None:
        super().__init__()
        self.use = use


# --- Departments ------------------------------------------------------------------------------------------------------


def _department_state(department: Department) -> State:
    """As in a catalog file, with its head, whom no file names."""
    head = {"head": str(department.head)} if department.head else {}
    return {**written_department(department), **head}


def _department_columns(city: Jurisdiction, state: State) -> Columns:
    return {
        **state,
        "calendar": Calendar.objects.get(jurisdiction=city, code=state["calendar"]),
        "head": _staff_by_name(city, state["head"]) if "head" in state else None,
    }


def _staff_by_name(city: Jurisdiction, name: str) -> User:
    return User.objects.filter(memberships__jurisdiction=city, name=name).distinct().get()


DEPARTMENT = SetupRow(
    "department",
    gettext_lazy("Department"),
    Department,
    _department_state,
    columns=_department_columns,
    stays=True,
    key=attrgetter("code"),
    lookup=by_code,
    related=("jurisdiction", "calendar", "head"),
)


@transaction.atomic
def move_everything(department: Department, to: Department, *, actor: User) -> None:
    """Services (as new versions), routing rules, people and the roster of a department go to another one.

    Open requests and teams stay: people move those one by one.
    """
    use = department_use(Department.objects.select_for_update().get(pk=department.pk))
    city, before, after = department.jurisdiction, {"department": department.code}, {"department": to.code}
    for service in use.services:
        catalog_versions.publish(service, written_service(service) | after)
        name = str(service.current)
        setup_changes.record(
            city,
            "service",
            service.service_code,
            actor=actor,
            name=name,
            before=before,
            after=after,
            action="published",
        )
    if use.rules:
        rules = [_sent_to(rule, department, to) for rule in rules_in_use(city.pk)]
        versions.publish(city, rules, actor=actor, note=f"{department} → {to}")
    for membership in use.memberships:
        _move_membership(membership, to)
        user = membership.user
        setup_changes.record(city, "person", user.pk, actor=actor, name=str(user), before=before, after=after)
    if use.on_call:
        OnCall.objects.filter(department=department).update(department=to)
        for entry in use.on_call:
            name = str(entry.user or entry.name)
            setup_changes.record(city, "on_call", entry.pk, actor=actor, name=name, before=before, after=after)


def _sent_to(rule: dict[str, Any], department: Department, to: Department) -> dict[str, Any]:
    """The rule with the other department. Its team stays behind, since it is one of the old department."""
    informed = [to.code if code == department.code else code for code in rule.get("inform", [])]
    rule = {**rule, "inform": list(dict.fromkeys(informed))}
    return rule if rule["department"] != department.code else {**rule, "department": to.code, "team": ""}


def _move_membership(membership: Membership, to: Department) -> None:
    same = Membership.objects.filter(user=membership.user, department=to)
    if same.filter(role=membership.role).exists():
        membership.delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(department=to)


@transaction.atomic
def close_department(department: Department, *, actor: User) -> None:
    """Raises StillUsed while something points to it."""
    use = department_use(DEPARTMENT.locked(department.pk))
    if not use.is_free:
        raise StillUsed(use)
    DEPARTMENT.change(department.pk, actor=actor, action="closed", active=False)


# --- Teams ------------------------------------------------------------------------------------------------------------


def team_key(team: Team) -> str:
    """What the log of setup calls it: a team's code is unique in its department only."""
    return f"{team.department.code}/{team.code}"


def _team_columns(city: Jurisdiction, state: State) -> Columns:
    return {
        "name": state["name"],
        "members": [_staff_by_name(city, name) for name in state["members"]],
        "shares_by_load": state.get("shares_by_load", False),
        "active": state["active"],
    }


def _team_lookup(change: SetupChange) -> Columns:
    department, _slash, code = change.key.partition("/")
    return {"department__jurisdiction": change.jurisdiction_id, "department__code": department, "code": code}


TEAM = SetupRow(
    "team",
    gettext_lazy("Team"),
    Team,
    written_team,
    columns=_team_columns,
    stays=True,
    key=team_key,
    lookup=_team_lookup,
    city=attrgetter("department.jurisdiction"),
    related=("department__jurisdiction",),
)


@transaction.atomic
def end_team(team: Team, *, to: Team | None, actor: User) -> int:
    """Ends a team; its open requests and tasks go to another team of the department, or to no team. Returns how many requests."""
    team = TEAM.locked(team.pk)
    moved = ServiceRequest.objects.open().filter(team=team).update(team=to)
    Task.objects.filter(department=team.department, team=team, state=Task.State.OPEN).update(team=to)
    TEAM.change(team.pk, actor=actor, action="closed", active=False)
    return moved


# --- Calendars --------------------------------------------------------------------------------------------------------


def _calendar_columns(_city: Jurisdiction, state: State) -> Columns:
    """The hours of one that is always open are not logged, and stay."""
    hours = {day: [span.split("-") for span in spans] for day, spans in state.get("hours", {}).items()}
    kept = {"hours": hours} if "hours" in state else {}
    return {**kept, "always": state.get("always", False), "holidays": state.get("holidays", {})}


# Due dates that are set stay; they're counted in the new hours once work resumes or is transferred.
CALENDAR = SetupRow(
    "calendar",
    gettext_lazy("Calendar"),
    Calendar,
    written_calendar,
    columns=_calendar_columns,
    stays=True,
    key=attrgetter("code"),
    lookup=by_code,
)
