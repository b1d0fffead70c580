"""Signs of life for the doctor, as rows: Redis, which may be what failed, isn't asked."""

import threading
import time

from django.db import connection

from requests_app.models import OutboxRow

BEAT = "beat"
EVERY_S = 20.0

_lock = threading.Lock()
_noted: dict[str, float] = {}


def note(name: str) -> None:
    """A lane was just worked on, or beat's message came. Written every EVERY_S seconds at most."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(name, -EVERY_S) < EVERY_S:
            return
        _noted[name] = now
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO requests_app_heartbeat (name) VALUES (%s) ON CONFLICT (name) DO UPDATE SET beat_at = app_now()",
            [name],
        )


def record_run(row: OutboxRow, seconds: float, error: str = "") -> None:
    """How a part of the clock ended. error: the class of what it raised; empty: it ended well."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO requests_app_clockrun AS run (part, jurisdiction_id, seconds, error, failures, succeeded_at)
            VALUES (%(part)s, %(city)s, %(seconds)s, %(error)s, (%(error)s <> '')::int,
                    CASE WHEN %(error)s = '' THEN app_now() END)
            ON CONFLICT (part, jurisdiction_id) DO UPDATE SET
              ended_at = app_now(), seconds = excluded.seconds, error = excluded.error,
              failures = CASE WHEN excluded.error = '' THEN 0 ELSE run.failures + 1 END,
              succeeded_at = coalesce(excluded.succeeded_at, run.succeeded_at)""",
            {"part": row.kind, "city": row.jurisdiction_id, "seconds": round(seconds, 3), "error": error[:80]},
        )
