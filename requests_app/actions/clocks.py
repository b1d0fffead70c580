"""Starting, pausing, resuming and stopping the clocks of a request's targets."""

import datetime as dt
from typing import Any

from requests_app.clock import app_now
from requests_app.models import Clock, Department, ServiceRequest, Target
from requests_app.rules import service_levels

KINDS = (Target.Kind.ACKNOWLEDGE, Target.Kind.RESOLVE)


def start(
    service_request: ServiceRequest,
    *,
    department: Department,
    at: dt.datetime,
    resolve_target: dict[str, Any] | None = None,
    kinds: tuple[str, ...] = KINDS,
    shorter: bool = False,
    waited_s: int = 0,
) -> None:
    """Starts clocks for the service's targets. resolve_target: a target set by an answer, {"value", "unit"}. shorter: after a
    reopening, half the time. waited_s: working seconds since `at` in which the work was on hold."""
    zone = service_request.jurisdiction.zone
    areas = list(service_request.areas.all()) if service_request.pk else []
    for kind in kinds:
        target = service_levels.target_for(
            service_request.service, kind, priority=service_request.priority, areas=areas, at=at
        )
        if kind == Target.Kind.RESOLVE and resolve_target:
            words = dict(resolve_target)
            target = None
        elif target is not None:
            words = {"value": target.value, "unit": target.unit}
        else:
            continue
        hours = service_levels.hours_for(target, department, zone, str(words["unit"]))
        due = service_levels.due_at(at, int(words["value"]), str(words["unit"]), hours)
        if shorter:
            due = hours.add(at, hours.between(at, due) / 2)
        waited = waited_s if kind == Target.Kind.RESOLVE else 0
        Clock.objects.create(
            service_request=service_request,
            kind=kind,
            target=target,
            target_words=words,
            started_at=at,
            due_at=hours.add(due, waited) if waited else due,
            waited_s=waited,
        )
    update_due_fields(service_request)


def update_due_fields(service_request: ServiceRequest) -> None:
    """Copies the clocks to the request's due columns, which the caller saves."""
    running = {clock.kind: clock for clock in service_request.clocks.filter(met_at=None)}
    acknowledge = running.get(Target.Kind.ACKNOWLEDGE)
    resolve = running.get(Target.Kind.RESOLVE)
    service_request.acknowledge_due_at = acknowledge.due_at if acknowledge else None
    service_request.due_at = resolve.due_at if resolve and resolve.paused_at is None else None


DUE_FIELDS = ["acknowledge_due_at", "due_at"]


def stop(service_request: ServiceRequest, *kinds: str) -> None:
    """Stops the clock: the target is met, or no longer applies."""
    service_request.clocks.filter(kind__in=kinds, met_at=None).update(met_at=app_now(), paused_at=None)
    # A clock of each kind runs at most, so the other's due time stays as it is.
    if Target.Kind.ACKNOWLEDGE in kinds:
        service_request.acknowledge_due_at = None
    if Target.Kind.RESOLVE in kinds:
        service_request.due_at = None


def _hours(service_request: ServiceRequest, clock: Clock) -> service_levels.WorkingHours:
    department = service_request.department or service_request.service_version.department
    unit = str(clock.target_words["unit"])
    return service_levels.hours_for(clock.target, department, service_request.jurisdiction.zone, unit)


def pause(service_request: ServiceRequest, *, since: dt.datetime | None = None) -> None:
    """since: when the hold began, if not now."""
    at = since or app_now()
    for clock in service_request.clocks.filter(kind=Target.Kind.RESOLVE, met_at=None, paused_at=None):
        clock.remaining_s = round(_hours(service_request, clock).between(at, clock.due_at))
        clock.paused_at = at
        clock.save(update_fields=["remaining_s", "paused_at"])
    update_due_fields(service_request)


def resume(service_request: ServiceRequest) -> None:
    """Resumes with the time that was left. A clock that was already late stays late by as much."""
    now = app_now()
    for clock in service_request.clocks.filter(met_at=None).exclude(paused_at=None):
        remaining_s = clock.remaining_s or 0
        hours = _hours(service_request, clock)
        clock.waited_s += round(hours.between(clock.paused_at or now, now))
        if remaining_s >= 0:
            clock.due_at = hours.add(now, remaining_s)
        else:
            clock.due_at = now + dt.timedelta(seconds=remaining_s)
        clock.paused_at = clock.remaining_s = None
        clock.save(update_fields=["due_at", "paused_at", "remaining_s", "waited_s"])
    update_due_fields(service_request)


def retarget(service_request: ServiceRequest, department: Department) -> None:
    """Takes the targets of its priority, counted from when its clocks started. A target that an answer set stays."""
    areas = list(service_request.areas.all())
    for clock in service_request.clocks.filter(met_at=None, paused_at=None).exclude(target=None):
        target = service_levels.target_for(
            service_request.service,
            clock.kind,
            priority=service_request.priority,
            areas=areas,
            at=clock.started_at,
        )
        if target is not None and target.pk != clock.target_id:
            clock.target, clock.target_words = target, {"value": target.value, "unit": target.unit}
            clock.save(update_fields=["target", "target_words"])
    recalculate(service_request, department)


def recalculate(service_request: ServiceRequest, department: Department) -> None:
    """Recalculates due times in this department's working hours, if routing chose it instead of the service's own."""
    for clock in service_request.clocks.filter(met_at=None, paused_at=None):
        words = clock.target_words
        zone = service_request.jurisdiction.zone
        hours = service_levels.hours_for(clock.target, department, zone, str(words["unit"]))
        due = service_levels.due_at(clock.started_at, int(words["value"]), str(words["unit"]), hours)
        clock.due_at = hours.add(due, clock.waited_s) if clock.waited_s else due
        clock.save(update_fields=["due_at"])
    update_due_fields(service_request)
