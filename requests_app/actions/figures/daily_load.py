"""Computing each day's load, every night: the last two weeks again, since requests are transferred, reopened and hidden later."""

import datetime as dt
from collections import defaultdict
from typing import Any

import structlog
from django.db import connection, transaction

from requests_app.clock import app_now
from requests_app.models import CONFIDENTIAL, OPEN, DailyLoad, Jurisdiction, PublicState, Service
from requests_app.places.statement_timeout import TimeUpError, at_most

log = structlog.get_logger(__name__)

# Older days are kept as they were counted.
CORRECTED_DAYS = 14
# Of a city without any: arrivals for the season, and what was open for the charts.
FIRST_DAYS, FIRST_OPEN_DAYS = 800, 85
KEPT_DAYS = 1200
STATEMENT_MS = 60_000
DELETED = [PublicState.ERASED, PublicState.UNCONFIRMED]

COUNTED = "NOT is_test AND public_state <> ALL(%(left_out)s)"
KEY = "department_id, service_id, public_state = ANY(%(confidential)s)"
SUBMITTED = f"""
SELECT (submitted_at AT TIME ZONE %(zone)s)::date, {KEY}, count(*) FROM requests_app_servicerequest
WHERE jurisdiction_id = %(city)s AND submitted_at >= %(since)s AND submitted_at < %(until)s AND {COUNTED}
GROUP BY 1, 2, 3, 4
"""  # noqa: S608  (constants)
# By service, which has an index of what ended recently.
ENDED = f"""
SELECT (resolved_at AT TIME ZONE %(zone)s)::date, {KEY}, count(*) FROM requests_app_servicerequest
WHERE service_id = ANY(%(services)s) AND resolved_at >= %(since)s AND resolved_at < %(until)s AND {COUNTED}
GROUP BY 1, 2, 3, 4
"""  # noqa: S608
# Open at an instant: still open, or ended since.
WERE_OPEN = f"""
SELECT {KEY},
  count(*) FILTER (WHERE submitted_at > %(until)s - interval '7 days'),
  count(*) FILTER (WHERE submitted_at <= %(until)s - interval '7 days' AND submitted_at > %(until)s - interval '30 days'),
  count(*) FILTER (WHERE submitted_at <= %(until)s - interval '30 days' AND submitted_at > %(until)s - interval '90 days'),
  count(*) FILTER (WHERE submitted_at <= %(until)s - interval '90 days')
FROM (
  SELECT department_id, service_id, public_state, is_test, submitted_at FROM requests_app_servicerequest
  WHERE jurisdiction_id = %(city)s AND status = ANY(%(open)s)
  UNION ALL
  SELECT department_id, service_id, public_state, is_test, submitted_at FROM requests_app_servicerequest
  WHERE service_id = ANY(%(services)s) AND resolved_at >= %(until)s AND status <> ALL(%(open)s)
) counted WHERE submitted_at < %(until)s AND {COUNTED} GROUP BY 1, 2, 3
"""  # noqa: S608
OPEN_COLUMNS = ("open_week", "open_month", "open_quarter", "open_older")
Key = tuple[dt.date, int | None, int, bool]


def record(jurisdiction: Jurisdiction) -> int:
    """Stores the days up to yesterday, and returns the number of rows. Running twice replaces them."""
    today = app_now().astimezone(jurisdiction.zone).date()
    is_first = not DailyLoad.objects.filter(jurisdiction=jurisdiction).exists()
    since = today - dt.timedelta(days=FIRST_DAYS if is_first else CORRECTED_DAYS)
    open_days = FIRST_OPEN_DAYS if is_first else CORRECTED_DAYS
    try:
        rows = _rows(jurisdiction, since, today, open_days)
    except TimeUpError:
        log.warning("daily_load_took_too_long", jurisdiction=jurisdiction.jurisdiction_id)
        return 0
    with transaction.atomic():
        kept = DailyLoad.objects.filter(jurisdiction=jurisdiction)
        kept.filter(day__gte=since).delete()
        kept.filter(day__lt=today - dt.timedelta(days=KEPT_DAYS)).delete()
        DailyLoad.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _rows(jurisdiction: Jurisdiction, since: dt.date, today: dt.date, open_days: int) -> list[DailyLoad]:
    columns_by_key: dict[Key, dict[str, int]] = defaultdict(dict)
    parameters: dict[str, Any] = {
        "city": jurisdiction.pk,
        "services": list(Service.objects.filter(jurisdiction=jurisdiction).values_list("pk", flat=True)),
        "zone": jurisdiction.time_zone,
        "left_out": [str(state) for state in DELETED],
        "confidential": [str(state) for state in CONFIDENTIAL],
        "open": [str(status) for status in OPEN],
    }
    with at_most(STATEMENT_MS), connection.cursor() as cursor:
        between = {"since": _midnight(jurisdiction, since), "until": _midnight(jurisdiction, today)}
        for column, statement in (("submitted", SUBMITTED), ("ended", ENDED)):
            cursor.execute(statement, parameters | between)
            for *key, count in cursor.fetchall():
                columns_by_key[tuple(key)][column] = count
        for back in range(1, open_days + 1):
            day = today - dt.timedelta(days=back)
            cursor.execute(WERE_OPEN, parameters | {"until": _midnight(jurisdiction, day + dt.timedelta(days=1))})
            for department, service, is_confidential, *counts in cursor.fetchall():
                columns_by_key[day, department, service, is_confidential].update(zip(OPEN_COLUMNS, counts, strict=True))
    return [
        DailyLoad(
            jurisdiction=jurisdiction,
            day=day,
            department_id=department,
            service_id=service,
            is_confidential=is_confidential,
            **counts,
        )
        for (day, department, service, is_confidential), counts in columns_by_key.items()
    ]


def _midnight(jurisdiction: Jurisdiction, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), jurisdiction.zone)
