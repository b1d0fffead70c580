"""load_city FOLDER: a city's own folder (city.yaml and its files) becomes a jurisdiction, or updates it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from requests_app.demo.history import load as load_history
from requests_app.demo.staff import load_staff
from requests_app.imports.city import load_city
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress


class Command(BaseCommand):
    help = "Load or update a city from its folder: city.yaml names its files (docs/cities.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder with city.yaml in it, or such a file")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # A demo of another city has the demo's people too: somebody must be able to sign in.
            staff = load_staff if settings.DEMO else None
            jurisdiction = load_city(
                options["folder"], progress=Progress(), before_requests=staff, generate=load_history
            )
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{jurisdiction.name} ({jurisdiction.jurisdiction_id}) is loaded.")
