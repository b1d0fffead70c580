"""`lampctl doctor`: is this installation well? Says so in five seconds, also when the database or the settings are broken."""

import argparse
import datetime as dt
import json
import os
import subprocess
from pathlib import Path
from typing import Any

from config.lampctl import settings_files, shell
from config.lampctl.place import Place

# A healthy server takes three. A busy one is slow, which is for the checks to say.
WITHIN_S = 45

# One connection to the database, which isn't waited for.
IMPATIENT = {"DATABASE_POOL": "false", "PGCONNECT_TIMEOUT": "2"}

Report = dict[str, Any]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--support", metavar="FILE", help="write what one sends along when asking for help: no values, no names"
    )


def main(place: Place, options: argparse.Namespace) -> int:
    if options.support:
        return _support(place, Path(options.support))
    report = examine(place)
    if options.json:
        shell.say(json.dumps(report, ensure_ascii=False))
    else:
        shell.say("\n".join(report["lines"]))
    return int(report["color"] == "red")


def examine(place: Place, *arguments: str) -> Report:
    """What manage.py doctor says, as the pages' own user; if it says nothing, that alone is the finding."""
    folder = place.current.resolve()
    command: list[str | Path] = [folder / ".venv/bin/python", folder / "manage.py", "doctor", "--json", *arguments]
    try:
        answer = subprocess.run(
            shell.as_user(place, "web", command),
            env={**os.environ, **shell.environment(place, "web"), **IMPATIENT},
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return broken(f"The doctor didn’t answer within {WITHIN_S} s.", "Look at: top, and lampctl logs web")
    except (OSError, ValueError) as error:
        # A file of settings that can't be read, or no release.
        return broken(f"{error}.", "Install again: bin/install changes nothing that is well.")
    try:
        report: Report = json.loads(answer.stdout)
    except ValueError:
        # What Django says about settings that it can't use comes last.
        last = answer.stderr.strip().splitlines()[-1:] or [f"manage.py ended with {answer.returncode}"]
        advice = f"Look at the files in {place.settings}, and run: lampctl manage check"
        return broken(f"The settings or the release are broken. {last[0]}", advice)
    return report


def broken(sentence: str, to_do: str) -> Report:
    finding = {"code": "lamplighter", "color": "red", "text": sentence, "advice": to_do, "measures": {}}
    lines = [f"RED   lamplighter  {sentence}", f"{'':18} {to_do}"]
    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"at": at, "color": "red", "findings": [finding], "lines": lines}


def _support(place: Place, file: Path) -> int:
    report = examine(place, "--support")
    files = {"shared.env", "web.env", "worker.env", "owner.env", "install.env", "backup.env"}
    # Names alone, and which file has them.
    report["files"] = {name: _names(place.settings / name) for name in sorted(files)}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as writer:
        json.dump(report, writer, ensure_ascii=False, indent=2)
    shell.say(f"Written to {file}. It has no values of settings and no names of people; read it before you send it.")
    return 0


def _names(file: Path) -> list[str] | str:
    try:
        return sorted(settings_files.read(file))
    except FileNotFoundError:
        return "missing"
    except (OSError, ValueError) as error:
        return type(error).__name__
