"""Database dumps: what was dumped can be restored and migrated, and reads as before."""

import gzip
import os
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from requests_app.management.commands.dump_database import pg_dump
from tests import factories

pytestmark = pytest.mark.shows("10.5")


@pytest.mark.django_db(transaction=True)
def test_a_dump_restores_to_the_same_requests_and_migrations(tmp_path: Path) -> None:
    town = factories.rivermark()
    made = factories.routed(town.pothole, "Año nuevo, hoyo nuevo.", answers={"where": "lane"})
    dump = tmp_path / "today.sql.gz"
    call_command("dump_database", str(dump))
    settings = connection.settings_dict
    host = settings["HOST"] or settings["OPTIONS"].get("host", "")
    environment = os.environ | {"PGHOST": host, "PGUSER": settings["USER"], "PGPORT": str(settings["PORT"] or "")}
    psql = [str(Path(pg_dump()).with_name("psql")), "--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc"]
    name = f"{settings['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        sql = gzip.decompress(dump.read_bytes())
        restored = subprocess.run([*psql, name], input=sql, env=environment, capture_output=True, check=False)
        assert restored.returncode == 0, restored.stderr.decode()
        asked = "SELECT reference || description FROM requests_app_servicerequest"
        said = subprocess.run(
            [*psql, "-At", "-c", asked, name], env=environment, check=True, capture_output=True, text=True
        )
        assert said.stdout.strip() == f"{made.reference}Año nuevo, hoyo nuevo."
        asked = "SELECT string_agg(name, ' ' ORDER BY name) FROM django_migrations WHERE app = 'requests_app'"
        said = subprocess.run(
            [*psql, "-At", "-c", asked, name], env=environment, check=True, capture_output=True, text=True
        )
        with connection.cursor() as cursor:
            cursor.execute(asked)
            assert said.stdout.strip() == cursor.fetchone()[0]
        assert "0001_initial" in said.stdout
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')


def test_a_database_that_cannot_be_dumped_is_told_in_one_sentence(tmp_path: Path, settings: object, db: None) -> None:
    kept = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = "no_such_database"
    try:
        with pytest.raises(CommandError, match="pg_dump failed"):
            call_command("dump_database", str(tmp_path / "nothing.sql.gz"))
    finally:
        connection.settings_dict["NAME"] = kept
    assert not list(tmp_path.iterdir())
