"""What a request's events say of its status: since when it has it, and whether work has begun."""

import datetime as dt
from collections.abc import Set

from requests_app import event_kinds
from requests_app.models import Event, ServiceRequest, Status

# Each of these shows that somebody works on it.
WORK = event_kinds.where(work="begins")
# After each of these, nobody has begun: it is new, with another department, or open again.
RESTART = event_kinds.where(work="restarts")
# It left a hold: by hand or on its day, or by the answer to a question.
RESUMED = event_kinds.where(work="resumes")
WAITS = event_kinds.where(work="holds")


def work_has_begun(service_request: ServiceRequest) -> bool:
    """Whether its department has started on it, on hold or not."""
    last = service_request.events.filter(kind__in=WORK | RESTART).order_by("-id").first()
    if last is None:
        # An import has no such events.
        return service_request.acknowledged_at is not None
    return last.kind in WORK


def since(service_request: ServiceRequest) -> dt.datetime:
    """When the status that residents read began (wording.status_words), by its own event."""
    status = service_request.status
    if not service_request.is_open:
        return service_request.resolved_at or service_request.updated_at
    if status == Status.ON_HOLD:
        return _last(service_request, WAITS) or service_request.updated_at
    if status == Status.IN_PROGRESS:
        return _in_progress_since(service_request) or service_request.acknowledged_at or service_request.updated_at
    if service_request.reopened_count:
        return _last(service_request, {"reopened"}) or service_request.updated_at
    if status == Status.ROUTED and service_request.routed_at is not None:
        return service_request.routed_at
    return service_request.submitted_at


def _in_progress_since(service_request: ServiceRequest) -> dt.datetime | None:
    if service_request.scheduled_for:
        return _last(service_request, {"scheduled"})
    if service_request.made_safe_at:
        return service_request.made_safe_at
    began: dt.datetime | None = None
    for event in service_request.events.filter(kind__in=WORK | RESTART | RESUMED).order_by("id"):
        if event.kind in RESTART:
            began = None
        elif event.kind in WORK:
            began = began or event.at
        elif began is not None and _ended_a_hold(event):
            began = event.at
    return began


def _ended_a_hold(event: Event) -> bool:
    return event.kind == "resumed" or bool(event.data.get("resumed"))


def _last(service_request: ServiceRequest, kinds: Set[str]) -> dt.datetime | None:
    return service_request.events.filter(kind__in=kinds).order_by("-id").values_list("at", flat=True).first()
