"""Test data that many tests share: built once in a process, then restored as rows, which takes 5% of the time.

Why rows, and not a database copied from a template or a savepoint that each test goes back to: a copy took 300 ms of processor
time. Restored, the city took 3 ms instead of 67, and a routed report in it 5 instead of 90. A savepoint keeps one beginning, for
tests that never commit; these are several in a file, and serve tests with a live site, too.
"""

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

import pgtrigger
import pytest
from django.conf import UserSettingsHolder, settings
from django.contrib.gis.geos import GEOSGeometry
from django.db import InternalError, OperationalError, connection, transaction
from django.db.models import Model

T = TypeVar("T")
P = ParamSpec("P")
Row = TypeVar("Row", bound=Model)
# Tables filled by migrations.
FROM_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}
# Tables filled by triggers on the requests and photos.
BY_TRIGGER = {"requests_app_mapcell", "requests_app_mapcelldelta", "requests_app_publicchange"}


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
    """What a step has written, when by the database's clock, and what it was given and returned."""

    statements: str
    at: dt.datetime
    given: Sequence[Any]
    value: Any


# What this transaction is made of, and how far it had come then.
_made_of: tuple[tuple[Hashable, ...], Written] | None = None
_seen: Counter[tuple[Hashable, ...]] = Counter()
_steps: dict[tuple[Hashable, ...], Saved | None] = {}
# What this test has replaced: perhaps a function that a step calls.
patches: pytest.MonkeyPatch | None = None


def new_test(patch: pytest.MonkeyPatch) -> None:
    """Before each test: what the one before has made is gone."""
    global patches, _made_of
    patches, _made_of = patch, None


def step(key: Hashable, build: Callable[[], T], *given: Any) -> T:
    """Calls build(), or writes again what it wrote when it was called in the same situation before.

    That is: since the rows of a function with @saved came back, this transaction has written nothing but the same steps, under
    the same settings and at the same time of a shifted clock. A step is saved when it is taken for the second time. The clock
    then shows again what it showed. What build() returned comes back as a copy that refers to the instances given now.
    """
    before = _situation()
    if before is None:
        return build()
    steps = (*before, key)
    if (known := _steps.get(steps)) is not None:
        with connection.cursor() as cursor:
            cursor.execute(known.statements)
            shift = "SELECT set_config('lamplighter.time_shift', (%s - now())::text, true)"
            cursor.execute(shift, [known.at])
        _mark(steps)
        return deepcopy(known.value, {id(then): now for then, now in zip(known.given, given, strict=True)})
    _seen[steps] += 1
    if _seen[steps] != 2:
        value = build()
    else:
        rows = _rows()
        value = build()
        _steps[steps] = Saved(_changes(rows, _rows()), _written().now, *deepcopy((given, value)))
    _mark(steps)
    return value


def plain_row(model: type[Row], **columns: Any) -> Row:
    """Adds a row that doesn't say when it was made. The steps after it are known again if it is the same.

    So it has the same id whenever the same steps came before it.
    """
    global _made_of
    if _made_of is None:
        return model._default_manager.create(**columns)
    steps, then = _made_of
    steps = (*steps, (model, *((name, _plain(value)) for name, value in sorted(columns.items()))))
    # Later rows have higher ids, and none has one of the sequence.
    id = (1_000 + len(steps)) * 1_000_000 + crc32(repr(steps).encode()) % 1_000_000
    made = model._default_manager.create(id=id, **columns)
    _made_of = steps, replace(then, rows=then.rows + 1)
    return made


def repeatable(build: Callable[P, T]) -> Callable[P, T]:
    """Decorates a function that makes rows of its arguments: a step that is known by them, and by the ids of instances."""

    @wraps(build)
    def make(*args: P.args, **kwargs: P.kwargs) -> T:
        given = [one for one in (*args, *kwargs.values()) if isinstance(one, Model)]
        return step((build.__qualname__, _plain(args), _plain(kwargs)), lambda: build(*args, **kwargs), *given)

    return make


def _plain(value: Any) -> str:
    """The argument in words; none is the same for two different ones."""
    if isinstance(value, Model):
        return f"{value._meta.label} {value.pk}"
    if isinstance(value, GEOSGeometry):
        return value.ewkt
    if isinstance(value, dict):
        return f"{{{', '.join(f'{_plain(key)}: {_plain(one)}' for key, one in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"{type(value).__name__}({', '.join(map(_plain, value))})"
    return repr(value)


def _situation() -> tuple[Hashable, ...] | None:
    """What the rows of this transaction are made of; None if it isn't known."""
    if patches is None or patches._setattr or patches._setitem or _made_of is None or not connection.in_atomic_block:
        return None
    steps, then = _made_of
    now = _written()
    if now.transaction is None or not now.is_as_far_as(then):
        return None
    return (*steps, *changed_settings(), *([now.now] if now.shift != then.shift else []))


def changed_settings() -> list[tuple[str, str]]:
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


# A table and a primary key.
Rows = dict[tuple[str, str], tuple[str, str]]


def _rows() -> Rows:
    """All rows, as text and as JSON."""
    one = "SELECT '{0}', {1}::text, one::text, to_jsonb(one)::text FROM {0} one"
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(one.format(table, _primary_key(table)) for table in filled_tables()))
        return {(table, pk): (text, in_json) for table, pk, text, in_json in cursor.fetchall()}


def _changes(before: Rows, after: Rows) -> str:
    """Statements that make the rows before the rows after. Constraints between rows are checked at the end of a transaction."""
    statements, added = [], defaultdict[str, list[str]](list)
    for table, pk in before.keys() - after.keys():
        statements.append(f"DELETE FROM {table} WHERE {_primary_key(table)} = '{pk}';\n")
    for (table, pk), row in after.items():
        if (earlier := before.get((table, pk))) is None:
            added[table].append(pk)
        elif row != earlier:
            was, now = json.loads(earlier[1]), json.loads(row[1])
            changed = [column for column in _columns(table) if now[column] != was[column]]
            statements.append(update_statement(table, pk, changed or _columns(table)))
    return "".join([*statements, *(insert_statement(table, sorted(pks)) for table, pks in added.items())])


# --- Tables -------------------------------------------------------------------------------------------------------------


def filled_tables() -> list[str]:
    tables = set(connection.introspection.django_table_names(only_existing=True)) - FROM_MIGRATIONS - BY_TRIGGER
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"(SELECT '{table}' FROM {table} LIMIT 1)" for table in sorted(tables)))
        return [table for (table,) in cursor.fetchall()]


def insert_statement(table: str, pks: list[str] | None = None) -> str:
    """An INSERT statement for all rows of a table, or for those with these primary keys."""
    columns = [f'"{column}"' for column in _columns(table)]
    values = ", ".join(f"quote_nullable({column}::text)" for column in columns)
    sql = f"SELECT string_agg('(' || concat_ws(',', {values}) || ')', ',') FROM {table}"
    with connection.cursor() as cursor:
        if pks is None:
            cursor.execute(sql)
        else:
            cursor.execute(f"{sql} WHERE {_primary_key(table)}::text = ANY(%s)", [pks])
        (found,) = cursor.fetchone()
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {found};\n"


def update_statement(table: str, pk: str, columns: list[str]) -> str:
    """An UPDATE statement that gives the row what it has now in these columns."""
    sets = " || ', ' || ".join(f"""'"{column}" = ' || quote_nullable("{column}"::text)""" for column in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {sets} FROM {table} WHERE {_primary_key(table)}::text = %s", [pk])
        (found,) = cursor.fetchone()
    return f"UPDATE {table} SET {found} WHERE {_primary_key(table)} = '{pk}';\n"


@cache
def _primary_key(table: str) -> str:
    with connection.cursor() as cursor:
        return f'"{connection.introspection.get_primary_key_column(cursor, table)}"'


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
