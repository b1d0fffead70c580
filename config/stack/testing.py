"""bin/test and bin/lint: a stack of its own for each run, so that runs never disturb each other or the demo."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from config.stack import changes, linting, postgres, redis, words
from config.stack.folders import ROOT, Folders, temporary_folders
from config.stack.processes import tied_to_parent

TEMPLATE = "lamplighter_template"
# From so many named files or folders on, two processes are quicker than one.
MANY = 6
# So many tests that failed are run again alone. More than that is no accident.
FEW = 3
# In one process, which saves a second for everybody who runs one test. The copies inherit what the roles may do.
PREPARE = """
import django
from django.core.management import call_command
django.setup()
call_command("migrate", verbosity=0)
call_command("create_roles", verbosity=0)
"""


@contextmanager
def servers(folders: Folders) -> Iterator[None]:
    """PostgreSQL and Redis for as long as the block runs."""
    postgres.initialise(folders)
    # PostgreSQL's stop signal is INT: TERM waits for its clients.
    commands = {
        "postgres": (postgres.command(folders, unsafe=True), "INT"),
        "redis": (redis.command(folders), "TERM"),
    }
    running: list[subprocess.Popen[bytes]] = []
    try:
        for name, (command, stop_signal) in commands.items():
            with (folders.log / f"{name}.log").open("ab") as log:
                running.append(
                    subprocess.Popen(
                        tied_to_parent(command, folders, stop_signal=stop_signal, as_owner=True),
                        cwd=folders.servers,
                        stdin=subprocess.DEVNULL,
                        stdout=log,
                        stderr=log,
                        start_new_session=True,  # Ctrl-C is for the tests; the servers stop after them
                    )
                )
        redis.wait_until_ready(folders)
        postgres.wait_until_ready(folders)
        yield
    finally:
        for process in running:
            process.send_signal(2)
        for process in running:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment(folders: Folders) -> dict[str, str]:
    """What manage.py and pytest need to find this stack."""
    # Some hundred processes start in a run. If each compiled our modules again, that would take a minute and more.
    unwanted = ("DATABASE_URL", "PYTHONDONTWRITEBYTECODE")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    return inherited | {
        "PATH": f"{sys.prefix}/bin:{os.environ.get('PATH', os.defpath)}",
        "LAMPLIGHTER_ENV": "development",
        "LAMPLIGHTER_VAR": str(folders.var),
        "DATABASE_URL": folders.database_url("lamplighter_owner"),
        "REDIS_URL": folders.redis_url(),
    }


def prepare(folders: Folders) -> None:
    """A migrated template, from which each pytest process copies its own database in a moment."""
    postgres.create_owner(folders)
    for name in ("lamplighter", TEMPLATE):
        postgres.create_database(folders, name)
    migrated = environment(folders) | {"DATABASE_URL": folders.database_url("lamplighter_owner", TEMPLATE)}
    subprocess.run([sys.executable, "-c", PREPARE], cwd=ROOT, env=migrated, check=True)


def test(arguments: Sequence[str]) -> int:
    """Lint and test; the answer is the exit code.

    Arguments besides --all, --changed and --strict are pytest's, and then nothing is linted. With --strict, tests that
    pass only alone fail the run.
    """
    options = {"--all", "--changed", "--strict"} & set(arguments)
    chosen = [word for word in arguments if word not in options]
    lints = not chosen
    if "--changed" in options:
        choice = near_the_change()
        print(f"bin/test: {changes.summary(choice)}", flush=True)
        if not choice.tests:
            return linting.lint([])
        chosen += choice.tests
    words.compile_changed(ROOT / "locale")
    marks = [] if "--all" in options or any(word.startswith("-m") for word in chosen) else ["-m", "not slow"]
    # A named place is quicker in one process, unless it is many; a debugger needs the terminal to itself.
    named = sum((ROOT / word.partition("::")[0]).exists() for word in chosen)
    alone = 0 < named < MANY or any(word in ("-s", "--pdb") for word in chosen)
    # Three on two cores: one of them waits for a browser or a server most of the time.
    processes = [] if any(word.startswith("-n") for word in chosen) else ["-n", "0" if alone else "3"]
    folders = temporary_folders("lamplighter-test-")
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        with linting_beside(lints) as linted, servers(folders):
            try:
                prepare(folders)
            except subprocess.CalledProcessError:
                return 1
            failed, unsteady = run(processes, [*marks, *chosen], ROOT, environment(folders))
            # What the linters said comes after the tests, so that nobody has to look for it above them.
            failed = linted() or failed
            if unsteady:
                print(f"bin/test: UNSTEADY, failed among others and passed alone: {', '.join(unsteady)}", flush=True)
            return failed or (1 if unsteady and "--strict" in options else 0)
    finally:
        shutil.rmtree(folders.servers.parent, ignore_errors=True)


def near_the_change() -> changes.Choice:
    """The tests nearest to what this branch has changed, by the deliberate regressions and by what earlier runs measured."""
    # Only here: most runs need neither.
    from tests.regressions import named_by_file

    tree = changes.Tree(ROOT, regressions=named_by_file(), seconds=kept(ROOT, "lamplighter/seconds_by_file"))
    return tree.choose(changes.changed_files(ROOT))


def run(
    processes: Sequence[str], arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[int, list[str]]:
    """Runs pytest; the answer is its exit code, and the tests that failed among others and passed alone.

    At most FEW tests that failed among others are run once more alone: a browser that waits for a busy processor shouldn't
    cost a whole run, but it should be seen.
    """
    pytest = [sys.executable, "-m", "pytest"]
    failed = subprocess.run([*pytest, *processes, *arguments], cwd=folder, env=environment).returncode
    tests = sorted(kept(folder, "cache/lastfailed"))
    if failed != 1 or not 0 < len(tests) <= FEW or "0" in processes or "-n0" in arguments:
        return failed, []
    print(f"bin/test: running once more alone: {', '.join(tests)}", flush=True)
    again = subprocess.run([*pytest, "-n", "0", *arguments, "--last-failed"], cwd=folder, env=environment).returncode
    return (again, []) if again else (0, tests)


def kept(folder: Path, name: str) -> dict[str, Any]:
    """What pytest has kept under this name; nothing in a new clone."""
    try:
        return dict(json.loads((folder / ".pytest_cache/v" / name).read_text()))
    except FileNotFoundError:
        return {}


@contextmanager
def linting_beside(enabled: bool) -> Iterator[Callable[[], int]]:
    """bin/lint in a process of its own while the block runs; the function waits for its end, prints and answers its exit code."""
    if not enabled:
        yield lambda: 0
        return
    lint = [sys.executable, "-m", "config.stack", "lint"]
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(
            lint, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
        )

        def result() -> int:
            process.wait()
            output.seek(0)
            print(output.read(), end="", flush=True)
            return process.returncode

        try:
            yield result
        finally:
            # A run that is broken off leaves no linter behind.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()


def end_in_order(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
