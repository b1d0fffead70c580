"""import_catalog FILE…: imports services, questions, departments, articles and more from YAML."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.imports.catalog import import_catalog
from requests_app.imports.map_files import ImportProblemError
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Import a catalog from YAML files. Creates or updates what they name and keeps the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        try:
            changed = import_catalog(jurisdiction, options["files"])
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        for part, count in changed.items():
            self.stdout.write(f"{part}: {count:,} new or changed")
