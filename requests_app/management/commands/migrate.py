"""Django's migrate, while the site is in use (`core/online_migrations.py`). Refuses a database whose migrations are gone."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import psycopg
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.recorder import MigrationRecorder

from requests_app.core.online_migrations import OnlineRun

# The last commit with the migrations that 0001_initial replaces.
COMMIT = "6c2f697583bb"
# Any number, the same for all that migrate.
ONE_AT_A_TIME = 3_112_026
# Another migrate, or a transaction that keeps a table.
PATIENCE_S = 1800
LONGEST_PAUSE_S = 5
OLDEST = """
SELECT pid, usename, round(extract(epoch FROM now() - xact_start)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY xact_start LIMIT 1
"""


def is_too_old(database: str) -> bool:
    """Whether it has our tables, but not all migrations that 0001_initial replaces: one of 0.1.0, or left halfway."""
    applied = [key for key in MigrationRecorder(connections[database]).applied_migrations() if key[0] == "requests_app"]
    replaced = import_module("requests_app.migrations.0001_initial").Migration.replaces
    return bool(applied) and not set(replaced) <= set(applied)


class Command(migrate.Command):
    # While the site may be in use.
    online: OnlineRun | None = None
    as_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--offline",
            action="store_true",
            help="let statements wait for locks and run for as long as they need: only while web and workers are stopped",
        )
        parser.add_argument(
            "--json",
            action="store_true",
            help="print a line for each migration: its seconds, and for how long it kept others out of which tables",
        )

    def handle(self, *args: Any, database: str, offline: bool = False, json: bool = False, **options: Any) -> None:
        if is_too_old(database):
            raise CommandError(
                f"This database is older than version 0.2.0: check out commit {COMMIT}, run its migrate, and then this one."
            )
        self.as_json = json
        connection = connections[database]
        if json:
            options["verbosity"] = 0
        with self._alone(connection):
            if offline or not MigrationRecorder(connection).applied_migrations():
                super().handle(*args, database=database, **options)
                return
            deadline = time.monotonic() + PATIENCE_S
            pause = 0.5
            while not self._goes_through(connection, args, options, is_last=time.monotonic() > deadline):
                time.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)

    def _goes_through(
        self, connection: BaseDatabaseWrapper, args: tuple[Any, ...], options: dict[str, Any], *, is_last: bool
    ) -> bool:
        """False if something else used a table of it: what was committed stays, and the next try goes on there."""
        try:
            with OnlineRun(connection, watches_locks=self.as_json) as self.online:
                super().handle(*args, database=connection.alias, **options)
        except OperationalError as error:
            if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
                raise CommandError(
                    "A statement takes too long while others may wait for it. Stop web and workers, and run migrate --offline."
                ) from error
            if not isinstance(error.__cause__, psycopg.errors.LockNotAvailable | psycopg.errors.DeadlockDetected):
                raise
            with connection.cursor() as cursor:
                cursor.execute(OLDEST)
                oldest = cursor.fetchone()
            user = f" (process {oldest[0]} of {oldest[1]}, for {oldest[2]} s)" if oldest else ""
            if is_last:
                raise CommandError(
                    f"Another transaction keeps a table{user}. Run migrate again when it has ended."
                ) from error
            if options["verbosity"]:
                self.stdout.write(f"\n    Another transaction keeps a table{user}: trying again.")
            return False
        finally:
            self.online = None
        return True

    @contextmanager
    def _alone(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """One migrate at a time. PostgreSQL gives the lock back when this process ends, however it ends."""
        deadline = time.monotonic() + PATIENCE_S
        with connection.cursor() as cursor:
            while True:
                cursor.execute("SELECT pg_try_advisory_lock(%s)", [ONE_AT_A_TIME])
                if cursor.fetchone()[0]:
                    break
                if time.monotonic() > deadline:
                    raise CommandError("Another migrate runs on this database. Wait until it has ended.")
                time.sleep(1)
        try:
            yield
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE_AT_A_TIME])

    def migration_progress_callback(self, action: str, migration: Migration | None = None, fake: bool = False) -> None:
        super().migration_progress_callback(action, migration, fake)
        if self.online is None or migration is None or fake:
            return
        if action == "apply_start":
            self.online.start(migration)
        elif action == "apply_success":
            seconds, locked = self.online.end()
            if self.as_json:
                tables = {table: round(kept, 3) for table, kept in sorted(locked.items())}
                line = {"migration": str(migration), "seconds": round(seconds, 3), "locked_s": tables}
                self.stdout.write(json.dumps(line))
