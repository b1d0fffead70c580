"""import_requests FILE --mapping MAP: a city's earlier requests from its CSV file, with their history."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.imports.requests import import_requests
from requests_app.management.commands.import_layers import find_jurisdiction


class Command(BaseCommand):
    help = "Import earlier requests from a CSV file. A second import changes what has changed; nothing is doubled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="a CSV file, also gzipped (.gz)")
        parser.add_argument(
            "--mapping", type=Path, required=True, help="a mapping file, or the name of one that ships: boston"
        )
        parser.add_argument("--jurisdiction", help="its jurisdiction_id; may be left out if there is only one")
        parser.add_argument("--rejects", type=Path, help="where rows go that cannot be taken (default: var/imports/)")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        progress = Progress()
        try:
            done = import_requests(
                jurisdiction, options["file"], options["mapping"], progress=progress, rejects=options["rejects"]
            )
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        progress.finish()
        self.stdout.write(
            f"{done.new:,} new, {done.changed:,} changed, {done.same:,} as before, {done.rejected:,} left out; "
            f"{done.geocoded:,} found by their address, {done.without_place:,} have no place."
        )
        if done.rejects:
            self.stdout.write(f"Left out: {done.rejects}")
