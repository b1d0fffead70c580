"""Django's migrate, which first refuses a database whose migrations are gone."""

from importlib import import_module
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

# The last commit with the migrations that 0001_initial replaces.
COMMIT = "6c2f697583bb"


def is_too_old(database: str) -> bool:
    """Whether it has our tables, but not all migrations that 0001_initial replaces: one of 0.1.0, or left halfway."""
    applied = [key for key in MigrationRecorder(connections[database]).applied_migrations() if key[0] == "requests_app"]
    replaced = import_module("requests_app.migrations.0001_initial").Migration.replaces
    return bool(applied) and not set(replaced) <= set(applied)


class Command(migrate.Command):
    def handle(self, *args: Any, database: str, **options: Any) -> None:
        if is_too_old(database):
            raise CommandError(
                f"This database is older than version 0.2.0: check out commit {COMMIT}, run its migrate, and then this one."
            )
        super().handle(*args, database=database, **options)
