"""import_catalog FILE…: imports services, questions, departments, articles and more from YAML."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_app.imports.catalog import check, dry_run, save
from requests_app.imports.catalog_changes import names_with
from requests_app.imports.catalog_file import Catalog, read_catalog
from requests_app.imports.catalog_go_live import missing_by_code, not_offered
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.starter import missing_languages, starter_catalog
from requests_app.management.commands.import_layers import find_jurisdiction
from requests_app.models import Jurisdiction


class Command(BaseCommand):
    help = "Import a catalog from YAML files. Creates or updates what they name and keeps the rest."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", type=Path, nargs="*", metavar="FILE")
        parser.add_argument("--jurisdiction", help="its jurisdiction_id, required if there are several")
        parser.add_argument("--starter", action="store_true", help="import the 12 services of the starter catalog")
        parser.add_argument("--dry-run", action="store_true", help="show what would change, without saving")

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = find_jurisdiction(options["jurisdiction"])
        if options["starter"] == bool(options["files"]):
            raise CommandError("Name the files to import, or --starter.")
        try:
            catalog = self._catalog(jurisdiction, options)
            if options["dry_run"]:
                self._show(jurisdiction, catalog)
                return
            changed = save(jurisdiction, catalog)
        except ImportProblemError as error:
            raise CommandError(str(error)) from error
        for part, count in changed.items():
            self.stdout.write(f"{part}: {count:,} new or changed")
        for code, missing in missing_by_code(jurisdiction, catalog).items():
            self.stderr.write(not_offered(code, missing))

    def _catalog(self, jurisdiction: Jurisdiction, options: dict[str, Any]) -> Catalog:
        if options["starter"]:
            if missing := missing_languages(jurisdiction):
                self.stderr.write(f"The starter catalog has no words in {', '.join(missing)}. Write them in setup.")
            return starter_catalog(jurisdiction)
        catalog = read_catalog(options["files"])
        check(jurisdiction, catalog)
        return catalog

    def _show(self, jurisdiction: Jurisdiction, catalog: Catalog) -> None:
        changes, _fingerprint = dry_run(jurisdiction, catalog)
        names = names_with(jurisdiction, changes)
        for change in changes:
            self.stdout.write(change.title)
            for sentence in change.sentences(names):
                self.stdout.write(f"  {sentence}")
        self.stdout.write("Nothing was saved." if changes else "The catalog already matches the file.")
