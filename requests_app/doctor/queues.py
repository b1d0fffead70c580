"""How long work waits in the outbox, by lane, and since when email has been waiting."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from requests_app.doctor.findings import Finding, green, red, yellow
from requests_app.models import Jurisdiction, OutboxRow

# Alarms, when the oldest row of a lane that is due is older, in seconds.
LATE_S = {"database": 120, "alarm": 60, "clock": 3600, "webhook": 3600}
# Email: a mail server may be busy for a while.
EMAIL_SLOW_S, EMAIL_LATE_S = 600, 1800
HOUR = dt.timedelta(hours=1)


def waiting() -> dict[str, Any]:
    """Overdue outbox rows by lane: how many (counted up to 10,000) and the age of the oldest. `dead`: what was given up."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT lane, due.n, coalesce(extract(epoch FROM app_now() - due.oldest), 0)::float
            FROM unnest(%s::text[]) lane
            CROSS JOIN LATERAL (
              SELECT count(*) AS n, min(due_at) AS oldest FROM (
                SELECT due_at FROM requests_app_outboxrow row
                WHERE row.lane = lane.lane AND done_at IS NULL AND dead_at IS NULL AND paused_at IS NULL
                  AND due_at <= app_now()
                ORDER BY due_at LIMIT 10000) first) due""",
            [OutboxRow.Lane.values],
        )
        lanes = {lane: {"due": due, "oldest_s": round(max(age, 0), 1)} for lane, due, age in cursor.fetchall()}
        cursor.execute("SELECT count(*) FROM requests_app_outboxrow WHERE dead_at IS NOT NULL")
        row = cursor.fetchone()
    return lanes | {"dead": row[0] if row else 0}


@dataclass(frozen=True)
class EmailQueue:
    """accepted: by the mail server, in the last hour. retried: not accepted yet. refused: for good, in a week."""

    accepted: int
    retried: int
    refused: int
    behind_s: float
    error: str


def email() -> EmailQueue:
    """behind_s: how old the oldest email is that nobody tried to send, or if none was accepted since, the oldest of all.

    One address whose server never answers keeps no other email waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH unsent AS (
              SELECT attempts, last_error, due_at, created_at FROM requests_app_outboxrow
              WHERE lane = 'outside' AND done_at IS NULL AND dead_at IS NULL AND paused_at IS NULL
                AND (due_at <= app_now() OR attempts > 0)
              ORDER BY due_at LIMIT 10000),
            accepted AS (
              SELECT count(*) AS n, max(done_at) AS last FROM requests_app_outboxrow
              WHERE done_at > app_now() - interval '1 hour' AND lane = 'outside' AND last_error = '')
            SELECT (SELECT n FROM accepted),
                   count(*) FILTER (WHERE attempts > 0 AND last_error <> ''),
                   (SELECT count(*) FROM requests_app_outboxrow
                    WHERE dead_at > app_now() - interval '7 days' AND lane = 'outside' AND last_error ~ '^5[0-9][0-9]'),
                   coalesce(greatest(
                     extract(epoch FROM app_now() - min(due_at) FILTER (WHERE attempts = 0)),
                     extract(epoch FROM app_now() - min(created_at) FILTER (
                       WHERE attempts > 0 AND created_at > coalesce((SELECT last FROM accepted), '-infinity')))), 0)::float,
                   coalesce(max(last_error) FILTER (WHERE attempts > 0), '')
            FROM unsent"""
        )
        accepted, retried, refused, behind, error = cursor.fetchone() or (0, 0, 0, 0.0, "")
    return EmailQueue(accepted, retried, refused, max(behind, 0.0), error)


def queues(city: Jurisdiction | None) -> Finding:
    """The lanes but for email, which has a check of its own."""
    lanes = waiting()
    measures = {lane: lanes[lane]["oldest_s"] for lane in LATE_S}
    for lane, late_s in LATE_S.items():
        if lanes[lane]["oldest_s"] > late_s:
            report = yellow if lane == "webhook" else red
            return report(
                gettext_noop("The queue “%(lane)s” is behind: %(due)s tasks, the oldest by %(minutes)s min."),
                gettext_noop("Check: lampctl logs worker, mailer"),
                measures=measures,
                lane=lane,
                due=lanes[lane]["due"],
                minutes=round(lanes[lane]["oldest_s"] / 60),
            )
    return green(gettext_noop("Nothing has been waiting long."), measures=measures)
