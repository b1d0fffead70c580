"""export_all: writes everything that the cities have into a folder, for another program: `lampctl export` calls it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.gis.db.models import GeometryField
from django.contrib.postgres.search import SearchVectorField
from django.core.files.storage import Storage, default_storage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, models, transaction
from psycopg import sql

from requests_app.imports.catalog import export_catalog
from requests_app.imports.catalog_text import catalog_text
from requests_app.models import Jurisdiction

# What opens something. No other program needs it, and nobody must get in with the folder.
SECRETS = {
    "body_hash",
    "callee_key",
    "client_secret",
    "key_hash",
    "message_hash",
    "nonce",
    "password",
    "previous_hash",
    "previous_secret",
    "provider_session",
    "refresh_token",
    "secret",
    "session_key",
    "token_hash",
    "visitor_hash",
}
# A list that opens in a spreadsheet, with the names of GeoReport v2 where it has one.
REQUESTS = """
SELECT r.reference AS service_request_id, r.status, r.disposition, s.service_code, v.name->>'en' AS service_name, r.description,
  r.address, ST_Y(r.point) AS lat, ST_X(r.point) AS long, d.name AS agency_responsible, r.priority, r.channel, r.public_state,
  r.submitted_at AS requested_datetime, r.due_at AS expected_datetime, r.resolved_at, r.updated_at AS updated_datetime,
  j.jurisdiction_id
FROM requests_app_servicerequest r
JOIN requests_app_service s ON s.id = r.service_id
JOIN requests_app_serviceversion v ON v.id = r.service_version_id
JOIN requests_app_jurisdiction j ON j.id = r.jurisdiction_id
LEFT JOIN requests_app_department d ON d.id = r.department_id
ORDER BY r.id
"""
README = """\
Everything of {cities}, written by Lamplighter.

requests.csv   every service request, a line each, with the names of Open311's GeoReport v2
tables/        every table, a CSV file each, with a header. Places are GeoJSON (WGS 84), times have a zone, texts in several
               languages are JSON, lists are in braces. A column NAME_id is the id of a row in another table
catalog/       each city's services, questions, texts and rules, as YAML
files/         photos and recordings. tables/photo.csv has the name of each photo in its column name
database.dump  the database itself, for pg_restore: passwords, sealed secrets and all

Passwords, keys and what opens links are in database.dump alone. The rest has names, addresses and telephone numbers of residents:
keep it as you would keep them.
"""


class Command(BaseCommand):
    help = "Write every table, the catalogs and the photos into an empty folder, in formats that other programs read."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        if folder.exists() and any(folder.iterdir()):
            raise CommandError(f"{folder} isn't empty.")
        for name in ("tables", "catalog", "files"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        # One state of all tables.
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            for model in apps.get_app_config("requests_app").get_models():
                self._write(folder / "tables" / f"{model._meta.model_name}.csv", _select(model))
            self._write(folder / "requests.csv", sql.SQL(REQUESTS))
            cities = list(Jurisdiction.objects.order_by("id"))
            for city in cities:
                text = catalog_text(export_catalog(city))
                (folder / "catalog" / f"{city.jurisdiction_id}.yaml").write_text(text, encoding="utf-8")
        files = sum(_copy(default_storage, name, folder / "files" / name) for name in _files(default_storage))
        (folder / "README.txt").write_text(
            README.format(cities=", ".join(city.name for city in cities)), encoding="utf-8"
        )
        self.stdout.write(f"{len(list((folder / 'tables').iterdir()))} tables, {files} files")

    def _write(self, path: Path, select: sql.Composable) -> None:
        command = sql.SQL("COPY ({}) TO STDOUT WITH (FORMAT csv, HEADER)").format(select)
        with connection.cursor() as cursor, cursor.copy(command) as rows, path.open("wb") as file:
            for block in rows:
                file.write(block)


def _select(model: type[models.Model]) -> sql.Composable:
    columns: list[sql.Composable] = []
    for field in model._meta.concrete_fields:
        name = sql.Identifier(str(field.column))
        if isinstance(field, GeometryField):
            columns.append(sql.SQL("ST_AsGeoJSON({0}) AS {0}").format(name))
        elif field.column not in SECRETS and not isinstance(field, SearchVectorField):
            columns.append(name)
    return sql.SQL("SELECT {} FROM {} ORDER BY 1").format(
        sql.SQL(", ").join(columns), sql.Identifier(model._meta.db_table)
    )


def _files(storage: Storage, folder: str = "") -> Iterator[str]:
    folders, names = storage.listdir(folder)
    yield from (f"{folder}{name}" for name in names)
    for name in folders:
        yield from _files(storage, f"{folder}{name}/")


def _copy(storage: Storage, name: str, target: Path) -> int:
    target.parent.mkdir(parents=True, exist_ok=True)
    with storage.open(name) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file)
    return 1
