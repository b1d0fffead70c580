"""Work on a request while it is open: accept, schedule, visit, make safe; and what every change of status shares.

How it waits is in holds.py, how it ends in endings.py, how it comes back in reopenings.py.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import transaction

from requests_app import events
from requests_app.actions.shared import clocks
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import Department, ServiceRequest, Status, User
from requests_app.rules.shared.lifecycle import IllegalTransition, next_status


class TooLate(Exception):
    """The resident can't do this any more: reopen (see rules/work/reopenings.py), edit, or answer the survey."""


@atomic_action
def accept(pk: int, *, actor: User | None, by_department: Department | None = None) -> ServiceRequest:
    """by_department: by the link in its email, without an actor."""
    service_request, fields = transition(pk, "accept")
    service_request.save(update_fields=[*fields, *acknowledge(service_request)])
    by: dict[str, Any] = {"by_department_id": by_department.pk} if by_department is not None else {}
    events.record(service_request, "accepted", actor=actor, **by)
    return service_request


@transaction.atomic
def schedule(pk: int, *, on: dt.date, actor: User | None) -> ServiceRequest:
    service_request, fields = transition(pk, "schedule")
    service_request.scheduled_for = on
    service_request.save(update_fields=[*fields, "scheduled_for", *acknowledge(service_request)])
    events.record(service_request, "scheduled", actor=actor, date=on)
    return service_request


@transaction.atomic
def visit(pk: int, *, actor: User | None, at: dt.datetime | None = None) -> ServiceRequest:
    """Records a visit, with its time for the public page."""
    service_request, fields = transition(pk, "visit")
    service_request.visited_at = at or app_now()
    service_request.save(update_fields=[*fields, "visited_at", *acknowledge(service_request)])
    events.record(service_request, "visited", actor=actor, at=service_request.visited_at)
    return service_request


@transaction.atomic
def make_safe(pk: int, *, actor: User | None) -> ServiceRequest:
    """Made safe for now, with the repair still to come. The clock keeps running."""
    service_request, fields = transition(pk, "make_safe")
    service_request.made_safe_at = app_now()
    service_request.save(update_fields=[*fields, "made_safe_at", *acknowledge(service_request)])
    events.record(service_request, "made_safe", actor=actor)
    return service_request


def transition(pk: int, action: str) -> tuple[ServiceRequest, list[str]]:
    """Locks a request and moves it. Returns it and the fields to save. Raises IllegalTransition."""
    service_request = ServiceRequest.objects.locked(pk)
    return service_request, move(service_request, action)


def move(service_request: ServiceRequest, action: str) -> list[str]:
    """Moves a locked request to its next status, which may end a hold. Returns the fields to save."""
    before = service_request.status
    service_request.status = next_status(before, action)
    service_request.updated_at = app_now()
    return ["status", "updated_at", *leave_hold(service_request, before)]


def acknowledge(service_request: ServiceRequest) -> list[str]:
    """The first sign of work meets the acknowledgment target. Returns the fields to save."""
    if service_request.acknowledged_at is not None:
        return []
    service_request.acknowledged_at = app_now()
    clocks.stop(service_request, "acknowledge")
    return ["acknowledged_at", *clocks.DUE_FIELDS]


def leave_hold(service_request: ServiceRequest, before: str) -> list[str]:
    """Resumes the clock when a hold ends. Returns the fields to save."""
    if before != Status.ON_HOLD or service_request.status == Status.ON_HOLD:
        return []
    service_request.hold_reason, service_request.hold_until = "", None
    clocks.resume(service_request)
    return ["hold_reason", "hold_until", *clocks.DUE_FIELDS]


def apply_unless_changed(action: Callable[[int], ServiceRequest], pk: int) -> bool:
    """Skips a request that changed since it was listed, so that it does not stop the batch."""
    try:
        action(pk)
    except IllegalTransition:
        return False
    return True
