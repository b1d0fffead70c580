"""`lampctl upgrade FOLDER`: moves a running city to another release, next to its traffic, and back if it isn't well afterward.

What was there before stays: the old release's folder, and its tables, which the old code can use. Killed anywhere, it is run again.
"""

import argparse
import fcntl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from config.lampctl import doctor, notes, rehearsal, release, releases_feed, settings_files, shell, units
from config.lampctl.place import Place
from config.lampctl.shell import Refusal
from config.lampctl.upgrade_preflight import problems

# In this order: web last, so that no page asks a worker for what it doesn't know yet.
WORKERS = ("worker", "mailer", "beat")
WEB = ("web",)
# Beat sends a message a minute.
ANSWERS_S = 180
SLOW_S = 1


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "release", nargs="?", metavar="VERSION | FOLDER", help="a release's folder, or one that is here already"
    )
    parser.add_argument("--check", action="store_true", help="only say in a sentence whether a newer release is out")
    parser.add_argument(
        "--accept", default="", metavar="NAMES", help="problems that you know of: backup,outbox,doctor,disk"
    )
    parser.add_argument("--yes", action="store_true", help="don't ask")


def main(place: Place, options: argparse.Namespace) -> int:
    running = place.current.resolve()
    if options.check:
        shell.say(releases_feed.sentence(place, release.version(running)))
        return 0
    source = _source(place, options.release)
    with _alone(place):
        going = notes.read(_note_path(place))
        if going and Path(going["source"]) != source:
            raise Refusal(f"An upgrade was interrupted. Run it to its end first: lampctl upgrade {going['source']}")
        if not going:
            if release.folder_for(place, source) == running or source == running:
                shell.say(f"{release.version(running)} is running already.")
                return 0
            _refuse_older(running, source)
            _preflight(place, source, options)
            going = {"source": str(source), "from": str(running), "red": _red(doctor.examine(place))}
            _note(place, going)
        _upgrade(place, source, going, yes=options.yes)
    return 0


def _upgrade(place: Place, source: Path, going: dict[str, Any], *, yes: bool) -> None:
    """Each step can be done again. going: what was noted at the beginning, and which steps are behind us."""
    old = Path(going["from"])
    new, _ = release.make(place, source)
    name = release.version(new)
    if not going.get("rehearsed"):
        shell.say("Rehearsing the migrations on a copy of the newest backup")
        try:
            _rehearse(place, new, yes=yes)
        except Refusal:
            _note_path(place).unlink()
            raise
        _note(place, going | {"rehearsed": True})
    shell.say("Migrating next to the city's traffic")
    shell.manage(place, "migrate", "--noinput", "--verbosity=0", release=new)
    shell.manage(place, "create_roles", "--verbosity=0", release=new)
    shell.say("Restarting workers, then web")
    reason = _try(place, new, going["red"])
    if reason:
        shell.say(f"{reason} Going back to {release.version(old)}")
        _run(place, old)
        _note_path(place).unlink()
        raise Refusal(
            f"{name} isn't well here: {reason} {release.version(old)} runs again. The database keeps the new tables, "
            "which the old release can use."
        )
    (place.settings / "prepared").write_text(new.name)
    _note_path(place).unlink()
    shell.say(f"{name} is running. {release.version(old)} is still in {old}.")


def _try(place: Place, new: Path, red_before: list[str]) -> str:
    """Lets the city run from the new release. Says why it isn't well there; empty if it is."""
    try:
        return _what_is_wrong(place, red_before, _run(place, new))
    except Refusal as refusal:
        # A process that ends at once, or a command of the new release that fails.
        return f"{refusal}\n"


def _run(place: Place, folder: Path) -> float:
    """Lets the city run from this release. Returns when the workers before had ended (time.monotonic)."""
    systemd = settings_files.read(place.settings / "install.env").get("SYSTEMD") == "yes"
    release.use(place, folder)
    shell.manage(place, "collectstatic", "--noinput", "--verbosity=0")
    shell.manage(place, "write_away_pages", role="worker")
    units.install(place, systemd=systemd)
    units.restart(place, WORKERS, systemd=systemd)
    began = time.monotonic()
    units.restart(place, WEB, systemd=systemd)
    return began


def _rehearse(place: Place, new: Path, *, yes: bool) -> None:
    """Says how long each migration takes, and asks if one would keep people waiting for longer than a second."""
    try:
        steps = rehearsal.run(place, new)
    except Refusal as refusal:
        raise Refusal(f"{refusal}\nNothing of the running city was changed.") from refusal
    if steps is None:
        shell.say("  There's no copy to rehearse on: the backups of this database are dumps.")
        return
    for step in steps:
        shell.say(f"  {step}")
    if not steps:
        shell.say("  This release changes no table.")
    if any(step.blocked_s > SLOW_S for step in steps):
        shell.confirm("Go on, although this keeps people waiting?", yes=yes)


def _what_is_wrong(place: Place, red_before: list[str], began: float) -> str:
    """In a sentence. Empty if nothing is red that wasn't before, and each process has done something since it began."""
    deadline = time.monotonic() + ANSWERS_S
    while True:
        findings = [row for row in doctor.examine(place)["findings"] if row["code"] not in red_before]
        wrong = [str(row["text"]) for row in findings if row["color"] == "red"]
        # What the processes before did isn't theirs.
        since = time.monotonic() - began
        silent = [row["code"] for row in findings if row["code"] in WORKERS and _silent_s(row) > since]
        wrong += [f"The new {name} has done nothing in {since:.0f} seconds." for name in silent]
        if not wrong:
            return ""
        if time.monotonic() > deadline:
            return wrong[0]
        # Processes that were just started have a moment to answer.
        time.sleep(2)


def _silent_s(finding: dict[str, Any]) -> float:
    """Of a process: for how long it has done nothing, as far as the doctor knows."""
    return float(finding.get("measures", {}).get("silent_s", 0))


def _red(report: dict[str, Any]) -> list[str]:
    return [row["code"] for row in report["findings"] if row["color"] == "red"]


def _preflight(place: Place, source: Path, options: argparse.Namespace) -> None:
    accepted = set(filter(None, options.accept.split(",")))
    wrong = [problem for problem in problems(place) if problem.name not in accepted]
    if wrong:
        for problem in wrong:
            shell.say(f"  {problem.sentence}")
        names = ",".join(dict.fromkeys(problem.name for problem in wrong))
        raise Refusal(f"Nothing was changed. What you know of and accept: --accept {names}")
    shell.say(
        f"From {release.version(place.current.resolve())} to {release.version(source)}: makes the release in {place.releases}, "
        "rehearses its migrations, migrates next to the city's traffic, and restarts workers and web."
    )
    shell.confirm("Go on?", yes=options.yes)


def _source(place: Place, wanted: str | None) -> Path:
    if not wanted:
        raise Refusal("Which release? Unpack it, and run: lampctl upgrade FOLDER")
    if (place.releases / wanted / release.COMPLETE).is_file():
        return (place.releases / wanted).resolve()
    if (Path(wanted) / "pyproject.toml").is_file():
        return Path(wanted).resolve()
    raise Refusal(f"There's no release {wanted}. Unpack it, and run: lampctl upgrade FOLDER")


def _refuse_older(running: Path, source: Path) -> None:
    before, after = release.version(running), release.version(source)
    if _numbers(after) < _numbers(before):
        raise Refusal(f"{after} is older than {before}, which is running. To go back in time, see lampctl restore.")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".")]


def _note_path(place: Place) -> Path:
    return place.data / "upgrading.json"


def _note(place: Place, going: dict[str, Any]) -> None:
    notes.write(_note_path(place), going)


@contextmanager
def _alone(place: Place) -> Iterator[None]:
    """The lock ends with the process, however that ends."""
    place.run.mkdir(parents=True, exist_ok=True)
    with (place.run / "upgrade.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Refusal("Another upgrade is running. Wait until it has ended.") from error
        yield
