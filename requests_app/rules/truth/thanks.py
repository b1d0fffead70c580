"""What residents thanked a crew for recently, for those who did the work."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Q

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, ServiceRequest, Team, User

DAYS = 30
# So many are counted, and the newest of them listed.
COUNTED_MAX, SHOWN = 200, 3


@dataclass(frozen=True)
class Thanks:
    """people: how many selected "Thank the crew". newest: what they thanked for, without its relations."""

    people: int = 0
    newest: list[ServiceRequest] = field(default_factory=list)


def thanks_to(user: User, jurisdiction: Jurisdiction) -> Thanks:
    """For what the user, or one of their teams, finished in the last 30 days."""
    teams = Team.objects.filter(members=user, active=True)
    found = list(
        ServiceRequest.objects.in_jurisdiction(jurisdiction)
        .visible_to(user, triage=False)
        .filter(Q(assignee=user) | Q(team__in=teams.values("pk")))
        .filter(thanks_count__gt=0, resolved_at__gte=app_now() - dt.timedelta(days=DAYS))
        .only(
            "reference", "jurisdiction", "service", "service_version", "department", "team", "address", "thanks_count"
        )
        .order_by("-resolved_at", "-id")[:COUNTED_MAX]
    )
    return Thanks(sum(one.thanks_count for one in found), found[:SHOWN])
