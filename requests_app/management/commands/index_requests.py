"""`index_requests`: rebuilds the search index of public reports (docs/operating.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from requests_app.actions.shared.search_index import index_all_requests
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Rebuild the search index of all reports. Safe to run during normal use, and again after an interruption."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        done = index_all_requests(find_jurisdiction(options["jurisdiction"]))
        self.stdout.write(f"{done:,} reports indexed.")
