"""load_city FOLDER: creates or updates a jurisdiction from a city's folder (city.yaml and its files)."""

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
from requests_app.models import Jurisdiction


class Command(BaseCommand):
    help = "Load or update a city from its folder; city.yaml lists its files (docs/cities.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, help="the folder that contains city.yaml, or the file itself")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # In a demo, create the demo staff for another city too, so that someone can sign in.
            staff = load_staff if settings.DEMO else None
            jurisdiction = load_city(
                options["folder"], progress=Progress(), before_requests=staff, generate=load_history
            )
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{jurisdiction.name} ({jurisdiction.jurisdiction_id}) loaded.")
        if jurisdiction.hosts and (nameless := Jurisdiction.objects.filter(hosts=[]).first()):
            hosts = ", ".join(jurisdiction.hosts)
            self.stdout.write(
                f"It is reached at {hosts}. All other allowed hosts lead to {nameless.name}, which names none."
            )
