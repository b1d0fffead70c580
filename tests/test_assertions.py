"""No test can pass without having asserted something."""

import ast

import pytest

from tests.assertions import ROOT, helpers, trees, without_assertion


def test_every_test_asserts() -> None:
    files = {path: tree for path, tree in trees().items() if path.name.startswith("test_")}
    assert len(files) > 300
    found = {path: names for path, tree in files.items() if (names := without_assertion(tree, helpers()))}
    assert not found, "\n".join(f"{path.relative_to(ROOT)}: {', '.join(names)}" for path, names in found.items())


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
    assert without_assertion(ast.parse(f"def test_it():\n    {body}\n"), {"checks"}) == ["test_it"]


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
    assert without_assertion(ast.parse(f"def test_it():\n    {body}\n"), {"checks", "raises"}) == []
