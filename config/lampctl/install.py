"""`bin/install`: makes a Debian 13 the server of a city. Run twice, it changes nothing; killed anywhere, it goes on."""

import argparse
import fcntl
import os
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path

from config.lampctl import answers as answering
from config.lampctl import cluster, nginx, packages, preflight, release, remove, settings, shell, tls, units, users
from config.lampctl.place import Place, here
from config.lampctl.shell import Refusal
from config.lampctl.this_machine import ThisMachine

SOURCE = Path(__file__).resolve().parents[2]
LINK = Path("usr/local/bin/lampctl")
READY_S = 300


def options(parser: argparse.ArgumentParser) -> None:
    answering.options(parser)
    parser.add_argument("--check", action="store_true", help="only say what is wrong; change nothing")
    parser.add_argument("--remove", action="store_true", help="take Lamplighter off this machine, and keep its data")
    parser.add_argument("--purge", action="store_true", help="delete the data as well; asks for the host name")


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/install",
        description="Makes this Debian 13 the server of a city. Asks what it must know, or takes flags or --answers FILE. "
        "Looks at everything first and changes nothing while something is wrong. See docs/running.md.",
        allow_abbrev=False,
    )
    options(parser)
    return parser


def run(arguments: list[str]) -> int:
    """bin/install. `lampctl install` calls `main`."""
    chosen = parser().parse_args(arguments)
    try:
        return main(here(), chosen)
    except Refusal as refusal:
        print(refusal, file=sys.stderr, flush=True)
        return 1


def main(place: Place, options: argparse.Namespace) -> int:
    if os.geteuid() != 0:
        raise Refusal("This needs root: run it with sudo. Nothing was changed.")
    os.umask(0o022)
    if options.remove or options.purge:
        remove.main(place, purge=options.purge)
        return 0
    answers = answering.read(options, settings.answered(place), interactive=sys.stdin.isatty())
    problems = preflight.problems(answers, ThisMachine())
    if problems:
        for problem in problems:
            shell.say(f"  {problem}")
        acceptable = [problem.name for problem in problems if problem.acceptable]
        way = f" What you know of and accept: --accept {','.join(dict.fromkeys(acceptable))}." if acceptable else ""
        raise Refusal(f"Nothing was changed.{way}")
    if options.check:
        shell.say("Nothing is wrong. Nothing was changed.")
        return 0
    with _alone():
        changed = install(place, answers)
    if not changed:
        shell.say("Nothing had to be changed.")
    shell.say(ready_line(place, answers))
    return 0


def install(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Everything in its order. Each step looks at what is there, and says what it has changed."""
    changed: list[str] = []
    for title, step in STEPS:
        shell.say(title)
        for change in step(place, answers):
            shell.say(f"  {change}")
            changed.append(change)
    return changed


def _packages(place: Place, answers: Mapping[str, str]) -> list[str]:
    return packages.install(answers)


def _users(place: Place, answers: Mapping[str, str]) -> list[str]:
    return users.make(place) + users.folders(place)


def _settings(place: Place, answers: Mapping[str, str]) -> list[str]:
    changed = settings.write(place, answers)
    if changed:
        _unread(place).touch()
    return [f"wrote {path}" for path in changed]


def _unread(place: Place) -> Path:
    """There while settings have changed that the processes haven't read."""
    return place.settings / "unread"


def _release(place: Place, answers: Mapping[str, str]) -> list[str]:
    changed = []
    # A city that runs is moved to another release by `lampctl upgrade`.
    if not (place.current.is_symlink() and prepared(place)):
        folder, made = release.make(place, SOURCE)
        changed += [f"made {folder}"] if made else []
        changed += [f"linked {place.current} to {folder}"] if release.use(place, folder) else []
    link = place.root / LINK
    target = place.current / "bin/lampctl"
    if not (link.is_symlink() and link.readlink() == target):
        link.unlink(missing_ok=True)
        link.symlink_to(target)
        changed.append(f"linked {link} to {target}")
    return changed


def _database(place: Place, answers: Mapping[str, str]) -> list[str]:
    return cluster.prepare(place, answers)


def _tables(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Tables, rights and static files, once for each release."""
    name = place.current.resolve().name
    if prepared(place) == name:
        return []
    shell.manage(place, "migrate", "--noinput", "--verbosity=0")
    if answers["DATABASE_URL"] and not _has_roles(place):
        lines = shell.manage(place, "create_roles", "--passwords", "--verbosity=0").splitlines()
        urls = dict(line.split("=", 1) for line in lines if line.startswith("DATABASE_URL"))
        made = {"owner": answers["DATABASE_URL"], "web": urls["DATABASE_URL"], "worker": urls["DATABASE_URL_WORKER"]}
        settings.write_database(place, made)
    else:
        shell.manage(place, "create_roles", "--verbosity=0")
    shell.manage(place, "collectstatic", "--noinput", "--verbosity=0")
    shell.manage(place, "write_away_pages", role="worker")
    _mark(place).write_text(name)
    return [f"made the tables, rights and static files of {name}"]


def _has_roles(place: Place) -> bool:
    urls = settings.database_urls(place)
    return bool(urls) and urls["web"] != urls["owner"]


def prepared(place: Place) -> str:
    """The release whose tables are there."""
    return _mark(place).read_text() if _mark(place).exists() else ""


def _mark(place: Place) -> Path:
    return place.settings / "prepared"


def _certificate(place: Place, answers: Mapping[str, str]) -> list[str]:
    return tls.prepare(place, answers)


def _processes(place: Place, answers: Mapping[str, str]) -> list[str]:
    systemd = answers["SYSTEMD"] == "yes"
    changed = units.install(place, systemd=systemd)
    started = units.start(place, systemd=systemd)
    if not started and (changed or _unread(place).exists()):
        units.restart(place, [program.name for program in units.programs(place)], systemd=systemd)
        started = ["restarted the processes"]
    _unread(place).unlink(missing_ok=True)
    return changed + started


def _nginx(place: Place, answers: Mapping[str, str]) -> list[str]:
    systemd = answers["SYSTEMD"] == "yes"
    changed = nginx.configure(place, answers)
    return changed + nginx.start(systemd=systemd, changed=bool(changed)) + tls.obtain(place, answers)


def _answers(place: Place, answers: Mapping[str, str]) -> list[str]:
    """Waits until the city answers through nginx."""
    deadline = time.monotonic() + READY_S
    answer = "nothing"
    while time.monotonic() < deadline:
        try:
            answer = str(_status(answers))
        except (OSError, HTTPException) as error:
            answer = type(error).__name__
        if answer == "200":
            return []
        time.sleep(0.3)
    raise Refusal(f"https://{answers['HOST']}/readyz answers {answer}. See lampctl logs, or {place.log}.")


def _status(answers: Mapping[str, str]) -> int:
    """Of /readyz, asked here as a browser would: by the name, whether or not it leads here yet."""
    connection: HTTPConnection
    if answers["TLS"] == "proxy":
        connection = HTTPConnection("localhost", 80, timeout=10)
    else:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = HTTPSConnection("localhost", 443, timeout=10, context=context)
    try:
        connection.request("GET", "/readyz", headers={"Host": answers["HOST"]})
        return connection.getresponse().status
    finally:
        connection.close()


def ready_line(place: Place, answers: Mapping[str, str]) -> str:
    site = f"https://{answers['HOST']}"
    try:
        link = shell.manage(place, "first_run_link").strip().splitlines()[-1]
    except Refusal as refusal:
        if "There is a city already" in str(refusal):
            return f"READY {site}"
        raise
    return f"READY {site}: make your city: {link}"


def _alone() -> "_Lock":
    return _Lock(Path("/run/lamplighter-install.lock"))


class _Lock:
    """Two runs must not change one machine at the same time."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        self.file = self.path.open("w")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal("Another bin/install runs on this machine. Wait for its end.") from None

    def __exit__(self, *args: object) -> None:
        self.file.close()


Step = Callable[[Place, Mapping[str, str]], list[str]]
# In this order: what comes later needs what was made before.
STEPS: list[tuple[str, Step]] = [
    ("Packages", _packages),
    ("Users and folders", _users),
    ("Settings", _settings),
    ("Release", _release),
    ("Database", _database),
    ("Tables", _tables),
    ("Certificate", _certificate),
    ("Processes", _processes),
    ("nginx", _nginx),
    ("Waiting for the first answer", _answers),
]
