"""The forecast of next week's reports, on made-up years whose season is known."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.rules.figures.load_forecast import SEASON_WEEKS, WEEK, YEAR, forecast

pytestmark = pytest.mark.shows("14.8")
BEGINS = dt.date(2024, 1, 1)


def never(_day: dt.date) -> bool:
    return False


def seasonal_days(seed: int = 1) -> list[int]:
    """Three years: summers are busy, each year is 15 percent busier, weekends are quiet, and a storm comes now and then."""
    rng = np.random.default_rng(seed)
    at = np.arange(3 * YEAR)
    weekday = np.where(at % 7 < 5, 1.0, 0.3)
    usual = 100 * (1 + 0.35 * np.sin(2 * np.pi * at / YEAR)) * 1.15 ** (at / YEAR) * weekday
    storms = np.where(rng.random(len(at)) < 0.01, 3.0, 1.0)
    return [int(count) for count in rng.poisson(usual * storms)]


def test_it_is_closer_than_last_week_and_than_that_week_last_year() -> None:
    ours, last_week, last_year, inside = [], [], [], []
    for seed in (1, 2, 3):
        days = seasonal_days(seed)
        for until in range(2 * YEAR, len(days) - WEEK, 11):
            came = sum(days[until : until + WEEK])
            said = forecast(BEGINS, days[:until], never)
            assert said is not None
            ours.append(abs(said.total - came))
            last_week.append(abs(sum(days[until - WEEK : until]) - came))
            last_year.append(abs(sum(days[until - YEAR : until - YEAR + WEEK]) - came))
            inside.append(said.low <= came <= said.high)
    assert np.mean(ours) < 0.9 * np.mean(last_week)
    assert np.mean(ours) < 0.6 * np.mean(last_year)
    assert np.mean(inside) >= 0.75


def test_a_holiday_ahead_makes_the_week_smaller() -> None:
    days = [20] * 10 * WEEK
    plain, short = (forecast(BEGINS, days, off) for off in (never, lambda day: day == BEGINS + dt.timedelta(days=72)))
    assert plain is not None
    assert short is not None
    assert plain.total == pytest.approx(140)
    assert short.total == pytest.approx(140 - 20 * 0.7)
    assert short.first == BEGINS + dt.timedelta(days=70)


def test_nothing_is_said_of_a_few_weeks_or_an_empty_city() -> None:
    assert forecast(BEGINS, [9] * 4 * WEEK, never) is None
    assert forecast(BEGINS, [0] * 20 * WEEK, never) is None
    assert forecast(BEGINS, [], never) is None


@given(st.lists(st.integers(0, 10**6), max_size=120), st.sets(st.integers(0, 130)))
def test_a_band_holds_its_forecast_whatever_came_in(days: list[int], off: set[int]) -> None:
    said = forecast(BEGINS, days, lambda day: (day - BEGINS).days in off)
    assert said is None or 0 <= said.low <= said.total <= said.high < 10**8


def test_five_weeks_are_enough_and_the_sixth_error_makes_a_band_of_its_own() -> None:
    assert forecast(BEGINS, [9] * (5 * WEEK - 1), never) is None
    for weeks, is_wide in ((5, True), (10, True), (11, False)):
        found = forecast(BEGINS, [20] * weeks * WEEK, never)
        assert found is not None
        assert found.total == pytest.approx(140)
        # It missed nothing so far, so that only chance is left.
        chance = 0.5 * 140**0.5
        assert found.high - 140 == pytest.approx(chance if not is_wide else 140 * (np.exp(0.3) - 1) + chance)


def test_a_week_of_holidays_is_no_new_level_and_a_day_on_which_nothing_came_may_bring_some() -> None:
    days = [20] * 9 * WEEK + [0] * WEEK + [20] * WEEK
    week_off = {BEGINS + dt.timedelta(days=9 * WEEK + at) for at in range(WEEK)}
    found = forecast(BEGINS, days, lambda day: day in week_off)
    assert found is not None
    assert found.total == pytest.approx(140)
    assert forecast(BEGINS, days, lambda _day: True) is None
    quiet = [20, 20, 20, 20, 20, 20, 0]
    plain, more = (forecast(BEGINS, quiet * 9 + [*quiet[:6], last], never) for last in (0, 60))
    assert plain is not None
    assert more is not None
    assert more.total > plain.total + 10


def test_a_season_needs_eight_weeks_before_it_last_year_in_which_something_came() -> None:
    first = SEASON_WEEKS * WEEK
    whole = YEAR + first
    for days, is_busier in (
        # The eight weeks before this one last year had 10 a day, and this one 20.
        ([10] * first + [20] * YEAR, True),
        # A day of these is missing.
        ([10] * (first - 1) + [20] * YEAR, False),
        # Nothing came in these weeks, or in the ones of which this is the middle.
        ([0] * first + [20] * YEAR, False),
        ([20] * (first - WEEK) + [0] * 4 * WEEK + [20] * (whole - first - 3 * WEEK), False),
    ):
        found = forecast(BEGINS, days, never)
        assert found is not None
        assert found.total == pytest.approx(140 * 2**0.9 if is_busier else 140)
