"""Months and quarters of a city's calendar (no queries)."""

import datetime as dt
import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Period:
    """From `first` until the day before `until`."""

    first: dt.date
    until: dt.date

    @property
    def is_quarter(self) -> bool:
        return later(self.first, 1) != self.until

    @property
    def code(self) -> str:
        """2026-11, or 2026-Q4."""
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}" if self.is_quarter else f"{self.first:%Y-%m}"

    @property
    def months(self) -> list[dt.date]:
        """The first day of each."""
        return [later(self.first, number) for number in range(3 if self.is_quarter else 1)]


def later(month: dt.date, months: int) -> dt.date:
    """The first day of the month so many months after the one of this day."""
    number = month.year * 12 + month.month - 1 + months
    return dt.date(number // 12, number % 12 + 1, 1)


def of_day(day: dt.date, *, by_quarter: bool) -> Period:
    if not by_quarter:
        return Period(day.replace(day=1), later(day, 1))
    first = dt.date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return Period(first, later(first, 3))


def parse(code: str) -> Period | None:
    """From its code; None if it is none, or before 2000."""
    match = re.fullmatch(r"(20\d\d)-(?:Q([1-4])|(0[1-9]|1[0-2]))", code, re.ASCII)
    if match is None:
        return None
    year, quarter, month = match.groups()
    day = dt.date(int(year), int(quarter) * 3 if quarter else int(month), 1)
    return of_day(day, by_quarter=bool(quarter))


def last_periods(until: Period, count: int) -> list[Period]:
    """So many of its kind, the last one is `until`; the oldest first."""
    step = len(until.months)
    return [of_day(later(until.first, -step * back), by_quarter=until.is_quarter) for back in range(count - 1, -1, -1)]
