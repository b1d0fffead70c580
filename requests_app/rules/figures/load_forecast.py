"""How many reports the next seven days will bring, with a band (numpy; no queries).

The level follows recent weeks, slowly enough that one storm doesn't become the forecast. Weekdays and holidays have their own
factors, and a year of history adds its season. The band is what the same forecast missed by in recent weeks.
Compared with simpler forecasts in tests/benchmarks/load_forecast.py; docs/working.md explains it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.float64]
IsHoliday = Callable[[dt.date], bool]

WEEK, YEAR = 7, 364
# With fewer weeks nothing is said.
WEEKS_AT_LEAST = 5
# A week weighs so much less than the one after it.
FADES = 0.7
# A day more than so many times above or below its usual number counts as that: a storm isn't the new level.
LARGEST_DAY = 1.35
# Of a usual day of its weekday, until the city's own holidays say more; as if so many had been seen.
ON_HOLIDAY, HOLIDAYS_SEEN = 0.3, 2
# Weekdays are compared over so many weeks.
PROFILE_WEEKS = 10
# Of last year’s season so much counts: years differ. It is compared with so many weeks before it.
SEASON_COUNTS = 0.9
SEASON_WEEKS = 8
# The band is as wide as this share of so many earlier errors; with fewer than the least, it is WIDE. A little over 0.8, because
# few errors are known and the largest are rare: so it holds 8 of 10 weeks.
BAND, ERRORS, ERRORS_AT_LEAST, WIDE = 0.88, 26, 6, 0.3


@dataclass(frozen=True)
class Forecast:
    """Of the seven days from `first` on. days: by day; the band is of their total."""

    first: dt.date
    days: tuple[float, ...]
    low: float
    high: float

    @property
    def total(self) -> float:
        return sum(self.days)


def forecast(begins: dt.date, counts: Sequence[int], is_holiday: IsHoliday) -> Forecast | None:
    """counts: reports of each day from `begins` on, without gaps. None: too little history, or nothing came in at all."""
    history = np.array(counts, float)
    days = _next_week(begins, history, is_holiday)
    if days is None:
        return None
    total = float(days.sum())
    # Relative errors: a city of any size, and of any season, has the same band.
    errors = []
    for back in range(1, ERRORS + 1):
        until = len(history) - back * WEEK
        earlier = _next_week(begins, history[: max(0, until)], is_holiday)
        if earlier is None:
            break
        came = history[until : until + WEEK].sum()
        errors.append(abs(np.log((came + 1) / (earlier.sum() + 1))))
    width = float(np.quantile(errors, BAND)) if len(errors) >= ERRORS_AT_LEAST else WIDE
    return Forecast(
        begins + dt.timedelta(days=len(history)),
        tuple(float(day) for day in days),
        # Small numbers vary by chance alone.
        max(0.0, total * float(np.exp(-width)) - 0.5 * float(np.sqrt(total))),
        total * float(np.exp(width)) + 0.5 * float(np.sqrt(total)),
    )


def _next_week(begins: dt.date, history: Counts, is_holiday: IsHoliday) -> Counts | None:
    weeks = len(history) // WEEK
    recent = history[-PROFILE_WEEKS * WEEK :]
    if weeks < WEEKS_AT_LEAST or not recent.sum():
        return None
    recent = recent[len(recent) % WEEK :]
    first = begins + dt.timedelta(days=len(history) - len(recent))
    off = np.array([is_holiday(first + dt.timedelta(days=at)) for at in range(len(recent))])
    by_week = recent.reshape(-1, WEEK)
    off_by_week = off.reshape(-1, WEEK)
    # The profile of the seven weekdays, by medians, so that neither a holiday nor a storm bends it.
    usual = _median(by_week, off_by_week)
    if not usual.sum():
        usual = by_week.mean(axis=0)
    share = usual / usual.sum()
    # What each week would have been without holidays and storms.
    expected = np.maximum(usual, 1e-9)
    tame = np.clip(by_week, expected / LARGEST_DAY, expected * LARGEST_DAY)
    tame = np.where(usual > 0, tame, by_week)
    worked = np.where(off_by_week, 0.0, share).sum(axis=1)
    levels = np.where(off_by_week, 0.0, tame).sum(axis=1) / np.maximum(worked, 1e-9)
    weights = FADES ** np.arange(len(levels))[::-1] * (worked > 0)
    if not weights.sum():
        return None
    level = float((levels * weights).sum() / weights.sum())
    seen = recent[off] / np.maximum(np.tile(expected, len(by_week))[off], 1e-9)
    holiday = (ON_HOLIDAY * HOLIDAYS_SEEN + float(np.minimum(seen, 1.5).sum())) / (HOLIDAYS_SEEN + len(seen))
    start = begins + dt.timedelta(days=len(history))
    ahead = np.array([holiday if is_holiday(start + dt.timedelta(days=at)) else 1.0 for at in range(WEEK)])
    days: Counts = level * _season(history) * share * ahead
    return days


def _median(by_week: Counts, off: npt.NDArray[np.bool_]) -> Counts:
    """Of each weekday without its holidays; of all of them if there is nothing else."""
    return np.array(
        [
            np.median(column[~out]) if (~out).any() else np.median(column)
            for column, out in zip(by_week.T, off.T, strict=True)
        ]
    )


def _season(history: Counts) -> float:
    """What this week was last year, compared with the weeks before it; 1 without such a year."""
    at = len(history) - YEAR
    if at < SEASON_WEEKS * WEEK:
        return 1.0
    # Weighted as the level is, so that both lag by as much; and the median of three weeks, which a storm of last year can't bend.
    weights = FADES ** np.arange(SEASON_WEEKS)[::-1]
    before = float(
        (history[at - SEASON_WEEKS * WEEK : at].reshape(-1, WEEK).sum(axis=1) * weights).sum() / weights.sum()
    )
    around = float(np.median(history[at - WEEK : at + 2 * WEEK].reshape(-1, WEEK).sum(axis=1)))
    if not before or not around:
        return 1.0
    return float(np.clip(around / before, 0.5, 2.0) ** SEASON_COUNTS)
