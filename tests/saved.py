"""What many tests begin with is built once in a process and afterward put back as rows, which takes a twentieth of the time."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import TypeVar

import pgtrigger
from django.db import connection, transaction

T = TypeVar("T")
# Rows that every database has from its migrations.
FROM_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}


def saved(build: Callable[[], T]) -> Callable[[], T]:
    """Decorates a function that fills an empty database and returns the rows' instances.

    The first call in an empty database also saves what it made: each later one inserts the same rows, with the same ids (no
    sequence goes back, so they stay free), and returns new instances, so that no test sees what another did to its own.
    """
    rows = ""
    value: T | None = None

    @wraps(build)
    def put_back() -> T:
        nonlocal rows, value
        if value is not None:
            with connection.cursor() as cursor:
                cursor.execute(rows)
            return deepcopy(value)
        was_empty = not filled_tables()
        made = build()
        if was_empty:
            value = deepcopy(made)
            rows = "".join(map(insert_statement, filled_tables()))
        return made

    return put_back


def filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - FROM_MIGRATIONS
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables)))
        return [table for (table,) in cursor.fetchall()]


def insert_statement(table: str) -> str:
    """One INSERT of all rows of a table, as PostgreSQL writes their values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        columns = [f'"{column}"' for (column,) in cursor.fetchall()]
        values = ", ".join(f"quote_nullable({column}::text)" for column in columns)
        cursor.execute(f"SELECT string_agg('(' || concat_ws(',', {values}) || ')', ',') FROM {table}")
        (rows,) = cursor.fetchone()
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows};\n"


def empty_database() -> None:
    """Delete all rows but those from migrations, whatever else still runs on the database."""
    connection.close_if_unusable_or_obsolete()
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        # First, so that a worker ends the row that it is at, and then finds none.
        cursor.execute("LOCK TABLE requests_app_outboxrow IN ACCESS EXCLUSIVE MODE")
        if tables := filled_tables():
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))
