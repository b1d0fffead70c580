"""`trace REFERENCE | TRACE_ID`: what happened to one report, or because of one HTTP request, as far as the database knows.

Only kinds, codes, times and ids: no name, no address, no text and no link. `lampctl trace` adds the log's lines.
"""

import datetime as dt
import json
import re
from dataclasses import asdict, dataclass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from requests_app import references
from requests_app.clock import app_now
from requests_app.models import ContactPoint, Event, Message, OutboxRow, ServiceRequest

TRACE_ID = re.compile(r"[A-Za-z0-9-]{8,40}")
# Of one report; the newest count.
MOST = 500
# What the code of a mail server means, by its beginning; the longest matching one applies.
CODES = {
    "421": "The mail server was busy or closed the connection. It's tried again.",
    "450": "The mailbox was busy, or the server wants to see a second try. It's tried again.",
    "451": "The mail server had a problem of its own, or wants to see a second try. It's tried again.",
    "452": "The mail server or the mailbox had no room. It's tried again.",
    "4": "The mail server said: later. It's tried again.",
    "530": "The mail server wants a sign-in. Check EMAIL_URL.",
    "535": "The mail server refused our user name or password. Check EMAIL_URL.",
    "550": "The mail server refused the address: as a rule, the mailbox doesn't exist. It gets no more email.",
    "551": "The recipient isn't at this mail server. The address gets no more email.",
    "552": "The mailbox is full, or the email is too large. The address gets no more email.",
    "553": "The mail server doesn't take the address's spelling. It gets no more email.",
    "554": "The mail server refused the email, as a rule as spam: check SPF, DKIM and DMARC. The address gets no more.",
    "5": "The mail server refused the email for good. The address gets no more.",
    "refused": "The email service refused the address. It gets no more email.",
}
# The same for errors that come without a code, by the name of their class.
ERRORS = {
    "ConnectionRefusedError": "Nothing answered at the mail server's address. It's tried again.",
    "TimeoutError": "The server didn't answer in time. It's tried again.",
    "gaierror": "The server's name wasn't found: DNS is away, or the name is wrong.",
    "SMTPServerDisconnected": "The mail server closed the connection in the middle. It's tried again.",
    "SMTPNotSupportedError": "The mail server doesn't offer a sign-in, or TLS. Check EMAIL_URL.",
    "SSLCertVerificationError": "The mail server's certificate isn't valid for its name.",
    "Killed": "The worker was ended in the middle, as for want of memory. It's tried again.",
    "QueryCanceled": "The database took too long for it.",
    "undone": "A member of staff undid what it was for.",
    "discarded": "It was discarded after a restore, without being sent.",
}


@dataclass(frozen=True)
class Line:
    """at: ISO, in UTC. what: event, row, message or address."""

    at: str
    what: str
    text: str


class Command(BaseCommand):
    help = "Show what happened to one report, or because of one HTTP request: events, outbox rows, emails. No personal data."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "id", metavar="REFERENCE | TRACE_ID", help="a report number, or the X-Request-Id of an answer"
        )
        parser.add_argument("--json", action="store_true", help="for lampctl trace, which adds the log")

    def handle(self, *args: Any, **options: Any) -> None:
        typed = str(options["id"]).strip()
        reference = references.parse(typed)
        request = ServiceRequest.objects.filter(reference=reference).first() if reference else None
        if request is None and not TRACE_ID.fullmatch(typed):
            raise CommandError("That is neither a report number, such as 7K3M-9QWT, nor a trace id.")
        rows = _rows(request, typed)
        lines = sorted([*_events(request), *map(_row, rows), *_emails(request)], key=lambda line: line.at)
        if options["json"]:
            self.stdout.write(json.dumps(_facts(request, typed, rows, lines)))
            return
        if not lines:
            raise CommandError("No report has this number, and no outbox row this trace id.")
        for line in lines:
            self.stdout.write(f"{line.at}  {line.what:8}{line.text}")


def _facts(request: ServiceRequest | None, typed: str, rows: list[OutboxRow], lines: list[Line]) -> dict[str, Any]:
    """What lampctl needs to find the log's lines, and where they begin."""
    trace_ids = {row.trace_id for row in rows if row.trace_id} | (set() if request else {typed})
    return {
        "report": request.display_reference if request else "",
        "lines": [asdict(line) for line in lines],
        "trace_ids": sorted(trace_ids),
        "outbox_ids": sorted(row.pk for row in rows),
        "since": lines[0].at if lines else "",
    }


def _rows(request: ServiceRequest | None, trace_id: str) -> list[OutboxRow]:
    rows = OutboxRow.objects.select_related("recipient", "event").order_by("-pk")
    if request is None:
        return list(rows.filter(trace_id=trace_id)[:MOST])
    own = Q(service_request=request) | Q(event__service_request=request)
    caused = {row.trace_id for row in rows.filter(own)[:MOST] if row.trace_id}
    # What one edit of many requests caused isn't all about this one.
    ours = Q(trace_id__in=caused, service_request=None) & (Q(event=None) | Q(event__service_request=request))
    return list(rows.filter(own | ours)[:MOST])[::-1]


def _events(request: ServiceRequest | None) -> list[Line]:
    if request is None:
        return []
    events = list(Event.objects.filter(service_request=request).order_by("-pk")[:MOST])
    return [_line(event.at, "event", f"{event.kind} (event {event.pk})") for event in reversed(events)]


def _row(row: OutboxRow) -> Line:
    recipient = f", to address {row.recipient_id}" if row.recipient_id else ""
    return _line(row.created_at, "row", f"{row.pk} {row.kind}{recipient}: {_state(row)}")


def _state(row: OutboxRow) -> str:
    tries = f"{row.attempts} attempt{'' if row.attempts == 1 else 's'}"
    why = f" ({row.last_error})" if row.last_error else ""
    because = f"{why}. {meaning(row.last_error)}".rstrip() if why else ""
    if row.done_at:
        return f"done {_iso(row.done_at)}, {tries}{because}"
    if row.dead_at:
        return f"given up {_iso(row.dead_at)} after {tries}{because}"
    if row.paused_at:
        unsure = (
            "A restore can't tell whether it was sent before: an administrator sends or discards it at /staff/outbox/."
        )
        return f"paused {_iso(row.paused_at)}{because or '.'} {unsure}"
    if row.attempts:
        return f"not done after {tries}, next {_iso(row.due_at)}{because}"
    return f"{'due since' if row.due_at <= app_now() else 'waits until'} {_iso(row.due_at)}"


def _emails(request: ServiceRequest | None) -> list[Line]:
    if request is None:
        return []
    messages = list(Message.objects.filter(service_request=request).order_by("-pk")[:MOST])
    lines = [_line(message.created_at, "message", _sent(message)) for message in messages]
    addresses = Q(pk__in={message.contact_point_id for message in messages}) | Q(
        person__participations__service_request=request
    )
    for address in ContactPoint.objects.filter(addresses, bounced_at__isnull=False).distinct():
        lines.append(
            _line(address.bounced_at, "address", f"{address.pk} was refused for good. Since then it gets no email.")
        )
    return lines


def _sent(message: Message) -> str:
    about = f"{message.pk} {message.kind}, to address {message.contact_point_id or '(deleted)'}"
    if message.sent_at:
        return f"{about}: the mail server took it {_iso(message.sent_at)}"
    if message.skipped == "cap":
        return f"{about}: not sent by itself, since the address had had enough that day. It is in the next daily email"
    return f"{about}: not sent{f' ({message.skipped})' if message.skipped else ' yet'}"


def meaning(error: str) -> str:
    """What the last error of a row means, in a sentence; empty for an error of a program, which the log explains."""
    name, _, code = error.rpartition(" ")
    if re.fullmatch(r"\d{3}|refused", code):
        return CODES.get(code) or CODES.get(code[0], "")
    return ERRORS.get(name or code, "")


def _line(at: dt.datetime | None, what: str, text: str) -> Line:
    return Line(_iso(at), what, text)


def _iso(at: dt.datetime | None) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""
