"""A dump, restored into a database of its own."""

import gzip
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from requests_app.management.commands.dump_database import pg_dump


class Restored:
    """A separate database, accessed through the site and psql only."""

    def __init__(self, name: str) -> None:
        settings = connection.settings_dict
        host = settings["HOST"] or settings["OPTIONS"].get("host", "")
        self.name = name
        self.psql = [str(Path(pg_dump()).with_name("psql")), "--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc", name]
        self.environment = os.environ | {
            "PGHOST": host,
            "PGUSER": settings["USER"],
            "PGPORT": str(settings["PORT"] or ""),
        }
        self.dsn = f"host={host} user={settings['USER']} dbname={name}"
        if settings["PORT"]:
            self.dsn += f" port={settings['PORT']}"

    def run(self, sql: bytes) -> str:
        done = subprocess.run([*self.psql, "-At"], input=sql, env=self.environment, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()


@contextmanager
def restored(dump: Path) -> Iterator[Restored]:
    name = f"{connection.settings_dict['NAME']}_restored_here"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}"')
    try:
        database = Restored(name)
        database.run(gzip.decompress(dump.read_bytes()))
        yield database
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
