"""The truth rate and its interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.rules.truth.rate import Looked, TruthRate, count, wilson

pytestmark = pytest.mark.shows("14.6")
SEEN = ("fixed", "not_fixed", "cant_tell", "acted", "")
LOOKED = st.builds(Looked, st.sampled_from(SEEN), is_reopened=st.booleans(), is_due=st.booleans())


# E. B. Wilson's interval, as R's prop.test(…, correct = FALSE) prints it.
@pytest.mark.parametrize(
    ("true", "drawn", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(true: int, drawn: int, low: float, high: float) -> None:
    found = wilson(true, drawn)
    assert found == pytest.approx((low, high), abs=5e-5)


@given(st.integers(min_value=1, max_value=10_000), st.data())
def test_the_interval_holds_the_share_and_stays_within_0_and_1(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(min_value=0, max_value=trials))
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials + 1e-12
    assert successes / trials - 1e-12 <= high <= 1
    # Failures have the mirrored interval, and more of the same a narrower one.
    assert wilson(trials - successes, trials) == pytest.approx((1 - high, 1 - low), abs=1e-12)
    wide = wilson(4 * successes, 4 * trials)
    assert wide[1] - wide[0] < high - low


@given(st.lists(LOOKED, max_size=30))
def test_each_is_counted_once(looked: list[Looked]) -> None:
    found = count(looked)
    assert found.drawn + found.to_come == len(looked)
    assert found.reopened <= found.not_true
    assert found.rate is None or 0 <= found.rate <= 1


@given(st.lists(LOOKED, max_size=20), st.sampled_from(SEEN))
def test_not_looking_and_not_telling_never_help(looked: list[Looked], seen: str) -> None:
    honest, silent = count([*looked, Looked(seen)]), count([*looked, Looked("")])
    assert (silent.rate or 0) <= (honest.rate or 0)
    reopened = count([*looked, Looked(seen, is_reopened=True)])
    assert (reopened.rate or 0) <= (honest.rate or 0)


def test_each_thing_that_can_be_seen_is_counted_as_what_it_is() -> None:
    looked = [Looked(seen) for seen in ("fixed", "acted", "acted", "not_fixed", "cant_tell", "cant_tell", "cant_tell")]
    looked += [Looked("fixed", is_reopened=True), Looked(""), Looked("", is_due=False), Looked("", is_due=False)]
    found = count(looked)
    assert found == TruthRate(true=3, not_true=2, cant_tell=3, not_looked=1, reopened=1, to_come=2)
    # Who can't tell hasn't found it true; what is still to come is no part of it.
    assert (found.drawn, found.percent) == (9, 33)
    assert count([Looked("cant_tell")]).percent == 0


def test_the_interval_is_rounded_outward() -> None:
    found = TruthRate(true=8, not_true=2)
    assert (found.low, found.high) == (49, 95)
    assert (TruthRate(not_true=10).low, TruthRate(true=10).high) == (0, 100)


def test_nothing_drawn_has_no_rate() -> None:
    empty = TruthRate()
    assert (empty.rate, empty.interval, empty.percent) == (None, None, None)
