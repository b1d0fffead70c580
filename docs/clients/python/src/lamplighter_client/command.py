"""The command line: `lamplighter --help` lists the commands."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, cast

from lamplighter_client import Lamplighter, Problem, Unreachable, listen, shapes
from lamplighter_client.transport import VERSION

EXAMPLES = """\
examples:
  lamplighter services "flat tire"
  lamplighter list --status open --area ward:5
  lamplighter show 7K3M-9QWT --json
  lamplighter report pothole "A pothole by the bus stop." --address "8 Elm Road" \\
      --answer where=bike_lane --answer size=plate
  lamplighter follow ana@example.org --area ward:5
  lamplighter listen --forward-to http://localhost:3000/hook

environment:
  LAMPLIGHTER_SITE  the address of the city's website, unless --site names it
  LAMPLIGHTER_KEY   an API key. It is no option, since every user of a computer can
                    read the options of a running command.

A command that fails prints why to standard error. Its exit code is then 1, or 2 if the
command itself was not understood.
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
    except KeyboardInterrupt:
        # `listen` ends like this; everything else is done or not.
        return 0 if chosen.run is listen_to_events else 130
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
        submitted=(chosen.since, ""),
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
        contact=cast(shapes.NewContact, contact),
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


def listen_to_events(client: Lamplighter, chosen: argparse.Namespace) -> None:
    listener: shapes.NewListener = {}
    if chosen.events:
        listener["events"] = chosen.events.split(",")
    if chosen.full:
        listener["payload"] = "full"
    state = listen.State(client.site, os.environ.get("LAMPLIGHTER_KEY", ""), chosen.forward_to)

    def say(line: str) -> None:
        # With --json, the events are alone on standard output.
        print(_printable(line), file=sys.stderr if chosen.json else sys.stdout, flush=True)

    def show(body: str) -> None:
        print(json.dumps(json.loads(body)), flush=True)

    try:
        listen.listen(client, state, chosen.forward_to, listener, say, show=show if chosen.json else None)
    except KeyboardInterrupt:
        say("\nStopped. Within 10 minutes, the same command goes on here.")
        raise


def _print(data: Any, lines: Sequence[str], chosen: argparse.Namespace) -> None:
    """Without control characters: what residents wrote must not steer a terminal."""
    if chosen.json:
        print(json.dumps(data, indent=2, ensure_ascii=True))
        return
    for line in lines:
        print(_printable(line))


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in line)


# --- The arguments ----------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lamplighter",
        description="Read a city's service requests, report problems, and follow what happens.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")

    def command(
        name: str, run: Callable[[Lamplighter, argparse.Namespace], None], summary: str, more: str = ""
    ) -> argparse.ArgumentParser:
        whole = f"{summary[0].upper()}{summary[1:]}. {more}".strip()
        made = commands.add_parser(name, help=summary, description=whole)
        city = made.add_argument_group("the city and its answer")
        site = os.environ.get("LAMPLIGHTER_SITE", "")
        city.add_argument("--site", metavar="URL", default=site, help="the address of the city's website")
        city.add_argument(
            "--language", metavar="CODE", default="", help="the language of names and sentences, such as es"
        )
        city.add_argument("--json", action="store_true", help="print the API's own answer, for programs")
        made.set_defaults(run=run)
        return made

    one = command("services", services, "list what can be reported")
    one.add_argument("words", nargs="?", default="", help="only what matches this text, best first")

    one = command("list", list_requests, "list requests, newest first", "That is recent ones and all that are open.")
    one.add_argument("words", nargs="?", default="", help="only with this text in the description, address or service")
    one.add_argument("--status", choices=["open", "ended"], default="", help="only these")
    one.add_argument("--service", metavar="CODE", default="", help="only of this service")
    one.add_argument("--category", metavar="CODE", default="", help="only of this category")
    one.add_argument("--area", metavar="LAYER:CODE", default="", help="only in this area, such as ward:5")
    one.add_argument("--near", metavar="LAT,LONG,METERS", type=_circle, help="only around this place")
    one.add_argument(
        "--since", metavar="DAY", default="", help="only those sent on this day or later, such as 2026-06-01"
    )
    one.add_argument("--older", action="store_true", help="also those that ended more than three months ago")
    one.add_argument("--most", metavar="COUNT", type=_count, default=20, help="at most this many (20)")

    one = command("show", show, "show one request with its timeline")
    one.add_argument("reference", help="its number, such as 7K3M-9QWT")

    one = command("report", report, "send a report", "Needs a key. `lamplighter services` lists the codes of services.")
    one.add_argument("service", help="the code of a service, such as pothole")
    one.add_argument("description", nargs="?", default="", help="what is wrong")
    place = one.add_argument_group("where it is (one of these)")
    place.add_argument("--at", metavar="LAT,LONG", type=_point, help="a position")
    place.add_argument("--address", default="", help="an address or a corner")
    place.add_argument("--asset", metavar="NUMBER", default="", help="the number on a streetlight, a hydrant …")
    one.add_argument(
        "--answer",
        metavar="QUESTION=ANSWER",
        type=_answer,
        action="append",
        default=[],
        help="the answer to a question of the service; repeat it for others",
    )
    one.add_argument("--photo", metavar="FILE", type=Path, action="append", default=[], help="up to five; repeat it")
    who = one.add_argument_group("who reports it (only the city sees it)")
    who.add_argument("--name", default="", help="first and last name")
    who.add_argument("--email", default="", help="gets updates")
    who.add_argument("--phone", default="", help="for questions")
    one.add_argument(
        "--emergency-confirmed",
        action="store_true",
        help="send it although an answer means danger: you have read whom to call, and no one is in danger",
    )
    one.add_argument("--idempotency-key", metavar="KEY", default="", help="the same key never makes a second report")

    one = command("join", join, "join a request that affects you, too", "Needs a key.")
    one.add_argument("reference", help="its number, such as 7K3M-9QWT")
    one.add_argument("email", help="where updates go")
    one.add_argument("--name", default="", help="only the city sees it")

    one = command("follow", follow, "get updates by email on an area, a service, an asset or a place")
    one.add_argument("email", help="where updates go, once a link in the first email is selected")
    one.add_argument("--area", metavar="LAYER:CODE", default="", help="such as ward:5")
    one.add_argument("--service", metavar="CODE", default="", help="such as pothole, alone or within one of the others")
    one.add_argument("--asset", metavar="NUMBER", default="", help="a streetlight, a hydrant …")
    one.add_argument("--near", metavar="LAT,LONG,METERS", type=_circle, help="around this place")
    one.add_argument("--cadence", default="daily", help="how often: at_once, daily (the default) or weekly")

    one = command(
        "listen",
        listen_to_events,
        "send each event to a program on this machine",
        "Needs a key with the scope webhooks. The program gets what a webhook would get, with its signature. While the "
        "program is down, events wait. Stop with Ctrl-C; within 10 minutes, the same command goes on there.",
    )
    one.add_argument(
        "--forward-to",
        metavar="URL",
        type=listen.checked,
        default="",
        help="where the program listens, such as http://localhost:3000/hook; without it, events are only printed",
    )
    one.add_argument("--events", metavar="TYPE,TYPE", default="", help="only these, such as request.resolved")
    one.add_argument("--full", action="store_true", help="with the request, not only its number")
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
