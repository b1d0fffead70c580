"""Erlang C: a published table, the formula itself in exact fractions, and the bounds."""

import math
from fractions import Fraction

import pytest

from requests_app.rules.figures import erlang_c
from requests_app.rules.figures.erlang_c import TooManyCalls, answered_in, average_wait, takers_for, waiting_share

# The README of ErlangC 0.1.0 on CRAN (Chen Maowei, 2024, https://cran.r-project.org/package=ErlangC), `$process`: 100 calls in 30
# minutes of 180 s each, 20 s. Takers, share that waits, share answered in time, average wait in seconds, occupancy.
PUBLISHED = [
    (11, 0.6821182, 0.3896138, 122.78127684408, 0.9090909),
    (12, 0.4493882, 0.640158, 40.4449401868444, 0.8333333),
    (13, 0.2852705, 0.7955948, 17.1162271821896, 0.7692308),
    (14, 0.1741319, 0.88835, 7.83593701177724, 0.7142857),
]
LOAD, HANDLE_S, SECONDS = 100 * 180 / 1800, 180, 20


def by_the_formula(takers: int, load: Fraction) -> Fraction:
    """As textbooks write it: factorials and powers, but in fractions of integers, which don't overflow."""
    last = load**takers / math.factorial(takers) * takers / (takers - load)
    return last / (sum(load**k / math.factorial(k) for k in range(takers)) + last)


@pytest.mark.parametrize(("takers", "waits", "in_time", "wait_s", "busy"), PUBLISHED)
def test_the_published_table(takers: int, waits: float, in_time: float, wait_s: float, busy: float) -> None:
    assert waiting_share(takers, LOAD) == pytest.approx(waits, abs=5e-8)
    assert answered_in(takers, LOAD, SECONDS, HANDLE_S) == pytest.approx(in_time, abs=5e-8)
    assert average_wait(takers, LOAD, HANDLE_S) == pytest.approx(wait_s, rel=1e-12)
    assert LOAD / takers == pytest.approx(busy, abs=5e-8)


def test_the_fewest_takers_are_those_of_the_published_table() -> None:
    """For 80 % in 20 s it says 14: 13 answer 79.6 %."""
    assert takers_for(LOAD, share=0.8, seconds=SECONDS, handle_s=HANDLE_S) == 14
    for takers, _waits, in_time, _wait_s, _busy in PUBLISHED:
        exactly = answered_in(takers, LOAD, SECONDS, HANDLE_S)
        assert exactly == pytest.approx(in_time, abs=5e-8)
        # Exactly the target is enough; a little more takes one more.
        assert takers_for(LOAD, share=exactly, seconds=SECONDS, handle_s=HANDLE_S) == takers
        assert takers_for(LOAD, share=exactly + 1e-9, seconds=SECONDS, handle_s=HANDLE_S) == takers + 1


@pytest.mark.parametrize(
    ("takers", "load"),
    [(1, "0.5"), (2, "1.99"), (5, "2.5"), (55, "48"), (200, "185"), (400, "399"), (400, "12.5"), (700, "650.25")],
)
def test_it_is_the_formula_also_with_hundreds_of_takers(takers: int, load: str) -> None:
    assert waiting_share(takers, float(load)) == pytest.approx(float(by_the_formula(takers, Fraction(load))), rel=1e-9)


def test_no_calls_need_nobody_and_a_queue_that_never_ends_is_never_in_time() -> None:
    assert takers_for(0, share=0.9, seconds=20, handle_s=240) == 0
    assert (waiting_share(3, 0), answered_in(0, 0, 20, 240), average_wait(3, 0, 240)) == (0, 1, 0)
    for load in (3.0, 3.5, 500):
        assert waiting_share(3, load) == 1
        assert answered_in(3, load, 3600, 240) == 0
        assert average_wait(3, load, 240) == math.inf
    # As much work as takers is too much, for whatever target.
    assert takers_for(3.0, share=0, seconds=20, handle_s=240) == 4
    assert takers_for(2.999, share=0, seconds=20, handle_s=240) == 3
    # One call a night still needs somebody.
    assert takers_for(0.001, share=0.9, seconds=20, handle_s=240) == 1


def test_more_takers_are_never_worse_and_more_calls_never_need_fewer() -> None:
    levels = [answered_in(takers, 48, 15, 240) for takers in range(40, 90)]
    assert levels == sorted(levels)
    assert 0 <= levels[0] < levels[-1] <= 1
    needed = [takers_for(tenths / 10, share=0.9, seconds=20, handle_s=240) for tenths in range(0, 3000, 7)]
    assert needed == sorted(needed)


@pytest.mark.parametrize(
    "wrong",
    [{"share": 1.0}, {"share": -0.1}, {"handle_s": 0}, {"seconds": -1}, {"load": math.inf}, {"load": math.nan}],
)
def test_it_refuses_what_no_desk_can_do(wrong: dict[str, float]) -> None:
    asked = {"load": 5.0, "share": 0.9, "seconds": 20.0, "handle_s": 240.0, **wrong}
    with pytest.raises(ValueError, match="below 1"):
        takers_for(asked.pop("load"), **asked)


def test_a_mistake_in_the_counts_ends() -> None:
    assert takers_for(erlang_c.TAKERS_MAX - 200, share=0.5, seconds=20, handle_s=240) <= erlang_c.TAKERS_MAX
    with pytest.raises(TooManyCalls):
        takers_for(erlang_c.TAKERS_MAX, share=0.5, seconds=20, handle_s=240)
