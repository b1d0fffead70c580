"""`index_requests`: the words by which everybody finds public reports, anew (docs/operating.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from requests_app.actions.search_index import index_all_requests
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = (
        "Index the words and blocks of all reports anew. It may run beside the traffic, and again after it was cut off."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--jurisdiction", default="", metavar="ID", help="needed only where there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        done = index_all_requests(find_jurisdiction(options["jurisdiction"]))
        self.stdout.write(f"{done:,} reports indexed.")
