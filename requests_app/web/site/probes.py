"""Health checks and metrics: is the process up, is it ready, and how much work is waiting."""

import hmac
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from requests_app.models import OutboxRow

LOST = (OperationalError, InterfaceError)

_migrated = False


def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers, without touching anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


def _waiting() -> dict[str, Any]:
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
        return JsonResponse({"ready": True, "outbox": _waiting()})
    except LOST:
        return JsonResponse({"ready": False, "reason": "the database cannot be reached"}, status=503)


def _is_migrated() -> bool:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        # Migrations don't disappear under a running process, so check once.
        _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _migrated


def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus metrics, with the token or over the server's own Unix socket; 404 otherwise, and through any proxy."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    # Bytes, since compare_digest() rejects non-ASCII strings.
    by_token = bool(settings.METRICS_TOKEN) and hmac.compare_digest(token.encode(), settings.METRICS_TOKEN.encode())
    # A Unix socket has no address; a proxy that uses one says for whom it asks.
    by_socket = request.META.get("REMOTE_ADDR") == "" and "HTTP_X_FORWARDED_FOR" not in request.META
    if not (by_token or by_socket):
        raise Http404
    try:
        return HttpResponse(generate_latest(_measured()), content_type=CONTENT_TYPE_LATEST)
    except LOST:
        return HttpResponse("the database cannot be reached\n", content_type="text/plain", status=503)


def _measured() -> CollectorRegistry:
    registry = CollectorRegistry()
    waiting = _waiting()
    due = Gauge("lamplighter_outbox_due", "Outbox rows that are due", ["lane"], registry=registry)
    oldest = Gauge("lamplighter_outbox_oldest_seconds", "Age of the oldest due outbox row", ["lane"], registry=registry)
    for lane in OutboxRow.Lane.values:
        due.labels(lane).set(waiting[lane]["due"])
        oldest.labels(lane).set(waiting[lane]["oldest_s"])
    Gauge("lamplighter_outbox_dead", "Outbox rows given up", registry=registry).set(waiting["dead"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(sum(value), 0)::bigint FROM requests_app_counter WHERE measure = 'open'")
        row = cursor.fetchone()
        cursor.execute(
            """
            SELECT count(*), coalesce(extract(epoch FROM app_now() - min(submitted_at)), 0)::float
            FROM requests_app_servicerequest WHERE public_state = 'pending_review'"""
        )
        pending, age = cursor.fetchone() or (0, 0)
    Gauge("lamplighter_requests_open", "Open service requests", registry=registry).set(row[0] if row else 0)
    Gauge("lamplighter_requests_pending_review", "Requests that are pending review", registry=registry).set(pending)
    oldest_pending = Gauge(
        "lamplighter_pending_review_oldest_seconds",
        "Age of the oldest request that is pending review",
        registry=registry,
    )
    oldest_pending.set(round(max(age, 0), 1))
    return registry
