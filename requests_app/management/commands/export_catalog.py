"""export_catalog: writes the city's whole catalog as YAML, which import_catalog can read."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.imports.catalog import EXPORTED_PARTS, export_catalog, export_part
from requests_app.imports.catalog_text import catalog_text
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Write the city's catalog as YAML, to standard output or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")
        parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")
        parser.add_argument("--part", choices=EXPORTED_PARTS, help="only this part of the catalog")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction, part = find_jurisdiction(options["jurisdiction"]), options["part"]
        text = catalog_text(export_part(jurisdiction, part) if part else export_catalog(jurisdiction))
        if options["output"] is None:
            self.stdout.write(text)
            return
        try:
            options["output"].write_text(text, encoding="utf-8")
        except OSError as error:
            raise CommandError(f"{options['output']} could not be written: {error.strerror}") from error
        sys.stderr.write(f"Wrote {options['output']}.\n")
