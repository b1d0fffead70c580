"""What was reported and closed in each of the last weeks, and what was open at their ends, for everybody.

From the daily load, which is counted every night without confidential requests: no page counts requests.
"""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from requests_app.clock import app_now
from requests_app.models import Jurisdiction

WEEKS = 12
CACHED_S = 900
BY_WEEK = """
SELECT (%(last)s - day) / 7 AS week, sum(submitted), sum(ended),
  sum(open_week + open_month + open_quarter + open_older) FILTER (WHERE (%(last)s - day) %% 7 = 0)
FROM requests_app_dailyload
WHERE jurisdiction_id = %(city)s AND day > %(last)s - %(days)s AND day <= %(last)s AND NOT is_confidential
GROUP BY 1
"""


@dataclass(frozen=True)
class Weeks:
    """The last WEEKS weeks of seven days, oldest first. last_days: the last day of each. still_open: at its end."""

    last_days: list[dt.date]
    reported: list[int]
    closed: list[int]
    still_open: list[int]


def city_weeks(jurisdiction: Jurisdiction) -> Weeks | None:
    """Until yesterday, or the day before while that isn't counted yet; None if neither is, as in a new city."""
    yesterday = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=1)
    return _weeks(jurisdiction, yesterday) or _weeks(jurisdiction, yesterday - dt.timedelta(days=1))


def _weeks(jurisdiction: Jurisdiction, last: dt.date) -> Weeks | None:
    """None if its last day isn't counted. Cached for 15 minutes, since it changes once a day."""
    key = f"city_weeks:{jurisdiction.pk}:{last}"
    counts: dict[int, tuple[int, int, int | None]] | None = cache.get(key)
    if counts is None:
        with connection.cursor() as cursor:
            cursor.execute(BY_WEEK, {"city": jurisdiction.pk, "last": last, "days": WEEKS * 7})
            counts = {
                week: (int(reported), int(closed), None if still_open is None else int(still_open))
                for week, reported, closed, still_open in cursor.fetchall()
            }
        cache.set(key, counts, timeout=CACHED_S)
    if counts.get(0, (0, 0, None))[2] is None:
        return None
    ago = range(WEEKS - 1, -1, -1)
    reported, closed, still_open = ([counts.get(week, (0, 0, 0))[number] or 0 for week in ago] for number in range(3))
    return Weeks([last - dt.timedelta(days=7 * week) for week in ago], reported, closed, still_open)
