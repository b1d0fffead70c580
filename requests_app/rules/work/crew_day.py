"""What a crew does today: the open requests and tasks of a person or a team that can be worked on now."""

import datetime as dt

from django.db.models import Q, QuerySet

from requests_app.models import Jurisdiction, ServiceRequest, Status, Task, Team, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.rules.people import permissions
from requests_app.rules.work import snoozes, tasks

# Open, and not on hold.
WORKABLE = [Status.RECEIVED, Status.ROUTED, Status.IN_PROGRESS]
# A day has no more stops than this, requests and tasks together.
STOPS_MAX = 30


def works_outside(user: User, jurisdiction: Jurisdiction) -> bool:
    """Whether this user's roles in the city resolve requests and give out none: crews and contractors."""
    codes = {
        code
        for membership in permissions.memberships_of(user)
        if membership.jurisdiction_id == jurisdiction.pk
        for code in membership.role.permissions
    }
    return "resolve" in codes and not codes & {"assign", "triage", "administer"}


def teams_of(user: User, jurisdiction: Jurisdiction) -> list[int]:
    teams = Team.objects.filter(members=user, active=True, department__jurisdiction=jurisdiction)
    return list(teams.order_by("id").values_list("id", flat=True))


def requests_of(user: User, jurisdiction: Jurisdiction, teams: list[int], *, day: dt.date) -> ServiceRequestQuerySet:
    """Assigned to the user, or to nobody yet in one of their teams; without what they snoozed. day: today in the city."""
    whose = Q(assignee=user)
    if teams:
        whose |= Q(assignee=None, team__in=teams)
    found = _workable(jurisdiction, day).visible_to(user, triage=False).filter(whose)
    hidden = snoozes.hidden_ids(user, jurisdiction)
    return found.exclude(pk__in=hidden) if hidden else found


def requests_of_team(team: Team, jurisdiction: Jurisdiction, *, day: dt.date) -> ServiceRequestQuerySet:
    """All of the team's, assigned to one of its members or to nobody."""
    return _workable(jurisdiction, day).filter(team=team)


def _workable(jurisdiction: Jurisdiction, day: dt.date) -> ServiceRequestQuerySet:
    found = ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(is_test=False, status__in=WORKABLE)
    return found.exclude(scheduled_for__gt=day)


def tasks_of(user: User, jurisdiction: Jurisdiction, teams: list[int]) -> list[Task]:
    """The tasks of the user's teams. To those who work outside, also their department's that no team has."""
    whose = Q(team__in=teams)
    if works_outside(user, jurisdiction):
        whose |= Q(team=None)
    elif not teams:
        return []
    return _first(tasks.open_tasks(user, jurisdiction).filter(whose))


def tasks_of_team(team: Team, user: User, jurisdiction: Jurisdiction) -> list[Task]:
    """Those that `user`, who prints them for the team, may read."""
    return _first(tasks.open_tasks(user, jurisdiction).filter(team=team))


def _first(tasks: QuerySet[Task]) -> list[Task]:
    return list(tasks.select_related("department", "service_request").order_by("due_on", "id")[: STOPS_MAX + 1])
