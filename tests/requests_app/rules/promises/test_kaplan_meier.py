"""The estimate behind typical times, on made-up reports whose true answer is known."""

import datetime as dt

import numpy as np
import pytest

from requests_app.rules.promises.kaplan_meier import (
    DAY,
    NO_PAST_ESTIMATES,
    PastEstimates,
    Sample,
    correction,
    curve,
    estimate,
    kept,
    order,
    rounded_up,
)

NOW = 1_000 * DAY


def reports(*groups: tuple[int, float, float | None], finished: bool = True) -> Sample:
    """Groups of (how many, days ago, days until they ended; None: still open)."""
    submitted, left, done = [], [], []
    for count, ago, took in groups:
        for _ in range(count):
            submitted.append(NOW - ago * DAY)
            left.append(NOW - (ago - took) * DAY if took is not None else np.inf)
            done.append(finished and took is not None)
    return Sample(np.array(submitted), np.array(left), np.array(done))


def most(sample: Sample, said: PastEstimates = NO_PAST_ESTIMATES) -> dt.timedelta | None:
    found = estimate(sample, NOW, said)
    assert found is not None
    return found.most


def test_without_open_ones_it_is_the_quantile() -> None:
    found = estimate(reports((50, 10, 2), (30, 10, 4), (20, 10, 9)), NOW)
    assert found is not None
    assert (found.half, found.most) == (dt.timedelta(days=2), dt.timedelta(days=4))
    assert (found.count, found.days) == (100, 21)


def test_open_ones_count() -> None:
    """Of the finished alone, 8 in 10 took 2 days. But 50 are open, so that 4 days are needed to reach 8 in 10."""
    finished = [(80, 10.0, 2.0), (70, 10.0, 4.0), (10, 10.0, 8.0)]
    assert most(reports((80, 10, 2), (20, 10, 4))) == dt.timedelta(days=2)
    assert most(reports(*finished, (40, 10, None))) == dt.timedelta(days=8)
    assert most(reports(*finished, (80, 10, None))) is None


def test_a_young_open_report_counts_for_the_ages_that_it_has_reached() -> None:
    """A thousand of this morning say nothing about the second day."""
    assert most(reports((80, 10, 2), (20, 10, 4), (1000, 0.2, None))) == dt.timedelta(days=2)


def test_what_left_for_another_reason_counts_until_then() -> None:
    before = reports((80, 10, 2), (20, 10, 4))
    gone = reports((1000, 10, 1), finished=False)
    both = Sample(
        *(np.concatenate([getattr(before, name), getattr(gone, name)]) for name in ("submitted", "left", "finished"))
    )
    assert most(both) == dt.timedelta(days=2)


def test_an_old_report_says_how_quickly_old_ones_are_finished_now() -> None:
    """Reports of last year that ended this week: the curve goes on where the week's own reports are too young to tell."""
    found = estimate(reports((60, 10, 1), (40, 10, None), (40, 200, 195), (10, 200, None)), NOW)
    assert found is not None
    assert found.half == dt.timedelta(days=1)
    assert found.most == dt.timedelta(days=195)


def test_what_ended_before_the_window_does_not_matter() -> None:
    assert most(reports((60, 10, 2), (500, 100, 50))) == dt.timedelta(days=2)


def test_the_window_grows_until_enough_were_finished() -> None:
    found = estimate(reports((10, 10, 2), (15, 60, 2)), NOW)
    assert found is not None
    assert (found.days, found.count) == (90, 25)


@pytest.mark.parametrize(("count", "says"), [(19, False), (20, True)])
def test_too_few_say_nothing(count: int, says: bool) -> None:
    assert (estimate(reports((count, 10, 2), (50, 10, None)), NOW) is not None) == says


@pytest.mark.parametrize(
    ("held", "factor"), [(80, 1.0), (70, 1.2), (60, 1.44), (90, 1 / 1.2), (0, 2.0), (100, 1.2**-2)]
)
def test_a_number_that_did_not_hold_is_corrected(held: int, factor: float) -> None:
    """A fifth more for each 10 percentage points that were missing recently."""
    said = PastEstimates(np.array([NOW - 100 * DAY]), np.array([5 * DAY]))
    sample = reports((held * 100, 10, 2), ((100 - held) * 100, 10, 7))
    assert correction(sample, NOW, said) == pytest.approx(factor, abs=0.002)


def test_only_numbers_that_have_come_due_correct() -> None:
    said = PastEstimates(np.array([NOW - 100 * DAY]), np.array([5 * DAY]))
    assert correction(reports((100, 3, None)), NOW, said) == 1.0
    # Nor do those that came due more than 30 days ago, or those of which nothing was said.
    assert correction(reports((100, 40, None)), NOW, said) == 1.0
    assert (
        correction(reports((100, 10, None)), NOW, PastEstimates(np.array([NOW - 100 * DAY]), np.array([np.nan]))) == 1.0
    )
    assert correction(reports((100, 10, None)), NOW, PastEstimates(np.array([NOW - 5 * DAY]), np.array([DAY]))) == 1.0
    # Withdrawn before it was due: nobody knows.
    assert correction(reports((100, 10, 1), finished=False), NOW, said) == 1.0
    assert correction(reports((100, 10, 8), finished=False), NOW, said) == pytest.approx(2.0)


def test_the_curve_never_divides_by_nobody() -> None:
    ages, unfinished, count = curve(reports((1, 10, 10)), NOW, 21)
    assert (list(ages), list(unfinished), count) == ([10 * DAY], [0.0], 1)
    assert len(curve(reports((1, 10, None)), NOW, 21)[0]) == 0


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, dt.timedelta(hours=1)),
        (3601, dt.timedelta(hours=2)),
        (47 * 3600, dt.timedelta(hours=47)),
        (47 * 3600 + 1, dt.timedelta(days=2)),
        (2 * 86400 + 1, dt.timedelta(days=3)),
    ],
)
def test_it_is_rounded_up_as_pages_show_it(seconds: float, shown: dt.timedelta) -> None:
    assert rounded_up(seconds) == shown


def times(*rows: tuple[float, float, bool]) -> Sample:
    """Rows of (days ago it came in, days ago it left, whether it was finished then)."""
    submitted, left, finished = zip(*rows, strict=True)
    return Sample(NOW - np.array(submitted) * DAY, NOW - np.array(left) * DAY, np.array(finished))


@pytest.mark.parametrize(
    ("inside", "outside", "is_said"), [(50, 0, True), (49, 0, False), (49, 50, False), (0, 100, False)]
)
def test_the_order_is_that_of_fifty_endings_of_the_last_ninety_days(inside: int, outside: int, is_said: bool) -> None:
    rows = [(100.0 - number / 10, 50.0 - number / 10, True) for number in range(inside)]
    # Exactly ninety days ago is over; what ends in the next moment is still open.
    rows += [(200.0 + number, 90.0 if number % 2 else -0.001, True) for number in range(outside)]
    found = order(times(*rows, (300.0, 10.0, False)), NOW)
    assert (found == pytest.approx(1.0)) if is_said else found is None


def test_what_was_finished_in_this_moment_counts_and_at_the_start_of_the_window_does_not() -> None:
    rows = [(30.0, 0.0, True), *((30.0 + number, 1.0, True) for number in range(49))]
    found = order(times(*rows), NOW)
    assert found is not None
    assert order(times(*((5.0, 1.0, True) for _ in range(60))), NOW) is None
    now = estimate(times(*rows), NOW)
    assert now is not None
    assert now.days == 21
    edge = estimate(times(*[(30.0, 21.0, True), *rows[1:]]), NOW)
    assert edge is not None
    assert edge.days == 30


def test_the_curve_begins_and_ends_with_the_window() -> None:
    _ages, _unfinished, count = curve(times((0.0, -1.0, True), (30.0, 21.0, True), (30.0, 20.9, False)), NOW, 21)
    assert count == 2
    ages, unfinished, _count = curve(times((5.0, 0.0, True)), NOW, 21)
    assert (list(ages), list(unfinished)) == ([5 * DAY], [0.0])


def test_a_number_holds_to_its_moment() -> None:
    past = PastEstimates(np.array([NOW - 100 * DAY]), np.array([5 * DAY]))
    held, due = kept(times((5.0, -1.0, True), (10.0, 5.0, True), (10.0, 4.999, True), (10.0, 5.0, False)), NOW, past)
    assert list(held) == [False, True, False]
    assert list(due) == [NOW, NOW - 5 * DAY, NOW - 5 * DAY]
    # Thirty days after that it corrects nothing anymore.
    assert correction(times(*((35.0, -1.0, True) for _ in range(50))), NOW, past) == 1.0
    assert correction(times(*((34.999, -1.0, True) for _ in range(50))), NOW, past) > 1.0
