"""`outbox status`, `outbox retry ID`, `outbox retry --dead`: pending and failed outbox rows."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Min

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import OutboxRow
from requests_app.models.outbox import PENDING


class Command(BaseCommand):
    help = "Show the outbox, and retry failed rows."

    def add_arguments(self, parser: CommandParser) -> None:
        commands = parser.add_subparsers(dest="command_name", required=True)
        commands.add_parser("status", help="show how many rows are waiting, since when, and which failed")
        retry = commands.add_parser("retry", help="retry one row, or all failed rows")
        retry.add_argument("id", nargs="?", type=int)
        retry.add_argument("--dead", action="store_true", help="retry all failed rows")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["command_name"] == "status":
            self.status()
        elif options["dead"]:
            self.stdout.write(f"Rows that will be retried: {outbox.retry(OutboxRow.objects.exclude(dead_at=None))}")
        elif options["id"] is None:
            raise CommandError("Name a row or all of them: outbox retry ID, or outbox retry --dead.")
        elif outbox.retry(OutboxRow.objects.filter(pk=options["id"])):
            self.stdout.write(f"Row {options['id']} will be retried.")
        else:
            raise CommandError(f"Row {options['id']} is neither dead nor paused, so there is nothing to retry.")

    def status(self) -> None:
        now = app_now()
        waiting = OutboxRow.objects.filter(PENDING).values("lane").annotate(n=Count("id"), oldest=Min("due_at"))
        by_lane = {row["lane"]: row for row in waiting.order_by("lane")}
        for lane in OutboxRow.Lane.values:
            totals = by_lane.get(lane)
            if totals is None:
                self.stdout.write(f"{lane:9} nothing waiting")
                continue
            late = max(0, round((now - totals["oldest"]).total_seconds()))
            self.stdout.write(f"{lane:9} {totals['n']} waiting, the oldest due {late} s ago")
        dead = OutboxRow.objects.exclude(dead_at=None).select_related("service_request").order_by("id")
        self.stdout.write(f"dead      {dead.count()}")
        for row in dead[:50]:
            reference = row.service_request.display_reference if row.service_request else "-"
            attempts = f"{row.attempts} attempts since {row.created_at:%Y-%m-%d %H:%M}"
            self.stdout.write(f"  {row.pk}  {row.kind}  {reference}  {attempts}  {row.last_error}")
