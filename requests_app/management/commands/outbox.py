"""`outbox status`, `outbox retry ID`, `outbox retry --dead`: what must still happen, and what was given up."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import OutboxRow
from requests_app.models.outbox import UNDONE


class Command(BaseCommand):
    help = "Look at the outbox, and bring back what was given up."

    def add_arguments(self, parser: CommandParser) -> None:
        doing = parser.add_subparsers(dest="doing", required=True)
        doing.add_parser("status", help="how much is waiting, how old it is, and what was given up")
        retry = doing.add_parser("retry", help="bring back one row, or all that were given up")
        retry.add_argument("id", nargs="?", type=int)
        retry.add_argument("--dead", action="store_true", help="every row that was given up")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["doing"] == "status":
            self.status()
        elif options["dead"]:
            dead = OutboxRow.objects.exclude(dead_at=None).values_list("pk", flat=True)
            self.stdout.write(f"{sum(outbox.retry(pk) for pk in dead)} brought back.")
        elif options["id"] is None:
            raise CommandError("Say which: outbox retry ID, or outbox retry --dead.")
        elif outbox.retry(options["id"]):
            self.stdout.write(f"{options['id']} brought back.")
        else:
            raise CommandError(f"{options['id']} is neither dead nor held: there is nothing to bring back.")

    def status(self) -> None:
        now = app_now()
        waiting = OutboxRow.objects.filter(UNDONE).values("lane").annotate(n=Count("id"), oldest=Min("due_at"))
        found = {row["lane"]: row for row in waiting.order_by("lane")}
        for lane in OutboxRow.Lane.values:
            row = found.get(lane)
            if row is None:
                self.stdout.write(f"{lane:9} nothing waits")
                continue
            late = max(0, round((now - row["oldest"]).total_seconds()))
            self.stdout.write(f"{lane:9} {row['n']} waiting, the oldest due since {late} s")
        dead = OutboxRow.objects.exclude(dead_at=None).select_related("service_request").order_by("id")
        self.stdout.write(f"dead      {dead.count()}")
        for given_up in dead[:50]:
            of = given_up.service_request.display_reference if given_up.service_request else "-"
            tries = f"{given_up.attempts} tries since {given_up.created_at:%Y-%m-%d %H:%M}"
            self.stdout.write(f"  {given_up.pk}  {given_up.kind}  {of}  {tries}  {given_up.last_error}")
