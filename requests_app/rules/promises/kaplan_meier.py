"""Kaplan–Meier: the share of reports finished by an age, where open reports count too (numpy; no queries).

Counting only what was finished makes a city look quick: what takes long is still open. Here a report counts at every age that it
reached, for as long as it was observed, and then drops out (it is censored). Docs: docs/typical-times.md.
"""

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

# All times are seconds, instants since 1970.
Times = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

HOUR, DAY = 3600.0, 86400.0
# The shortest of these windows in which enough were finished: three weeks follow the season, a rare service needs more.
WINDOWS = (21, 30, 45, 60, 90)
FINISHED_IN_WINDOW = 50
ORDER_DAYS = 90
# With fewer finished in the longest window, nothing is said.
ENOUGH = 20
HALF, MOST = 0.5, 0.8
# For 10 percentage points too few that held recently, the next number is a fifth larger; at most twice as large, or half.
# Only what came due in the last days counts; a few reports count less, as if WEIGHS_AS others had held exactly as they should.
STEP, LARGEST = 1.2, 2.0
CORRECTED_BY_DAYS = 30
WEIGHS_AS = 5


@dataclass(frozen=True)
class Sample:
    """Reports: when each came in, when it was finished or left for another reason (infinity: not yet), and which of the two."""

    submitted: Times
    left: Times
    finished: Flags

    def __getitem__(self, chosen: npt.NDArray[np.intp] | Flags) -> "Sample":
        return Sample(self.submitted[chosen], self.left[chosen], self.finished[chosen])

    def __len__(self) -> int:
        return len(self.submitted)


@dataclass(frozen=True)
class PastEstimates:
    """What pages said from an instant on: so many seconds for 8 in 10; NaN if they said nothing."""

    at: Times
    most: Times


NO_PAST_ESTIMATES = PastEstimates(np.array([]), np.array([]))


@dataclass(frozen=True)
class Estimate:
    """`count` reports were open at some time in the last `days` days. half, most: None if that share is never reached."""

    count: int
    days: int
    half: dt.timedelta | None
    most: dt.timedelta | None
    factor: float


def joined(samples: Sequence[Sample]) -> Sample:
    return Sample(
        np.concatenate([one.submitted for one in samples]),
        np.concatenate([one.left for one in samples]),
        np.concatenate([one.finished for one in samples]),
    )


def order(sample: Sample, now: float) -> float | None:
    """How far the endings of the last 90 days followed the order in which the reports came in, from 1 (exactly) to −1.

    Spearman's rank correlation. None if fewer than FINISHED_IN_WINDOW were finished.
    """
    chosen = sample.finished & (sample.left <= now) & (sample.left > now - ORDER_DAYS * DAY)
    if np.count_nonzero(chosen) < FINISHED_IN_WINDOW:
        return None
    came, went = (_ranks(times[chosen]) for times in (sample.submitted, sample.left))
    if came.std() == 0 or went.std() == 0:
        return None
    return float(np.corrcoef(came, went)[0, 1])


def _ranks(times: Times) -> Times:
    """Equal times share the mean of their ranks."""
    _values, inverse, counts = np.unique(times, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    mean: Times = (2 * ends - counts + 1) / 2
    return mean[inverse]


def estimate(
    sample: Sample, now: float, past: PastEstimates = NO_PAST_ESTIMATES, *, enough: int = ENOUGH
) -> Estimate | None:
    """None if fewer than `enough` were finished in the longest window."""
    happened = sample.finished & (sample.left <= now)
    for days in WINDOWS:
        finished = int(np.count_nonzero(happened & (sample.left > now - days * DAY)))
        if finished >= FINISHED_IN_WINDOW:
            break
    if finished < enough:
        return None
    ages, unfinished, count = curve(sample, now, days)
    half, most = _reached(ages, unfinished, HALF), _reached(ages, unfinished, MOST)
    factor = correction(sample, now, past)
    return Estimate(
        count,
        days,
        rounded_up(half) if half is not None else None,
        rounded_up(max(most * factor, half or 0)) if most is not None else None,
        factor,
    )


def curve(sample: Sample, now: float, days: int) -> tuple[Times, Times, int]:
    """Ages in seconds, the share not finished by each age, and how many reports that is based on.

    A period estimate: every report that was open in the last `days` days counts for the ages that it had in that time. So a report
    of last year says how quickly old reports are finished now, and what the city was like before the window doesn't matter.
    """
    begins = now - days * DAY
    seen = sample[(sample.submitted <= now) & (sample.left > begins)]
    entered = np.maximum(begins - seen.submitted, -1.0)
    until = np.minimum(seen.left, now) - seen.submitted
    happened = seen.finished & (seen.left <= now)
    ages = np.unique(until[happened])
    done = np.sort(until[happened])
    finished = np.searchsorted(done, ages, "right") - np.searchsorted(done, ages, "left")
    at_risk = np.searchsorted(np.sort(entered), ages, "left") - np.searchsorted(np.sort(until), ages, "left")
    return ages, np.cumprod(1 - finished / at_risk), len(seen)


def _reached(ages: Times, unfinished: Times, share: float) -> float | None:
    """The age in seconds by which this share is finished."""
    # Rounding errors must not move a step: 1 - 0.8 isn't 0.2.
    reached = np.flatnonzero(unfinished <= 1 - share + 1e-9)
    return float(ages[reached[0]]) if len(reached) else None


def rounded_up(seconds: float) -> dt.timedelta:
    """To whole hours below two days, else to whole days: what pages show."""
    hours = max(1, math.ceil(seconds / HOUR))
    return dt.timedelta(hours=hours) if hours < 48 else dt.timedelta(days=math.ceil(hours / 24))


def correction(sample: Sample, now: float, past: PastEstimates) -> float:
    """By how much to multiply the number for 8 in 10, since fewer or more reports than that held recently."""
    held, due = kept(sample, now, past)
    recent = held[due > now - CORRECTED_BY_DAYS * DAY]
    if not len(recent):
        return 1.0
    missing = (MOST - float(np.mean(recent))) * len(recent) / (len(recent) + WEIGHS_AS)
    return float(np.clip(STEP ** (missing / 0.1), 1 / LARGEST, LARGEST))


def kept(sample: Sample, now: float, past: PastEstimates) -> tuple[Flags, Times]:
    """Of the reports whose number has come due: whether each was finished by then, and when it was due.

    Those that left earlier for another reason say nothing.
    """
    if not len(past.at):
        return np.array([], bool), np.array([])
    which = np.searchsorted(past.at, sample.submitted, "right") - 1
    # NaN compares as False, so that reports for which nothing was said drop out.
    due = sample.submitted + np.where(which >= 0, past.most[which], np.nan)
    known = (due <= now) & (sample.finished | (sample.left > due))
    return (sample.finished & (sample.left <= due))[known], due[known]
