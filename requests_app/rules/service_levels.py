"""Due times: each service's target, counted in the city's working hours."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays as public_holidays
from django.db.models import F, Q

from requests_app.models.catalog import Calendar, Department, Service, Target
from requests_app.models.geography import Area

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# So that a calendar without any working hours does not loop forever.
LONGEST_SEARCH_DAYS = 400


@lru_cache(maxsize=64)
def _holidays(country: str, subdivision: str | None, year: int) -> frozenset[dt.date]:
    return frozenset(public_holidays.country_holidays(country, subdiv=subdivision, years=year))


@dataclass(frozen=True)
class WorkingHours:
    """A calendar in a city's time zone."""

    zone: ZoneInfo
    always: bool
    hours: dict[str, list[list[str]]]
    country: str | None = None
    subdivision: str | None = None
    extra: frozenset[dt.date] = frozenset()

    def is_holiday(self, day: dt.date) -> bool:
        if day in self.extra:
            return True
        return bool(self.country) and day in _holidays(self.country or "", self.subdivision, day.year)

    def spans(self, day: dt.date) -> list[tuple[dt.datetime, dt.datetime]]:
        """The day's working hours as pairs of instants (UTC)."""
        if self.is_holiday(day):
            return []
        spans = []
        for opens, closes in self.hours.get(WEEKDAYS[day.weekday()], []):
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
    return WorkingHours(
        zone=zone,
        always=calendar.always,
        hours=calendar.hours,
        country=calendar.holidays.get("country"),
        subdivision=calendar.holidays.get("subdivision"),
        extra=frozenset(dt.date.fromisoformat(str(holiday["date"])) for holiday in calendar.holidays.get("extra", [])),
    )


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


def target_for(service: Service, kind: str, *, priority: int, areas: list[Area], at: dt.datetime) -> Target | None:
    """The target valid at `at`: the most specific row (area, then priority), and of those the newest."""
    return (
        Target.objects.filter(service=service, kind=kind, valid_from__lte=at)
        .filter(Q(priority=None) | Q(priority=priority))
        .filter(Q(area=None) | Q(area__in=areas))
        .select_related("calendar")
        .order_by(F("area").desc(nulls_last=True), F("priority").desc(nulls_last=True), "-valid_from", "-id")
        .first()
    )


def hours_for(target: Target | None, department: Department, zone: ZoneInfo, unit: str) -> WorkingHours:
    """The calendar for a target: its own, else the department's. Targets in days count every day.

    Without a target row, it is a target set by an answer ("could a child get hurt?"): hours then count around the clock.
    """
    if unit == Target.Unit.DAYS or (target is None and unit in (Target.Unit.MINUTES, Target.Unit.HOURS)):
        return WorkingHours(zone=zone, always=True, hours={})
    calendar = target.calendar if target is not None and target.calendar is not None else department.calendar
    return working_hours(calendar, zone)
