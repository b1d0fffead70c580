"""`lampctl planned`: announces work on the server. /status/ shows it, and `lampctl watch` alerts nobody meanwhile."""

import argparse
import datetime as dt
import json

from config.lampctl import shell, watch
from config.lampctl.place import Place

MOST_MINUTES = 24 * 60


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("start", nargs="?", metavar="TIME", help='"2026-12-05 22:00", by this server’s clock, or now')
    parser.add_argument("--minutes", type=int, default=60, help="how long it takes (60)")
    parser.add_argument("--none", action="store_true", help="withdraw what was announced")


def main(place: Place, options: argparse.Namespace) -> None:
    file = place.data / watch.PLANNED
    if options.none:
        file.unlink(missing_ok=True)
        shell.say("No work is announced.")
        return
    if options.start is None:
        raise shell.Refusal(
            'When does it start? Give a time: lampctl planned "2026-12-05 22:00", or: lampctl planned now'
        )
    if not 1 <= options.minutes <= MOST_MINUTES:
        raise shell.Refusal(f"--minutes is from 1 to {MOST_MINUTES}.")
    start = _time(options.start)
    end = start + dt.timedelta(minutes=options.minutes)
    if end <= dt.datetime.now(dt.UTC):
        raise shell.Refusal("That is over already. Give a time that is to come.")
    file.write_text(json.dumps({"from": start.timestamp(), "until": end.timestamp()}))
    file.chmod(0o644)
    shell.say(f"/status/ announces work from {start:%Y-%m-%d %H:%M} to {end:%H:%M}. Nobody is alerted meanwhile.")


def _time(text: str) -> dt.datetime:
    if text == "now":
        return dt.datetime.now().astimezone()
    try:
        return dt.datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise shell.Refusal(f"“{text}” isn’t a time like 2026-12-05 22:00.") from None
