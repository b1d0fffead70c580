"""import_street_works FILE: replaces a city's planned street works by those of a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.street_works import import_street_works
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Replace the street works by those of a GeoJSON file, Shapefile or CSV file (docs/cities.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help="a column with another name in the file",
        )
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        columns = {}
        for written in options["column"]:
            ours, sign, theirs = written.partition("=")
            if not sign:
                raise CommandError(f"Write --column {written} like --column code=WORK_ID.")
            columns[ours] = theirs
        today = timezone.localdate(timezone=jurisdiction.zone)
        try:
            count = import_street_works(jurisdiction, options["file"], columns=columns, today=today)
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Street works: {count:,}")
