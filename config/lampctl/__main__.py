"""`lampctl COMMAND`: what an operator does with an installed city. Each command is a module here, with `options` and `main`."""

import argparse
import sys
from importlib import import_module

from config.lampctl.place import here
from config.lampctl.shell import Refusal

# What each does, in a line.
COMMANDS = {
    "install": "change an answer of bin/install, such as --tls acme; without one, mend what is missing",
    "backup": "back up what is due: the database, photos, settings",
    "restore": "get the city back from its backups",
    "drill": "restore the newest backup beside the city, and check that it’s whole",
    "logs": "show what the processes have logged",
    "trace": "show one report from the page to the mail server",
    "doctor": "check everything: settings, database, processes, email, backups and this machine",
    "watch": "check everything, and alert the operator when a check stays red (for root’s timer)",
    "planned": "announce work on the server",
    "upgrade": "move the city to another release, and back if it isn't well afterward",
    "export": "write everything into a folder, in formats that other programs read",
    "manage": "run a management command as the database's owner",
}


def parser() -> argparse.ArgumentParser:
    every = argparse.ArgumentParser(prog="lampctl", description="Runs a city's Lamplighter: see docs/running.md.")
    commands = every.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, meaning in COMMANDS.items():
        module = import_module(f"config.lampctl.{name}")
        module.options(commands.add_parser(name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}."))
    return every


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return int(import_module(f"config.lampctl.{options.command}").main(here(), options) or 0)
    except Refusal as refusal:
        print(refusal, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
