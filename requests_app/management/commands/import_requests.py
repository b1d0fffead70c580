"""import_requests FILE --mapping MAP: imports a city's earlier requests from CSV, with their history."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.actions.figures import daily_load
from requests_app.actions.promises import typical_times
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.imports.requests import import_requests
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = (
        "Import earlier requests from a CSV file. Importing again updates changed requests and creates no duplicates."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV file, optionally gzipped (.gz)")
        parser.add_argument(
            "--mapping", type=Path, required=True, help="mapping file, or the name of an included one: boston"
        )
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")
        parser.add_argument("--rejects", type=Path, help="file for rejected rows (default: in var/imports/)")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        progress = Progress()
        try:
            done = import_requests(
                jurisdiction, options["file"], options["mapping"], progress=progress, rejects=options["rejects"]
            )
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        typical_times.record(jurisdiction)
        daily_load.record(jurisdiction)
        progress.finish()
        self.stdout.write(
            f"{done.new:,} new, {done.changed:,} changed, {done.same:,} unchanged, {done.rejected:,} rejected; "
            f"{done.geocoded:,} located by address, {done.without_place:,} without a location."
        )
        if done.review:
            self.stdout.write(f"{done.held:,} are not public until somebody has read them: {done.review}")
        if done.rejects:
            self.stdout.write(f"Rejected rows: {done.rejects}")
