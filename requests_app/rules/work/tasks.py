"""Whose a task is, and what its people may read of the request it belongs to."""

from django.db.models import Q, QuerySet

from requests_app.models import CONFIDENTIAL, OPEN, Department, Jurisdiction, ServiceRequest, Task, Team, User
from requests_app.rules.people import permissions


def departments_of(user: User, jurisdiction: Jurisdiction) -> list[int] | None:
    """The departments whose tasks this user works on; None: all of the city's."""
    working = [
        membership
        for membership in permissions.memberships_of(user)
        if membership.jurisdiction_id == jurisdiction.pk
        and "accept" in membership.role.permissions
        and "only_assigned" not in membership.role.permissions
    ]
    if any(membership.department_id is None for membership in working):
        return None
    return sorted({membership.department_id for membership in working if membership.department_id is not None})


def visible_to(user: User, jurisdiction: Jurisdiction) -> QuerySet[Task]:
    """The tasks of the user's departments. A task of another department is read on the request's page only."""
    own = departments_of(user, jurisdiction)
    tasks = Task.objects.filter(department__jurisdiction=jurisdiction)
    if (seen_within := permissions.own_memberships(user)) is not None:
        tasks = tasks.filter(service_request__in=ServiceRequest.objects.filter(permissions.any_covers(seen_within)))
    return tasks if own is None else tasks.filter(department__in=own)


def open_tasks(user: User, jurisdiction: Jurisdiction) -> QuerySet[Task]:
    """Those that can be worked on: the request is open, and the task they come after has ended."""
    mine = visible_to(user, jurisdiction).filter(state=Task.State.OPEN, service_request__status__in=OPEN)
    return mine.filter(Q(after=None) | ~Q(after__state=Task.State.OPEN))


def reads_words(user: User, service_request: ServiceRequest) -> bool:
    """Whether a task's page shows what was reported: not if it is confidential, unless the user may open the request."""
    return service_request.public_state not in CONFIDENTIAL or permissions.can(user, "view", service_request)


def may_set_team(user: User, task: Task) -> bool:
    """Those who give out work in the task's department."""
    return any(
        membership.jurisdiction_id == task.department.jurisdiction_id
        and membership.department_id in (None, task.department_id)
        and "assign" in membership.role.permissions
        for membership in permissions.memberships_of(user)
    )


def teams_of(jurisdiction: Jurisdiction) -> QuerySet[Team]:
    """Those that a task can be given to."""
    teams = Team.objects.filter(department__jurisdiction=jurisdiction, department__active=True, active=True)
    return teams.select_related("department")


def may_be_given(jurisdiction: Jurisdiction) -> QuerySet[Department]:
    return Department.objects.filter(jurisdiction=jurisdiction, active=True)
