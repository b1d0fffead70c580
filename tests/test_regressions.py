"""The list of deliberate regressions still fits the code, so that `python -m tests.regressions` can try each of them."""

import ast
from collections import Counter

import pytest

from tests.assertions import ROOT
from tests.regressions import REGRESSIONS
from tests.regressions.regression import NotFound, Regression


@pytest.mark.parametrize("regression", REGRESSIONS, ids=lambda one: one.name)
def test_it_changes_one_place_and_names_tests_that_exist(regression: Regression) -> None:
    before = (ROOT / regression.file).read_text()
    after = regression.applied_to(before)
    assert after != before
    # A mistake that no test can even import is none that anybody would commit.
    assert ast.parse(after)
    assert regression.tests
    assert [test for test in regression.tests if not (ROOT / test).is_file()] == []


def test_each_is_listed_once() -> None:
    assert [name for name, times in Counter(one.name for one in REGRESSIONS).items() if times > 1] == []
    assert [
        one for one, times in Counter((one.file, one.old, one.new) for one in REGRESSIONS).items() if times > 1
    ] == []


@pytest.mark.parametrize("text", ["nothing of it", "a = 1\na = 1\n"])
def test_text_that_is_gone_or_stands_twice_is_told(text: str) -> None:
    with pytest.raises(NotFound, match=r"found [02] times"):
        Regression("wrong number", "requests_app/made_up.py", "a = 1", "a = 2", ("tests/made_up.py",)).applied_to(text)
