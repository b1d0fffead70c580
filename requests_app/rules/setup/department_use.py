"""What still points to a department or a team, so that closing it would leave something without an owner."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from requests_app.models import (
    Department,
    Membership,
    OnCall,
    RoutingRule,
    Service,
    ServiceRequest,
    Team,
)

# Open requests are counted no further than this.
COUNT_MAX = 1_000


@dataclass(frozen=True)
class DepartmentUse:
    """open_requests: at most COUNT_MAX + 1."""

    services: list[Service]
    rules: list[RoutingRule]
    memberships: list[Membership]
    teams: list[Team]
    on_call: list[OnCall]
    open_requests: int

    @property
    def can_move(self) -> bool:
        """Whether there is something that another department can take over at once."""
        return bool(self.services or self.rules or self.memberships or self.on_call)

    @property
    def is_free(self) -> bool:
        return not (self.can_move or self.teams or self.open_requests)


def department_use(department: Department) -> DepartmentUse:
    services = Service.objects.filter(current__department=department, active=True).select_related("current")
    memberships = Membership.objects.filter(department=department, user__is_active=True)
    return DepartmentUse(
        services=list(services.order_by("service_code")),
        rules=list(
            RoutingRule.objects.filter(jurisdiction=department.jurisdiction_id, active=True).filter(
                Q(department=department) | Q(then__inform__contains=[department.code])
            )
        ),
        memberships=list(memberships.select_related("user", "role").order_by("user__name", "id")),
        teams=list(Team.objects.filter(department=department, active=True)),
        on_call=list(OnCall.objects.filter(department=department).select_related("user")),
        open_requests=_count(ServiceRequest.objects.open().filter(department=department)),
    )


def open_in_team(team: Team) -> int:
    """At most COUNT_MAX + 1."""
    return _count(ServiceRequest.objects.open().filter(team=team))


def _count(requests: QuerySet[ServiceRequest]) -> int:
    return requests.order_by()[: COUNT_MAX + 1].count()
