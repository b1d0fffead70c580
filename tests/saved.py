"""Test data that many tests share: built once in a process, then restored as rows, which takes 5% of the time."""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import TypeVar

import pgtrigger
from django.db import InternalError, OperationalError, connection, transaction

T = TypeVar("T")
# Tables filled by migrations.
FROM_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}
# Tables filled by a trigger on the requests.
BY_TRIGGER = {"requests_app_mapcell", "requests_app_mapcelldelta"}


def saved(build: Callable[[], T]) -> Callable[[], T]:
    """Decorates a function that fills an empty database and returns the rows' instances.

    The first call in an empty database saves the rows. Later calls insert the same rows, with the same ids (sequences are
    not reset, so the ids stay free), and return new instances, so that tests do not affect each other.
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
            # The requests last: their trigger reads the versions of services.
            tables = sorted(filled_tables(), key=lambda table: table == "requests_app_servicerequest")
            rows = "".join(map(insert_statement, tables))
        return made

    return put_back


def filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - FROM_MIGRATIONS - BY_TRIGGER
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables)))
        return [table for (table,) in cursor.fetchall()]


def insert_statement(table: str) -> str:
    """An INSERT statement for all rows of a table."""
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
    """Deletes all rows except those from migrations, even while other processes use the database."""
    connection.close_if_unusable_or_obsolete()
    for attempts_left in (4, 3, 2, 1, 0):
        try:
            delete_all_rows()
            return
        # A deadlock: another process holds one table and wants the next. When pgtrigger tidies up after it, it raises the second.
        except (OperationalError, InternalError):
            if not attempts_left:
                raise


def delete_all_rows() -> None:
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        # First, so that a worker finishes its current row and then finds none.
        cursor.execute("LOCK TABLE requests_app_outboxrow IN ACCESS EXCLUSIVE MODE")
        tables = filled_tables()
        if tables:
            cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        while tables:
            cursor.execute("; ".join(f"DELETE FROM {table}" for table in [*tables, *sorted(BY_TRIGGER)]))
            # Another process may have committed a row between the look and the lock.
            tables = filled_tables()
