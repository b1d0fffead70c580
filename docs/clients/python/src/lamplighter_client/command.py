"""The command line: lamplighter list | show | services | report | follow | join."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

from lamplighter_client import Lamplighter, Problem, Unreachable, shapes

EXAMPLES = """\
The address and the key can be in LAMPLIGHTER_SITE and LAMPLIGHTER_KEY. A key is read from there only.

  lamplighter services
  lamplighter list --status open --area ward:5
  lamplighter show 7K3M-9QWT --json
  lamplighter report pothole "A deep hole by the bus stop." --address "8 Elm Road" --answer where=lane
  lamplighter follow ana@example.org --area ward:5
"""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = _parser()
    chosen = parser.parse_args(arguments)
    if not chosen.site:
        parser.error("say which city: --site https://311.example.org, or LAMPLIGHTER_SITE")
    try:
        client = Lamplighter(chosen.site, os.environ.get("LAMPLIGHTER_KEY", ""), language=chosen.language)
        chosen.run(client, chosen)
    except Problem as problem:
        print(problem.detail, file=sys.stderr)
        for one in problem.errors:
            print(f"  {one.field}: {one.message}", file=sys.stderr)
        return 1
    except (Unreachable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


# --- What each does ---------------------------------------------------------------------------------------------------


def list_requests(client: Lamplighter, chosen: argparse.Namespace) -> None:
    found = client.requests(
        q=chosen.words,
        service=chosen.service,
        category=chosen.category,
        status=chosen.status,
        area=chosen.area,
        near=chosen.near,
        older=chosen.older,
        page_size=min(chosen.most, 200),
    )
    rows = list(islice(found, chosen.most))
    lines = [
        f"{row['reference']}  {row['submitted_at'][:10]}  {row['service']['name']}, {row['address'] or '-'}: "
        f"{row['status_text']}"
        for row in rows
    ]
    _print(rows, lines or ["Nothing fits."], chosen)


def show(client: Lamplighter, chosen: argparse.Namespace) -> None:
    found = client.request(chosen.reference)
    lines = [f"{found['reference']}  {found['service']['name']}", found["status_text"], found["next_step"]]
    lines += [found["address"] or "", found["description"] or "", found["html_url"], ""]
    for line in found["timeline"]:
        lines += [f"{line['at'][:16].replace('T', ' ')}  {line['text']}", line["comment"] or ""]
    _print(found, [line for line in lines if line], chosen)


def services(client: Lamplighter, chosen: argparse.Namespace) -> None:
    found = client.services()
    if chosen.words:
        suggested = client.suggestions(chosen.words)
        found = suggested["services"]
        if emergency := suggested.get("emergency"):
            _print(suggested, [emergency["words"], *(f"{one['code']}  {one['name']}" for one in found)], chosen)
            return
    _print(found, [f"{one['code']}  {one['name']}" for one in found] or ["Nothing fits."], chosen)


def report(client: Lamplighter, chosen: argparse.Namespace) -> None:
    place: shapes.NewPlace = {}
    if chosen.at:
        place["lat"], place["long"] = chosen.at
    if chosen.address:
        place["address"] = chosen.address
    if chosen.asset:
        place["asset"] = chosen.asset
    answers: dict[str, list[str]] = {}
    for code, value in chosen.answer:
        answers.setdefault(code, []).append(value)
    contact = {name: getattr(chosen, name) for name in ("name", "email", "phone") if getattr(chosen, name)}
    receipt = client.report(
        chosen.service,
        chosen.description,
        place=place,
        answers={code: values if len(values) > 1 else values[0] for code, values in answers.items()},
        contact=cast(shapes.Contact, contact),
        photos=chosen.photo,
        emergency_confirmed=chosen.emergency_confirmed,
        idempotency_key=chosen.idempotency_key,
    )
    lines = [receipt["reference"], receipt["notice"], receipt["html_url"] or ""]
    if receipt["private_link"]:
        lines.append(f"Keep this private link, the way back to the report: {receipt['private_link']}")
    _print(receipt, [line for line in lines if line], chosen)


def follow(client: Lamplighter, chosen: argparse.Namespace) -> None:
    receipt = client.follow(
        chosen.email,
        area=chosen.area,
        service=chosen.service,
        asset=chosen.asset,
        near=chosen.near,
        cadence=chosen.cadence,
    )
    _print(receipt, [f"{receipt['following']}: {receipt['notice']}"], chosen)


def join(client: Lamplighter, chosen: argparse.Namespace) -> None:
    receipt = client.join(chosen.reference, chosen.email, name=chosen.name)
    _print(receipt, [f"{receipt['reference']}: {receipt['notice']}"], chosen)


def _print(data: Any, lines: Sequence[str], chosen: argparse.Namespace) -> None:
    """Without control characters: what residents wrote must not steer a terminal."""
    if chosen.json:
        print(json.dumps(data, indent=2, ensure_ascii=True))
        return
    for line in lines:
        print("".join(letter if letter.isprintable() or letter == "\n" else " " for letter in line))


# --- The arguments ----------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--site", default=os.environ.get("LAMPLIGHTER_SITE", ""), help="the city's address")
    every.add_argument("--language", default="", help="such as es")
    every.add_argument("--json", action="store_true", help="the API's own answer")
    parser = argparse.ArgumentParser(
        prog="lamplighter",
        description="Reads a city's service requests, sends reports and follows what happens.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    one = commands.add_parser("list", parents=[every], help="recent requests and all that are open")
    one.add_argument("words", nargs="?", default="", help="words of the description, address or service")
    one.add_argument("--status", choices=["open", "ended"], default="")
    for name in ("service", "category"):
        one.add_argument(f"--{name}", default="", help="its code")
    one.add_argument("--area", default="", help="layer:code")
    one.add_argument("--near", type=_circle, help="latitude,longitude,meters")
    one.add_argument("--older", action="store_true", help="also what ended more than three months ago")
    one.add_argument("--most", type=_count, default=20, help="how many (20)")
    one.set_defaults(run=list_requests)

    one = commands.add_parser("show", parents=[every], help="one request with its timeline")
    one.add_argument("reference", help="its number")
    one.set_defaults(run=show)

    one = commands.add_parser("services", parents=[every], help="what can be reported")
    one.add_argument("words", nargs="?", default="", help="only what fits these words")
    one.set_defaults(run=services)

    one = commands.add_parser("report", parents=[every], help="send a report (needs a key)")
    one.add_argument("service", help="its code")
    one.add_argument("description", nargs="?", default="", help="what is wrong")
    one.add_argument("--at", type=_point, help="latitude,longitude")
    one.add_argument("--address", default="")
    one.add_argument("--asset", default="", help="the number on a street light, a hydrant …")
    one.add_argument("--answer", type=_answer, action="append", default=[], metavar="QUESTION=ANSWER")
    for name in ("name", "email", "phone"):
        one.add_argument(f"--{name}", default="", help="of the reporter; only the city sees it")
    one.add_argument("--photo", type=Path, action="append", default=[])
    one.add_argument(
        "--emergency-confirmed",
        action="store_true",
        help="sends it although an answer means danger: you have read whom to call, and no one is in danger",
    )
    one.add_argument("--idempotency-key", default="", help="the same key never makes a second report")
    one.set_defaults(run=report)

    one = commands.add_parser(
        "follow", parents=[every], help="updates by email on an area, a service, an asset or a place"
    )
    one.add_argument("email")
    one.add_argument("--area", default="", help="layer:code")
    one.add_argument("--service", default="", help="its code")
    one.add_argument("--asset", default="", help="its number")
    one.add_argument("--near", type=_circle, help="latitude,longitude,meters")
    one.add_argument("--cadence", default="daily", help="how often: at_once, daily or weekly")
    one.set_defaults(run=follow)

    one = commands.add_parser("join", parents=[every], help="it affects you, too (needs a key)")
    one.add_argument("reference", help="its number")
    one.add_argument("email")
    one.add_argument("--name", default="")
    one.set_defaults(run=join)
    return parser


def _point(text: str) -> tuple[float, float]:
    latitude, longitude = (float(part) for part in text.split(","))
    return latitude, longitude


def _circle(text: str) -> tuple[float, float, float]:
    latitude, longitude, meters = (float(part) for part in text.split(","))
    return latitude, longitude, meters


def _count(text: str) -> int:
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


def _answer(text: str) -> tuple[str, str]:
    code, _, value = text.partition("=")
    if not (code and value):
        raise ValueError(text)
    return code, value
