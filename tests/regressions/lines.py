"""Which tests run a line: no other can notice a mistake in it. Each test is run once, in a process of its own, and watched."""

import ast
import functools
import gc
import hashlib
import os
import pickle
import sys
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from config.stack.folders import ROOT
from tests.regressions.mutations import Mutation

# A line of a file.
Line = tuple[str, int]
# What earlier runs have watched.
KEPT = ROOT / "var" / "lines-by-test.pickle"
TOOL = 4
# From Python 3.12 on.
monitoring: Any = getattr(sys, "monitoring", None)


@dataclass
class Seen:
    """digest: of its file. lines: which it runs. seconds: of the processor, with what the tests of its file share."""

    digest: str
    lines: frozenset[Line]
    seconds: float


@dataclass
class Watched:
    """sources: their digests by file, as they were watched first."""

    sources: dict[str, str] = field(default_factory=dict)
    tests: dict[str, Seen] = field(default_factory=dict)

    def that_run(self, mutation: Mutation, items: Sequence[pytest.Item]) -> list[pytest.Item] | None:
        """Those that can notice the mistake; None if it isn't known: the file has changed, or no function has the line."""
        lines = lines_of(mutation)
        if not lines or self.sources.get(mutation.file) != _digest(ROOT / mutation.file):
            return None
        return [item for item in items if self.tests[item.nodeid].lines & lines]


@functools.cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Span:
    """Lines of a statement; for a compound one, of what decides it. refusal: of the first statement in an `if`."""

    first: int
    last: int
    refusal: tuple[int, int] = (0, 0)


@functools.cache
def _parsed(path: Path) -> tuple[str, list[Span], list[Span]]:
    """Its text, its statements, of which the innermost come last, and the bodies of its functions."""
    text = path.read_text()
    statements, bodies = [], []
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.FunctionDef(body=[first, *_]):
                bodies.append(Span(first.lineno, node.end_lineno or 0))
            case ast.If(test=last, body=[only, *_]):
                refusal = (only.lineno, only.end_lineno or 0)
                statements.append(Span(node.lineno, last.end_lineno or 0, refusal))
            case ast.While(test=last) | ast.For(iter=last) | ast.With(items=[*_, ast.withitem(context_expr=last)]):
                statements.append(Span(node.lineno, last.end_lineno or 0))
            case ast.ClassDef() | ast.Try() | ast.Match():
                pass
            case ast.stmt():
                statements.append(Span(node.lineno, node.end_lineno or 0))
    return text, statements, bodies


def lines_of(mutation: Mutation) -> set[Line]:
    """The lines of which a test must run one: for a refusal, what refuses; none outside of functions, which all tests import."""
    text, statements, bodies = _parsed(ROOT / mutation.file)
    at = text.count("\n", 0, mutation.start) + 1
    if not any(one.first <= at <= one.last for one in bodies):
        return set()
    innermost = [one for one in statements if one.first <= at <= one.last][-1]
    first, last = innermost.first, innermost.last
    if mutation.name == "refusal removed":
        first, last = innermost.refusal
    return {(mutation.file, line) for line in range(first, last + 1)}


def watch(session: pytest.Session, items: Sequence[pytest.Item], lines: Collection[Line]) -> Watched:
    """What each test runs of these lines. Tests that an earlier run has watched are run again only if their file has changed.

    With Python 3.11, nothing.
    """
    if monitoring is None:
        return Watched()
    watched = pickle.loads(KEPT.read_bytes()) if KEPT.exists() else Watched()  # noqa: S301 (this wrote it)
    new = [item for item in items if getattr(watched.tests.get(item.nodeid), "digest", "") != _digest(item.path)]
    if new:
        if not watched.tests:
            watched.sources = {file: _digest(ROOT / file) for file, _line in lines}
        child = os.fork()
        if child == 0:
            try:
                watched.tests |= _watched(session, new, lines)
                KEPT.parent.mkdir(exist_ok=True)
                KEPT.write_bytes(pickle.dumps(watched))
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        watched = pickle.loads(KEPT.read_bytes())  # noqa: S301
    return watched


def _watched(session: pytest.Session, items: Sequence[pytest.Item], lines: Collection[Line]) -> dict[str, Seen]:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    plugins = session.config.pluginmanager
    plugins.unregister(name="terminalreporter")
    watcher = Watcher(lines)
    plugins.register(watcher)
    for item, following in zip(items, [*items[1:], session], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return watcher.tests


class Watcher:
    """A plugin of pytest that notes for each test which of the lines it runs, also in fixtures and in steps that come back as rows."""

    def __init__(self, lines: Collection[Line]) -> None:
        from tests import saved

        self.tests: dict[str, Seen] = {}
        self._wanted = {(str(ROOT / file), line): (file, line) for file, line in lines}
        self._lines: set[Line] = set()
        self._of_steps: dict[Any, set[Line]] = {}
        self._shared: dict[tuple[Path, str], tuple[set[Line], float]] = {}
        monitoring.use_tool_id(TOOL, "lines")
        monitoring.register_callback(TOOL, monitoring.events.LINE, self._line)
        files = {file for file, _line in self._wanted}
        # pytest_collection_finish() in conftest.py has put them aside.
        gc.unfreeze()
        functions = [one.__code__ for one in gc.get_objects() if type(one) is FunctionType]
        for code in {inner for one in functions if one.co_filename in files for inner in _with_inner(one)}:
            monitoring.set_local_events(TOOL, code, monitoring.events.LINE)
        mark = saved._mark

        def marked(steps: Any) -> None:
            self._lines |= self._of_steps.setdefault(steps, set(self._lines))
            mark(steps)

        saved._mark = marked

    def _line(self, code: CodeType, number: int) -> Any:
        if line := self._wanted.get((code.co_filename, number)):
            self._lines.add(line)
        return monitoring.DISABLE

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._lines = set()
        monitoring.restart_events()
        began = time.process_time()
        try:
            return (yield)
        finally:
            seconds = time.process_time() - began
            for name in getattr(item, "fixturenames", ()):
                lines, needed = self._shared.get((item.path, name), (set(), 0.0))
                self._lines |= lines
                seconds = max(seconds, needed)
            self.tests[item.nodeid] = Seen(_digest(item.path), frozenset(self._lines), seconds)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Iterator[Any]:
        began = time.process_time()
        try:
            return (yield)
        finally:
            if fixturedef.scope == "module":
                self._shared[request.node.path, fixturedef.argname] = set(self._lines), time.process_time() - began


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _with_inner(one)
