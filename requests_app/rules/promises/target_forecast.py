"""What a new target or calendar would have meant: how many open requests would be late, and how many recent ones on time."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Min, Q
from django.db.models.query import QuerySet

from requests_app.clock import app_now
from requests_app.models import Calendar, Clock, Department, RequestArea, Service, ServiceRequest, Target
from requests_app.rules.promises import service_levels
from requests_app.rules.promises.service_levels import WorkingHours

# At most this many open requests, and this many ended ones: the newest. More would take seconds.
SAMPLE = 5_000
DAYS = 90
COLUMNS = (
    "id", "service_id", "department_id", "service_version__department_id", "priority", "submitted_at", "acknowledged_at",
    "resolved_at",
)  # fmt: skip
Row = dict[str, Any]


@dataclass
class Tally:
    """count: requests that it would be about. hit: late ones (of the open) or those on time (of the ended); hit_now: as it is."""

    count: int = 0
    hit: int = 0
    hit_now: int = 0

    def add(self, *, would: bool, did: bool) -> None:
        self.count += 1
        self.hit += would
        self.hit_now += did

    @property
    def percent(self) -> int:
        return round(100 * self.hit / self.count) if self.count else 0

    @property
    def percent_now(self) -> int:
        return round(100 * self.hit_now / self.count) if self.count else 0


@dataclass
class Forecast:
    """open: those that would be late. ended: those of the last 90 days that would have been on time."""

    open: Tally
    ended: Tally
    is_sample: bool = False


@dataclass(frozen=True)
class Plan:
    """What counts for a request: the target's value and unit, and the hours in which it is counted."""

    value: int
    unit: str
    hours: WorkingHours


# The plan for a request, with its clock and its areas; None: the change is not about it.
Planner = Callable[[Row, Clock | None, set[int]], Plan | None]


def of_target(proposed: Target) -> Forecast:
    """What this target, which isn't saved yet, would mean for its service if it had been valid all along."""
    service, now = proposed.service, app_now()
    zone = service.jurisdiction.zone
    others = list(Target.objects.filter(service=service, kind=proposed.kind).select_related("calendar"))
    departments = Department.objects.filter(jurisdiction=service.jurisdiction_id).select_related("calendar")
    by_id = {one.pk: one for one in departments}
    hours: dict[int, WorkingHours] = {}

    def plan(row: Row, clock: Clock | None, area_ids: set[int]) -> Plan | None:
        if clock is not None and clock.target_id is None and not service_levels.is_of_city(clock.target_words):
            return None  # an answer set its own
        if proposed.priority not in (None, row["priority"]):
            return None
        if clock is not None and service_levels.is_of_city(clock.target_words) and proposed.priority is None:
            return None
        if proposed.area_id is not None and proposed.area_id not in area_ids:
            return None
        rival = service_levels.choose(
            others, priority=row["priority"], area_ids=area_ids, at=max(now, proposed.valid_from)
        )
        if rival is not None and service_levels.is_more_specific(rival, proposed):
            return None
        department = row["department_id"] or row["service_version__department_id"]
        if department not in hours:
            hours[department] = service_levels.hours_for(proposed, by_id[department], zone, proposed.unit)
        return Plan(proposed.value, proposed.unit, hours[department])

    needs_areas = proposed.area_id is not None or any(one.area_id is not None for one in others)
    return _forecast([service], proposed.kind, plan, now, needs_areas=needs_areas)


def of_calendar(changed: Calendar) -> Forecast:
    """What a calendar's new hours and holidays, not saved yet, would mean for the requests whose targets count in it."""
    now = app_now()
    new_hours = service_levels.working_hours(changed, changed.jurisdiction.zone)
    departments = set(Department.objects.filter(calendar=changed).values_list("pk", flat=True))
    services = list(
        Service.objects.filter(active=True)
        .filter(Q(current__department__in=departments) | Q(targets__calendar=changed))
        .distinct()
    )

    def plan(row: Row, clock: Clock | None, area_ids: set[int]) -> Plan | None:
        if clock is None or clock.target is None or clock.target_words["unit"] == Target.Unit.DAYS:
            return None
        calendar_id = clock.target.calendar_id
        department = row["department_id"] or row["service_version__department_id"]
        if calendar_id != changed.pk and not (calendar_id is None and department in departments):
            return None
        return Plan(int(clock.target_words["value"]), str(clock.target_words["unit"]), new_hours)

    return _forecast(services, Target.Kind.RESOLVE, plan, now, needs_areas=False)


def _forecast(
    services: Sequence[Service], kind: str, plan: Planner, now: dt.datetime, *, needs_areas: bool
) -> Forecast:
    forecast = Forecast(Tally(), Tally())
    if not services:
        return forecast
    each = max(1, SAMPLE // len(services))
    real = ServiceRequest.objects.filter(is_test=False)
    still_open = real.open()
    if kind == Target.Kind.ACKNOWLEDGE:
        still_open = still_open.filter(acknowledged_at=None)
    ended = real.filter(resolved_at__gte=now - dt.timedelta(days=DAYS))
    open_rows = _newest(still_open, "-id", services, each)
    ended_rows = _newest(ended, "-resolved_at", services, each)
    forecast.is_sample = any(
        sum(row["service_id"] == service.pk for row in rows) >= each
        for rows in (open_rows, ended_rows)
        for service in services
    )
    ids = [row["id"] for row in (*open_rows, *ended_rows)]
    clocks = _first_clocks(ids, kind)
    areas = _areas(ids) if needs_areas else {}
    for row in open_rows:
        clock = clocks.get(row["id"])
        if (planned := plan(row, clock, areas.get(row["id"], set()))) is not None:
            # Work on hold is not late: its clock waits.
            until = clock.paused_at or now if clock else now
            did = clock is not None and clock.met_at is None and clock.due_at < until
            forecast.open.add(would=_due(planned, row, clock) < until, did=did)
    for row in ended_rows:
        clock = clocks.get(row["id"])
        if (planned := plan(row, clock, areas.get(row["id"], set()))) is not None:
            end = _end(row, clock, kind)
            forecast.ended.add(would=_due(planned, row, clock) >= end, did=clock is None or clock.due_at >= end)
    return forecast


def _end(row: Row, clock: Clock | None, kind: str) -> dt.datetime:
    if clock is not None and clock.met_at is not None:
        return clock.met_at
    reached: dt.datetime = (kind == Target.Kind.ACKNOWLEDGE and row["acknowledged_at"]) or row["resolved_at"]
    return reached


def _due(planned: Plan, row: Row, clock: Clock | None) -> dt.datetime:
    start = clock.started_at if clock is not None else row["submitted_at"]
    due = service_levels.due_at(start, planned.value, planned.unit, planned.hours)
    return planned.hours.add(due, clock.waited_s) if clock is not None and clock.waited_s else due


def _newest(requests: QuerySet[ServiceRequest], order: str, services: Sequence[Service], each: int) -> list[Row]:
    """The newest of each service, each by its index."""
    parts = [requests.filter(service=service).order_by(order).values(*COLUMNS)[:each] for service in services]
    return list(parts[0] if len(parts) == 1 else parts[0].union(*parts[1:], all=True))


def _first_clocks(ids: list[int], kind: str) -> dict[int, Clock]:
    """By request. A report that was reopened has a second, shorter clock, which says nothing about the target."""
    firsts = (
        Clock.objects.filter(service_request__in=ids, kind=kind).values("service_request").annotate(first=Min("id"))
    )
    clocks = Clock.objects.filter(pk__in=[one["first"] for one in firsts]).select_related("target")
    return {clock.service_request_id: clock for clock in clocks}


def _areas(ids: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for request_id, area_id in RequestArea.objects.filter(service_request__in=ids).values_list(
        "service_request_id", "area_id"
    ):
        found.setdefault(request_id, set()).add(area_id)
    return found
