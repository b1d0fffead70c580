"""`doctor`: is this installation well? `lampctl doctor` calls it; it answers without the database, too."""

import datetime as dt
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone, translation

from requests_app.doctor import support, table
from requests_app.doctor.findings import in_lines, worst


class Command(BaseCommand):
    help = "Check settings, database, processes, email, backups and this machine. Ends with 1 if a check is red."
    # The doctor makes the checks itself, and none of them may keep it from the others.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for programs")
        parser.add_argument(
            "--support", action="store_true", help="also versions, settings without values and shapes of tables"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"), timezone.override(dt.UTC):
            findings = table.run()
            color = worst([finding.color for finding in findings])
            if options["json"] or options["support"]:
                answer: dict[str, Any] = {
                    "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
                    "color": color,
                    "findings": [finding.as_json() for finding in findings],
                    "lines": in_lines(findings),
                }
                if options["support"]:
                    answer |= support.details()
                self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=2 if options["support"] else None))
            else:
                self.stdout.write("\n".join(in_lines(findings)))
        if color == "red":
            # What is wrong was printed.
            raise SystemExit(1)
