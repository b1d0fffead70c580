"""Collection days: when trash, recycling or the sweeper comes to an area, and what a holiday changes (docs/cities.md).

The address card, My street, the calendar file and the evening email all read them from here.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from requests_app.rules.promises.service_levels import WorkingHours

# In the order of date.weekday().
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What a holiday does: in its week, it moves its own day and all later ones by a day; it moves its own day alone; it cancels its
# own day; nothing.
NEXT_DAY, ONLY_THAT_DAY, CANCELED, NONE = HOLIDAY_RULES = ("next_day", "only_that_day", "canceled", "none")
PARITIES = ("even", "odd")
# In words of data, which are English: "first and third Monday of the month".
TURNS = {
    "first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5, "last": -1,
}  # fmt: skip
DAY = re.compile(
    rf"(?:(?P<turns>(?:{'|'.join(TURNS)})(?:(?:,? and |, ?| & )(?:{'|'.join(TURNS)}))*) )?"
    rf"(?P<weekday>{'|'.join(WEEKDAYS)})s?(?: (?:of|in) (?:the|each|every) month)?"
)
WEEK = dt.timedelta(days=7)
# A moved day is never so far from its usual one, and no rule leaves out so many days in a row.
FAR, SOON, LONGEST_PAUSE = dt.timedelta(days=14), dt.timedelta(days=35), dt.timedelta(days=400)


@dataclass(frozen=True)
class Pickup:
    """One collection. on: its day, None if it is canceled. holiday: the name of what moved or canceled it."""

    usual_on: dt.date
    on: dt.date | None
    holiday: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_changed(self) -> bool:
        return self.on != self.usual_on


@dataclass(frozen=True)
class CollectionDays:
    """weekday: as date.weekday(). turns: which ones of the month, -1 the last; empty: every week.

    weeks: "even" or "odd" by ISO week, or a date, from whose week on it is every second one. months: the first and last month
    of the season. hours: the calendar whose holidays count.
    """

    weekday: int
    turns: frozenset[int] = frozenset()
    weeks: str = ""
    months: tuple[int, int] = (1, 12)
    hours: WorkingHours | None = None
    holiday_rule: str = NONE

    def between(self, first: dt.date, last: dt.date) -> list[Pickup]:
        """The pickups of these days, both included, in their order; one that is canceled counts on its usual day."""
        found = [self._pickup(day) for day in self._usual(first - FAR, last)]
        return sorted(
            (one for one in found if first <= (one.on or one.usual_on) <= last), key=lambda one: one.on or one.usual_on
        )

    def coming(self, today: dt.date) -> list[Pickup]:
        """The canceled ones from today on, and then the next that takes place, if there is one."""
        found: list[Pickup] = []
        for length in (SOON, LONGEST_PAUSE):
            found = self.between(today, today + length)
            place = next((number for number, one in enumerate(found, 1) if one.on is not None), None)
            if place is not None:
                return found[:place]
        return found

    def announced(self, day: dt.date) -> list[Pickup]:
        """What to say on the evening before this day: what comes, and what would come if no holiday had moved or canceled it."""
        near = self.between(day, day + FAR)
        return [one for one in near if one.on == day or (one.usual_on == day and one.is_changed)]

    @property
    def is_weekly(self) -> bool:
        return not self.turns and not self.weeks

    def _usual(self, first: dt.date, last: dt.date) -> Iterator[dt.date]:
        day = first + dt.timedelta(days=(self.weekday - first.weekday()) % 7)
        while day <= last:
            if self._is_usual(day):
                yield day
            day += WEEK

    def _is_usual(self, day: dt.date) -> bool:
        first, last = self.months
        in_season = first <= day.month <= last if first <= last else day.month >= first or day.month <= last
        if not in_season:
            return False
        if self.turns:
            is_last = (day + WEEK).month != day.month
            return (day.day - 1) // 7 + 1 in self.turns or (is_last and -1 in self.turns)
        if self.weeks in PARITIES:
            return day.isocalendar().week % 2 == PARITIES.index(self.weeks)
        if self.weeks:
            start = dt.date.fromisoformat(self.weeks)
            return (_monday(day) - _monday(start)).days // 7 % 2 == 0
        return True

    def _pickup(self, usual_on: dt.date) -> Pickup:
        holiday = self._holiday_before(usual_on)
        if holiday is None or self.hours is None:
            return Pickup(usual_on, usual_on)
        off = self.hours.day_off(holiday)
        name = off.name if off is not None else {}
        if self.holiday_rule == CANCELED:
            return Pickup(usual_on, None, name)
        on = usual_on + dt.timedelta(days=1)
        # The day after may be a holiday, too. A calendar that is all holidays moves nothing beyond FAR.
        while self.hours.is_holiday(on) and on - usual_on < FAR:
            on += dt.timedelta(days=1)
        return Pickup(usual_on, on, name)

    def _holiday_before(self, day: dt.date) -> dt.date | None:
        """The holiday that changes this day: itself, or, by the rule next_day, the latest one before it in its week."""
        if self.hours is None or self.holiday_rule == NONE:
            return None
        earlier = day.weekday() + 1 if self.holiday_rule == NEXT_DAY else 1
        days = (day - dt.timedelta(days=back) for back in range(earlier))
        return next((one for one in days if self.hours.is_holiday(one)), None)


def collection_days(
    settings: Mapping[str, Any], attributes: Mapping[str, Any], hours: WorkingHours | None
) -> CollectionDays | None:
    """Of a `weekday` field of the address card and the attributes of an area; None if these name no day.

    The attribute that `weeks_key` names goes before `weeks`.
    """
    known = attributes.get(settings["key"])
    words = str(known.get("en", "") if isinstance(known, Mapping) else known or "")
    found = DAY.fullmatch(" ".join(words.split()).casefold())
    if found is None:
        return None
    turns = re.findall("|".join(TURNS), found["turns"] or "")
    own = str(attributes.get(settings.get("weeks_key", "")) or "").strip().casefold()
    first, _dash, last = str(settings.get("months", "1-12")).partition("-")
    return CollectionDays(
        WEEKDAYS.index(found["weekday"]),
        frozenset(TURNS[turn] for turn in turns),
        own if are_weeks(own) else str(settings.get("weeks", "")),
        (int(first), int(last)),
        hours,
        settings.get("holiday_rule", NONE),
    )


def are_weeks(text: str) -> bool:
    """Whether it says which weeks: even, odd, or a date like 2026-01-05."""
    if text in PARITIES:
        return True
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text)) and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
