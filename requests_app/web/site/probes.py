"""Health checks: is the process up, is it ready, and how much work is waiting."""

from typing import Any

from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from requests_app.models import OutboxRow

LOST = (OperationalError, InterfaceError)

_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers, without touching anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


def waiting() -> dict[str, Any]:
    """Overdue outbox rows by lane: how many (counted up to 10,000) and the age of the oldest."""
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


def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 503 only if the database is unreachable or migrations are missing. The body has the outbox's age."""
    try:
        if not _is_migrated():
            return JsonResponse({"ready": False, "reason": "migrations are missing"}, status=503)
        return JsonResponse({"ready": True, "outbox": waiting()})
    except LOST:
        return JsonResponse({"ready": False, "reason": "the database cannot be reached"}, status=503)


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        # Migrations don't disappear under a running process, so check once.
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated
