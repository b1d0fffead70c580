"""For `lampctl restore`: what must be done before anything of a restored database answers or is sent.

Whom the list of erasures (standard input) names is erased again. What was due until now is expanded, since it may have been sent in
the lost hours: all that would leave is paused then, and routing goes on.
"""

import datetime as dt
import json
import sys
from typing import Any

from django.conf import settings
from django.core.checks import WARNING, Tags, run_checks
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.dateparse import parse_datetime

from requests_app.actions.privacy import erasure_list
from requests_app.actions.setup import copied_addresses, restores
from requests_app.models import OutboxRow
from requests_app.models.outbox import PENDING
from requests_app.worker import clock, tasks

# Parts of the clock that may have sent something in the lost hours.
ROUNDS = 3


class Command(BaseCommand):
    help = "Erases again, pauses what leaves, and makes a restored database this installation's own."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--restored-to", help="the moment to which it went back, as an ISO time")
        parser.add_argument("--lost-until", help="until when something was written that is lost, as an ISO time")
        parser.add_argument("--as-copy", action="store_true", help="replace all addresses, for trying things out")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.INSTALLATION_ID:
            raise CommandError("INSTALLATION_ID isn't set: without it, nobody can tell a copy. See docs/operating.md.")
        times = [] if options["as_copy"] else [moment(options[name]) for name in ("restored_to", "lost_until")]
        listed = [json.loads(line) for line in sys.stdin.read().splitlines() if line.strip()]
        erased = erasure_list.replay(listed)
        for row in OutboxRow.objects.filter(PENDING, kind="erase").order_by("pk"):
            tasks.handle(row.pk)
        if options["as_copy"]:
            copied_addresses.replace()
            restores.adopt()
            paused = 0
        else:
            expand()
            paused = restores.settle(restored_to=times[0], lost_until=times[1])
        messages = run_checks(tags=[Tags.database], databases=["default"])
        warnings = [f"{message.msg} {message.hint or ''}".strip() for message in messages if message.level >= WARNING]
        self.stdout.write(json.dumps({"erased": erased, "paused": paused, "warnings": warnings}))


def moment(text: str | None) -> dt.datetime:
    parsed = parse_datetime(text or "")
    if parsed is None or parsed.tzinfo is None:
        raise CommandError("--restored-to and --lost-until are ISO times, such as 2026-11-30T14:05-05:00.")
    return parsed


def expand() -> None:
    """Does what is due in the database and by the clock, as far as it leads to email, text messages or webhooks."""
    clock.enqueue_due()
    for _round in range(ROUNDS):
        tasks.drain_database()
        for row in OutboxRow.objects.filter(PENDING, lane=OutboxRow.Lane.CLOCK, kind__in=clock.SENDING).order_by("pk"):
            tasks.handle_part(row.pk)
    tasks.drain_database()
