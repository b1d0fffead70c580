"""How often the interval for “did calls fall?” covers the truth: bin/test tests/benchmarks/interrupted_series.py -s.

Made series of sixty months: a season, a trend, months that resemble the month before (autocorrelation 0.3), counts that vary five
times as much as Poisson's, and from the start on 34 % fewer calls, 8 % fewer, or as many as before. Each series on which the
interval misses is printed.
"""

import datetime as dt

import numpy as np
import pytest

from requests_app.rules.figures.interrupted_series import effect

MONTHS, SERIES = 60, 100
FIRST = dt.date(2021, 1, 1)
AUTOCORRELATION, DISPERSION, MONTHLY_SD = 0.3, 5.0, 0.04
# Of 100 intervals of 95 %.
COVERED = range(90, 100)


def months() -> list[dt.date]:
    return [dt.date(FIRST.year + at // 12, at % 12 + 1, 1) for at in range(MONTHS)]


def made(seed: int, change: float, start: dt.date, calls: float = 3000) -> dict[dt.date, int]:
    random = np.random.default_rng(seed)
    at = np.arange(MONTHS)
    ends = [dt.date(month.year + month.month // 12, month.month % 12 + 1, 1) for month in months()]
    days = np.array([(end - month).days for month, end in zip(months(), ends, strict=True)])
    carried = np.zeros(MONTHS)
    for month in range(MONTHS):
        fresh = random.normal(0, MONTHLY_SD * np.sqrt(1 - AUTOCORRELATION**2) if month else MONTHLY_SD)
        carried[month] = AUTOCORRELATION * carried[month - 1] * (month > 0) + fresh
    season = 0.08 * np.sin(2 * np.pi * (at - 3) / 12) + 0.03 * np.cos(4 * np.pi * at / 12)
    since = np.array([month >= start for month in months()])
    mean = calls * days / 30 * np.exp(season + 0.01 * at / 12 + carried) * np.where(since, 1 + change, 1)
    size = mean / (DISPERSION - 1)
    counts = random.negative_binomial(size, size / (size + mean))
    return dict(zip(months(), counts.tolist(), strict=True))


STARTS = [dt.date(2023, 1, 1), dt.date(2024, 1, 1), dt.date(2025, 1, 1)]


@pytest.mark.parametrize("change", [-0.34, -0.08, 0.0])
@pytest.mark.parametrize("start", STARTS, ids=str)
def test_the_interval_covers_the_truth(start: dt.date, change: float) -> None:
    covered = 0
    for seed in range(SERIES):
        measured = effect(made(seed, change, start), start)
        assert measured is not None
        if measured.low <= change <= measured.high:
            covered += 1
        else:
            print(f"start {start}, {change:+.0%}, series {seed}: {measured.low:+.1%} to {measured.high:+.1%}")
    print(f"start {start}, {change:+.0%}: {covered} of {SERIES} cover it")
    assert covered in COVERED
