"""A roster as a week: who is on call when, and when nobody is."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from requests_app.models.alarm import OnCall

DAY = 24 * 60
WEEK = 7 * DAY


@dataclass(frozen=True)
class Shift:
    """One line of a roster on one day. starts, ends: minutes since Monday, midnight; it may end after the week does."""

    entry: OnCall
    starts: int
    ends: int

    @property
    def is_all_day(self) -> bool:
        return self.ends - self.starts == DAY and self.starts % DAY == 0


@dataclass(frozen=True)
class Gap:
    """When nobody is on call: minutes since Monday, midnight."""

    starts: int
    ends: int


def shifts(entries: Sequence[OnCall]) -> list[Shift]:
    """Of every day from the Sunday before the week, whose night shift may end in it, in the roster's order."""
    return [
        Shift(entry, day * DAY + starts, day * DAY + ends)
        for day in range(-1, 7)
        for entry in entries
        if not entry.weekdays or day % 7 in entry.weekdays
        for starts, ends in [_minutes(entry)]
    ]


def gaps(entries: Sequence[OnCall], reachable: Collection[int]) -> list[Gap]:
    """Of a week; reachable: the ids of the lines of people who can be alerted. A roster without any is one gap."""
    found, free_from = [], 0
    for shift in sorted((one for one in shifts(entries) if one.entry.pk in reachable), key=lambda one: one.starts):
        if shift.starts > free_from:
            found.append(Gap(free_from, min(shift.starts, WEEK)))
        free_from = max(free_from, shift.ends)
    if free_from < WEEK:
        found.append(Gap(free_from, WEEK))
    return found


def monday_of(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())


def _minutes(entry: OnCall) -> tuple[int, int]:
    """As calls.is_on_duty() reads them: without two different times, all day; an end before the start is the next day's."""
    if entry.starts_at is None or entry.ends_at is None or entry.starts_at == entry.ends_at:
        return 0, DAY
    starts = entry.starts_at.hour * 60 + entry.starts_at.minute
    ends = entry.ends_at.hour * 60 + entry.ends_at.minute
    return starts, ends if ends > starts else ends + DAY
