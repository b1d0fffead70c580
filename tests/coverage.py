"""Which test shows which promise: `python -m tests.coverage` writes docs/coverage.md.

The promises are in tests/promises.yaml. A test says which it shows with @pytest.mark.shows("3.2"), a whole file with pytestmark.
The markers are read from the source, so that this needs neither a database nor Django.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs/coverage.md"
HEAD = """\
# What Lamplighter promises, and the tests that show it

`python -m tests.coverage` writes this page from `tests/promises.yaml` and the `@pytest.mark.shows(…)` markers on the tests.
A file without a test's name means all of its tests.
"""


@dataclass(frozen=True)
class Promise:
    """One line of the page. `see` names pictures, pages or benchmarks that show it besides its tests."""

    id: str
    promise: str
    see: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    topic: str
    promises: tuple[Promise, ...]
    note: str = ""


def topics() -> list[Topic]:
    return [
        Topic(
            topic=entry["topic"],
            promises=tuple(Promise(**row | {"see": tuple(row.get("see", ()))}) for row in entry["promises"]),
            note=entry.get("note", ""),
        )
        for entry in yaml.safe_load((ROOT / "tests/promises.yaml").read_text())
    ]


def markers(tree: ast.AST) -> Iterator[ast.Call]:
    """Every pytest.mark.shows(…) in the tree."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.shows":
            yield node


def shown_in(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of a promise's id and the name of a test that shows it: "" for the file as a whole."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            name, marked = node.name, node.decorator_list
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark":
            name, marked = "", [node.value]
        else:
            continue
        for call in (call for tree in marked for call in markers(tree)):
            for argument in call.args:
                yield ast.literal_eval(argument), name


@cache
def shown_by() -> dict[str, list[str]]:
    """The tests that show each promise, by its id."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for promise, test in shown_in(path.read_text()):
            name = path.relative_to(ROOT).as_posix()
            found[promise].append(f"{name}::{test}" if test else name)
    return found


def page() -> str:
    shown = shown_by()
    lines = [HEAD]
    for topic in topics():
        lines += [f"## {topic.topic}", ""]
        if topic.note:
            lines += [topic.note, ""]
        lines += ["| No. | Promise | Shown by |", "|---|---|---|"]
        for promise in topic.promises:
            names = [*shown.get(promise.id, []), *promise.see]
            lines.append(f"| {promise.id} | {promise.promise} | {'<br>'.join(f'`{name}`' for name in names)} |")
        lines.append("")
    return "\n".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page())
    print(f"{PAGE.relative_to(ROOT)} is up to date.")
