"""Departments, their teams and calendars: adding, changing, moving what points to them, closing."""

from typing import Any

from django.db import transaction

from requests_app.actions.routing import versions
from requests_app.actions.setup import catalog_versions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_conflicts import need_last_change
from requests_app.models import Calendar, Department, Membership, OnCall, ServiceRequest, Task, Team, User
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.setup.catalog_rows import (
    written_calendar,
    written_department,
    written_service,
    written_team,
)
from requests_app.rules.setup.department_use import DepartmentUse, department_use

Columns = dict[str, Any]


class StillUsed(Exception):
    """Something points to the department. use: what."""

    def __init__(self, use: DepartmentUse) -> None:
        super().__init__()
        self.use = use


# --- Departments ------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_department(department: Department, *, actor: User, seen: int | None = None, **columns: Any) -> Department:
    """Adds or changes a department. seen: the last change that the form knew; raises ChangedMeanwhile."""
    city, before = department.jurisdiction, None
    if department.pk:
        department = (
            Department.objects.select_for_update(of=("self",)).select_related("calendar", "head").get(pk=department.pk)
        )
        need_last_change(city, "department", department.code, seen)
        before = _written_department(department)
    _set(department, columns)
    _record_department(department, actor, before)
    return department


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
    same = Membership.objects.filter(user=membership.user, jurisdiction=membership.jurisdiction_id, department=to)
    if same.filter(role=membership.role).exists():
        membership.delete()
    else:
        Membership.objects.filter(pk=membership.pk).update(department=to)


@transaction.atomic
def close_department(department: Department, *, actor: User) -> None:
    """Raises StillUsed while something points to it."""
    department = Department.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=department.pk)
    use = department_use(department)
    if not use.is_free:
        raise StillUsed(use)
    before = _written_department(department)
    _set(department, {"active": False})
    _record_department(department, actor, before, action="closed")


@transaction.atomic
def reopen_department(department: Department, *, actor: User) -> None:
    department = Department.objects.select_for_update(of=("self",)).select_related("calendar").get(pk=department.pk)
    before = _written_department(department)
    _set(department, {"active": True})
    _record_department(department, actor, before)


def _record_department(department: Department, actor: User, before: Columns | None, action: str = "") -> None:
    setup_changes.record(
        department.jurisdiction,
        "department",
        department.code,
        actor=actor,
        name=str(department),
        before=before,
        after=_written_department(department),
        action=action,
    )


def _written_department(department: Department) -> Columns:
    """As in a catalog file, with its head, whom no file names."""
    head = {"head": str(department.head)} if department.head else {}
    return {**written_department(department), **head}


# --- Teams ------------------------------------------------------------------------------------------------------------


def team_key(team: Team) -> str:
    """What the log of setup calls it: a team's code is unique in its department only."""
    return f"{team.department.code}/{team.code}"


@transaction.atomic
def save_team(team: Team, *, actor: User, members: list[User], seen: int | None = None, **columns: Any) -> Team:
    """Adds or changes a team. seen: the last change that the form knew; raises ChangedMeanwhile."""
    city, before = team.department.jurisdiction, None
    if team.pk:
        team = Team.objects.select_for_update(of=("self",)).select_related("department").get(pk=team.pk)
        need_last_change(city, "team", team_key(team), seen)
        before = written_team(team)
    _set(team, columns)
    team.members.set(members)
    _record_team(team, actor, before)
    return team


@transaction.atomic
def end_team(team: Team, *, to: Team | None, actor: User) -> int:
    """Ends a team; its open requests and tasks go to another team of the department, or to no team. Returns how many requests."""
    team = Team.objects.select_for_update(of=("self",)).select_related("department__jurisdiction").get(pk=team.pk)
    before = written_team(team)
    moved = ServiceRequest.objects.open().filter(team=team).update(team=to)
    Task.objects.filter(department=team.department, team=team, state=Task.State.OPEN).update(team=to)
    _set(team, {"active": False})
    _record_team(team, actor, before, action="closed")
    return moved


def _record_team(team: Team, actor: User, before: Columns | None, action: str = "") -> None:
    setup_changes.record(
        team.department.jurisdiction,
        "team",
        team_key(team),
        actor=actor,
        name=str(team),
        before=before,
        after=written_team(team),
        action=action,
    )


# --- Calendars --------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_calendar(calendar: Calendar, *, actor: User, seen: int | None = None, **columns: Any) -> Calendar:
    """Adds or changes a calendar. Due dates that are set stay; they're counted in the new hours once work resumes or is
    transferred. seen: the last change that the form knew; raises ChangedMeanwhile."""
    city, before = calendar.jurisdiction, None
    if calendar.pk:
        calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
        need_last_change(city, "calendar", calendar.code, seen)
        before = written_calendar(calendar)
    _set(calendar, columns)
    after = written_calendar(calendar)
    setup_changes.record(city, "calendar", calendar.code, actor=actor, name=calendar.code, before=before, after=after)
    return calendar


def _set(row: Department | Team | Calendar, columns: Columns) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save()
