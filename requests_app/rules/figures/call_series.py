"""The series of calls by month that are compared with before 311 began, from what the city was sent (no queries)."""

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from requests_app.models import CallMonth
from requests_app.rules.figures.periods import later

Line, Priority = CallMonth.Line, CallMonth.Priority
Series = Mapping[dt.date, int]
# By line and priority.
Counts = Mapping[tuple[str, str], Series]

EMERGENCY = {"emergency": Priority.ALL, "emergency_high": Priority.HIGH, "emergency_low": Priority.LOW}
CODES = (*EMERGENCY, "non_emergency", "all_lines")


@dataclass(frozen=True)
class Gap:
    """Months that weren't counted between two that were: the first, and the last."""

    first: dt.date
    last: dt.date


def by_line(rows: Iterable[CallMonth]) -> Counts:
    counts: dict[tuple[str, str], dict[dt.date, int]] = {}
    for row in rows:
        counts.setdefault((row.line, row.priority), {})[row.month] = row.calls
    return counts


def series(code: str, counts: Counts) -> Series:
    """code: one of CODES. Only months in which all that is added up was counted."""
    if code in EMERGENCY:
        return of_line(Line.EMERGENCY, EMERGENCY[code], counts)
    if code == "non_emergency":
        return of_line(Line.NON_EMERGENCY, Priority.ALL, counts)
    return _all_lines(counts)


def control(code: str, counts: Counts) -> Series:
    """The same calls next door; empty if nobody sent them."""
    return of_line(Line.NEIGHBOR, EMERGENCY[code], counts) if code in EMERGENCY else {}


def of_line(line: str, priority: str, counts: Counts) -> Series:
    """As it was counted; the sum of both priorities where only they were."""
    if priority != Priority.ALL:
        return counts.get((line, priority), {})
    high, low = counts.get((line, Priority.HIGH), {}), counts.get((line, Priority.LOW), {})
    return {month: high[month] + low[month] for month in high.keys() & low.keys()} | dict(
        counts.get((line, Priority.ALL), {})
    )


def _all_lines(counts: Counts) -> Series:
    """A call that moved from one line to another is in both times. 311 had no calls before its first count."""
    emergency, other, desk = (
        of_line(line, Priority.ALL, counts) for line in (Line.EMERGENCY, Line.NON_EMERGENCY, Line.DESK)
    )
    begins = min(desk, default=dt.date.max)
    return {
        month: emergency[month] + other.get(month, 0) + desk.get(month, 0)
        for month in emergency
        if (month in other or not other) and (month in desk or month < begins)
    }


def gaps(counted: Series) -> list[Gap]:
    months = sorted(counted)
    return [
        Gap(later(before, 1), later(after, -1))
        for before, after in itertools.pairwise(months)
        if later(before, 1) != after
    ]
