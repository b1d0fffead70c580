"""Due times: each service's target, counted in the city's working hours."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from requests_app.models.catalog import Calendar, Department, Service, Target
from requests_app.models.geography import Area
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.rules.promises.holiday_names import holidays_of

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# So that a calendar without any working hours does not loop forever.
LONGEST_SEARCH_DAYS = 400
# The longest target of each unit: about a week of minutes, a year of working time, two years of days.
LONGEST = {
    Target.Unit.MINUTES: 9_999,
    Target.Unit.HOURS: 2_000,
    Target.Unit.DAYS: 730,
    Target.Unit.BUSINESS_DAYS: 250,
}
# In a clock's target_words: who set it, if neither the service nor an answer.
CITY = "city"
# Why a request has its priority, other than by an answer, whose question's code is the reason then.
OTHER_REASONS = {"service", "staff", "danger", "rule"}
Spans = list[tuple[dt.datetime, dt.datetime]]


@dataclass(frozen=True)
class DayOff:
    """A day of the city's own on which it is closed, or open only in `hours`, [["08:00", "12:00"]]."""

    name: dict[str, str] = field(default_factory=dict)
    hours: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class WorkingHours:
    """A calendar in a city's time zone."""

    zone: ZoneInfo
    always: bool
    hours: dict[str, list[list[str]]]
    country: str | None = None
    subdivision: str | None = None
    # The city's own days off: on one date, and on a month and day every year. A date goes before a yearly day, and both before
    # the country's holidays.
    extra: dict[dt.date, DayOff] = field(default_factory=dict)
    yearly: dict[tuple[int, int], DayOff] = field(default_factory=dict)
    _spans: dict[dt.date, Spans] = field(default_factory=dict, init=False, repr=False, compare=False)

    def day_off(self, day: dt.date) -> DayOff | None:
        """Why the day has other hours than its weekday: the city's own day, else the country's holiday."""
        own = self.extra.get(day) or self.yearly.get((day.month, day.day))
        if own is not None or not self.country:
            return own
        names = holidays_of(self.country, self.subdivision, day.year).get(day)
        return None if names is None else DayOff(names)

    def is_holiday(self, day: dt.date) -> bool:
        """Whether it is closed all day. A half day is no holiday."""
        off = self.day_off(day)
        return off is not None and not off.hours

    def opening_hours(self, day: dt.date) -> list[list[str]]:
        """The day's hours as written, [["08:00", "12:00"]]; empty: closed. Not for a calendar that is always open."""
        off = self.day_off(day)
        weekday = self.hours.get(WEEKDAYS[day.weekday()], [])
        # A half day on a day on which nobody works anyway is no working day.
        return weekday if off is None or not weekday else off.hours

    def spans(self, day: dt.date) -> Spans:
        """The day's working hours as pairs of instants (UTC)."""
        if day not in self._spans:
            self._spans[day] = self._spans_of(day)
        return self._spans[day]

    def _spans_of(self, day: dt.date) -> Spans:
        spans = []
        for opens, closes in self.opening_hours(day):
            start = dt.datetime.combine(day, dt.time.fromisoformat(opens), self.zone)
            if closes == "24:00":
                end = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), self.zone)
            else:
                end = dt.datetime.combine(day, dt.time.fromisoformat(closes), self.zone)
            spans.append((start.astimezone(dt.UTC), end.astimezone(dt.UTC)))
        return spans

    def is_open(self, at: dt.datetime) -> bool:
        return self.always or any(opens <= at < closes for opens, closes in self.spans(at.astimezone(self.zone).date()))

    def _from(self, start: dt.datetime) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        day = start.astimezone(self.zone).date()
        for _ in range(LONGEST_SEARCH_DAYS):
            for opens, closes in self.spans(day):
                if closes > start:
                    yield max(opens, start), closes
            day += dt.timedelta(days=1)

    def add(self, start: dt.datetime, seconds: float) -> dt.datetime:
        """The instant after `seconds` of working time from `start`."""
        if self.always:
            return start + dt.timedelta(seconds=seconds)
        remaining = seconds
        end = start
        for opens, closes in self._from(start):
            length = (closes - opens).total_seconds()
            if remaining <= length:
                return opens + dt.timedelta(seconds=remaining)
            remaining -= length
            end = closes
        return end

    def between(self, start: dt.datetime, end: dt.datetime) -> float:
        """Working seconds from `start` to `end`; negative if `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        if self.always:
            return (end - start).total_seconds()
        total = 0.0
        for opens, closes in self._from(start):
            if opens >= end:
                break
            total += (min(closes, end) - opens).total_seconds()
        return total

    def add_business_days(self, start: dt.datetime, days: int) -> dt.datetime:
        """The same time of day, `days` working days later, as residents understand "3 business days".

        Outside working hours, counting starts at the next opening. The result is never later than that day's closing time.
        """
        if self.always:
            return start + dt.timedelta(days=days)
        opening = next(self._from(start), None)
        if opening is None:
            return start + dt.timedelta(days=days)
        local = opening[0].astimezone(self.zone)
        day = local.date()
        remaining = days
        for _ in range(LONGEST_SEARCH_DAYS):
            if remaining == 0:
                break
            day += dt.timedelta(days=1)
            if self.spans(day):
                remaining -= 1
        spans = self.spans(day)
        result = dt.datetime.combine(day, local.time(), self.zone).astimezone(dt.UTC)
        if not spans:
            return result
        return min(max(result, spans[0][0]), spans[-1][1])


def working_hours(calendar: Calendar, zone: ZoneInfo) -> WorkingHours:
    own = [_own_day(holiday) for holiday in calendar.holidays.get("extra", [])]
    return WorkingHours(
        zone=zone,
        always=calendar.always,
        hours=calendar.hours,
        country=calendar.holidays.get("country"),
        subdivision=calendar.holidays.get("subdivision"),
        extra={day: off for day, off, is_yearly in own if not is_yearly},
        yearly={(day.month, day.day): off for day, off, is_yearly in own if is_yearly},
    )


def _own_day(value: dict[str, Any]) -> tuple[dt.date, DayOff, bool]:
    """A holiday as the calendar has it, {"date", "name", "every_year", "hours": "08:00-12:00"}; and whether it is yearly."""
    opens, dash, closes = str(value.get("hours") or "").partition("-")
    off = DayOff(value.get("name") or {}, [[opens, closes]] if dash else [])
    return dt.date.fromisoformat(str(value["date"])), off, bool(value.get("every_year"))


def due_at(start: dt.datetime, value: int, unit: str, hours: WorkingHours) -> dt.datetime:
    """When a target of `value` `unit` set at `start` is due. Minutes, hours and business days count in working time.

    Days are calendar days, whatever the calendar says.
    """
    if unit == Target.Unit.DAYS:
        return start + dt.timedelta(days=value)
    if unit == Target.Unit.BUSINESS_DAYS:
        return hours.add_business_days(start, value)
    seconds = value * (60 if unit == Target.Unit.MINUTES else 3600)
    return hours.add(start, seconds)


def target_for(
    service: Service, kind: str, *, priority: int, areas: list[Area] | QuerySet[Area], at: dt.datetime
) -> Target | None:
    """The target valid at `at`: the most specific row (area, then priority), and of those the newest.

    For priority 1 it is the city's (an unsaved row) where the service has none.
    """
    targets = candidates(service.pk, [kind], priority=priority, areas=areas)
    target = newest(targets, kind, at=at)
    service_priority = service.current.priority if service.current else priority
    if not Urgency(priority, "", service_priority, targets).needs_city(kind, at):
        return target
    words = urgent_words(service.jurisdiction, kind)
    always = Calendar(jurisdiction=service.jurisdiction, always=True)
    return Target(service=service, kind=kind, value=words["value"], unit=words["unit"], calendar=always, priority=1)


def candidates(
    service_id: int, kinds: Iterable[str], *, priority: int, areas: Iterable[Area] | Iterable[int] | QuerySet[Any]
) -> list[Target]:
    """Targets of all these kinds that apply at some time, with their calendars; newest() chooses."""
    return list(
        Target.objects.filter(service=service_id, kind__in=list(kinds))
        .filter(Q(priority=None) | Q(priority=priority))
        .filter(Q(area=None) | Q(area__in=areas))
        .select_related("calendar")
    )


def newest(targets: Iterable[Target], kind: str, *, at: dt.datetime) -> Target | None:
    """As target_for(), of what candidates() found."""
    return max((one for one in targets if one.kind == kind and one.valid_from <= at), key=_precedence, default=None)


def choose(targets: Iterable[Target], *, priority: int, area_ids: set[int], at: dt.datetime) -> Target | None:
    """The same, of targets of one service and kind that are loaded already."""
    fitting = [
        target
        for target in targets
        if target.valid_from <= at
        and target.priority in (None, priority)
        and (target.area_id is None or target.area_id in area_ids)
    ]
    return max(fitting, key=_precedence, default=None)


def is_more_specific(target: Target, than: Target) -> bool:
    """Whether it goes before the other, whichever of them is newer."""
    return _precedence(target)[:2] > _precedence(than)[:2]


def _precedence(target: Target) -> tuple[int, int, dt.datetime, int]:
    return target.area_id or 0, target.priority or 0, target.valid_from, target.pk or 0


def urgent_words(city: Jurisdiction, kind: str) -> dict[str, Any]:
    """The city's own target for priority 1, as a clock keeps it: minutes or whole hours by the clock, day and night."""
    minutes = city.urgent_acknowledge_minutes if kind == Target.Kind.ACKNOWLEDGE else city.urgent_resolve_minutes
    hours, rest = divmod(minutes, 60)
    if rest:
        return {"value": minutes, "unit": Target.Unit.MINUTES.value, "set_by": CITY}
    return {"value": hours, "unit": Target.Unit.HOURS.value, "set_by": CITY}


def is_of_city(condition: dict[str, Any]) -> bool:
    """Whether a clock's target is the city's own for priority 1."""
    return condition.get("set_by") == CITY


@dataclass(frozen=True)
class Urgency:
    """What decides whether the city's target for priority 1 applies.

    reason: the request's priority_reason. targets: the service's that may apply; newest() chooses.
    """

    priority: int
    reason: str
    service_priority: int
    targets: Sequence[Target] = ()

    def needs_city(self, kind: str, at: dt.datetime, *, by_answer: bool = False) -> bool:
        """Whether neither the service's targets nor an answer say how soon priority 1 is done.

        A service says so by a target for that priority, by any target if all its reports have priority 1, and by an answer that
        sets both the priority and a target.
        """
        if self.priority != 1:
            return False
        if by_answer:
            return self.reason in OTHER_REASONS
        valid = [target for target in self.targets if target.kind == kind and target.valid_from <= at]
        return not any(target.priority == 1 or self.service_priority == 1 for target in valid)


Promise = tuple[Target | None, dict[str, Any]]


def promise(
    city: Jurisdiction,
    kind: str,
    target: Target | None,
    answered: dict[str, Any] | None,
    urgency: Urgency,
    *,
    department: Department,
    at: dt.datetime,
) -> Promise | None:
    """What counts from `at`, as a clock keeps it: what an answer set, else the service's target; or the city's, if it's sooner."""
    own: Promise | None = None
    if answered:
        own = None, dict(answered)
    elif target is not None:
        own = target, {"value": target.value, "unit": target.unit}
    if not urgency.needs_city(kind, at, by_answer=bool(answered)):
        return own
    # What the answer set counts again if the priority is lowered.
    urgent = None, urgent_words(city, kind) | ({"instead_of": dict(answered)} if answered else {})

    def due(promise: Promise) -> dt.datetime:
        row, words = promise
        return due_at(
            at, int(words["value"]), str(words["unit"]), hours_for(row, department, city.zone, str(words["unit"]))
        )

    return own if own is not None and due(own) <= due(urgent) else urgent


def hours_for(target: Target | None, department: Department, zone: ZoneInfo, unit: str) -> WorkingHours:
    """The calendar for a target: its own, else the department's. Targets in days count every day.

    Without a target row, it is the city's for priority 1, or set by an answer ("could a child get hurt?"): hours then count around
    the clock.
    """
    if unit == Target.Unit.DAYS or (target is None and unit in (Target.Unit.MINUTES, Target.Unit.HOURS)):
        return WorkingHours(zone=zone, always=True, hours={})
    calendar = target.calendar if target is not None and target.calendar is not None else department.calendar
    return working_hours(calendar, zone)
