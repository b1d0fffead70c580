"""Migration operations: an index that blocks no writes and can be run again after an interruption; changing many rows in small
steps; many tables in one step."""

from collections.abc import Sequence
from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import NotSupportedError
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class AddIndexSafely(AddIndexConcurrently):
    """Drops the index first: an interrupted run leaves an invalid or a complete one behind, and the migration unrecorded."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
        super().database_forwards(app_label, schema_editor, from_state, to_state)


class UpdateInBatches(Operation):
    """Changes the rows that a condition names, some thousand at a time, for a migration with `atomic = False`.

    `set` and `where` are SQL. Each batch is a transaction of its own, so that nobody waits for the whole. A row that was changed
    must no longer meet the condition: then a run that was interrupted goes on where it stopped.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str, *, set: str, where: str, size: int = 1000) -> None:
        self.model_name = model_name
        self.set = set
        self.where = where
        self.size = size

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        pass

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        connection = schema_editor.connection
        if connection.in_atomic_block:
            raise NotSupportedError("UpdateInBatches needs a migration with atomic = False.")
        table = schema_editor.quote_name(to_state.apps.get_model(app_label, self.model_name)._meta.db_table)
        statement = (
            f"UPDATE {table} SET {self.set} WHERE id IN (SELECT id FROM {table} WHERE id > %s AND ({self.where})"  # noqa: S608
            f" ORDER BY id LIMIT {self.size} FOR UPDATE) RETURNING id"
        )
        if schema_editor.collect_sql:
            schema_editor.execute(statement, [0])
            return
        last = 0
        with connection.cursor() as cursor:
            while True:
                cursor.execute(statement, [last])
                changed = [row[0] for row in cursor.fetchall()]
                if not changed:
                    return
                last = max(changed)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        pass

    def describe(self) -> str:
        return f"Update {self.model_name} in batches"


class CreateTables(Operation):
    """Runs operations of which each concerns a table of its own, such as CreateModel for every model.

    Django renders all related models again after each operation. Here it does so once, after the last.
    """

    reduces_to_sql = True
    reversible = False

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)
        # Foreign keys and indexes, which the next operation may need.
        while schema_editor.deferred_sql:
            schema_editor.execute(schema_editor.deferred_sql.pop(0), None)

    def describe(self) -> str:
        return f"Create {len(self.operations)} tables"
