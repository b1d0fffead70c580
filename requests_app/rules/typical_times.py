"""Typical times: how long recent reports of a service or in an area took, and how many there were."""

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection

from requests_app.models import Area, Disposition, Service
from requests_app.places.public_place import LISTED
from requests_app.places.statement_timeout import TimeUpError, at_most

# With fewer reports, pages show the service's target instead.
ENOUGH = 20
DAYS = 90
CACHED_S = 900
# Give up if the database takes longer.
MOST_MS = 2000
# Merged, withdrawn, unanswered and bulk-closed reports say nothing about how long work takes.
COUNTED = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
)
QUERY = """
SELECT count(*),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY resolved_at - submitted_at),
  percentile_cont(0.8) WITHIN GROUP (ORDER BY resolved_at - submitted_at)
FROM requests_app_servicerequest
WHERE service_id = %s AND disposition = ANY(%s) AND NOT is_test
  AND resolved_at > app_now() - make_interval(days => %s) AND submitted_at > app_now() - make_interval(days => %s)
"""
# Lets the query use the index of a service's public requests; without it, all requests of the service are read.
PUBLIC = " AND public_state = 'public'"

# Uses the area's index. Public requests only, since the page says where they are; none that took longer than a year.
IN_AREA = """
SELECT count(*) FILTER (WHERE lies.submitted_at > app_now() - make_interval(days => %(days)s)),
  count(*) FILTER (WHERE done.took IS NOT NULL),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY done.took) FILTER (WHERE done.took IS NOT NULL),
  percentile_cont(0.8) WITHIN GROUP (ORDER BY done.took) FILTER (WHERE done.took IS NOT NULL)
FROM requests_app_requestarea lies
LEFT JOIN LATERAL (
  SELECT resolved_at - lies.submitted_at AS took FROM requests_app_servicerequest
  WHERE id = lies.service_request_id AND disposition = ANY(%(counted)s)
    AND resolved_at > app_now() - make_interval(days => %(days)s)
) done ON true
WHERE lies.area_id = %(area)s AND lies.public_state = 'public'
  AND lies.submitted_at > app_now() - make_interval(days => 365)
"""


@dataclass(frozen=True)
class TypicalTime:
    """Of `count` reports resolved in the last 90 days, half took at most `half`, and 8 in 10 at most `most`."""

    count: int
    half: dt.timedelta
    most: dt.timedelta


def typical_time(service: Service) -> TypicalTime | None:
    """None if there are too few. Cached for 15 minutes, since it changes slowly and many pages show it."""
    key = f"usual:{service.pk}"
    cached = cache.get(key)
    if isinstance(cached, tuple):
        return TypicalTime(*cached) if cached else None
    found = _took(service)
    cache.set(key, found, timeout=CACHED_S)
    return TypicalTime(*found) if found else None


def _took(service: Service) -> tuple[int, dt.timedelta, dt.timedelta] | tuple[()]:
    is_public = service.current is not None and service.current.visibility in LISTED
    # A report that took longer than a year isn't typical.
    parameters: list[Any] = [service.pk, [str(disposition) for disposition in COUNTED], DAYS, 365]
    try:
        with nullcontext() if is_public else at_most(MOST_MS), connection.cursor() as cursor:
            cursor.execute(QUERY + (PUBLIC if is_public else ""), parameters)
            count, half, most = cursor.fetchone()
    except TimeUpError:
        return ()
    return (count, half, most) if count >= ENOUGH else ()


@dataclass(frozen=True)
class AreaNumbers:
    """Last 90 days: public reports made in an area, and typical times if enough were resolved."""

    reported: int
    usual: TypicalTime | None


def area_numbers(area: Area) -> AreaNumbers | None:
    """None if the database was too slow. Cached as long as typical_time()."""
    key = f"usual-in:{area.pk}"
    counts = cache.get(key)
    if not isinstance(counts, tuple):
        counts = _count(area)
        cache.set(key, counts, timeout=CACHED_S)
    if not counts:
        return None
    reported, ended, half, most = counts
    return AreaNumbers(reported, TypicalTime(ended, half, most) if ended >= ENOUGH else None)


def _count(area: Area) -> tuple[int, int, dt.timedelta, dt.timedelta] | tuple[()]:
    parameters: dict[str, Any] = {
        "area": area.pk,
        "days": DAYS,
        "counted": [str(disposition) for disposition in COUNTED],
    }
    try:
        with at_most(MOST_MS), connection.cursor() as cursor:
            cursor.execute(IN_AREA, parameters)
            reported, ended, half, most = cursor.fetchone()
    except TimeUpError:
        return ()
    return reported, ended, half, most
