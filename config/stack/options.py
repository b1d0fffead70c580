"""The options of bin/demo. Uses only the standard library, so that --help needs nothing installed."""

import argparse
import sys
from pathlib import Path

DEFAULT_PORT = 8311


def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description="Start Lamplighter with a demo city: a private PostgreSQL and Redis, the web server and the worker. "
        "Installs what is missing, needs no other services, and opens only the web port. "
        "Press Ctrl-C to stop everything. Set DATABASE_URL and REDIS_URL to use your own servers.",
        allow_abbrev=False,
    )
    parser.add_argument("--fresh", action="store_true", help="delete the data of earlier runs and start over")
    parser.add_argument("--detach", action="store_true", help="keep running in the background once ready")
    parser.add_argument("--stop", action="store_true", help="stop a stack started with --detach")
    parser.add_argument(
        "--port",
        type=port,
        default=DEFAULT_PORT,
        metavar="N",
        help="web port, or the next free one (default: %(default)s)",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="H", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--no-demo-data",
        action="store_true",
        help="start without a city, and print the link to set one up in a browser",
    )
    parser.add_argument("--city", type=folder, metavar="FOLDER", help="load the city described in FOLDER/city.yaml")
    return parser


def port(text: str) -> int:
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("the port must be between 1 and 65535")
    return number


def folder(text: str) -> Path:
    path = Path(text).resolve()
    if not (path / "city.yaml").is_file():
        raise argparse.ArgumentTypeError(f"there is no city.yaml in {path}")
    return path


def parse(arguments: list[str]) -> argparse.Namespace:
    chosen = parser().parse_args(arguments)
    if chosen.city and chosen.no_demo_data:
        parser().error("--city and --no-demo-data cannot be combined")
    return chosen


if __name__ == "__main__":
    parse(sys.argv[1:])
