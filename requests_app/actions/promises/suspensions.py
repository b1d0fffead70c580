"""Suspending the clocks of some services or areas for a time: adding it, moving its end, and stopping the clocks in batches."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy

from requests_app import events, outbox
from requests_app.actions.shared import clocks
from requests_app.actions.shared.setup_rows import SetupRow, State, moment
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import (
    OPEN,
    Clock,
    ClockSuspension,
    Jurisdiction,
    OutboxRow,
    ServiceRequest,
    User,
)
from requests_app.rules.promises import suspensions

ROW = "suspend_clocks"
# Requests in one transaction.
BATCH = 100
START, END = "start", "end"


class AlreadyOver(Exception):
    """Its end can't be moved any more: the clocks run again."""


def _state(suspension: ClockSuspension) -> State:
    return {
        "reason": suspension.reason,
        "services": sorted(suspension.services.values_list("service_code", flat=True)),
        "areas": sorted(f"{area.layer}:{area.code}" for area in suspension.areas.only("layer", "code")),
        "starts_at": moment(suspension.starts_at, suspension.jurisdiction),
        "ends_at": moment(suspension.ends_at, suspension.jurisdiction),
    }


# Nothing is undone: time that a clock has run or stopped stays so.
SUSPENSION = SetupRow(
    "suspension",
    gettext_lazy("Stopped clocks"),
    ClockSuspension,
    _state,
    name=lambda suspension: localized(suspension.reason),
    stays=True,
)


@transaction.atomic
def add(jurisdiction: Jurisdiction, *, starts_at: dt.datetime, actor: User, **columns: Any) -> ClockSuspension:
    """columns: services, areas, reason, ends_at. No services: all of them, and likewise areas.

    One that would begin in the past begins now: time that has run stays run.
    """
    row = ClockSuspension(jurisdiction=jurisdiction)
    suspension = SUSPENSION.add(row, actor=actor, starts_at=max(starts_at, app_now()), **columns)
    _enqueue(suspension, START)
    _enqueue(suspension, END)
    return suspension


@transaction.atomic
def move_end(pk: int, *, ends_at: dt.datetime, actor: User, seen: str | None = None) -> ClockSuspension:
    """Ends it earlier or later; a time that has passed means now. One that hasn't begun then never stops a clock.

    seen: the fingerprint that the form carried. Raises AlreadyOver and ChangedMeanwhile.
    """
    suspension, now = SUSPENSION.locked(pk), app_now()
    if suspension.ends_at <= now:
        raise AlreadyOver
    ends_at = max(ends_at, now)
    starts_at = min(suspension.starts_at, ends_at - dt.timedelta(microseconds=1))
    action = "switched_off" if ends_at == now else ""
    suspension = SUSPENSION.change(pk, actor=actor, seen=seen, action=action, starts_at=starts_at, ends_at=ends_at)
    _enqueue(suspension, END)
    return suspension


def _enqueue(suspension: ClockSuspension, phase: str, after: int = 0) -> None:
    at = suspension.starts_at if phase == START else suspension.ends_at
    outbox.enqueue(
        ROW,
        lane=OutboxRow.Lane.DATABASE,
        jurisdiction_id=suspension.jurisdiction_id,
        dedupe_key=f"{ROW}:{suspension.pk}:{phase}:{at.timestamp():.6f}:{after}",
        due_at=at,
    )


def suspend_row(row: OutboxRow) -> None:
    """Stops or resumes the clocks of the next batch, in the transaction that finishes the row: a killed worker loses nothing.

    clocks.reconcile() decides, not the row: one that comes late, twice, or after the end was moved does no harm.
    """
    _row, pk, phase, _at, after = row.dedupe_key.split(":")
    suspension = ClockSuspension.objects.filter(pk=int(pk)).first()
    if suspension is None:
        return
    found = suspensions.running_clocks(suspension) if phase == START else Clock.objects.filter(suspension=suspension)
    rest = found.filter(met_at=None, service_request__gt=int(after)).order_by("service_request_id")
    ids = list(rest.values_list("service_request_id", flat=True).distinct()[:BATCH])
    for request_id in ids:
        _reconcile(request_id)
    if ids:
        _enqueue(suspension, phase, ids[-1])


def _reconcile(pk: int) -> None:
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.status not in OPEN:
        return
    was_stopped = _is_stopped(service_request)
    for suspension in clocks.reconcile(service_request):
        ClockSuspension.objects.filter(pk=suspension.pk).update(stopped=F("stopped") + 1)
    service_request.save(update_fields=clocks.DUE_FIELDS)
    stopped = _is_stopped(service_request)
    if stopped and not was_stopped:
        events.record(service_request, "clock_suspended", actor=None, suspension_id=stopped)
    elif was_stopped and not stopped:
        events.record(service_request, "clock_resumed", actor=None, suspension_id=was_stopped)


def _is_stopped(service_request: ServiceRequest) -> int | None:
    """The suspension that stops one of its clocks (id)."""
    stopped = service_request.clocks.filter(met_at=None, suspension__isnull=False).order_by("-kind")
    return stopped.values_list("suspension_id", flat=True).first()
