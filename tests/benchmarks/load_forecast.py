"""How far off the forecast of next week's reports is on a real city: bin/test tests/benchmarks/load_forecast.py -s.

Every day from the seventh week on, the next seven days are forecast from what had come in by then, for the whole city and for each
department with at least 5 reports a day. For comparison: as many as in the last seven days. The data covers half a year, so there
is no same week of the year before; tests/requests_app/rules/figures/test_load_forecast.py compares with that, on years of a known
season.
"""

import csv
import datetime as dt
import gzip
from collections import Counter, defaultdict

import holidays
import numpy as np

from requests_app.rules.figures.load_forecast import WEEK, forecast
from tests.real_data import real_data

BEGINS, ENDS = dt.date(2011, 7, 1), dt.date(2012, 1, 1)
FIRST_WEEKS = 6
A_DAY = 5


def arrivals() -> dict[str, list[int]]:
    by_department: dict[str, Counter[dt.date]] = defaultdict(Counter)
    with gzip.open(real_data("boston/boston_311_crm_2011h2.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = dt.date.fromisoformat(row["opened_at"][:10])
            by_department[row["department"]][day] += 1
            by_department["city"][day] += 1
    days = [BEGINS + dt.timedelta(days=at) for at in range((ENDS - BEGINS).days)]
    found = {name: [counts[day] for day in days] for name, counts in by_department.items()}
    return {name: counts for name, counts in found.items() if sum(counts) >= A_DAY * len(days)}


def errors(counts: list[int]) -> tuple[float, float, float]:
    """Mean absolute errors of the forecast and of "as last week", and the share of weeks in the band."""
    closed = set(holidays.country_holidays("US", subdiv="MA", years=2011))
    ours, last_week, inside = [], [], []
    for until in range(FIRST_WEEKS * WEEK, len(counts) - WEEK + 1):
        came = sum(counts[until : until + WEEK])
        said = forecast(BEGINS, counts[:until], closed.__contains__)
        assert said is not None
        ours.append(abs(said.total - came))
        last_week.append(abs(sum(counts[until - WEEK : until]) - came))
        inside.append(said.low <= came <= said.high)
    return float(np.mean(ours)), float(np.mean(last_week)), float(np.mean(inside))


def test_it_is_closer_than_last_week() -> None:
    print("\nmean absolute error of a week's reports: forecast, as last week; weeks inside the band")
    better = []
    for name, counts in arrivals().items():
        ours, last_week, inside = errors(counts)
        better.append(ours < last_week)
        print(f"{name:6} {sum(counts) / len(counts) * WEEK:7.0f} a week  {ours:6.1f}  {last_week:6.1f}  {inside:4.0%}")
        if name == "city":
            assert ours < last_week
    print(f"better for {sum(better)} of {len(better)}")
    assert sum(better) >= 0.8 * len(better)
