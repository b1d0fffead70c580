"""A calendar as months: which days are open, half days, holidays and closed, by the functions that due dates use."""

import calendar as python_calendar
import datetime as dt
from dataclasses import dataclass

from django.utils import formats
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.rules.promises.hours_text import spans_in_words
from requests_app.rules.promises.service_levels import WorkingHours

SHOWN = 3
# A month and its neighbors, up to this many years from today.
YEARS = 5


@dataclass(frozen=True)
class GridDay:
    """kind: open, half, holiday, closed. kind_label: the kind for screen readers, empty if it is open as on any such weekday."""

    day: dt.date
    kind: str
    kind_label: str
    name: str
    hours: str
    is_today: bool


@dataclass(frozen=True)
class Month:
    """weeks: rows of seven, None where the day belongs to another month. special: half days and holidays."""

    name: str
    weeks: list[list[GridDay | None]]
    special: list[GridDay]


@dataclass(frozen=True)
class Grid:
    """earlier, later: the month to go to, "2026-11"; empty at the ends."""

    weekdays: list[tuple[str, str]]
    months: list[Month]
    earlier: str
    later: str


def month_grid(hours: WorkingHours, today: dt.date, first_month: str = "") -> Grid:
    """Three months from first_month ("2026-11"), else from this one."""
    first = _month(first_month, today)
    starts = [_plus(first, months) for months in range(SHOWN)]
    monday_first = python_calendar.Calendar((formats.get_format("FIRST_DAY_OF_WEEK") - 1) % 7)
    earliest, latest = today.replace(day=1, year=today.year - YEARS), today.replace(day=1, year=today.year + YEARS)
    earlier, later = _plus(first, -SHOWN), _plus(first, SHOWN)
    return Grid(
        weekdays=[(str(WEEKDAYS_ABBR[day]), str(WEEKDAYS[day])) for day in monday_first.iterweekdays()],
        months=[_of_month(start, hours, today, monday_first) for start in starts],
        earlier=f"{earlier:%Y-%m}" if earlier >= earliest else "",
        later=f"{later:%Y-%m}" if later <= latest else "",
    )


def _of_month(start: dt.date, hours: WorkingHours, today: dt.date, by_week: python_calendar.Calendar) -> Month:
    weeks = [
        [_day(day, hours, today) if day.month == start.month else None for day in week]
        for week in by_week.monthdatescalendar(start.year, start.month)
    ]
    special = [day for week in weeks for day in week if day is not None and day.kind in ("half", "holiday")]
    return Month(formats.date_format(start, "YEAR_MONTH_FORMAT"), weeks, special)


def _day(day: dt.date, hours: WorkingHours, today: dt.date) -> GridDay:
    opening = [] if hours.always else hours.opening_hours(day)
    off = None if hours.always else hours.day_off(day)
    name = localized(off.name) if off is not None else ""
    if off is not None and opening:
        kind, kind_label = "half", _("half day")
    elif off is not None:
        kind, kind_label = "holiday", _("closed, day off")
    elif opening or hours.always:
        kind, kind_label = "open", ""
    else:
        kind, kind_label = "closed", _("closed")
    return GridDay(day, kind, kind_label, name or (_("Day off") if off else ""), spans_in_words(opening), day == today)


def _month(typed: str, today: dt.date) -> dt.date:
    try:
        month = dt.datetime.strptime(typed, "%Y-%m").date()
    except ValueError:
        return today.replace(day=1)
    return month if abs(month.year - today.year) <= YEARS else today.replace(day=1)


def _plus(month: dt.date, months: int) -> dt.date:
    index = month.year * 12 + month.month - 1 + months
    return dt.date(index // 12, index % 12 + 1, 1)
