"""How the commands speak to who runs them, and run other programs."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from config.lampctl import settings_files
from config.lampctl.place import USERS, Place

LAST_LINES = 15


class Refusal(Exception):
    """What is wrong, and what to do about it, in sentences for the operator. Nothing was changed, or it says what was."""


def say(text: str) -> None:
    print(text, flush=True)


def confirm(question: str, *, yes: bool) -> None:
    """Asks before something is overwritten; `--yes` answers for scripts."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise Refusal(f"{question} Run it again with --yes.")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Refusal("Nothing was changed.")


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    folder: Path | None = None,
    user: str | None = None,
    text: str | None = None,
) -> str:
    """What it printed. env: besides this process's own. user: run as this one. text: its standard input.

    Refuses with the program's last lines if it fails.
    """
    words = [str(word) for word in command]
    if user:
        words = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--", *words]
    done = subprocess.run(
        words,
        env={**os.environ, **(env or {})},
        cwd=folder,
        input=text,
        stdin=None if text is not None else subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(done.stdout.splitlines()[-LAST_LINES:])
        raise Refusal(f"{' '.join(map(str, command))} failed ({done.returncode}):\n{last}")
    return done.stdout


def as_user(place: Place, role: str, command: Sequence[str | Path]) -> list[str]:
    """The command as the user of a role. A place in a folder, as tests have it, has no users of its own."""
    words = [str(word) for word in command]
    if place.root != Path("/"):
        return words
    return ["setpriv", f"--reuid={USERS[role]}", f"--regid={USERS[role]}", "--init-groups", "--", *words]


def environment(place: Place, role: str) -> dict[str, str]:
    """The settings of the processes of a role, as their unit gives them."""
    files = [place.settings / "shared.env", place.settings / f"{role}.env"]
    values = {name: value for file in files for name, value in settings_files.read(file).items()}
    return {**values, "LAMPLIGHTER_DATABASE_ROLE": role}


def manage(
    place: Place, *arguments: str, role: str = "owner", release: Path | None = None, text: str | None = None
) -> str:
    """Runs manage.py as the role's user. release: of which folder, if it isn't the one that runs."""
    folder = (release or place.current).resolve()
    command: list[str | Path] = [folder / ".venv/bin/python", folder / "manage.py", *arguments]
    # A folder for tests has no users of its own.
    user = USERS[role] if place.root == Path("/") else None
    return run(command, env=environment(place, role), folder=folder, user=user, text=text)
