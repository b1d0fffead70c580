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
    """None if the last week isn't counted, as in a new city. Cached for 15 minutes, since it changes once a day."""
    last = app_now().astimezone(jurisdiction.zone).date() - dt.timedelta(days=1)
    key = f"city_weeks:{jurisdiction.pk}:{last}"
    found: dict[int, tuple[int, int, int]] | None = cache.get(key)
    if found is None:
        with connection.cursor() as cursor:
            cursor.execute(BY_WEEK, {"city": jurisdiction.pk, "last": last, "days": WEEKS * 7})
            found = {
                week: (int(reported), int(closed), int(still_open or 0))
                for week, reported, closed, still_open in cursor.fetchall()
            }
        cache.set(key, found, timeout=CACHED_S)
    if 0 not in found:
        return None
    ago = range(WEEKS - 1, -1, -1)
    reported, closed, still_open = ([found.get(week, (0, 0, 0))[number] for week in ago] for number in range(3))
    return Weeks([last - dt.timedelta(days=7 * week) for week in ago], reported, closed, still_open)
