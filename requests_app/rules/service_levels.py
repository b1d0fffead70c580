"""Due times: each service's target, counted in the city's working hours."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet

from requests_app.models.catalog import Calendar, Department, Service, Target
from requests_app.models.geography import Area
from requests_app.rules.holiday_names import holidays_of

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


def _own_day(written: dict[str, Any]) -> tuple[dt.date, DayOff, bool]:
    """A holiday as the calendar has it, {"date", "name", "every_year", "hours": "08:00-12:00"}; and whether it is yearly."""
    opens, dash, closes = str(written.get("hours") or "").partition("-")
    off = DayOff(written.get("name") or {}, [[opens, closes]] if dash else [])
    return dt.date.fromisoformat(str(written["date"])), off, bool(written.get("every_year"))


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
    """The target valid at `at`: the most specific row (area, then priority), and of those the newest."""
    return newest(candidates(service.pk, [kind], priority=priority, areas=areas), kind, at=at)


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


def hours_for(target: Target | None, department: Department, zone: ZoneInfo, unit: str) -> WorkingHours:
    """The calendar for a target: its own, else the department's. Targets in days count every day.

    Without a target row, it is a target set by an answer ("could a child get hurt?"): hours then count around the clock.
    """
    if unit == Target.Unit.DAYS or (target is None and unit in (Target.Unit.MINUTES, Target.Unit.HOURS)):
        return WorkingHours(zone=zone, always=True, hours={})
    calendar = target.calendar if target is not None and target.calendar is not None else department.calendar
    return working_hours(calendar, zone)
