"""`lampctl logs`: what the city's processes have logged, from systemd's journal or the supervisor's files.

The processes leave out personal data, keys and private links before they write (requests_app/core/logs.py).
"""

import argparse
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from config.lampctl import settings_files
from config.lampctl.place import Place
from config.lampctl.shell import Refusal

PROGRAMS = ("web", "worker", "mailer", "beat")
LINES = 100


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", help=f"of {', '.join(PROGRAMS)} (all)")
    parser.add_argument("--follow", "-f", action="store_true", help="show what comes, until Ctrl-C")
    parser.add_argument("--lines", type=int, default=LINES, help=f"how many of the last lines ({LINES})")


def main(place: Place, options: argparse.Namespace) -> int:
    programs = options.programs or list(PROGRAMS)
    if unknown := set(programs) - set(PROGRAMS):
        raise Refusal(f"There is no program {min(unknown)!r}. Name one of {', '.join(PROGRAMS)}, or none for all.")
    command = (_journal if has_journal(place) else _tail)(place, programs, options)
    # In this process's place, so that Ctrl-C ends it as usual.
    os.execvp(command[0], command)


def _journal(place: Place, programs: list[str], options: argparse.Namespace) -> list[str]:
    follow = ["--follow"] if options.follow else ["--no-pager"]
    return ["journalctl", *_units(programs), "--output=cat", f"--lines={options.lines}", *follow]


def _tail(place: Place, programs: list[str], options: argparse.Namespace) -> list[str]:
    paths = [str(path) for path in files(place, programs) if path.suffix == ".log"]
    if not paths:
        raise Refusal(f"There is no log in {place.log} yet. Start the city first.")
    return ["tail", "--quiet", f"--lines={options.lines}", *(["--follow=name"] if options.follow else []), *paths]


def _units(programs: list[str] | tuple[str, ...]) -> list[str]:
    return [f"--unit=lamplighter-{program}" for program in programs]


def has_journal(place: Place) -> bool:
    """Whether systemd runs the processes, and not a supervisor."""
    path = place.settings / "install.env"
    return path.exists() and settings_files.read(path).get("SYSTEMD") == "yes"


def files(place: Place, programs: list[str] | tuple[str, ...] = PROGRAMS) -> list[Path]:
    """The supervisor's files, those that were put aside first."""
    return [path for program in programs for path in sorted(place.log.glob(f"{program}.log*"), reverse=True)]


def lines(place: Place, since: str) -> Iterator[str]:
    """Everything that was logged. since: an ISO time in UTC, or empty for all; the files are read from their beginning."""
    if not has_journal(place):
        for path in files(place):
            with path.open(errors="replace") as file:
                yield from file
        return
    begin = [f"--since={since.replace('T', ' ').replace('Z', ' UTC')}"] if since else []
    command = ["journalctl", *_units(PROGRAMS), "--output=cat", "--no-pager", *begin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, errors="replace") as process:
        yield from process.stdout or ()
