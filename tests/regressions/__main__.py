"""Apply each regression to a copy of this tree, run the tests that must notice it, and say which did.

    .venv/bin/python -m tests.regressions              all of them, in about forty minutes on two cores
    .venv/bin/python -m tests.regressions -k outbox    those whose name or file contains a word
    .venv/bin/python -m tests.regressions --list       only list them
    .venv/bin/python -m tests.regressions --sample 200 --seed 1    so many mistakes that nobody has listed (sample.py)

A test that fails without the regression too has noticed nothing, and the regression is tried again without that test.
Exit code 1 if fewer than 95 % are caught.
"""

import argparse
import compileall
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from py_compile import PycInvalidationMode

from config.stack import testing, words
from config.stack.folders import ROOT, Folders, temporary_folders
from tests.regressions import REGRESSIONS
from tests.regressions.regression import NotFound, Regression

LEAST_CAUGHT = 0.95
# Browser tests and slow ones are left out: a regression that only they would notice needs a quicker test.
MARKS = "not browser and not slow"
TIMEOUT_S = 600
# Set when the run is cut short.
stopping = threading.Event()
# A line of pytest's summary; a parameter may hold spaces.
NOTICED = r"^(?:FAILED|ERROR) (\S+?(?:\[.*?\])?)(?: - .*)?$"
# pytest's exit codes.
PASSED, FAILED = 0, 1


@dataclass(frozen=True)
class Result:
    """by: the test that noticed; else why the regression was not caught."""

    regression: Regression
    caught: bool
    by: str
    seconds: float


def main(arguments: Sequence[str]) -> int:
    options = _options(arguments)
    chosen = [one for one in REGRESSIONS if options.k.lower() in f"{one.name} {one.file}".lower()]
    if options.list:
        for regression in chosen:
            print(f"{regression.file}: {regression.name}")
        print(f"{len(chosen)} regressions")
        return 0
    signal.signal(signal.SIGTERM, testing.end_in_order)
    if options.sample:
        return _sample(options)
    folders = temporary_folders("lamplighter-regressions-")
    try:
        desks: queue.SimpleQueue[Desk] = queue.SimpleQueue()
        for number in range(1, options.jobs + 1):
            desks.put(Desk.make(folders, number))
        with testing.servers(folders):
            testing.prepare(folders)
            pool = ThreadPoolExecutor(options.jobs)
            broken: set[str] = set()
            try:
                results = list(pool.map(partial(_try, desks=desks), chosen))
                while failing := _failing_anyway(results, desks):
                    broken |= failing
                    print(f"These fail without any regression, and notice none: {', '.join(sorted(failing))}")
                    again = [one.regression for one in results if one.by in broken]
                    results = [one for one in results if one.by not in broken]
                    results += pool.map(partial(_try, desks=desks, broken=frozenset(broken)), again)
            finally:
                # After Ctrl-C or SIGTERM: nothing new begins, and what runs is ended by Desk.pytest().
                stopping.set()
                pool.shutdown(cancel_futures=True)
    finally:
        shutil.rmtree(folders.servers.parent, ignore_errors=True)
    return _report(results)


def _sample(options: argparse.Namespace) -> int:
    words.compile_changed(ROOT / "locale")
    folders = temporary_folders("lamplighter-regressions-")
    try:
        with testing.servers(folders):
            testing.prepare(folders)
            how = "unwatched" if options.unwatched else "watched"
            sample = [str(options.sample), str(options.seed), options.k, how]
            command = [sys.executable, "-m", "tests.regressions.sample", *sample]
            return subprocess.run(command, cwd=ROOT, env=testing.environment(folders)).returncode
    finally:
        shutil.rmtree(folders.servers.parent, ignore_errors=True)


@dataclass(frozen=True)
class Desk:
    """A copy of the tree with a database and a Redis database of its own, so that several regressions are tried at once."""

    tree: Path
    environment: dict[str, str]

    @classmethod
    def make(cls, folders: Folders, number: int) -> "Desk":
        first, tree = (folders.servers.parent / f"tree-{one}" for one in (1, number))
        if tree == first:
            _copy_tree(tree)
        else:
            shutil.copytree(first, tree, symlinks=True)
        environment = testing.environment(folders) | {
            "PYTHONPATH": str(tree),
            "DATABASE_URL": folders.database_url("lamplighter_owner", f"regressions_{number}"),
            "REDIS_URL": folders.redis_url(number),
            "LAMPLIGHTER_VAR": str(folders.var / f"regressions-{number}"),
        }
        return cls(tree, environment)

    @contextmanager
    def with_regression(self, regression: Regression) -> Iterator[None]:
        before = regression.apply(self.tree)
        try:
            yield
        finally:
            (self.tree / regression.file).write_text(before, encoding="utf-8")

    def pytest(self, tests: Sequence[str], *, timeout: float | None) -> subprocess.CompletedProcess[str]:
        """Raises subprocess.TimeoutExpired."""
        command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-m", MARKS, *tests]
        output = self.tree.with_suffix(".out")
        began = time.monotonic()
        with output.open("w") as file:
            running = subprocess.Popen(
                command, cwd=self.tree, env=self.environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file
            )
            try:
                while running.poll() is None and not stopping.wait(0.1):
                    if timeout is not None and time.monotonic() - began > timeout:
                        raise subprocess.TimeoutExpired(command, timeout)
            finally:
                running.kill()
                running.wait()
        return subprocess.CompletedProcess(command, running.returncode, output.read_text(errors="replace"))


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.regressions", description=__doc__.splitlines()[0])
    parser.add_argument("-k", default="", metavar="WORD", help="only regressions whose name or file contains this")
    parser.add_argument("--list", action="store_true", help="list the regressions and run nothing")
    parser.add_argument("--jobs", type=int, default=2, metavar="N", help="how many are tried at once (2)")
    parser.add_argument(
        "--sample", type=int, default=0, metavar="N", help="try so many mistakes that nobody has listed"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="draws another sample (1)")
    parser.add_argument(
        "--unwatched", action="store_true", help="of a sample, try the nearest tests without watching which run a line"
    )
    return parser.parse_args(arguments)


def _copy_tree(copy: Path) -> None:
    """What git knows or could know of: the working tree itself is never changed."""
    words.compile_changed(ROOT / "locale")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    compiled = [str(path.relative_to(ROOT)) for path in (ROOT / "locale").rglob("*.mo")]
    for name in {*filter(None, listed), *compiled}:
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    # By the hash of the source: by its time, two versions of a file within one second would look the same to Python.
    compileall.compile_dir(copy, quiet=2, invalidation_mode=PycInvalidationMode.CHECKED_HASH)
    (copy / ".venv").symlink_to(sys.prefix)


def _failing_anyway(results: Sequence[Result], desks: "queue.SimpleQueue[Desk]") -> set[str]:
    """Of the tests that noticed a regression, those that fail without it, too."""
    tests = sorted({one.by for one in results if one.caught and "::" in one.by})
    if not tests:
        return set()
    desk = desks.get()
    try:
        done = desk.pytest(tests, timeout=None)
    finally:
        desks.put(desk)
    return set(re.findall(NOTICED, done.stdout, re.MULTILINE))


def _try(regression: Regression, desks: "queue.SimpleQueue[Desk]", broken: Collection[str] = ()) -> Result:
    desk = desks.get()
    began = time.monotonic()
    try:
        caught, by = _tried(regression, desk, broken)
    finally:
        desks.put(desk)
    result = Result(regression, caught, by, time.monotonic() - began)
    print(_line(result), flush=True)
    return result


def _tried(regression: Regression, desk: Desk, broken: Collection[str]) -> tuple[bool, str]:
    try:
        with desk.with_regression(regression):
            without = [f"--deselect={test}" for test in broken]
            done = desk.pytest(["-x", *without, *regression.tests], timeout=TIMEOUT_S)
    except NotFound:
        return False, "TEXT NOT FOUND"
    except subprocess.TimeoutExpired:
        # A test that hangs is noticed too.
        return True, f"no end within {TIMEOUT_S} s"
    if done.returncode == PASSED:
        return False, "SURVIVED"
    noticed = re.search(NOTICED, done.stdout, re.MULTILINE)
    if done.returncode != FAILED or noticed is None:
        # A mistake that no test can even import is none that anybody would commit.
        return False, f"NO TEST RAN (pytest ended with {done.returncode})"
    return True, noticed[1]


def _line(result: Result) -> str:
    mark = "caught" if result.caught else "MISSED"
    return f"{mark}  {result.seconds:5.1f} s  {result.regression.name}\n                 {result.by}"


def _report(results: Sequence[Result]) -> int:
    missed = [one for one in results if not one.caught]
    share = 1 - len(missed) / len(results) if results else 0.0
    print(f"\n{len(results) - len(missed)} of {len(results)} regressions caught: {share:.0%}")
    for one in missed:
        print(f"  {one.by}: {one.regression.name} ({one.regression.file})")
    return 0 if share >= LEAST_CAUGHT else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
