"""Dump the database into one file, as a fixture for testing later migrations."""

import gzip
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection


def pg_dump() -> str:
    """The newest pg_dump installed, since an older one refuses a newer server."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/pg_dump"), key=lambda path: int(path.parts[-3]), reverse=True
    )
    return str(versions[0]) if versions else "pg_dump"


class Command(BaseCommand):
    help = "Dump the database as gzipped SQL, without owners and privileges, to test later migrations on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to write, such as tests/releases/0007.sql.gz")

    def handle(self, *, file: Path, **options: Any) -> None:
        settings = connection.settings_dict
        environment = os.environ | {
            # A URL may name a socket's folder in either place.
            "PGHOST": settings["HOST"] or settings["OPTIONS"].get("host", ""),
            "PGPORT": str(settings["PORT"] or ""),
            "PGUSER": settings["USER"] or "",
            "PGPASSWORD": settings["PASSWORD"] or "",
        }
        command = [
            pg_dump(),
            "--no-owner",
            "--no-privileges",
            "--no-comments",
            "--exclude-table-data=spatial_ref_sys",
            "--dbname",
            settings["NAME"],
        ]
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        # mtime=0: the same database gives the same bytes.
        with partial.open("wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed:
            process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
            if process.stdout is not None:
                shutil.copyfileobj(process.stdout, packed, 1 << 20)
            errors = process.communicate()[1].decode(errors="replace").strip()
        if process.returncode:
            partial.unlink()
            raise CommandError(f"pg_dump failed: {errors.splitlines()[-1] if errors else 'no error message'}")
        partial.replace(file)
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes")
