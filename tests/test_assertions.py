"""No test can pass without having asserted something."""

from pathlib import Path

import pytest

from tests.assertions import ROOT, helpers, without_assertion

# Every process of a run imports this; only the one that runs these tests has to parse all files.
FILES = sorted((ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_test_asserts(path: Path) -> None:
    assert without_assertion(path.read_text(), helpers()) == []


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "run()",
        "if long: assert True",
        "if early: return\n    assert True",
        "def inner(): assert True",
        "for one in many:\n        if one: assert True",
        "with opened():\n        run()",
    ],
)
def test_one_that_asserts_nothing_is_found(body: str) -> None:
    assert without_assertion(f"def test_it():\n    {body}\n", {"checks"}) == ["test_it"]


@pytest.mark.parametrize(
    "body",
    [
        "assert True",
        "with pytest.raises(ValueError): run()",
        "if long: assert True\n    else: checks(1)",
        "if early:\n        assert True\n        return\n    assert True",
        "for one in many: assert one",
        "checks(1)",
        "walk.checks()",
    ],
)
def test_one_that_asserts_is_left_alone(body: str) -> None:
    assert without_assertion(f"def test_it():\n    {body}\n", {"checks", "raises"}) == []
