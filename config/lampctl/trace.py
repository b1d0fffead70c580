"""`lampctl trace`: one report from the page to the mail server, from the database and the log, without personal data."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from config.lampctl import logs, shell
from config.lampctl.place import Place

# What is shown of a line of the log, besides its time, logger and event.
SHOWN = ("outbox_id", "outbox_kind", "kind", "lane", "error", "status")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="REFERENCE | TRACE_ID", help="a report number, or the X-Request-Id of an answer")


def main(place: Place, options: argparse.Namespace) -> None:
    facts = json.loads(shell.manage(place, "trace", options.id, "--json").splitlines()[-1])
    rows = [(line["at"], line["what"], line["text"]) for line in facts["lines"]]
    rows += _logged(place, facts)
    if not rows:
        raise shell.Refusal("No report has this number, and neither the outbox nor the log has this trace id.")
    if facts["report"]:
        shell.say(f"Report {facts['report']}")
    for at, what, text in sorted(rows):
        shell.say(f"{at}  {what:8}{text}")


def _logged(place: Place, facts: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    traces, rows = set(facts["trace_ids"]), set(facts["outbox_ids"])
    for line in logs.lines(place, facts["since"]):
        if '"outbox_id"' not in line and '"trace_id"' not in line:
            continue
        try:
            entry = json.loads(line)
        except ValueError:
            # Not a record, but what a program printed.
            continue
        if entry.get("trace_id") in traces or entry.get("outbox_id") in rows:
            yield f"{str(entry.get('timestamp', ''))[:19]}Z", "log", _words(entry)


def _words(entry: dict[str, Any]) -> str:
    values = [f"{name}={entry[name]}" for name in SHOWN if name in entry]
    # The last line of an exception is its class; the others are lines of code.
    failed = [str(entry["exception"]).splitlines()[-1]] if entry.get("exception") else []
    return " ".join([f"{entry.get('level', '')} {entry.get('event', '')}:", *values, *failed]).removesuffix(":")
