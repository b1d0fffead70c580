"""The list of deliberate regressions still fits the code, so that `python -m tests.regressions` can try each of them."""

import ast
from collections import Counter

import pytest

from tests.assertions import ROOT
from tests.regressions import REGRESSIONS
from tests.regressions.regression import NotFound, Regression


def wrong_with(regression: Regression) -> str:
    before = (ROOT / regression.file).read_text()
    try:
        after = regression.applied_to(before)
        # A mistake that no test can even import is none that anybody would commit.
        ast.parse(after)
    except (NotFound, SyntaxError) as error:
        return str(error)
    absent = [test for test in regression.tests if not (ROOT / test).is_file()]
    return (
        "changes nothing" if after == before else f"no such tests: {absent}" if absent or not regression.tests else ""
    )


def test_each_changes_one_place_and_names_tests_that_exist() -> None:
    wrong = {regression.name: wrong_with(regression) for regression in REGRESSIONS}
    assert {name: what for name, what in wrong.items() if what} == {}


@pytest.mark.parametrize(
    ("old", "new", "tests", "said"),
    [
        ("a = 1", "a = 2", ("tests/test_regressions.py",), "found 0 times"),
        ("REGRESSIONS: list", "REGRESSIONS: list", ("tests/test_regressions.py",), "changes nothing"),
        ("REGRESSIONS: list", "REGRESSIONS list", ("tests/test_regressions.py",), "invalid syntax"),
        ("REGRESSIONS: list", "OTHERS: list", ("tests/made_up.py",), "no such tests: ['tests/made_up.py']"),
        ("REGRESSIONS: list", "OTHERS: list", (), "no such tests"),
        ("REGRESSIONS: list", "OTHERS: list", ("tests/test_regressions.py",), ""),
    ],
)
def test_what_is_wrong_with_one_is_named(old: str, new: str, tests: tuple[str, ...], said: str) -> None:
    found = wrong_with(Regression("made up", "tests/regressions/__init__.py", old, new, tests))
    assert said in found
    assert bool(said) == bool(found)


def test_each_is_listed_once() -> None:
    assert [name for name, times in Counter(one.name for one in REGRESSIONS).items() if times > 1] == []
    assert [
        one for one, times in Counter((one.file, one.old, one.new) for one in REGRESSIONS).items() if times > 1
    ] == []


@pytest.mark.parametrize("text", ["nothing of it", "a = 1\na = 1\n"])
def test_text_that_is_gone_or_stands_twice_is_told(text: str) -> None:
    with pytest.raises(NotFound, match=r"found [02] times"):
        Regression("wrong number", "requests_app/made_up.py", "a = 1", "a = 2", ("tests/made_up.py",)).applied_to(text)
