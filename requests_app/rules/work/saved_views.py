"""Saved views of the queue: who sees which, with whom one may share, and who may change a shared one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from requests_app.models import Department, Jurisdiction, Membership, SavedView, Team, User
from requests_app.rules.people import permissions

Audience = SavedView.Audience
# Of these at once each person keeps at the top of the queue.
PINNED_MAX = 8
VIEWS_MAX = 100


@dataclass(frozen=True)
class SharedWith:
    """An audience, with the team or department of that name."""

    audience: Audience
    team: Team | None = None
    department: Department | None = None

    @property
    def code(self) -> str:
        """ "me", "team-12", "department-3" or "city"."""
        row = self.team or self.department
        return f"{self.audience}-{row.pk}" if row else str(self.audience)


def visible(user: User, city: Jurisdiction) -> "QuerySet[SavedView]":
    """The views that a member of this city's staff may open: their own, and those shared with them."""
    departments = [one.department_id for one in _memberships(user, city) if one.department_id is not None]
    shared = Q(audience=Audience.CITY) | Q(department__in=departments)
    # No join with the members of teams: a view would appear once for each.
    shared |= Q(team__in=Team.objects.filter(members=user, active=True).values("pk"))
    found = SavedView.objects.filter(jurisdiction=city).filter(Q(owner=user) | shared)
    return found.select_related("team__department", "department", "owner").order_by("name", "id")


def audiences(user: User, city: Jurisdiction) -> list[SharedWith]:
    """With whom this user may share a view. Contractors keep theirs to themselves."""
    memberships = [one for one in _memberships(user, city) if "only_assigned" not in one.role.permissions]
    departments = [one.department for one in memberships if one.department is not None]
    teams: list[Team] = []
    if memberships:
        own = Q(members=user) | Q(department__in=[department.pk for department in departments])
        teams = list(Team.objects.filter(own, active=True, department__jurisdiction=city).distinct().order_by("code"))
    return [
        SharedWith(Audience.ME),
        *(SharedWith(Audience.TEAM, team=team) for team in teams),
        *(SharedWith(Audience.DEPARTMENT, department=department) for department in departments),
        *([SharedWith(Audience.CITY)] if _leads_city(memberships) else []),
    ]


def may_change(user: User, view: SavedView) -> bool:
    """Its owner may, and those who supervise the people it is shared with: else it stays forever once its owner has left."""
    if view.owner_id == user.pk:
        return True
    memberships = _memberships(user, view.jurisdiction)
    if view.audience == Audience.ME:
        return False
    if _leads_city(memberships):
        return True
    department_id = view.team.department_id if view.team else view.department_id
    return department_id is not None and any(
        one.department_id == department_id and "supervise" in one.role.permissions for one in memberships
    )


def _leads_city(memberships: Iterable[Membership]) -> bool:
    return any(
        one.department_id is None and {"administer", "supervise"} & set(one.role.permissions) for one in memberships
    )


def _memberships(user: User, city: Jurisdiction) -> list[Membership]:
    return [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
