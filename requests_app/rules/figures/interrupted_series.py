"""Did a month's count of calls change when something began? An interrupted time series (numpy; no queries).

The model is log-linear: calls of a day in a month = exp(level + trend + season + step at the start + change of trend since),
fitted as a Poisson regression whose counts may vary more than Poisson's. The effect is the average of what changed over all
months since the start, against what the months before would have led to. Its 95 % interval takes the wider of two errors: one
that allows for months that resemble the month before (Newey and West 1987), and one that allows for overdispersion alone, with
the quantile for few months of Kiefer and Vogelsang (2005). With sixty months, the first alone would be too narrow.
tests/benchmarks/interrupted_series.py tries it on made series.

J. Lopez Bernal, S. Cummins, A. Gasparrini, “Interrupted time series regression for the evaluation of public health interventions”,
International Journal of Epidemiology 46 (2017).
"""

import calendar
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from requests_app.rules.figures.periods import later

Array = npt.NDArray[np.float64]

# With fewer months nobody can tell a season from an effect.
BEFORE_AT_LEAST, AFTER_AT_LEAST = 24, 12
YEAR = 12
# Waves in a year: one of twelve months and one of six.
WAVES = 2
# Months that an error may go on for, and of the interval.
LAGS, CONFIDENCE = 3, 0.95
STEPS_MAX, SETTLED = 100, 1e-12
# A fit that predicts more than this many times the highest or lowest count has no sense.
_LARGEST = 1e6


class NoFit(Exception):
    """These counts have no such model: nearly all are 0, or the control says it all."""


@dataclass(frozen=True)
class Fit:
    """names: of the coefficients. robust: their covariance by Newey and West; dispersed: by overdispersion alone."""

    names: tuple[str, ...]
    coefficients: Array
    robust: Array
    dispersed: Array
    expected: Array
    design: Array

    @property
    def freedom(self) -> int:
        """Months less coefficients."""
        months, coefficients = self.design.shape
        return months - coefficients


@dataclass(frozen=True)
class Effect:
    """Relative changes: -0.34 is 34 % less. low, high: the ends of the 95 % interval.

    step: at the start; yearly: of the trend, for each year since. expected: calls by month as the model has them; without_start: as
    it would have them if nothing had begun, in the months since.
    """

    change: float
    low: float
    high: float
    step: float
    yearly: float
    expected: Mapping[dt.date, float]
    without_start: Mapping[dt.date, float]

    @property
    def is_clear(self) -> bool:
        """Whether no change at all is outside of the interval."""
        return not self.low <= 0 <= self.high


def is_too_early(counts: Mapping[dt.date, int], start: dt.date) -> bool:
    """counts: by the first day of a month. The month of a start in its middle is neither before nor after."""
    before, after = _halves(counts, start)
    return len(before) < BEFORE_AT_LEAST or len(after) < AFTER_AT_LEAST


def effect(
    counts: Mapping[dt.date, int], start: dt.date, *, control: Mapping[dt.date, int] | None = None
) -> Effect | None:
    """counts and control: by the first day of a month; months without one of them are left out. None: too early to say.

    control: the same calls of a neighbor in which nothing began. Raises NoFit.
    """
    if control is not None:
        counts = {month: calls for month, calls in counts.items() if control.get(month, 0) > 0}
    if is_too_early(counts, start):
        return None
    before, after = _halves(counts, start)
    months = [*before, *after]
    fitted = fit(months, [counts[month] for month in months], start, control=control)
    since = np.array([month in after for month in months])
    at = {name: number for number, name in enumerate(fitted.names)}
    weights = np.zeros(len(fitted.names))
    weights[at["step"]], weights[at["slope"]] = 1, fitted.design[since, at["slope"]].mean()
    change = float(weights @ fitted.coefficients)
    half = _quantile(fitted) * math.sqrt(
        max(float(weights @ covariance @ weights) for covariance in (fitted.robust, fitted.dispersed))
    )
    started = fitted.design[:, [at["step"], at["slope"]]] @ fitted.coefficients[[at["step"], at["slope"]]]
    return Effect(
        change=math.expm1(change),
        low=math.expm1(change - half),
        high=math.expm1(change + half),
        step=math.expm1(fitted.coefficients[at["step"]]),
        yearly=math.expm1(fitted.coefficients[at["slope"]]),
        expected=dict(zip(months, fitted.expected.tolist(), strict=True)),
        without_start={
            month: float(calls)
            for month, calls in zip(months, fitted.expected * np.exp(-started), strict=True)
            if month in after
        },
    )


def fit(
    months: list[dt.date], counts: list[int], start: dt.date, *, control: Mapping[dt.date, int] | None = None
) -> Fit:
    """months: their first days, in order. Raises NoFit."""
    names, design = _design(months, start, control)
    calls = np.array(counts, float)
    exposure = np.log([_days(month) for month in months])
    if calls.sum() == 0 or np.linalg.matrix_rank(design) < len(names):
        raise NoFit
    coefficients = np.linalg.lstsq(design, np.log(np.maximum(calls, 0.5)) - exposure, rcond=None)[0]
    for _step in range(STEPS_MAX):
        expected = np.exp(design @ coefficients + exposure)
        if not np.isfinite(expected).all() or expected.max() > _LARGEST * (calls.max() + 1):
            raise NoFit
        better = coefficients + np.linalg.lstsq(
            design.T @ (design * expected[:, None]), design.T @ (calls - expected), rcond=None
        )[0]  # fmt: skip
        is_settled = np.abs(better - coefficients).max() < SETTLED
        coefficients = better
        if is_settled:
            break
    else:
        raise NoFit
    expected = np.exp(design @ coefficients + exposure)
    bread = np.linalg.inv(design.T @ (design * expected[:, None]))
    freedom = len(months) - len(names)
    dispersion = float(((calls - expected) ** 2 / expected).sum()) / freedom
    return Fit(
        names,
        coefficients,
        robust=_robust(design, calls - expected, months, bread),
        dispersed=bread * dispersion,
        expected=expected,
        design=design,
    )


def _halves(counts: Mapping[dt.date, int], start: dt.date) -> tuple[list[dt.date], list[dt.date]]:
    """The whole months before the start, and those since."""
    months = sorted(counts)
    return [month for month in months if later(month, 1) <= start], [month for month in months if month >= start]


def _days(month: dt.date) -> int:
    return calendar.monthrange(month.year, month.month)[1]


def _number(month: dt.date) -> int:
    return month.year * YEAR + month.month


def _design(
    months: list[dt.date], start: dt.date, control: Mapping[dt.date, int] | None
) -> tuple[tuple[str, ...], Array]:
    began = _number(start) if start.day == 1 else _number(start) + 1
    years = np.array([(_number(month) - began) / YEAR for month in months])
    since = (years >= 0).astype(float)
    columns = {"level": np.ones(len(months)), "trend": years, "step": since, "slope": since * years}
    turns = 2 * np.pi * np.array([month.month for month in months]) / YEAR
    for wave in range(1, WAVES + 1):
        columns |= {f"sine_{wave}": np.sin(wave * turns), f"cosine_{wave}": np.cos(wave * turns)}
    if control is not None:
        beside = np.log([control[month] / _days(month) for month in months])
        columns["control"] = beside - beside.mean()
    return tuple(columns), np.column_stack(list(columns.values()))


def _robust(design: Array, errors: Array, months: list[dt.date], bread: Array) -> Array:
    """Newey and West's covariance with Bartlett's weights, of months that follow each other also where one is missing."""
    scores = design * errors[:, None]
    numbers = np.array([_number(month) for month in months])
    apart = np.abs(numbers[:, None] - numbers[None, :])
    weights = np.clip(1 - apart / (LAGS + 1), 0, None)
    count, coefficients = design.shape
    return bread @ (scores.T @ weights @ scores) @ bread * count / (count - coefficients)


def _quantile(fitted: Fit) -> float:
    """Student's, made wider for errors that are estimated over LAGS months of so few (Kiefer and Vogelsang, Bartlett's kernel)."""
    share = (LAGS + 1) / len(fitted.design)
    wider = (1.96 + 2.9694 * share + 0.4160 * share**2 - 0.5324 * share**3) / 1.96
    return _students_t(fitted.freedom) * wider


def _students_t(freedom: int) -> float:
    """Its quantile for the interval; right to 1e-5 from 20 degrees of freedom on (Fisher and Cornish 1960)."""
    z = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
    return (
        z
        + (z**3 + z) / (4 * freedom)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * freedom**3)
    )
