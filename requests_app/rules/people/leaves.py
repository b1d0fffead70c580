"""Who is away, and their stand-ins."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from requests_app.clock import app_now
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User
from requests_app.models.staff_access import Leave


@dataclass(frozen=True)
class Away:
    """until: the last day. stand_in: somebody who is there, if there is one."""

    until: dt.date
    stand_in: User | None


def today(jurisdiction: Jurisdiction) -> dt.date:
    return app_now().astimezone(jurisdiction.zone).date()


def on(jurisdiction: Jurisdiction, day: dt.date) -> Q:
    return Q(jurisdiction=jurisdiction, starts_on__lte=day, ends_on__gte=day)


def away_ids(jurisdiction: Jurisdiction, day: dt.date | None = None) -> list[int]:
    """The ids of everybody who is away on this day of the city's calendar (default: today)."""
    return list(Leave.objects.filter(on(jurisdiction, day or today(jurisdiction))).values_list("user_id", flat=True))


def away(jurisdiction: Jurisdiction, users: Iterable[User | int], day: dt.date | None = None) -> dict[int, Away]:
    """By user id: those of these users who are away. If a stand-in is away too, the stand-in's own one is used."""
    wanted = {user if isinstance(user, int) else user.pk for user in users}
    every = of_rows(Leave.objects.filter(on(jurisdiction, day or today(jurisdiction))).select_related("stand_in"))
    return {pk: every[pk] for pk in wanted if pk in every}


def of_rows(rows: Iterable[Leave]) -> dict[int, Away]:
    """By user id. rows: all that a city has on one day, with their stand-ins."""
    leaves = {leave.user_id: leave for leave in rows}
    return {pk: Away(leave.ends_on, _stand_in(leaves, pk)) for pk, leave in leaves.items()}


def _stand_in(leaves: dict[int, Leave], user_id: int) -> User | None:
    seen: set[int] = set()
    stand_in: User | None = None
    while user_id in leaves and user_id not in seen:
        seen.add(user_id)
        stand_in = leaves[user_id].stand_in
        if stand_in is None:
            return None
        user_id = stand_in.pk
    # In a ring everybody is away.
    return stand_in if user_id not in leaves and stand_in is not None and stand_in.is_active else None
