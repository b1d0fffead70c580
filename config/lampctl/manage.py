"""`lampctl manage …`: a management command, with the settings and the user that it needs."""

import argparse
import os

from config.lampctl import shell
from config.lampctl.place import USERS, Place


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, metavar="COMMAND …", help="as manage.py takes them")


def main(place: Place, options: argparse.Namespace) -> int:
    folder = place.current.resolve()
    user = USERS["owner"]
    os.chdir(folder)
    as_owner = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--"]
    command = [*as_owner, f"{folder}/.venv/bin/python", f"{folder}/manage.py", *options.arguments]
    # In this process's place: it reads what is typed, and its exit code is ours.
    os.execvpe(command[0], command, {**os.environ, **shell.environment(place, "owner")})
