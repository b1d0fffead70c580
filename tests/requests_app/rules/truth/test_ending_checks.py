"""Drawing endings, and who may look at them."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.rules.truth.ending_checks import drawn, may_check

pytestmark = pytest.mark.shows("14.6")


@given(st.sets(st.integers(min_value=1, max_value=10**9), max_size=60), st.text(max_size=32), st.integers(0, 70))
def test_a_seed_draws_the_same_again(ids: set[int], seed: str, wanted: int) -> None:
    found = drawn(ids, seed=seed, count=wanted)
    shuffled = sorted(ids)
    random.Random(1).shuffle(shuffled)
    assert drawn(shuffled, seed=seed, count=wanted) == found
    assert len(set(found)) == min(wanted, len(ids))
    assert set(found) <= ids


def test_each_has_the_same_chance() -> None:
    hits = dict.fromkeys(range(20), 0)
    for number in range(2000):
        for pk in drawn(range(20), seed=f"seed {number}", count=5):
            hits[pk] += 1
    # 500 expected; five standard deviations of a binomial are 97.
    assert all(abs(found - 500) < 97 for found in hits.values())


PEOPLE = st.sets(st.integers(1, 6), max_size=3)


@given(st.integers(1, 6), PEOPLE, st.booleans(), PEOPLE, PEOPLE)
def test_nobody_looks_at_their_own_teams_work(
    checker: int, teams: set[int], in_department: bool, workers: set[int], worker_teams: set[int]
) -> None:
    allowed = may_check(
        checker=checker,
        checker_teams=teams,
        is_in_department=in_department,
        workers=workers,
        worker_teams=worker_teams,
    )
    assert not (allowed and checker in workers)
    assert not (allowed and teams & worker_teams)
    assert not allowed or not in_department or (teams and worker_teams)
