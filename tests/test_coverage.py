"""docs/coverage.md names existing tests and files, and each of its promises names at least one."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/coverage.md"
NAMED = sorted(set(re.findall(r"`((?:tests|docs)/[^`]+)`", PAGE.read_text())))


@pytest.mark.parametrize("named", NAMED)
def test_what_is_named_exists(named: str) -> None:
    path, _, test = named.partition("::")
    assert (ROOT / path).is_file()
    if test:
        tree = ast.parse((ROOT / path).read_text())
        assert test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_names_something_that_shows_it() -> None:
    rows = [
        line for line in PAGE.read_text().splitlines() if line.startswith("| ") and not line.startswith("| Promise")
    ]
    assert len(rows) > 80
    assert not [row for row in rows if "`tests/" not in row and "`docs/" not in row]
