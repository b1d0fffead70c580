"""docs/caching.md has a row for each module that keeps something."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TABLE = (ROOT / "docs/caching.md").read_text()
# The demo is made once, and commands end.
UNLISTED = {"demo", "management", "migrations"}
# They keep something in objects of their own class.
BY_CLASS = {"requests_app/core/prepared.py", "requests_app/core/cache.py"}
WRITES = {"add", "incr", "run", "set", "set_many", "get_or_set"}


def keeps(source: str) -> bool:
    """Whether a module keeps anything beyond a call: functools' caches, Redis, context variables, its own dictionaries."""
    tree = ast.parse(source)
    return any(_is_kept(node) for node in ast.walk(tree)) or any(_is_store(node) for node in tree.body)


def _is_kept(node: ast.AST) -> bool:
    if isinstance(node, ast.FunctionDef):
        return any(_name(decorator) in ("cache", "lru_cache") for decorator in node.decorator_list)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return _name(node.func.value) == "cache" and node.func.attr in WRITES
    return isinstance(node, ast.Global)


def _is_store(node: ast.stmt) -> bool:
    """_kept: dict[int, str] = {}, in lowercase, since it changes; or a context variable."""
    if not isinstance(node, ast.Assign | ast.AnnAssign):
        return False
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    is_empty = isinstance(node.value, ast.Dict) and not node.value.keys
    return _name(node.value) == "ContextVar" or (is_empty and _name(target).islower())


def _name(node: ast.AST | None) -> str:
    """The last part of the name of what is called, or looked up."""
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def modules() -> Iterator[Path]:
    for package in ("requests_app", "staff_app", "config"):
        for path in (ROOT / package).rglob("*.py"):
            if not UNLISTED & set(path.relative_to(ROOT).parts):
                yield path


def rows() -> list[list[str]]:
    """The cells of each row of the table."""
    lines = [line for line in TABLE.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[1:]]


@pytest.mark.parametrize(
    "source",
    [
        "from functools import cache\n@cache\ndef read(): ...",
        "import functools\nclass Name:\n    @staticmethod\n    @functools.lru_cache(maxsize=2)\n    def read(): ...",
        "def read():\n    cache.set('key', 1, 30)",
        "_kept: dict[int, str] = {}",
        "_kept = {}",
        "_current = ContextVar('current')",
        "_is_ready = False\ndef check():\n    global _is_ready",
    ],
)
def test_a_cache_is_recognized(source: str) -> None:
    assert keeps(source)


@pytest.mark.parametrize(
    "source",
    [
        "KINDS: dict[str, str] = {}",
        "names = {'a': 1}",
        "def read():\n    found = {}\n    found.add(1)\n    names.set(1)",
    ],
)
def test_what_is_no_cache_is_not_taken_for_one(source: str) -> None:
    assert not keeps(source)


def test_each_module_that_keeps_something_has_its_row() -> None:
    keeping = {str(path.relative_to(ROOT)) for path in modules() if keeps(path.read_text())}
    named = {
        name
        for row in rows()
        for name in re.findall(r"`([^`]+\.py)`", row[1])
        if row[2].startswith(("process", "Redis"))
    }
    named |= {name for row in rows()[:2] for name in re.findall(r"`([^`]+\.py)`", row[1])}
    assert keeping - named == set(), "These keep something: add them to docs/caching.md."
    assert named - keeping - BY_CLASS == set(), "These keep nothing anymore: remove them from docs/caching.md."


def test_each_row_is_whole() -> None:
    assert len(rows()) > 40
    for row in rows():
        assert [bool(cell) for cell in row] == [True] * 6, row
        for name in re.findall(r"`([^`]+\.(?:py|js))`", row[1]):
            assert (ROOT / name).exists(), name
