"""Months and quarters by the calendar."""

import datetime as dt

import pytest

from requests_app.rules.figures import periods


@pytest.mark.parametrize(
    ("day", "month", "quarter", "months"),
    [
        (dt.date(2026, 1, 1), "2026-01", "2026-Q1", [1, 2, 3]),
        (dt.date(2026, 3, 31), "2026-03", "2026-Q1", [1, 2, 3]),
        (dt.date(2026, 4, 1), "2026-04", "2026-Q2", [4, 5, 6]),
        (dt.date(2026, 12, 31), "2026-12", "2026-Q4", [10, 11, 12]),
    ],
)
def test_a_day_is_in_its_month_and_its_quarter(day: dt.date, month: str, quarter: str, months: list[int]) -> None:
    for code, by_quarter in ((month, False), (quarter, True)):
        period = periods.of_day(day, by_quarter=by_quarter)
        assert (period.code, period.is_quarter) == (code, by_quarter)
        assert periods.parse(code) == period
        assert period.first <= day < period.until
    assert [one.month for one in period.months] == months


def test_the_last_ones_end_with_the_one_that_was_asked() -> None:
    last = periods.of_day(dt.date(2026, 2, 3), by_quarter=False)
    assert [one.code for one in periods.last_periods(last, 3)] == ["2025-12", "2026-01", "2026-02"]
    quarter = periods.of_day(dt.date(2026, 2, 3), by_quarter=True)
    assert [one.code for one in periods.last_periods(quarter, 2)] == ["2025-Q4", "2026-Q1"]


@pytest.mark.parametrize(
    "code", ["", "2026", "2026-13", "2026-0", "2026-Q5", "1999-12", "2026-01-01", "2026-1", "٢٠٢٦-01"]
)
def test_what_is_no_period_is_none(code: str) -> None:
    assert periods.parse(code) is None
