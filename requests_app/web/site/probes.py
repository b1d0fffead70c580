"""Health checks: is the process up, is it ready, and how much work is waiting."""

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from requests_app.doctor import database, queues

LOST = (OperationalError, InterfaceError)


def healthz(request: HttpRequest) -> HttpResponse:
    """Liveness: the process answers, without touching anything else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 503 only if the database is unreachable or migrations are missing. The body has the outbox's age."""
    try:
        if not database.is_migrated():
            return JsonResponse({"ready": False, "reason": "migrations are missing"}, status=503)
        return JsonResponse({"ready": True, "outbox": queues.waiting()})
    except LOST:
        return JsonResponse({"ready": False, "reason": "the database cannot be reached"}, status=503)
