"""bin/test and bin/lint: a stack of its own for each run, so that runs never disturb each other or the demo."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from config.stack import linting, postgres, redis, words
from config.stack.folders import ROOT, Folders, temporary_folders
from config.stack.processes import tied_to_parent

TEMPLATE = "lamplighter_template"
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
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_URL")}
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
    """Lint and test; the answer is the exit code. Arguments besides --all are pytest's, and then nothing is linted."""
    everything = "--all" in arguments
    chosen = [word for word in arguments if word != "--all"]
    failed = 0 if chosen else linting.lint([])
    words.compile_changed(ROOT / "locale")
    marks = [] if everything or any(word.startswith("-m") for word in chosen) else ["-m", "not slow"]
    # One named place is quicker in one process; a debugger needs the terminal to itself.
    named = any((ROOT / word.partition("::")[0]).exists() or word in ("-s", "--pdb") for word in chosen)
    processes = [] if any(word.startswith("-n") for word in chosen) else ["-n", "0" if named else "2"]
    folders = temporary_folders("lamplighter-test-")
    signal.signal(signal.SIGTERM, end_in_order)
    try:
        with servers(folders):
            try:
                prepare(folders)
            except subprocess.CalledProcessError:
                return 1
            # Last, so that pytest's own closing line is the last that one reads.
            pytest = [sys.executable, "-m", "pytest", *processes, *marks, *chosen]
            done = subprocess.run(pytest, cwd=ROOT, env=environment(folders))
            return done.returncode or failed
    finally:
        shutil.rmtree(folders.servers.parent, ignore_errors=True)


def end_in_order(number: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + number)
