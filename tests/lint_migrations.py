"""`python -m tests.lint_migrations`: what no migration may do, since the site is in use and the release before runs next to it.

django-migration-linter reads the SQL, and is taught what it can't tell: which tables a migration made itself, checks and foreign
keys that read a whole table, data that is changed in one go. Its own command draws up all models again for each migration, and
needs a database, which bin/lint doesn't have; here one walk over all of them writes the SQL.
"""

import re
import sys
from collections.abc import Iterator
from typing import Any, ClassVar

import django
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.special import RunPython
from django.db.migrations.state import ProjectState
from django_migration_linter import MigrationLinter
from django_migration_linter.sql_analyser.base import Check, CheckMode, CheckType, Issue
from django_migration_linter.sql_analyser.postgresql import PostgresqlAnalyser

APP = "requests_app"
FIRST = "0001_initial"
# What we know better, by migration and code. An entry that a migration no longer needs is a mistake, too.
ACCEPTED = {
    ("0006_invitation_name_and_team", "CREATE_INDEX"): "invitations are tens of rows, and are deleted",
    ("0012_api_key_contacts", "CREATE_INDEX"): "keys are hundreds of rows",
    ("0012_api_key_contacts", "DROP_INDEX"): "of the same table",
    ("0024_article_second_person", "CREATE_INDEX"): "a city has hundreds of articles",
    ("0034_value_settings", "CHECKS_ALL_ROWS"): "a row for each city",
}


def own_tables(statements: list[str]) -> set[str]:
    """The tables that these statements make: nobody else uses them yet."""
    return {match[1] for statement in statements if (match := re.match(r'CREATE TABLE ("\w+")', statement))}


def on_others(statements: list[str], pattern: str) -> bool:
    """Whether a statement matches whose table, the pattern's first group, was there before."""
    own = own_tables(statements)
    return any(match[1] not in own for text in statements if (match := re.search(pattern, text)))


def adds_not_null(statements: list[str], **_: Any) -> bool:
    return on_others(statements, r'ALTER TABLE ("\w+") ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL') or on_others(
        statements, r'ALTER TABLE ("\w+") ALTER COLUMN "\w+" (?:SET NOT NULL|DROP DEFAULT)'
    )


def checks_all_rows(statements: list[str], **_: Any) -> bool:
    return on_others(
        statements, r'ALTER TABLE ("\w+") ADD CONSTRAINT "\w+" (?:CHECK|FOREIGN KEY|EXCLUDE)(?!.*NOT VALID)'
    )


def makes_index(statements: list[str], **_: Any) -> bool:
    return on_others(statements, r'CREATE (?:UNIQUE )?INDEX "\w+" ON ("\w+")')


def makes_unique(statements: list[str], **_: Any) -> bool:
    return on_others(statements, r'ALTER TABLE ("\w+") ADD CONSTRAINT "\w+" UNIQUE(?! USING INDEX)')


def changes_rows(statements: list[str], **_: Any) -> bool:
    return statements[0] == "BEGIN;" and on_others(statements, r'^(?:UPDATE|DELETE FROM) ("?\w+"?)')


OURS = {
    "CREATE_INDEX": (makes_index, "an index that keeps writers out: use AddIndexSafely"),
    "NOT_NULL": (adds_not_null, "a column that the release before doesn't fill: give it a db_default"),
    "ADD_UNIQUE": (makes_unique, "a unique constraint: use AddIndexSafely first"),
    "CHECKS_ALL_ROWS": (
        checks_all_rows,
        "a constraint that reads all rows: use AddConstraintNotValid and ValidateConstraint",
    ),
    "CHANGES_ROWS": (changes_rows, "rows changed in one go: use UpdateInBatches"),
}


class Analyser(PostgresqlAnalyser):
    migration_checks: ClassVar = [
        # Of any index in a transaction; ours says of which.
        *[check for check in PostgresqlAnalyser.migration_checks if check.code != "CREATE_INDEX_EXCLUSIVE"],
        *[Check(code, fn, message, CheckMode.TRANSACTION, CheckType.ERROR) for code, (fn, message) in OURS.items()],
    ]


class Linter(MigrationLinter):
    """Takes the SQL from one walk."""

    def __init__(self, statements: dict[str, list[str]]) -> None:
        # Not the base's: it asks the database what is applied.
        self.statements = statements
        self.exclude_migration_tests = []

    def issues(self, migration: Migration) -> list[Issue]:
        analyser = Analyser([])
        analyser.analyse(self.statements[migration.name])
        python = [operation for operation in migration.operations if isinstance(operation, RunPython)]
        of_python = [issue for operation in python for kind in self.lint_runpython(operation) for issue in kind]
        return [*analyser.errors, *analyser.warnings, *of_python]


class _WritingEditor:
    """Mixed into the schema editor of the database: writes down what it would run."""

    collected_sql: list[str]

    def execute(self, sql: Any, params: Any = ()) -> None:
        self.collected_sql.append(str(sql) % tuple(repr(value) for value in params) if params else str(sql))


def sql_of(migration: Migration, state: ProjectState) -> list[str]:
    """Its SQL, a statement a line, without a database. Takes the state to what it is after the migration."""
    connection = connections[DEFAULT_DB_ALIAS]
    # The schema editor would ask.
    connection.__dict__["pg_version"] = 170000
    editor_class = type("WritingEditor", (_WritingEditor, connection.SchemaEditorClass), {})
    editor = editor_class(connection, collect_sql=True, atomic=False)
    editor.__enter__()
    migration.apply(state, editor, collect_sql=True)
    editor.__exit__(None, None, None)
    begin = ["BEGIN;"] if migration.atomic else []
    return [*begin, *(" ".join(line.split()) for line in editor.collected_sql if not line.startswith("--"))]


def statements(loader: MigrationLoader) -> dict[str, list[str]]:
    """The SQL of each migration after the first."""
    state = loader.project_state((APP, FIRST))
    plan = loader.graph.forwards_plan((APP, loader.graph.leaf_nodes(APP)[0][1]))
    later = [key for key in plan if key[0] == APP and key[1] != FIRST]
    return {name: sql_of(loader.graph.nodes[app, name], state) for app, name in later}


def problems(statements: dict[str, list[str]], migrations: dict[str, Migration]) -> Iterator[str]:
    linter = Linter(statements)
    unused = set(ACCEPTED)
    for name, migration in migrations.items():
        for issue in linter.issues(migration):
            unused.discard((name, issue.code))
            if (name, issue.code) not in ACCEPTED:
                yield f"{name}: {issue.message} ({issue.code})"
    yield from (f"{name}: {code} is accepted, and isn't there" for name, code in sorted(unused))


def main() -> int:
    django.setup()
    loader = MigrationLoader(None)
    every = statements(loader)
    lines = list(problems(every, {name: loader.graph.nodes[APP, name] for name in every}))
    for line in lines:
        print(line)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
