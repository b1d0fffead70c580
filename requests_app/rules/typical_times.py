"""What is usual: how long the last reports of a service or in an area took, from the rows themselves and with their number."""

import datetime as dt
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db import connection

from requests_app.models import Area, Disposition, Service
from requests_app.places.public_place import LISTED
from requests_app.places.statement_timeout import TimeUpError, at_most

# Fewer than these say nothing: then the promise stands there instead, called what it is.
ENOUGH = 20
DAYS = 90
KEPT_S = 900
# What takes the database longer than this is not said.
MOST_MS = 2000
# Joined, withdrawn, unanswered and bulk closings tell nothing about how long the work takes.
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
# With it, the index of a service's public requests begins a year ago; without it, all that the service ever had is read.
PUBLIC = " AND public_state = 'public'"

# By the area's own index; the public ones alone, since the page says where they are. What took longer than a year is left out.
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
    """Of `count` reports that ended in the last 90 days, half took no longer than `half`, eight of ten than `most`."""

    count: int
    half: dt.timedelta
    most: dt.timedelta


def typical_time(service: Service) -> TypicalTime | None:
    """None where there are too few. Kept for a quarter of an hour, since it changes slowly and pages ask often."""
    key = f"usual:{service.pk}"
    kept = cache.get(key)
    if isinstance(kept, tuple):
        return TypicalTime(*kept) if kept else None
    found = _took(service)
    cache.set(key, found, timeout=KEPT_S)
    return TypicalTime(*found) if found else None


def _took(service: Service) -> tuple[int, dt.timedelta, dt.timedelta] | tuple[()]:
    is_public = service.current is not None and service.current.visibility in LISTED
    # What took longer than a year is no longer usual.
    wanted: list[Any] = [service.pk, [str(one) for one in COUNTED], DAYS, 365]
    try:
        with nullcontext() if is_public else at_most(MOST_MS), connection.cursor() as cursor:
            cursor.execute(QUERY + (PUBLIC if is_public else ""), wanted)
            count, half, most = cursor.fetchone()
    except TimeUpError:
        return ()
    return (count, half, most) if count >= ENOUGH else ()


@dataclass(frozen=True)
class AreaNumbers:
    """Of the last 90 days: how many public reports were made in an area, and how long those that ended took (if enough did)."""

    reported: int
    usual: TypicalTime | None


def area_numbers(area: Area) -> AreaNumbers | None:
    """None where the database had no time to count. Kept as long as usual_time()."""
    key = f"usual-in:{area.pk}"
    kept = cache.get(key)
    if not isinstance(kept, tuple):
        kept = _count(area)
        cache.set(key, kept, timeout=KEPT_S)
    if not kept:
        return None
    reported, ended, half, most = kept
    return AreaNumbers(reported, TypicalTime(ended, half, most) if ended >= ENOUGH else None)


def _count(area: Area) -> tuple[int, int, dt.timedelta, dt.timedelta] | tuple[()]:
    wanted: dict[str, Any] = {"area": area.pk, "days": DAYS, "counted": [str(one) for one in COUNTED]}
    try:
        with at_most(MOST_MS), connection.cursor() as cursor:
            cursor.execute(IN_AREA, wanted)
            reported, ended, half, most = cursor.fetchone()
    except TimeUpError:
        return ()
    return reported, ended, half, most
