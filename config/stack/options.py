"""The flags of bin/demo. Runs on a plain Python, so that --help needs nothing installed."""

import argparse
import sys
from pathlib import Path

DEFAULT_PORT = 8311


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Start Lamplighter with a demo city: a private PostgreSQL and Redis, the web server, the worker. "
        "It installs what is missing, needs no other service, and opens no port but the web one. "
        "Ctrl-C stops everything. With DATABASE_URL and REDIS_URL set, it uses those instead.",
        allow_abbrev=False,
    )
    parser.add_argument("--fresh", action="store_true", help="forget the data of earlier runs and begin anew")
    parser.add_argument("--detach", action="store_true", help="return once it is ready, and leave it running")
    parser.add_argument("--stop", action="store_true", help="stop what --detach left running")
    parser.add_argument(
        "--port",
        type=port,
        default=DEFAULT_PORT,
        metavar="N",
        help="web port or the next free one (default: %(default)s)",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s)")
    parser.add_argument("--no-demo-data", action="store_true", help="start without a city")
    parser.add_argument(
        "--city", type=folder, metavar="FOLDER", help="start with the city that FOLDER/city.yaml describes"
    )
    return parser


def port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def folder(text: str) -> Path:
    found = Path(text).resolve()
    if not (found / "city.yaml").is_file():
        raise argparse.ArgumentTypeError(f"there is no city.yaml in {found}")
    return found


def parse(arguments: list[str]) -> argparse.Namespace:
    chosen = parser().parse_args(arguments)
    if chosen.city and chosen.no_demo_data:
        parser().error("--city and --no-demo-data exclude each other")
    return chosen


if __name__ == "__main__":
    parse(sys.argv[1:])
