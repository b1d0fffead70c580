"""Who of a team gets the next request, if its members share by load."""

from django.db.models import Count, Max, Q

from requests_app.models import OPEN, Team, User
from requests_app.rules.people import leaves


def next_in_team(team: Team) -> User | None:
    """The member with the fewest open requests of the team's department; of several, who got one longest ago.

    Skips those who are away or can't sign in.
    """
    of_department = Q(assigned__department=team.department_id)
    return (
        team.members.filter(is_active=True)
        .exclude(pk__in=leaves.away_ids(team.department.jurisdiction))
        .annotate(
            load=Count("assigned", filter=of_department & Q(assigned__status__in=OPEN)),
            latest=Max("assigned__routed_at", filter=of_department & Q(assigned__status__in=OPEN)),
        )
        .order_by("load", "latest", "id")
        .first()
    )
