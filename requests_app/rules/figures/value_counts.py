"""What the value report adds up, by month or by day of the city: all from tables of counts, none of which names anybody.

A count's key begins with what it is: ("contact", channel, outcome), ("web_answer",), (measure, part) of ValueCount, ("call", what),
("call_target", seconds), ("promise", what). Days are those of the city's zone.
"""

import datetime as dt
from collections import Counter, defaultdict
from typing import Any

from django.db import connection

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, ValueCount

Key = tuple[str, ...]
Counts = Counter[Key]
Measure = ValueCount.Measure

# {day}: the first day of the period that a row is in.
CONTACTS = """
SELECT {day}, channel, outcome, sum(value) FROM requests_app_contactcount
WHERE jurisdiction_id = %(city)s AND day >= %(since)s AND day < %(until)s GROUP BY 1, 2, 3
"""
WEB_ANSWERS = """
SELECT {day}, sum(value) FROM requests_app_answeredcount
WHERE jurisdiction_id = %(city)s AND day >= %(since)s AND day < %(until)s GROUP BY 1
"""
MEASURES = """
SELECT {day}, measure, part, sum(value) FROM requests_app_valuecount
WHERE jurisdiction_id = %(city)s AND day >= %(since)s AND day < %(until)s GROUP BY 1, 2, 3
"""
CALL_COLUMNS = ("offered", "answered", "abandoned", "abandoned_early", "answered_in_time", "wait_s", "handle_s")
CALLS = f"""
SELECT {{day}}, target_s, {", ".join(f"sum({column})" for column in CALL_COLUMNS)} FROM requests_app_callcount
WHERE jurisdiction_id = %(city)s AND starts_at >= %(since_at)s AND starts_at < %(until_at)s GROUP BY 1, 2
"""  # noqa: S608  (constants)
# What counts as kept, late and left out is as in rules/contacts/call_backs.py:promises_kept, by day.
PROMISES = """
SELECT {day}, CASE WHEN first_tried_at <= promised_at THEN 'kept' WHEN first_tried_at IS NOT NULL THEN 'late'
  WHEN outcome = 'not_needed' THEN 'not_needed' WHEN promised_at < %(now)s THEN 'late' ELSE 'not_due' END, count(*)
FROM requests_app_callback
WHERE jurisdiction_id = %(city)s AND kind = 'call_back' AND promised_at >= %(since_at)s AND promised_at < %(until_at)s GROUP BY 1, 2
"""
FIRST_DAYS = """
SELECT 'contact', min(day) FROM requests_app_contactcount WHERE jurisdiction_id = %(city)s
UNION ALL SELECT 'web_answer', min(day) FROM requests_app_answeredcount WHERE jurisdiction_id = %(city)s
UNION ALL SELECT measure, min(day) FROM requests_app_valuecount WHERE jurisdiction_id = %(city)s GROUP BY 1
UNION ALL SELECT 'call', (min(starts_at) AT TIME ZONE %(zone)s)::date FROM requests_app_callcount WHERE jurisdiction_id = %(city)s
UNION ALL SELECT 'promise', (min(promised_at) AT TIME ZONE %(zone)s)::date FROM requests_app_callback
  WHERE jurisdiction_id = %(city)s AND promised_at IS NOT NULL
"""


def by_month(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> dict[dt.date, Counts]:
    """Under the first day of each month; since, until: first days of months."""
    return _counts(jurisdiction, since, until, "date_trunc('month', {day})::date")


def by_day(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> dict[dt.date, Counts]:
    return _counts(jurisdiction, since, until, "{day}")


def _counts(jurisdiction: Jurisdiction, since: dt.date, until: dt.date, period: str) -> dict[dt.date, Counts]:
    between: dict[str, Any] = {
        "city": jurisdiction.pk,
        "zone": jurisdiction.time_zone,
        "since": since,
        "until": until,
        "since_at": dt.datetime.combine(since, dt.time(), jurisdiction.zone),
        "until_at": dt.datetime.combine(until, dt.time(), jurisdiction.zone),
        "now": app_now(),
    }
    counts: dict[dt.date, Counts] = defaultdict(Counter)
    with connection.cursor() as cursor:

        def rows(statement: str, day: str) -> list[tuple[Any, ...]]:
            cursor.execute(statement.format(day=period.format(day=day)), between)
            return cursor.fetchall()

        for day, channel, outcome, value in rows(CONTACTS, "day"):
            counts[day]["contact", channel, outcome] += int(value)
        for day, value in rows(WEB_ANSWERS, "day"):
            counts[day]["web_answer",] += int(value)
        for day, measure, part, value in rows(MEASURES, "day"):
            counts[day][measure, part] += int(value)
        for day, target_s, *values in rows(CALLS, "(starts_at AT TIME ZONE %(zone)s)::date"):
            for column, value in zip(CALL_COLUMNS, values, strict=True):
                counts[day]["call", column] += int(value)
            counts[day]["call_target", str(target_s)] += int(values[0])
        for day, part, value in rows(PROMISES, "(promised_at AT TIME ZONE %(zone)s)::date"):
            counts[day]["promise", part] += int(value)
    return counts


def first_days(jurisdiction: Jurisdiction) -> dict[str, dt.date]:
    """Since when each kind of count exists; those that don't aren't in it."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_DAYS, {"city": jurisdiction.pk, "zone": jurisdiction.time_zone})
        return {kind: day for kind, day in cursor.fetchall() if day is not None}
