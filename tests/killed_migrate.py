"""`migrate`, which kills itself with the database's connection open: `python -m tests.killed_migrate MIGRATION STATEMENT`.

It ends before that statement of the migration that changes something, counted from 1, and at the latest after the migration.
"""

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration


def kill() -> None:
    sys.stdout.flush()
    os.kill(os.getpid(), signal.SIGKILL)


def main(name: str, statement: int) -> None:
    from requests_app.management.commands.migrate import Command

    left: int | None = None

    class Killed(Command):
        def migration_progress_callback(
            self, action: str, migration: Migration | None = None, fake: bool = False
        ) -> None:
            nonlocal left
            super().migration_progress_callback(action, migration, fake)
            if migration is not None and migration.name == name:
                left = statement
                if action == "apply_success":
                    kill()

    def count(execute: Callable[..., Any], sql: Any, *rest: Any) -> Any:
        nonlocal left
        if left is not None and not str(sql).lstrip().startswith(("SELECT", "SAVEPOINT", "RELEASE")):
            left -= 1
            if left == 0:
                kill()
        return execute(sql, *rest)

    with connection.execute_wrapper(count):
        call_command(Killed(), verbosity=0, skip_checks=True)


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1], int(sys.argv[2]))
