"""Tries a sample of the mistakes that mutations.py makes: `python -m tests.regressions --sample 200 --seed 1`.

All tests are imported once, and Django and the database are set up once. Each mistake has a process of its own, forked from there, in
which the functions of the file get the code with the mistake; it runs the nearest tests until one fails.
"""

import ast
import functools
import gc
import os
import random
import re
import select
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType

import pytest
import yaml

from config.stack.changes import Tree
from config.stack.folders import ROOT
from tests.regressions import REGRESSIONS
from tests.regressions.mutations import Mutation, mutations

PLACES = (
    "requests_app/rules",
    "requests_app/actions",
    "requests_app/messages",
    "staff_app/setup",
    "staff_app/queue",
    "staff_app/checks",
)
# So many files of tests are run for a mistake, the nearest first.
FILES = 6
PARTS = ("tests/requests_app/", "tests/staff_app/", "tests/clients/")
# Of the processor: what the nearest tests haven't noticed by then has survived. And of a clock: it hangs.
LIMIT_S, TIMEOUT_S = 10, 300
NOT_TRIED = "NOT TRIED"
MARKS = "not browser and not slow"
HARMLESS = Path(__file__).parent / "survivors.yaml"


@functools.cache
def _all_mutations() -> list[Mutation]:
    files = sorted(path for place in PLACES for path in (ROOT / place).rglob("*.py"))
    return [one for path in files for one in mutations(str(path.relative_to(ROOT)), path.read_text())]


def chosen(count: int, seed: int) -> list[Mutation]:
    every = _all_mutations()
    return random.Random(seed).sample(every, min(count, len(every)))


def harmless() -> dict[tuple[str, str, str], str]:
    """By file, line and kind of mistake: the second guard that makes it harmless."""
    listed = yaml.safe_load(HARMLESS.read_text()) or []
    return {(one["file"], one["line"], one["mistake"]): one["guard"] for one in listed}


def nearest(tree: Tree, file: str) -> list[str]:
    """The tests that bin/test --changed would run first, without those of the whole: they walk through all pages, or start a browser."""
    near = tree.distances(file)
    tests = [test for test in near if test.startswith(PARTS)]
    return sorted(tests, key=lambda test: (near[test], tree.seconds[test]))[:FILES]


# --- A mistake in a process -------------------------------------------------------------------------------------------


def make(mutation: Mutation) -> None:
    """Gives the functions of this process, and the module's own names, the code with the mistake."""
    path = str(ROOT / mutation.file)
    before = Path(path).read_text()
    after = mutation.applied_to(before)
    pairs = dict(_changed_code(compile(before, path, "exec"), compile(after, path, "exec")))
    gc.unfreeze()
    alive = gc.get_objects()
    for one in alive:
        if type(one) is FunctionType and one.__code__ in pairs:
            one.__code__ = pairs[one.__code__]
    _assign_again(mutation.file, before, after)
    # What was computed with the old code.
    for one in alive:
        if type(one) is functools._lru_cache_wrapper:
            one.cache_clear()
        elif type(one).__name__ == "Prepared":
            vars(one).pop("_written", None)


def _changed_code(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    olds, news = ([one for one in code.co_consts if isinstance(one, CodeType)] for code in (before, after))
    if len(olds) != len(news):
        # A generator went with the mistake. What is inside a function is made again at each call.
        return
    for old, new in zip(olds, news, strict=True):
        if old != new:
            yield old, new
        yield from _changed_code(old, new)


def _assign_again(file: str, before: str, after: str) -> None:
    """A name of the module whose value has the mistake gets its new value, also where it was imported."""
    module = sys.modules[file.removesuffix(".py").replace("/", ".")]
    for old, new in zip(ast.parse(before).body, ast.parse(after).body, strict=True):
        if not isinstance(new, ast.Assign | ast.AnnAssign) or ast.dump(old) == ast.dump(new):
            continue
        names = {node.id: vars(module).get(node.id) for node in ast.walk(new) if isinstance(node, ast.Name)}
        exec(compile(ast.Module([new], []), file, "exec"), vars(module))  # noqa: S102
        renewed = {name: vars(module)[name] for name, value in names.items() if vars(module).get(name) is not value}
        for other in list(sys.modules.values()):
            for name, value in renewed.items():
                if getattr(other, "__dict__", {}).get(name, module) is names[name]:
                    setattr(other, name, value)


@dataclass
class Sampler:
    """A plugin of pytest that runs the chosen tests again for each mistake, in place of each test once."""

    sample: Sequence[Mutation]
    tests: dict[str, list[str]]
    survivors: list[Mutation]
    caught: dict[Mutation, str]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        by_file: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            # What another process answers hasn't the mistake.
            if "_site" not in getattr(item, "fixturenames", ()):
                by_file[item.nodeid.partition("::")[0]].append(item)
        # The database, and a city in it.
        first = next(item for item in session.items if "cast" in getattr(item, "fixturenames", ()))
        for _twice in range(2):
            first.config.hook.pytest_runtest_protocol(item=first, nextitem=session)
        for mutation in self.sample:
            self._try(session, mutation, by_file)
        self._try_again_without_what_fails_anyway(session, by_file)
        return True

    def _try_again_without_what_fails_anyway(
        self, session: pytest.Session, items: dict[str, list[pytest.Item]]
    ) -> None:
        """A test that fails without a mistake, too, has noticed none."""
        while True:
            noticed = {item for item in session.items if item.nodeid in self.caught.values()}
            failing = {item.nodeid for item in noticed if self._in_a_fork(session, [item], None)}
            if not failing:
                return
            print(f"These fail without any mistake, and notice none: {', '.join(sorted(failing))}", flush=True)
            for file, listed in items.items():
                items[file] = [item for item in listed if item.nodeid not in failing]
            for mutation in [mutation for mutation, test in self.caught.items() if test in failing]:
                del self.caught[mutation]
                self._try(session, mutation, items)

    def _try(self, session: pytest.Session, mutation: Mutation, items: dict[str, list[pytest.Item]]) -> None:
        began = time.monotonic()
        noticed = self._in_a_fork(
            session, [item for file in self.tests[mutation.file] for item in items[file]], mutation
        )
        if noticed and not noticed.startswith(NOT_TRIED):
            self.caught[mutation] = noticed
        else:
            self.survivors.append(mutation)
        place = f"{mutation.file}:{mutation.line} {mutation.name}"
        print(f"{time.monotonic() - began:5.1f} s  {place}: {noticed or 'SURVIVED'}", flush=True)

    def _in_a_fork(self, session: pytest.Session, items: Sequence[pytest.Item], mutation: Mutation | None) -> str:
        """The first test that fails; empty if none does."""
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            try:
                os.write(writing, _run(session, items, mutation).encode())
            except BaseException as error:
                os.write(writing, f"{NOT_TRIED}: {error!r}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        ended = select.select([reading], [], [], TIMEOUT_S)[0]
        if not ended:
            os.kill(child, signal.SIGKILL)
        answer = os.read(reading, 10_000).decode() if ended else f"no end within {TIMEOUT_S} s"
        os.close(reading)
        os.waitpid(child, 0)
        return answer


def _run(session: pytest.Session, items: Sequence[pytest.Item], mutation: Mutation | None) -> str:
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    plugins = session.config.pluginmanager
    plugins.unregister(name="terminalreporter")
    if mutation is not None:
        make(mutation)
    ends = time.process_time() + LIMIT_S
    for item, following in zip(items, [*items[1:], session], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            return item.nodeid
        if time.process_time() > ends:
            break
    return ""


def run(count: int, seed: int, only: str) -> int:
    sample = [one for one in chosen(count, seed) if re.search(only, one.file)]
    listed: dict[str, list[str]] = defaultdict(list)
    for regression in REGRESSIONS:
        listed[regression.file] += regression.tests
    tree = Tree(ROOT, regressions=listed)
    tests = {one.file: nearest(tree, one.file) for one in sample}
    sampler = Sampler(sample, tests, [], {})
    files = sorted({test for listed in tests.values() for test in listed})
    options = [
        "-q",
        "-s",
        "-n0",
        "-p",
        "no:cacheprovider",
        "-W",
        "ignore:.*multi-threaded:DeprecationWarning",
        "-m",
        MARKS,
        "--no-header",
        "--no-summary",
    ]
    pytest.main([*options, *files], plugins=[sampler])
    return _report(sampler)


def _report(sampler: Sampler) -> int:
    listed = harmless()
    alone = 0
    for mutation in sorted(sampler.survivors, key=lambda one: (one.file, one.line)):
        text = (ROOT / mutation.file).read_text()
        diff = mutation.diff(text)
        guard = listed.get(mutation.place(text))
        alone += guard is None
        print(f"\n{mutation.file}:{mutation.line} {mutation.name}\n{diff}" + (f"\nharmless: {guard}" if guard else ""))
    tried = len(sampler.caught) + len(sampler.survivors)
    known = len(sampler.survivors) - alone
    print(f"\n{len(sampler.caught)} of {tried} caught, {known} listed as harmless, {alone} survived")
    return 0 if tried and alone <= tried * 0.1 else 1


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
