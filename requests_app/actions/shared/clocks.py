"""Starting, pausing, resuming and stopping the clocks of a request's targets."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import F, Q

from requests_app.clock import app_now
from requests_app.core import json_rows, transactions
from requests_app.models import (
    Calendar,
    Clock,
    ClockSuspension,
    Department,
    PublicState,
    ServiceRequest,
    Status,
    Target,
)
from requests_app.rules.promises import escalation, service_levels, suspensions

KINDS = (Target.Kind.ACKNOWLEDGE, Target.Kind.RESOLVE)
RUNNING_OR_SUSPENDED = Q(paused_at=None) | Q(suspension__isnull=False)


def planned(
    service_request: ServiceRequest,
    *,
    department: Department,
    at: dt.datetime,
    resolve_target: dict[str, Any] | None = None,
    kinds: tuple[str, ...] = KINDS,
    shorter: bool = False,
    instead_of: Iterable[Clock] = (),
    areas: Iterable[int] | None = None,
) -> list[Clock]:
    """Unsaved clocks for the service's targets. Sets the request's due columns, which the caller saves.

    resolve_target: a target set by an answer, {"value", "unit"}. shorter: after a reopening, half the time. instead_of: earlier
    clocks of the request, of which each new one takes over how long it was stopped, and that it is. areas: the ids of those it
    lies in, for a request that is not stored yet.
    """
    zone = service_request.jurisdiction.zone
    lies_in = service_request.request_areas.values("area") if areas is None else areas
    targets = service_levels.candidates(
        service_request.service_id, kinds, priority=service_request.priority, areas=lies_in
    )
    earlier = {clock.kind: clock for clock in instead_of}
    clocks = []
    for kind in kinds:
        answered = resolve_target if kind == Target.Kind.RESOLVE else None
        promise = service_levels.promise(
            service_request.jurisdiction,
            kind,
            service_levels.newest(targets, kind, at=at),
            answered,
            _urgency(service_request, targets),
            department=department,
            at=at,
        )
        if promise is None:
            continue
        target, target_words = promise
        hours = service_levels.hours_for(target, department, zone, str(target_words["unit"]))
        due = service_levels.due_at(at, int(target_words["value"]), str(target_words["unit"]), hours)
        if shorter:
            due = hours.add(at, hours.between(at, due) / 2)
        before = earlier.get(kind)
        waited = before.waited_s if before else 0
        clock = Clock(
            service_request=service_request,
            kind=kind,
            target=target,
            target_words=target_words,
            started_at=at,
            runs_since=(before.runs_since if before else None) or at,
            due_at=hours.add(due, waited) if waited else due,
            waited_s=waited,
        )
        if before is not None and before.paused_at is not None:
            clock.paused_at = before.paused_at
            clock.remaining_s = round(hours.between(before.paused_at, clock.due_at))
        _date_step(clock, hours)
        clocks.append(clock)
    now = app_now()
    found = suspensions.of_request(service_request, now=now, areas=areas)
    if found or any(clock.paused_at for clock in clocks):
        _follow_all(service_request, clocks, found, now)
    _set_due_fields(service_request, clocks)
    return clocks


def _urgency(service_request: ServiceRequest, targets: list[Target]) -> service_levels.Urgency:
    service_priority = service_request.service_version.priority
    return service_levels.Urgency(service_request.priority, service_request.priority_reason, service_priority, targets)


def start(service_request: ServiceRequest, **options: Any) -> None:
    """Starts the clocks that planned() makes."""
    _forget(service_request.pk)
    Clock.objects.bulk_create(planned(service_request, **options))


def from_rows(rows: Iterable[tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]]) -> list[Clock]:
    """Clocks with their targets. rows: of a clock, its target and the target's calendar, by column."""
    clocks = []
    for row, target, calendar in rows:
        clock = json_rows.instance(Clock, row)
        if target is not None:
            clock.target = json_rows.instance(Target, target)
            clock.target.calendar = json_rows.instance(Calendar, calendar) if calendar is not None else None
        clocks.append(clock)
    return clocks


def _forget(service_request_id: int) -> None:
    if (scope := transactions.current()) is not None:
        scope.clocks.pop(service_request_id, None)


def _running(service_request: ServiceRequest) -> list[Clock]:
    """Clocks not met yet, stopped ones included."""
    scope = transactions.current()
    if scope is not None and (locked := scope.clocks.pop(service_request.pk, None)) is not None:
        return [clock for clock in locked if clock.met_at is None]
    return list(service_request.clocks.filter(met_at=None).select_related("suspension", "target__calendar"))


def _save(clocks: Collection[Clock], fields: Sequence[str]) -> None:
    if clocks:
        _forget(next(iter(clocks)).service_request_id)
        Clock.objects.bulk_update(clocks, fields)


def update_due_fields(service_request: ServiceRequest) -> None:
    """Copies the clocks to the request's due columns, which the caller saves."""
    _set_due_fields(service_request, service_request.clocks.filter(met_at=None))


def _set_due_fields(service_request: ServiceRequest, clocks: Iterable[Clock]) -> None:
    running = {clock.kind: clock for clock in clocks}
    acknowledge = running.get(Target.Kind.ACKNOWLEDGE)
    resolve = running.get(Target.Kind.RESOLVE)
    service_request.acknowledge_due_at = acknowledge.due_at if acknowledge and acknowledge.paused_at is None else None
    service_request.due_at = resolve.due_at if resolve and resolve.paused_at is None else None


DUE_FIELDS = ["acknowledge_due_at", "due_at"]


def stop(service_request: ServiceRequest, *kinds: str) -> None:
    """Stops the clock: the target is met, or no longer applies."""
    _forget(service_request.pk)
    running = service_request.clocks.filter(kind__in=kinds, met_at=None)
    running.update(met_at=app_now(), paused_at=None, suspension=None, step_at=None)
    # A clock of each kind runs at most, so the other's due time stays as it is.
    if Target.Kind.ACKNOWLEDGE in kinds:
        service_request.acknowledge_due_at = None
    if Target.Kind.RESOLVE in kinds:
        service_request.due_at = None


def _hours(service_request: ServiceRequest, clock: Clock) -> service_levels.WorkingHours:
    department = service_request.department or service_request.service_version.department
    unit = str(clock.target_words["unit"])
    return service_levels.hours_for(clock.target, department, service_request.jurisdiction.zone, unit)


def _date_step(clock: Clock, hours: service_levels.WorkingHours) -> None:
    number = escalation.next_step(clock.kind, clock.step) if clock.paused_at is None else None
    clock.step_at = None
    if number is not None:
        clock.step_at = escalation.step_at(
            escalation.STEPS[number],
            started_at=clock.started_at,
            runs_since=clock.runs_since or clock.started_at,
            due_at=clock.due_at,
            waited_s=clock.waited_s,
            hours=hours,
        )


def take_step(service_request: ServiceRequest, clock: Clock) -> None:
    """Counts the step that was due, and dates the next one."""
    clock.step = (escalation.next_step(clock.kind, clock.step) or 0) + 1
    _date_step(clock, _hours(service_request, clock))
    clock.save(update_fields=["step", "step_at"])


def skip_passed_steps(service_request: ServiceRequest, clock: Clock) -> None:
    """Dates the next step that is still to come."""
    hours, now = _hours(service_request, clock), app_now()
    _date_step(clock, hours)
    while clock.step_at is not None and clock.step_at <= now:
        clock.step = (escalation.next_step(clock.kind, clock.step) or 0) + 1
        _date_step(clock, hours)
    clock.save(update_fields=["step", "step_at"])


DATED_FIELDS = ["due_at", "remaining_s", "step_at"]
STOPPED_FIELDS = ["due_at", "paused_at", "remaining_s", "waited_s", "runs_since", "suspension", "step_at"]


def _pause(service_request: ServiceRequest, clock: Clock, at: dt.datetime) -> None:
    clock.remaining_s = round(_hours(service_request, clock).between(at, clock.due_at))
    clock.paused_at, clock.step_at = at, None


def _resume(service_request: ServiceRequest, clock: Clock, at: dt.datetime) -> None:
    """Resumes with the time that was left. A clock that was already late stays late by as much."""
    remaining_s = clock.remaining_s or 0
    hours = _hours(service_request, clock)
    clock.waited_s += round(hours.between(clock.paused_at or at, at))
    if remaining_s >= 0:
        clock.due_at = hours.add(at, remaining_s)
    else:
        clock.due_at = at + dt.timedelta(seconds=remaining_s)
    clock.paused_at = clock.remaining_s = clock.suspension = None
    clock.runs_since = at
    _date_step(clock, hours)


def pause(service_request: ServiceRequest, *, since: dt.datetime | None = None) -> None:
    """since: when the hold began, if not now. What a suspension has stopped already stays as it is."""
    at, clocks = since or app_now(), _running(service_request)
    runs = [clock for clock in clocks if clock.kind == Target.Kind.RESOLVE and clock.paused_at is None]
    for clock in runs:
        _pause(service_request, clock, at)
    _save(runs, STOPPED_FIELDS)
    _set_due_fields(service_request, clocks)


def resume(service_request: ServiceRequest) -> None:
    """Ends a hold. Under a suspension, the clocks stay stopped until it ends too."""
    clocks = _running(service_request)
    _save(_resume_paused(service_request, clocks), STOPPED_FIELDS)
    _set_due_fields(service_request, clocks)


def hand_to(service_request: ServiceRequest, department: Department) -> None:
    """Ends a hold, and recalculates due times in this department's working hours."""
    clocks = _running(service_request)
    before = {clock.pk: _stopped_values(clock) for clock in clocks}
    _resume_paused(service_request, clocks)
    _date(service_request, clocks, department)
    _save([clock for clock in clocks if _stopped_values(clock) != before[clock.pk]], STOPPED_FIELDS)
    _set_due_fields(service_request, clocks)


def _stopped_values(clock: Clock) -> list[Any]:
    return [getattr(clock, "suspension_id" if name == "suspension" else name) for name in STOPPED_FIELDS]


def _resume_paused(service_request: ServiceRequest, clocks: Iterable[Clock]) -> list[Clock]:
    paused = [clock for clock in clocks if clock.paused_at is not None]
    if paused:
        now = app_now()
        found = suspensions.of_request(service_request, now=now)
        current = next((suspension for suspension in found if suspension.ends_at > now), None)
        for clock in paused:
            if current is None:
                _resume(service_request, clock, now)
            elif clock.suspension_id is None:
                clock.suspension = current
    return paused


def reconcile(service_request: ServiceRequest) -> list[ClockSuspension]:
    """Stops and resumes the clocks of a locked request as suspensions say, and sets its due columns, which the caller saves.

    Goes through everything that happened since a clock last changed, so it doesn't matter when, or how often, it runs. Returns the
    suspensions that stopped a clock.
    """
    now = app_now()
    found = suspensions.of_request(service_request, now=now)
    if not found:
        return []
    clocks = _running(service_request)
    stopped = _follow_all(service_request, clocks, found, now)
    _save(clocks, STOPPED_FIELDS)
    _set_due_fields(service_request, clocks)
    return stopped


def _follow_all(
    service_request: ServiceRequest, clocks: Iterable[Clock], suspended_by: list[ClockSuspension], now: dt.datetime
) -> list[ClockSuspension]:
    stops = suspensions.merged((suspension.starts_at, suspension.ends_at) for suspension in suspended_by)
    stopped = []
    for clock in clocks:
        before = clock.suspension_id
        _follow(service_request, clock, stops, suspended_by, now)
        if clock.suspension is not None and before is None:
            stopped.append(clock.suspension)
    return stopped


def _follow(
    service_request: ServiceRequest,
    clock: Clock,
    stops: list[suspensions.Span],
    suspended_by: list[ClockSuspension],
    now: dt.datetime,
) -> None:
    current = next((suspension for suspension in suspended_by if suspension.ends_at > now), None)
    on_hold = service_request.status == Status.ON_HOLD and clock.kind == Target.Kind.RESOLVE
    if clock.paused_at is not None:
        if clock.suspension is not None and current is None and not on_hold:
            # The end of all the suspensions that followed each other without a gap.
            begun = clock.suspension.starts_at
            _resume(service_request, clock, next((end for start, end in stops if start <= begun <= end), now))
        elif clock.suspension is None and current is None and not on_hold:
            # Its new service or place has no suspension.
            _resume(service_request, clock, now)
        elif current is None or clock.suspension is None or clock.suspension.ends_at <= now:
            clock.suspension = current
    since = clock.runs_since or clock.started_at
    for start, end in stops:
        if clock.paused_at is None and end > since:
            _pause(service_request, clock, max(since, start))
            clock.suspension = current
            if end <= now:
                _resume(service_request, clock, end)
                since = end


def retarget(service_request: ServiceRequest, department: Department) -> None:
    """Takes the targets of its priority, counted from when its clocks started. A target that an answer set stays.

    The city's target for priority 1 counts from now, in a clock of its own; the clock before it is kept, and follows it when the
    priority is lowered. The caller saves the request's due columns.
    """
    clocks = _running(service_request)
    targets = service_levels.candidates(
        service_request.service_id,
        KINDS,
        priority=service_request.priority,
        areas=service_request.request_areas.values("area"),
    )
    own = [clock for clock in clocks if not service_levels.is_of_city(clock.target_words)]
    for clock in own:
        target = service_levels.newest(targets, clock.kind, at=clock.started_at)
        if target is not None and clock.target_id not in (None, target.pk):
            clock.target, clock.target_words = target, {"value": target.value, "unit": target.unit}
    _date(service_request, own, department)
    _save(own, ["target", "target_words", *DATED_FIELDS])
    urgent = [clock for clock in clocks if clock not in own]
    if service_request.priority == 1:
        _start_urgent(service_request, department, {clock.kind: clock for clock in clocks}, targets)
    elif urgent:
        _end_urgent(service_request, department, urgent)
    else:
        _set_due_fields(service_request, clocks)
        return
    update_due_fields(service_request)


def _start_urgent(
    service_request: ServiceRequest, department: Department, running: dict[str, Clock], targets: list[Target]
) -> None:
    """Starts the city's clocks for priority 1, unless the service has its own, or is done sooner."""
    if not service_request.is_open or service_request.public_state == PublicState.UNCONFIRMED:
        return
    now = app_now()
    for kind in ("resolve",) if service_request.acknowledged_at else KINDS:
        before = running.get(kind)
        by_answer = before is not None and before.target_id is None
        if not _urgency(service_request, targets).needs_city(kind, now, by_answer=by_answer):
            continue
        words = service_levels.urgent_words(service_request.jurisdiction, kind)
        hours = service_levels.hours_for(None, department, service_request.jurisdiction.zone, words["unit"])
        due_at = service_levels.due_at(now, words["value"], words["unit"], hours)
        if before is not None and (
            service_levels.is_of_city(before.target_words) or (before.paused_at is None and before.due_at <= due_at)
        ):
            continue
        _replace(service_request, department, kind, before, at=now, answered=_answered(before))
    if service_request.status == Status.ON_HOLD:
        pause(service_request)


def _end_urgent(service_request: ServiceRequest, department: Department, urgent: Iterable[Clock]) -> None:
    """Ends the city's clocks for priority 1. What counted before them counts again from when it started."""
    for clock in urgent:
        before = _before_urgent(service_request, clock)
        _replace(
            service_request,
            department,
            clock.kind,
            clock,
            at=before.started_at if before else clock.started_at,
            answered=_answered(before) if before else clock.target_words.get("instead_of"),
            waited_s=before.waited_s if before else 0,
        )


def _before_urgent(service_request: ServiceRequest, urgent: Clock) -> Clock | None:
    """The clock that the city's replaced, since the request was last opened."""
    for clock in service_request.clocks.filter(kind=urgent.kind, id__lt=urgent.pk).order_by("-id"):
        if clock.met_at != clock.started_at:
            return None
        if not service_levels.is_of_city(clock.target_words):
            return clock
    return None


def _answered(clock: Clock | None) -> dict[str, Any] | None:
    """The target that an answer set."""
    return clock.target_words if clock is not None and clock.target_id is None else None


def _replace(
    service_request: ServiceRequest,
    department: Department,
    kind: str,
    clock: Clock | None,
    *,
    at: dt.datetime,
    answered: dict[str, Any] | None,
    waited_s: int = 0,
) -> None:
    """Ends a clock, which stays on record but never counted, and starts the one of the request's priority, if it has a target.

    waited_s: how long an earlier one was stopped that counts again.
    """
    earlier = []
    if clock is not None:
        service_request.clocks.filter(pk=clock.pk).update(met_at=F("started_at"), step_at=None, suspension=None)
        goes_back = at <= clock.started_at
        earlier = [
            Clock(
                kind=kind,
                waited_s=waited_s + (clock.waited_s if goes_back else 0),
                runs_since=clock.runs_since if goes_back else None,
                paused_at=max(clock.paused_at, at) if clock.paused_at else None,
            )
        ]
    start(
        service_request,
        department=department,
        at=at,
        kinds=(kind,),
        resolve_target=answered,
        shorter=service_request.reopened_count > 0,
        instead_of=earlier,
    )


def recalculate(service_request: ServiceRequest, department: Department) -> None:
    """Recalculates due times in this department's working hours. A paused clock gets the time that is left of them."""
    clocks = _running(service_request)
    _date(service_request, clocks, department)
    _save(clocks, DATED_FIELDS)
    _set_due_fields(service_request, clocks)


def _date(service_request: ServiceRequest, clocks: Iterable[Clock], department: Department) -> None:
    for clock in clocks:
        words = clock.target_words
        zone = service_request.jurisdiction.zone
        hours = service_levels.hours_for(clock.target, department, zone, str(words["unit"]))
        due = service_levels.due_at(clock.started_at, int(words["value"]), str(words["unit"]), hours)
        if service_request.reopened_count:
            due = hours.add(clock.started_at, hours.between(clock.started_at, due) / 2)
        clock.due_at = hours.add(due, clock.waited_s) if clock.waited_s else due
        if clock.paused_at is not None:
            clock.remaining_s = round(hours.between(clock.paused_at, clock.due_at))
        _date_step(clock, hours)
