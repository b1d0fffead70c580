"""Runs migrations while the site is in use, so that nobody waits for longer than a second.

A statement that waits for a lock on a table keeps everybody waiting who comes after it, readers included. So it waits for half a
second at most, gives back what it has, and `migrate` tries again a little later. What a transaction changes is run at its end, in
one go: between two operations Django draws up its models, which takes seconds, and the locks of the first one would last as long.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, Self

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation

# For all locks of a transaction together.
LOCK_WAIT_S = 0.5
LEAST_LOCK_WAIT_S = 0.05
# For a statement whose locks last until the end of its transaction, and for one that has a transaction of its own.
IN_TRANSACTION_S = 5
ALONE_S = 60
# These wait for transactions that began before them, and keep neither readers nor writers waiting.
WITHOUT_LIMITS = ("CONCURRENTLY", "VALIDATE CONSTRAINT")
TRANSACTION_CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK")
# Tables that were there before, of which this process keeps readers or writers out.
LOCKED_TABLES = """
SELECT relation::regclass::text FROM pg_locks
WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation = ANY(%s)
AND mode IN ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') AND granted
"""
TABLES = (
    "SELECT array_agg(oid) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
)


class _PostponingEditor:
    """Mixed into the schema editor of the database."""

    run: "OnlineRun"
    connection: BaseDatabaseWrapper
    deferred_sql: list[Any]
    atomic_migration: bool

    def __enter__(self) -> Self:
        self.postponed: list[tuple[str, Any]] = []
        self.run.editor = self
        return super().__enter__()  # type: ignore[misc]

    def __exit__(self, *raised: Any) -> None:
        if raised[0] is None:
            self.finish()
        self.run.editor = None
        super().__exit__(*raised)  # type: ignore[misc]

    def execute(self, sql: Any, params: Any = ()) -> None:
        # pgtrigger answers an error of such a statement, so it has to come at once.
        is_watched = getattr(self, "is_altering_field_type", False)
        if self.atomic_migration and not is_watched:
            self.postponed.append((str(sql), params))
        else:
            super().execute(sql, params)  # type: ignore[misc]

    def finish(self) -> None:
        """Runs what is left, foreign keys and indexes last."""
        while self.deferred_sql:
            self.execute(self.deferred_sql.pop(0), None)
        self.run_postponed()

    def run_postponed(self) -> None:
        statements, self.postponed = self.postponed, []
        for sql, params in statements:
            super().execute(sql, params)  # type: ignore[misc]


class _Finish(Operation):
    """The last operation of each migration: runs what is left, so that Django records the migration in the same transaction."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.finish()

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass


class OnlineRun:
    """As a context: statements of this connection have limits. `start` and `end` tell it of each migration."""

    def __init__(self, connection: BaseDatabaseWrapper, *, watches_locks: bool = False) -> None:
        self.connection = connection
        self.watches_locks = watches_locks
        self.editor: _PostponingEditor | None = None
        self._stack = ExitStack()
        self._wrote_at: float | None = None
        self._started_at = 0.0
        self._tables: list[int] = []
        self._locked_at: dict[str, float] = {}

    def __enter__(self) -> Self:
        usual = self.connection.SchemaEditorClass
        # On this connection alone; the class has the usual one.
        self.connection.SchemaEditorClass = type("OnlineSchemaEditor", (_PostponingEditor, usual), {"run": self})
        self._stack.callback(lambda: delattr(self.connection, "SchemaEditorClass"))
        self._stack.enter_context(self.connection.execute_wrapper(self._execute))
        return self

    def __exit__(self, *raised: object) -> None:
        self._stack.close()
        if self.connection.is_usable():
            self._ask("RESET lock_timeout")
            self._ask("RESET statement_timeout")

    def start(self, migration: Migration) -> None:
        self._wrote_at = None
        self._started_at = time.monotonic()
        self._locked_at = {}
        if self.watches_locks:
            self._tables = self._ask(TABLES).fetchone()[0] or []
        if not any(isinstance(operation, _Finish) for operation in migration.operations):
            # Of this one, not of its class.
            vars(migration)["operations"] = [*migration.operations, _Finish()]

    def end(self) -> tuple[float, dict[str, float]]:
        """How many seconds the migration took, and for how long it kept readers or writers out of which tables."""
        now = time.monotonic()
        return now - self._started_at, {table: now - since for table, since in self._locked_at.items()}

    def _ask(self, sql: str, params: Any = None) -> Any:
        self.connection.ensure_connection()
        # Not through Django's cursor, which would come back here.
        return self.connection.connection.execute(sql, params)

    def _execute(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
        text = str(sql).lstrip()
        # What reads or writes the database otherwise sees what came before it.
        if self.editor and self.editor.postponed and not text.startswith(TRANSACTION_CONTROL):
            self.editor.run_postponed()
        began = time.monotonic()
        self._limit(text, began)
        answer = execute(sql, params, many, context)
        if self.watches_locks and self.connection.in_atomic_block:
            for (table,) in self._ask(LOCKED_TABLES, [self._tables]).fetchall():
                self._locked_at.setdefault(table, began)
        return answer

    def _limit(self, text: str, now: float) -> None:
        if self.connection.in_atomic_block:
            if self._wrote_at is None and not text.startswith("SELECT"):
                self._wrote_at = now
            left = LOCK_WAIT_S - (now - (self._wrote_at or now))
            self._set("LOCAL", max(left, LEAST_LOCK_WAIT_S), IN_TRANSACTION_S)
        elif any(words in text for words in WITHOUT_LIMITS):
            self._set("SESSION", 0, 0)
        else:
            self._set("SESSION", LOCK_WAIT_S, ALONE_S)

    def _set(self, scope: str, lock_s: float, statement_s: float) -> None:
        self._ask(f"SET {scope} lock_timeout = {round(lock_s * 1000)}")
        self._ask(f"SET {scope} statement_timeout = {round(statement_s * 1000)}")
