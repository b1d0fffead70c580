"""What is usual: how long the last reports of a service took, from the rows themselves and with their number."""

import datetime as dt
from dataclasses import dataclass

from django.core.cache import cache
from django.db import connection

from requests_app.models import Disposition, Service

# Fewer than these say nothing: then the promise stands there instead, called what it is.
ENOUGH = 20
DAYS = 90
KEPT_S = 900
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


@dataclass(frozen=True)
class Usual:
    """Of `count` reports that ended in the last 90 days, half took no longer than `half`, eight of ten than `most`."""

    count: int
    half: dt.timedelta
    most: dt.timedelta


def usual_time(service: Service) -> Usual | None:
    """None where there are too few. Kept for a quarter of an hour, since it changes slowly and pages ask often."""
    key = f"usual:{service.pk}"
    kept = cache.get(key)
    if isinstance(kept, tuple):
        return Usual(*kept) if kept else None
    with connection.cursor() as cursor:
        # What took longer than a year is no longer usual; the second limit lets an index begin there.
        cursor.execute(QUERY, [service.pk, [str(one) for one in COUNTED], DAYS, 365])
        count, half, most = cursor.fetchone()
    found = (count, half, most) if count >= ENOUGH else ()
    cache.set(key, found, timeout=KEPT_S)
    return Usual(*found) if found else None
