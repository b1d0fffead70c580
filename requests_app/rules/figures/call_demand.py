"""How many calls each half hour of the next seven days will bring, from what the telephone system counted, and how many takers that
needs.

The days' totals are the forecast's (load_forecast.py); how a day spreads over its half hours is the average of the same weekday in
recent weeks. Half hours are those of the city's clock: one that comes twice when clocks are set back is averaged, not added up.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import mean, median
from typing import Any

from django.db import connection

from requests_app.clock import app_now
from requests_app.models import DeskLine, Jurisdiction
from requests_app.rules.figures import erlang_c, load_forecast
from requests_app.rules.figures.erlang_c import TooManyCalls
from requests_app.rules.promises import service_levels

HALF_HOUR_S = 1800
HALVES = 48
# A year with its season, and the weeks by which that is compared.
HISTORY_DAYS = load_forecast.YEAR + load_forecast.SEASON_WEEKS * 7 + 7
PROFILE_DAYS = load_forecast.PROFILE_WEEKS * 7
# A day with less than this share of its weekday's half hours was counted only in part.
PART_OF_DAY = 0.5
DAYS = """
SELECT (starts_at AT TIME ZONE %(zone)s)::date, sum(offered) FROM requests_app_callcount
WHERE jurisdiction_id = %(city)s AND starts_at >= %(since)s AND starts_at < %(until)s GROUP BY 1
"""
HALF_HOURS = """
SELECT starts_at, sum(offered), sum(answered), sum(handle_s) FROM requests_app_callcount
WHERE jurisdiction_id = %(city)s AND starts_at >= %(since)s AND starts_at < %(until)s GROUP BY 1
"""
# Calls by half hour of the day, 0 at midnight.
Profile = dict[int, float]


@dataclass(frozen=True)
class HalfHour:
    """calls: as expected. takers: None if no desk could answer so many. answered: the share in time with them. wait_s: average."""

    number: int
    calls: float
    takers: int | None
    answered: float
    wait_s: float

    @property
    def begins(self) -> dt.time:
        return dt.time(self.number // 2, self.number % 2 * 30)


@dataclass(frozen=True)
class Day:
    day: dt.date
    calls: float
    half_hours: list[HalfHour]

    @property
    def most(self) -> HalfHour | None:
        """The first of those with the most takers; None on a day without calls."""
        busy = [one for one in self.half_hours if one.takers]
        return max(busy, key=lambda one: (one.takers or 0, -one.number)) if busy else None


@dataclass(frozen=True)
class Target:
    """percent of calls answered in so many seconds, each of which takes handle_s."""

    percent: int
    seconds: int
    handle_s: float


@dataclass(frozen=True)
class Demand:
    """first, last: the days that it's computed from. calls: those of recent weeks; filled: how many of their days had no counts
    and are taken as usual ones. low, high: the band of the week's total. is_handle_set: by the city.
    """

    target: Target
    is_handle_set: bool
    first: dt.date
    last: dt.date
    calls: int
    filled: int
    total: float
    low: float
    high: float
    days: list[Day]

    @property
    def weeks(self) -> int:
        return ((self.last - self.first).days + 1) // 7


def demand(jurisdiction: Jurisdiction) -> Demand | None:
    """Of the seven days from today on; None with too few weeks of counts, or if nobody knows how long a call takes."""
    today = app_now().astimezone(jurisdiction.zone).date()
    totals = _totals(jurisdiction, today)
    if not totals:
        return None
    recent = _recent(jurisdiction, today)
    set_s = jurisdiction.takers_handle_s
    if not set_s and not (recent.answered and recent.handle_s):
        return None
    is_holiday = _is_holiday(jurisdiction)
    begins = min(totals)
    gaps = _gaps(recent.by_day, max(begins, today - dt.timedelta(days=PROFILE_DAYS)), today, is_holiday)
    every = [begins + dt.timedelta(days=number) for number in range((today - begins).days)]
    counts = [gaps.get(day, totals.get(day, 0)) for day in every]
    forecast = load_forecast.forecast(begins, counts, is_holiday)
    if forecast is None:
        return None
    handle_s = float(set_s) if set_s else recent.handle_s / recent.answered
    target = Target(jurisdiction.takers_percent, jurisdiction.takers_answer_s, handle_s)
    profiles = _profiles(
        {day: halves for day, halves in recent.by_day.items() if day not in gaps and not is_holiday(day)}
    )
    days = []
    for number, calls in enumerate(forecast.days):
        day = forecast.first + dt.timedelta(days=number)
        shares = profiles.get(day.weekday(), {})
        days.append(
            Day(day, calls, [_half_hour(half, calls * shares.get(half, 0.0), target) for half in range(HALVES)])
        )
    return Demand(
        target,
        bool(set_s),
        begins,
        every[-1],
        recent.offered,
        len(gaps),
        forecast.total,
        forecast.low,
        forecast.high,
        days,
    )


def _is_holiday(jurisdiction: Jurisdiction) -> load_forecast.IsHoliday:
    """By the calendar of the first line that closes at all."""
    lines = DeskLine.objects.filter(jurisdiction=jurisdiction, is_active=True, calendar__always=False)
    line = lines.select_related("calendar").order_by("pk").first()
    if line is None or line.calendar is None:
        return lambda _day: False
    return service_levels.working_hours(line.calendar, jurisdiction.zone).is_holiday


def _between(jurisdiction: Jurisdiction, today: dt.date, days: int) -> dict[str, Any]:
    """The days before today, by midnights of the city."""
    since, until = (
        dt.datetime.combine(day, dt.time(), jurisdiction.zone) for day in (today - dt.timedelta(days=days), today)
    )
    return {"city": jurisdiction.pk, "zone": jurisdiction.time_zone, "since": since, "until": until}


def _totals(jurisdiction: Jurisdiction, today: dt.date) -> dict[dt.date, int]:
    with connection.cursor() as cursor:
        cursor.execute(DAYS, _between(jurisdiction, today, HISTORY_DAYS))
        return {day: int(offered) for day, offered in cursor.fetchall()}


@dataclass(frozen=True)
class _Recent:
    by_day: Mapping[dt.date, Profile]
    offered: int
    answered: int
    handle_s: int


def _recent(jurisdiction: Jurisdiction, today: dt.date) -> _Recent:
    with connection.cursor() as cursor:
        cursor.execute(HALF_HOURS, _between(jurisdiction, today, PROFILE_DAYS))
        rows = cursor.fetchall()
    calls: dict[tuple[dt.date, int], list[int]] = defaultdict(list)
    for starts_at, offered, _answered, _handle_s in rows:
        local = starts_at.astimezone(jurisdiction.zone)
        calls[local.date(), local.hour * 2 + local.minute // 30].append(int(offered))
    by_day: dict[dt.date, Profile] = defaultdict(dict)
    for (day, half), offered in calls.items():
        by_day[day][half] = mean(offered)
    return _Recent(by_day, *(sum(int(row[column]) for row in rows) for column in (1, 2, 3)))


def _gaps(
    by_day: Mapping[dt.date, Profile], since: dt.date, until: dt.date, is_holiday: load_forecast.IsHoliday
) -> dict[dt.date, int]:
    """Days without counts, or with those of a part of the day, while their weekday usually has calls: with its usual number."""
    gaps = {}
    for weekday in range(7):
        days = [since + dt.timedelta(days=number) for number in range((until - since).days)]
        days = [day for day in days if day.weekday() == weekday and not is_holiday(day)]
        usual = median([len(by_day.get(day, ())) for day in days]) if days else 0
        whole = [day for day in days if len(by_day.get(day, ())) > usual * PART_OF_DAY]
        if usual:
            calls = round(median([sum(by_day[day].values()) for day in whole]))
            gaps.update(dict.fromkeys(set(days) - set(whole), calls))
    return gaps


def _profiles(by_day: Mapping[dt.date, Profile]) -> dict[int, Profile]:
    """By weekday, the share of its calls that each half hour has."""
    sums: dict[int, Profile] = defaultdict(lambda: defaultdict(float))
    for day, halves in by_day.items():
        for half, calls in halves.items():
            sums[day.weekday()][half] += calls
    return {
        weekday: {half: calls / sum(halves.values()) for half, calls in halves.items()}
        for weekday, halves in sums.items()
        if sum(halves.values())
    }


def _half_hour(number: int, calls: float, target: Target) -> HalfHour:
    load = calls * target.handle_s / HALF_HOUR_S
    try:
        takers = erlang_c.takers_for(load, share=target.percent / 100, seconds=target.seconds, handle_s=target.handle_s)
    except TooManyCalls:
        return HalfHour(number, calls, None, 0.0, 0.0)
    return HalfHour(
        number,
        calls,
        takers,
        erlang_c.answered_in(takers, load, target.seconds, target.handle_s),
        erlang_c.average_wait(takers, load, target.handle_s),
    )
