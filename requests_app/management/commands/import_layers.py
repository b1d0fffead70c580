"""import_layers FOLDER --mapping layers.yml: imports a city's map files as basemap, areas and owners."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.imports.layers import import_layers
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.progress import Progress
from requests_app.models import Jurisdiction


class Command(BaseCommand):
    help = "Import a folder of GeoJSON files or Shapefiles, replacing the same layers (docs/cities.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--mapping", type=Path, required=True, help="YAML file that says what each map file is for")
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        folder, mapping = options["folder"], options["mapping"]
        if not mapping.exists() and (folder / mapping).exists():
            mapping = folder / mapping
        try:
            report = import_layers(jurisdiction, folder, mapping, progress=Progress())
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        for name, count in report.counts.items():
            self.stdout.write(f"{name}: {count:,}")
        if report.problems:
            self.stdout.write(f"Skipped or kept unchanged: {len(report.problems):,}. See the lines above for details.")


def find_jurisdiction(jurisdiction_id: str | None) -> Jurisdiction:
    """The jurisdiction with this id, or the only one. Raises CommandError with the ids to choose from."""
    every = Jurisdiction.objects.defer("boundary").order_by("jurisdiction_id")
    if jurisdiction_id:
        every = every.filter(jurisdiction_id=jurisdiction_id)
    found = list(every[:2])
    if len(found) == 1:
        return found[0]
    known = ", ".join(Jurisdiction.objects.order_by("jurisdiction_id").values_list("jurisdiction_id", flat=True))
    raise CommandError(f"Choose a jurisdiction with --jurisdiction ID. Available: {known or 'none, see load_city'}.")
