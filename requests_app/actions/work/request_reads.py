"""Remembering which requests a member of staff has opened, for 30 days."""

from requests_app.clock import app_now
from requests_app.models import RequestRead, ServiceRequest, User
from requests_app.rules.work.request_reads import KEPT

DELETED_AT_ONCE = 20_000


def remember(user: User, service_request: ServiceRequest, last_event_id: int) -> None:
    """last_event_id: the newest event that the page showed."""
    RequestRead.objects.bulk_create(
        [RequestRead(user=user, service_request=service_request, last_event_id=last_event_id, read_at=app_now())],
        update_conflicts=True,
        unique_fields=["user", "service_request"],
        update_fields=["last_event_id", "read_at"],
    )


def delete_old() -> None:
    """In batches, oldest first."""
    while True:
        old = RequestRead.objects.filter(read_at__lt=app_now() - KEPT).order_by("read_at")
        pks = list(old.values_list("pk", flat=True)[:DELETED_AT_ONCE])
        RequestRead.objects.filter(pk__in=pks).delete()
        if len(pks) < DELETED_AT_ONCE:
            return
