"""The week of all rosters on the page of who is on call."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.models import OnCall
from requests_app.rules.alarms import on_call_week
from requests_app.rules.alarms.on_call_week import DAY, Gap, Shift
from requests_app.rules.promises.hours_text import clock_in_words

# Weeks this far from today are not shown.
YEARS = 2


@dataclass
class Cell:
    """One day of one roster: who, when, and whether they can be alerted; and the gaps that begin on it."""

    day: str
    people: list[tuple[str, str, bool]] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RosterRow:
    name: str
    cells: list[Cell]
    is_empty: bool


@dataclass(frozen=True)
class Week:
    """days: as headings, with today's marked. earlier, later: the Monday to go to; empty at the ends."""

    title: str
    days: list[tuple[str, str, bool]]
    rows: list[RosterRow]
    earlier: str
    later: str
    is_this_week: bool


def week_of(typed: str, today: dt.date, rosters: Sequence[tuple[str, Sequence[OnCall]]], reachable: set[int]) -> Week:
    """The week of a typed day ("2026-11-23"), else this one. rosters: names with their lines."""
    monday = on_call_week.monday_of(_day(typed, today))
    dates = [monday + dt.timedelta(days=number) for number in range(7)]
    earlier, later = monday - dt.timedelta(days=7), monday + dt.timedelta(days=7)
    # Translators: the shortest date format without a year: "Jun 3".
    short = pgettext("short day format", "M j")
    names = [f"{WEEKDAYS_ABBR[number]}, {formats.date_format(date, short)}" for number, date in enumerate(dates)]
    return Week(
        title=_("Week of %(day)s") % {"day": formats.date_format(monday, "DATE_FORMAT")},
        days=[(names[number], str(WEEKDAYS[number]), date == today) for number, date in enumerate(dates)],
        rows=[_row(name, entries, reachable, names) for name, entries in rosters],
        earlier=earlier.isoformat() if (today - earlier).days <= YEARS * 366 else "",
        later=later.isoformat() if (later - today).days <= YEARS * 366 else "",
        is_this_week=today in dates,
    )


def gap_words(gap: Gap) -> str:
    """ "Nobody 6 p.m.–7 a.m." on the day it begins; with the day on which it ends, unless that's the next morning."""
    if gap.ends - gap.starts == on_call_week.WEEK:
        return _("Nobody all week")
    if gap.ends - gap.starts == DAY and gap.starts % DAY == 0:
        return _("Nobody all day")
    starts, ends = clock_in_words(gap.starts), clock_in_words(gap.ends, is_end=True)
    if gap.ends - gap.starts < DAY or gap.ends == (gap.starts // DAY + 1) * DAY:
        return _("Nobody %(starts)s–%(ends)s") % {"starts": starts, "ends": ends}
    if gap.ends == on_call_week.WEEK:
        return _("Nobody from %(starts)s to the end of the week") % {"starts": starts}
    day = WEEKDAYS[(gap.ends - 1) // DAY]
    if gap.ends % DAY == 0:
        return _("Nobody from %(starts)s to the end of %(day)s") % {"starts": starts, "day": day}
    return _("Nobody from %(starts)s to %(day)s %(ends)s") % {"starts": starts, "day": day, "ends": ends}


def _row(name: str, entries: Sequence[OnCall], reachable: set[int], names: list[str]) -> RosterRow:
    cells = [Cell(name) for name in names]
    for shift in sorted(on_call_week.shifts(entries), key=lambda one: one.starts):
        if shift.starts >= 0:
            who = str(shift.entry.user or shift.entry.name)
            cells[shift.starts // DAY].people.append((who, _hours(shift), shift.entry.pk in reachable))
    if entries:
        for gap in on_call_week.gaps(entries, reachable):
            cells[gap.starts // DAY].gaps.append(gap_words(gap))
    return RosterRow(name, cells, not entries)


def _hours(shift: Shift) -> str:
    return "" if shift.is_all_day else f"{clock_in_words(shift.starts)}–{clock_in_words(shift.ends, is_end=True)}"


def _day(typed: str, today: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(typed)
    except ValueError:
        return today
    return day if abs((day - today).days) <= YEARS * 366 else today
