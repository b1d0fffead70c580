"""`lampctl export FOLDER`: everything out, in formats that other programs read."""

import argparse
import os
import shutil
from pathlib import Path

from config.lampctl import postgresql, shell
from config.lampctl.place import USERS, Place
from config.lampctl.shell import Refusal


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder", type=Path, help="an empty or a new folder, for about as much as photos and database take"
    )


def main(place: Place, options: argparse.Namespace) -> int:
    folder = options.folder.absolute()
    if folder.exists() and any(folder.iterdir()):
        raise Refusal(f"{folder} isn't empty. Nothing was changed.")
    folder.mkdir(parents=True, exist_ok=True)
    # Nobody else may read it: it has every resident's name.
    folder.chmod(0o700)
    _give(folder, USERS["owner"])
    try:
        shell.say(shell.manage(place, "export_all", str(folder)).strip())
    finally:
        _give(folder, "root")
    environment = postgresql.programs_of(postgresql.owner_url(place))
    dump = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={folder / 'database.dump'}"]
    shell.run([postgresql.PROGRAMS / dump[0], *dump[1:]], env=environment, folder=Path("/"))
    shell.say(f"Written to {folder}: README.txt says what is what. Residents' names are in it.")
    return 0


def _give(folder: Path, user: str) -> None:
    if os.geteuid() == 0:
        for path in [folder, *folder.rglob("*")]:
            shutil.chown(path, user)
