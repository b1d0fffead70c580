"""How many public reports came in during each of the last weeks, in an area, of a service or around a place, and how they ended."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate

from requests_app.clock import app_now
from requests_app.models import OPEN, Jurisdiction, ServiceRequest
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.promises.typical_times import CACHED_S, MOST_MS

WEEKS = 12


@dataclass(frozen=True)
class RecentWeeks:
    """Reports by the week in which they came in, oldest first. last_days: the last day of each week; the last one is today."""

    last_days: list[dt.date]
    closed: list[int]
    still_open: list[int]

    @property
    def reported(self) -> int:
        return sum(self.closed) + sum(self.still_open)


def recent_weeks(
    jurisdiction: Jurisdiction, key: str, since_then: Callable[[dt.datetime], QuerySet[ServiceRequest]]
) -> RecentWeeks | None:
    """since_then: the public requests made since a time, by an index. key: names them in the cache.

    None if the database was too slow. Cached as long as typical times.
    """
    today = app_now().astimezone(jurisdiction.zone).date()
    key = f"recent-weeks:{jurisdiction.pk}:{today}:{key}"
    weeks = cache.get(key)
    if not isinstance(weeks, RecentWeeks):
        first = today - dt.timedelta(days=7 * WEEKS - 1)
        midnight = dt.datetime.combine(first, dt.time(), tzinfo=jurisdiction.zone)
        days = since_then(midnight).order_by().annotate(day=TruncDate("submitted_at", tzinfo=jurisdiction.zone))
        counted = days.values("day").annotate(all=Count("pk"), still_open=Count("pk", filter=Q(status__in=OPEN)))
        closed, still_open = [0] * WEEKS, [0] * WEEKS
        try:
            with at_most(MOST_MS):
                for day, number, is_open in counted.values_list("day", "all", "still_open"):
                    week = min((day - first).days // 7, WEEKS - 1)
                    closed[week] += number - is_open
                    still_open[week] += is_open
        except TimeUpError:
            return None
        weeks = RecentWeeks([first + dt.timedelta(days=7 * week + 6) for week in range(WEEKS)], closed, still_open)
        cache.set(key, weeks, timeout=CACHED_S)
    return weeks
