"""Which tests could pass without having asserted anything, read from their source.

A test asserts if every way through it meets an assertion: `assert`, pytest.raises() and its like, expect(), or a function or
fixture in tests/ that asserts. A loop counts as run and a helper is known by its name alone, so a clever test can still
deceive this; an `if` around the only assertion cannot.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# What asserts though its source is not ours.
ASSERTING = {
    "raises", "warns", "expect", "fail", "django_assert_num_queries", "django_assert_max_num_queries", "assertHTMLEqual",
    # Playwright's fail after a time-out.
    "wait_for_selector", "wait_for_url", "wait_for_function", "wait_for", "expect_navigation", "expect_request",
    "expect_response", "expect_page", "expect_download", "expect_popup",
}  # fmt: skip
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text()) for path in sorted((ROOT / "tests").rglob("*.py"))}


def functions(tree: ast.Module) -> Iterator[Function]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Function):
            yield node
        # Most of a file are expressions, and no function is defined in one.
        waiting += [child for child in ast.iter_child_nodes(node) if not isinstance(child, ast.expr)]


@cache
def helpers() -> frozenset[str]:
    """The names of our functions in tests/ that assert, or that call one that does."""
    known = set(ASSERTING)
    ours = [one for tree in trees().values() for one in functions(tree) if not one.name.startswith("test_")]
    while new := {one.name for one in ours if one.name not in known and asserts(one.body, known)}:
        known |= new
    return frozenset(known)


def without_assertion(tree: ast.Module, known: Iterable[str]) -> list[str]:
    """The tests in a file that can end without an assertion."""
    known = set(known)
    tests = [one for one in functions(tree) if one.name.startswith("test_")]
    return [one.name for one in tests if not (asserts(one.body, known) or known & {arg.arg for arg in one.args.args})]


def asserts(body: list[ast.stmt], known: set[str]) -> bool:
    """Whether every way through these statements meets an assertion."""
    for statement in body:
        if _asserts(statement, known):
            return True
        if _returns_early([statement], known):
            return False
    return False


def _asserts(statement: ast.stmt, known: set[str]) -> bool:
    match statement:
        case ast.Assert() | ast.Raise():
            return True
        case ast.If():
            return _calls(statement.test, known) or (
                asserts(statement.body, known) and asserts(statement.orelse, known)
            )
        case ast.With():
            inside = any(_calls(item.context_expr, known) for item in statement.items)
            return inside or asserts(statement.body, known)
        case ast.For() | ast.While():
            return asserts(statement.body, known) or _calls(getattr(statement, "iter", None), known)
        case ast.Try():
            return asserts(statement.body, known) or asserts(statement.finalbody, known)
        case ast.Match():
            return all(asserts(case.body, known) for case in statement.cases)
        case ast.FunctionDef() | ast.ClassDef():
            # Defined, not run: a call to it has a name that helpers() knows.
            return False
    return _calls(statement, known)


def _calls(node: ast.AST | None, known: set[str]) -> bool:
    return node is not None and not known.isdisjoint(_called(node))


@cache
def _called(node: ast.AST) -> frozenset[str]:
    """The names of all functions and methods called within a node, which is asked about many times."""
    calls = [inner.func for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return frozenset(one.attr if isinstance(one, ast.Attribute) else getattr(one, "id", "") for one in calls)


def _returns_early(body: list[ast.stmt], known: set[str]) -> bool:
    """Whether a `return` somewhere in these statements comes before any assertion."""
    for statement in body:
        if isinstance(statement, ast.Return):
            return not _calls(statement, known)
        if _asserts(statement, known):
            return False
        if isinstance(statement, Function | ast.ClassDef):
            continue
        inner = [getattr(statement, name, []) for name in ("body", "orelse", "finalbody")]
        inner += [part.body for name in ("handlers", "cases") for part in getattr(statement, name, [])]
        if any(_returns_early(part, known) for part in inner):
            return True
    return False
