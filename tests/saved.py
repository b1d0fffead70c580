"""Test data that many tests share: built once in a process, then restored as rows, which takes 5% of the time."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Hashable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, wraps
from typing import TypeVar

import pgtrigger
import pytest
from django.conf import UserSettingsHolder, settings
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
            _mark((build.__qualname__,))
            return deepcopy(value)
        was_empty = not filled_tables()
        made = build()
        if was_empty:
            value = deepcopy(made)
            # The requests last: their trigger reads the versions of services.
            tables = sorted(filled_tables(), key=lambda table: table == "requests_app_servicerequest")
            rows = "".join(map(insert_statement, tables))
            _mark((build.__qualname__,))
        return made

    return put_back


# --- Steps from there -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Written:
    """How far this transaction has come. users: a hash of all of them; signing one in changes nothing that a step depends on."""

    transaction: str | None
    rows: int
    users: int
    shift: str
    now: dt.datetime

    def is_as_far_as(self, other: "Written") -> bool:
        return (self.transaction, self.rows, self.users) == (other.transaction, other.rows, other.users)


@dataclass(frozen=True)
class Saved:
    """What a step has added, when by the database's clock, and what it returned."""

    rows: str
    at: dt.datetime
    pk: int


# What this transaction is made of, and how far it had come then.
_made_of: tuple[tuple[Hashable, ...], Written] | None = None
_seen: Counter[tuple[Hashable, ...]] = Counter()
_steps: dict[tuple[Hashable, ...], Saved | None] = {}
# What this test has replaced: perhaps a function that a step calls.
patches: pytest.MonkeyPatch | None = None


def step(key: Hashable, build: Callable[[], int]) -> int:
    """Calls build(), or inserts again what it added when it was called in the same situation before.

    That is: since the rows of a function with @saved came back, this transaction has written nothing but the same steps, under
    the same settings and at the same time of a shifted clock. build() returns an id, and only adds rows. A step is saved when it
    is taken for the second time. The clock then shows again what it showed.
    """
    before = _situation()
    if before is None:
        return build()
    steps = (*before, key)
    if (known := _steps.get(steps)) is not None:
        with connection.cursor() as cursor:
            cursor.execute(known.rows)
            shift = "SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)"
            cursor.execute(shift, [known.at])
        _mark(steps)
        return known.pk
    _seen[steps] += 1
    if _seen[steps] != 2:
        pk = build()
    else:
        rows = _rows()
        pk = build()
        _steps[steps] = _saved(rows, pk)
    _mark(steps)
    return pk


def _situation() -> tuple[Hashable, ...] | None:
    """What the rows of this transaction are made of; None if it isn't known."""
    if patches is None or patches._setattr or patches._setitem or _made_of is None or not connection.in_atomic_block:
        return None
    steps, then = _made_of
    now = _written()
    if now.transaction is None or not now.is_as_far_as(then):
        return None
    return (*steps, *_changed_settings(), *([now.now] if now.shift != then.shift else []))


def _changed_settings() -> list[tuple[str, str]]:
    """Except where to send email."""
    changed, holder = {}, settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        changed = {name: repr(value) for name, value in vars(holder).items() if name.isupper()} | changed
        holder = holder.default_settings
    return sorted(one for one in changed.items() if not one[0].startswith("EMAIL_"))


def _mark(steps: tuple[Hashable, ...]) -> None:
    global _made_of
    _made_of = (steps, _written()) if connection.in_atomic_block else None


def _written() -> Written:
    """PostgreSQL's counters of this transaction: its view of all tables (pg_stat_xact_user_tables) takes ten times as long."""
    counters = _tables_that_count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_current_xact_id_if_assigned()::text, "
            " (SELECT sum(pg_stat_get_xact_tuples_inserted(one) + pg_stat_get_xact_tuples_deleted(one)"
            " + CASE one WHEN %s THEN 0 ELSE pg_stat_get_xact_tuples_updated(one) END) FROM unnest(%s::oid[]) one),"
            " (SELECT sum(hashtext((to_jsonb(one) - 'last_login')::text)) FROM requests_app_user one),"
            " coalesce(current_setting('lamplighter.time_shift', true), ''), app_now()",
            [counters["requests_app_user"], list(counters.values())],
        )
        return Written(*cursor.fetchone())


@cache
def _tables_that_count() -> dict[str, int]:
    """All but sessions: signing in changes nothing that a step depends on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, relid::int FROM pg_stat_user_tables WHERE relname <> 'django_session'")
        return dict(cursor.fetchall())


def _rows() -> dict[str, set[str]]:
    tables = filled_tables()
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', one::text FROM {table} one" for table in tables))
        rows: dict[str, set[str]] = {table: set() for table in tables}
        for table, row in cursor.fetchall():
            rows[table].add(row)
    return rows


def _saved(before: dict[str, set[str]], pk: int) -> Saved | None:
    """None if a row was changed or deleted."""
    after = _rows()
    if any(rows - after.get(table, set()) for table, rows in before.items()):
        return None
    added = {table: sorted(rows - before.get(table, set())) for table, rows in after.items()}
    return Saved("".join(insert_statement(table, rows) for table, rows in added.items() if rows), _written().now, pk)


# --- Tables -------------------------------------------------------------------------------------------------------------


def filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - FROM_MIGRATIONS - BY_TRIGGER
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables)))
        return [table for (table,) in cursor.fetchall()]


def insert_statement(table: str, rows: list[str] | None = None) -> str:
    """An INSERT statement for all rows of a table, or for those that read so as text."""
    columns = [f'"{column}"' for column in _columns(table)]
    values = ", ".join(f"quote_nullable({column}::text)" for column in columns)
    sql = f"SELECT string_agg('(' || concat_ws(',', {values}) || ')', ',') FROM {table}"
    with connection.cursor() as cursor:
        cursor.execute(
            sql if rows is None else f"{sql} WHERE {table}::text = ANY(%s)", None if rows is None else [rows]
        )
        (found,) = cursor.fetchone()
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {found};\n"


@cache
def _columns(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        return [column for (column,) in cursor.fetchall()]


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
