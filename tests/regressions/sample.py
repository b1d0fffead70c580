"""Tries a sample of the mistakes that mutations.py makes: `python -m tests.regressions --sample 200 --seed 1`.

All tests are imported once, and Django and the database are set up once. Each mistake has a process of its own, forked from there, in
which the functions of the file get the code with the mistake; it runs tests that run the line (lines.py), quick and alike ones first,
until one fails. That one is run alone with the mistake and without it: if it doesn't tell them apart, it has noticed nothing. What
couldn't be tried is void, neither caught nor survived. With --unwatched it isn't known which tests run a line, and the nearest ones
are tried: quicker by the hour that watching all tests takes, and the share caught is a lower bound.
"""

import ast
import functools
import gc
import os
import random
import re
import resource
import select
import signal
import sys
import time
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType

import pytest
import yaml

from config.stack.changes import PLAIN_S, Tree
from config.stack.folders import ROOT
from tests.regressions import REGRESSIONS
from tests.regressions.lines import Watched, lines_of, watch
from tests.regressions.mutations import Mutation, mutations

PLACES = (
    "requests_app/rules",
    "requests_app/actions",
    "requests_app/messages",
    "staff_app/setup",
    "staff_app/queue",
    "staff_app/checks",
)
# So many files of tests are run for a mistake.
FILES = 20
PARTS = ("tests/requests_app/", "tests/staff_app/", "tests/clients/")
# Of the processor: what the nearest tests haven't noticed by then has survived; a single test that takes so long runs in circles.
LIMIT_S, CIRCLES_S = 10, 60
# Of a clock: it waits for what doesn't come, such as a lock.
TIMEOUT_S = 600
VOID, BEGINS = "VOID", "begins "
# What the names of tests speak of, by what a mistake changes.
NAMED = {
    "jurisdiction": "cit(y|ies)|elsewhere|beside",
    "active": "ended|gone|left|longer|in_use",
    "bound": "bound|exact|moment|until|most|last|ages|_days?_",
    "refusal": "refuse|nothing|only|_no_|_not?_",
}
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


def alike_first(mutation: Mutation, items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Tests that speak of the same things as the changed function first: by the words they share, each worth more the rarer it is."""
    text = (ROOT / mutation.file).read_text()
    wanted = _words_in(f"{mutation.file.removesuffix('.py')} {_function_at(text, mutation.line)}")
    words_of = {item.nodeid: _words_in(f"{item.nodeid} {_source_of(item)}") for item in items}
    uses = Counter(word for words in words_of.values() for word in words & wanted)
    cases: Counter[str] = Counter()
    worth = {}
    for item in items:
        test = item.nodeid.partition("[")[0]
        shared = sum(1 / uses[word] for word in words_of[item.nodeid] & wanted)
        # One more case of the same test shows less than another test.
        worth[item.nodeid] = shared * 0.8 ** cases[test]
        cases[test] += 1
    return sorted(items, key=lambda item: -worth[item.nodeid])


def in_order(mutation: Mutation, items: Sequence[pytest.Item], seconds: Mapping[str, float]) -> list[pytest.Item]:
    """Quick tests that are alike first: one that takes a tenth of the time may be ten places further down."""
    text = (ROOT / mutation.file).read_text()
    changed = f"{mutation.name} {text[mutation.start : mutation.end]}"
    named = "|".join(names for about, names in NAMED.items() if about in changed) or "$^"
    places = {item: place for place, item in enumerate(alike_first(mutation, items))}
    # Three times nearer if its name speaks of such a mistake.
    far = {item: (place + 3) * (seconds.get(item.nodeid, PLAIN_S) + 0.1) for item, place in places.items()}
    return sorted(places, key=lambda item: far[item] / (3 if re.search(named, item.nodeid) else 1))


def _words_in(text: str) -> set[str]:
    return {word for word in re.findall("[a-z]+", text.lower()) if len(word) > 2}


@functools.cache
def _source_of_functions(text: str) -> dict[str, str]:
    functions = [one for one in ast.walk(ast.parse(text)) if isinstance(one, ast.FunctionDef)]
    lines = text.splitlines()
    return {one.name: "\n".join(lines[one.lineno - 1 : one.end_lineno]) for one in functions}


def _source_of(item: pytest.Item) -> str:
    return _source_of_functions(item.path.read_text()).get(getattr(item, "originalname", ""), "")


def _function_at(text: str, line: int) -> str:
    """The source of the innermost function around a line; of the line alone, outside of one."""
    around = [
        one
        for one in ast.walk(ast.parse(text))
        if isinstance(one, ast.FunctionDef) and one.lineno <= line <= (one.end_lineno or 0)
    ]
    first, last = (around[-1].lineno, around[-1].end_lineno) if around else (line, line)
    return "\n".join(text.splitlines()[first - 1 : last])


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


def _module_of(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


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
    module = sys.modules[_module_of(file)]
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
    """A plugin of pytest that runs the chosen tests again for each mistake, in place of each test once.

    caught: the test that noticed it; void: why it couldn't be tried; broken: tests that fail without a mistake, too; sound: those
    that pass alone without one.
    """

    sample: Sequence[Mutation]
    tests: dict[str, list[str]]
    survivors: list[Mutation]
    caught: dict[Mutation, str]
    void: dict[Mutation, str]
    broken: set[str]
    watches: bool
    sound: set[str] = field(default_factory=set)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        from django.db import connections

        # A test's threads may be alive; a fork has none of them.
        warnings.filterwarnings("ignore", ".*multi-threaded", DeprecationWarning)
        for file in {one.file for one in self.sample}:
            import_module(_module_of(file))
        by_file: dict[str, list[pytest.Item]] = defaultdict(list)
        for item in session.items:
            # What another process answers hasn't the mistake.
            if "_site" not in getattr(item, "fixturenames", ()):
                by_file[item.nodeid.partition("::")[0]].append(item)
        # The database, and a city in it.
        first = next(item for item in session.items if "cast" in getattr(item, "fixturenames", ()))
        for _twice in range(2):
            first.config.hook.pytest_runtest_protocol(item=first, nextitem=session)
        connections.close_all()
        every = [item for items in by_file.values() for item in items]
        wanted = {line for one in _all_mutations() for line in lines_of(one)}
        watched = watch(session, every, wanted) if self.watches else Watched()
        seconds = {test: one.seconds for test, one in watched.tests.items()}
        for mutation in self.sample:
            items = watched.that_run(mutation, every)
            if items is None:
                items = [item for file in self.tests[mutation.file] for item in by_file[file]]
            items = [item for item in items if item.nodeid not in self.broken]
            self._try(session, mutation, in_order(mutation, items, seconds))
        return True

    def _try(self, session: pytest.Session, mutation: Mutation, items: list[pytest.Item]) -> None:
        began = time.monotonic()
        noticed = self._noticed(session, mutation, items)
        if noticed.startswith(VOID):
            self.void[mutation] = noticed
        elif noticed:
            self.caught[mutation] = noticed
        else:
            self.survivors.append(mutation)
        place = f"{mutation.file}:{mutation.line} {mutation.name}"
        print(f"{time.monotonic() - began:5.1f} s  {place}: {noticed or 'SURVIVED'}", flush=True)

    def _noticed(self, session: pytest.Session, mutation: Mutation, items: list[pytest.Item]) -> str:
        """The test that fails with the mistake, and passes without it; VOID and the reason; or an empty string."""
        while items and (noticed := self._in_a_fork(session, items, mutation)):
            by = next((item for item in items if item.nodeid == noticed), None)
            if by is None:
                return noticed
            if noticed not in self.sound and not self._in_a_fork(session, [by], None):
                self.sound.add(noticed)
            # The first one ran alone.
            if noticed in self.sound and (by is items[0] or self._in_a_fork(session, [by], mutation) == noticed):
                return noticed
            print(f"This fails without any mistake, too, or only after others: {noticed}", flush=True)
            self.broken.add(noticed)
            items = [item for item in items if item is not by]
        return ""

    def _in_a_fork(self, session: pytest.Session, items: Sequence[pytest.Item], mutation: Mutation | None) -> str:
        """The first test that fails; VOID and the reason; or an empty string."""
        from django.db import connections

        connections.close_all()
        reading, writing = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            try:
                _run(session, items, mutation, writing)
            except BaseException as error:
                os.write(writing, f"\n{VOID}: {error!r}".encode())
            finally:
                os._exit(0)
        os.close(writing)
        answer = b""
        ends = time.monotonic() + TIMEOUT_S
        while select.select([reading], [], [], max(0, ends - time.monotonic()))[0]:
            more = os.read(reading, 10_000)
            answer += more
            if not more:
                break
        else:
            os.kill(child, signal.SIGKILL)
            answer += f"\n{VOID}: no end within {TIMEOUT_S} s".encode()
        os.close(reading)
        _pid, status = os.waitpid(child, 0)
        last = answer.decode().rpartition("\n")[2]
        if os.WIFSIGNALED(status) and not last.startswith(VOID):
            # Each test is named before it begins: this one ran in circles, or its process broke down.
            return last.removeprefix(BEGINS)
        return "" if last.startswith(BEGINS) else last


def _run(session: pytest.Session, items: Sequence[pytest.Item], mutation: Mutation | None, writing: int) -> None:
    """Writes each test's name before it begins, and that of the first that fails once more."""
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    plugins = session.config.pluginmanager
    plugins.unregister(name="terminalreporter")
    if mutation is not None:
        make(mutation)
    ends = time.process_time() + LIMIT_S
    for item, following in zip(items, [*items[1:], session], strict=True):
        resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + CIRCLES_S, resource.RLIM_INFINITY))
        os.write(writing, f"\n{BEGINS}{item.nodeid}".encode())
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.testsfailed:
            os.write(writing, f"\n{item.nodeid}".encode())
            return
        if time.process_time() > ends:
            return


def run(count: int, seed: int, only: str, watches: bool) -> int:
    listed_guards = harmless()
    drawn = [one for one in chosen(count, seed) if re.search(only, one.file)]
    known = [one for one in drawn if one.place((ROOT / one.file).read_text()) in listed_guards]
    sample = [one for one in drawn if one not in known]
    listed: dict[str, list[str]] = defaultdict(list)
    for regression in REGRESSIONS:
        listed[regression.file] += regression.tests
    tree = Tree(ROOT, regressions=listed)
    tests = {one.file: nearest(tree, one.file) for one in sample}
    sampler = Sampler(sample, tests, [], {}, {}, set(), watches)
    files = sorted({test for listed in tests.values() for test in listed})
    options = ["-q", "-s", "-n0", "-p", "no:cacheprovider", "-m", MARKS, "--no-header", "--no-summary"]
    pytest.main([*options, *files], plugins=[sampler])
    return _report(sampler, len(known))


def _report(sampler: Sampler, listed: int) -> int:
    for mutation in sorted(sampler.survivors, key=lambda one: (one.file, one.line)):
        print(f"\n{mutation.file}:{mutation.line} {mutation.name}\n{mutation.diff((ROOT / mutation.file).read_text())}")
    for mutation, why in sampler.void.items():
        print(f"\n{mutation.file}:{mutation.line} {mutation.name}\n{why}")
    caught, survived = len(sampler.caught), len(sampler.survivors)
    print(
        f"\n{caught} of {caught + survived} caught, {survived} survived;"
        f" {listed} more are listed as harmless, {len(sampler.void)} void"
    )
    return 0 if caught and survived <= (caught + survived) * 0.1 else 1


if __name__ == "__main__":
    sys.exit(run(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] == "watched"))
