"""Dates as people type them, at their bounds."""

import datetime as dt

import pytest

from requests_app.rules.shared import quick_dates

# A Wednesday.
TODAY = dt.date(2026, 12, 30)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("today", "2026-12-30"),
        ("Hoy", "2026-12-30"),
        ("tom", "2026-12-31"),
        ("Mañana", "2026-12-31"),
        ("0", "2026-12-30"),
        ("1", "2026-12-31"),
        ("+3d", "2027-01-02"),
        ("3 days", "2027-01-02"),
        ("2w", "2027-01-13"),
        ("2 semanas", "2027-01-13"),
        ("999", "2029-09-24"),
        # The next one, never today.
        ("wed", "2027-01-06"),
        ("thu", "2026-12-31"),
        ("Tuesday", "2027-01-05"),
        ("next mon", "2027-01-04"),
        ("miércoles", "2027-01-06"),
        ("mar", "2027-01-05"),
        ("next week", "2027-01-04"),
        ("próxima semana", "2027-01-04"),
        ("next month", "2027-01-01"),
        ("2027-02-03", "2027-02-03"),
        ("12/30", "2026-12-30"),
        ("12/29", "2027-12-29"),
        ("1/5/27", "2027-01-05"),
        ("1/5/2027", "2027-01-05"),
        ("Jan 5", "2027-01-05"),
        ("5 de enero", "2027-01-05"),
        ("January 5, 2028", "2028-01-05"),
        ("2/29", "2028-02-29"),
        ("Mar 3", "2027-03-03"),
    ],
)
def test_what_is_typed_is_a_day(typed: str, day: str) -> None:
    assert quick_dates.read(typed, TODAY) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "typed", ["", "soon", "2/30", "13/1", "2027-02-30", "1000", "mo", "money", "mondays2", "-3", "1/5/202"]
)
def test_what_is_no_day_is_none(typed: str) -> None:
    assert quick_dates.read(typed, TODAY) is None


def test_monday_and_next_week_on_a_monday_are_a_week_away() -> None:
    monday = dt.date(2026, 12, 28)
    assert quick_dates.read("mon", monday) == quick_dates.read("next week", monday) == dt.date(2027, 1, 4)
    assert quick_dates.read("next month", dt.date(2026, 1, 31)) == dt.date(2026, 2, 1)
