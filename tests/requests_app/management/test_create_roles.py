"""create_roles: what each database role may do, asked of PostgreSQL itself.

bin/test has run the command on the template that every test database is copied from.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import pgtrigger
import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from requests_app.core.database_roles import APPEND_ONLY

# Roles belong to the whole cluster: two processes must not change them at once, so all these tests are in one file.
pytestmark = [pytest.mark.django_db, pytest.mark.shows("9.3")]

Speak = Callable[[str], "psycopg.Connection[tuple[object, ...]]"]


@pytest.fixture
def speak_as() -> Speak:
    """A connection of its own, as the given role; what it does is rolled back."""

    @contextmanager
    def speak(role: str) -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        settings = connection.settings_dict
        with psycopg.connect(host=settings["OPTIONS"]["host"], dbname=settings["NAME"], user=role) as spoken:
            yield spoken
            spoken.rollback()

    return speak


# Each table that a trigger of pgtrigger guards.
GUARDED = {
    model._meta.db_table
    for model in apps.get_models()
    if any(isinstance(trigger, pgtrigger.Protect) for trigger in getattr(model._meta, "triggers", []))
}
IGNORED = [trigger.get_pgid(model) for model, trigger in pgtrigger.registered()]
WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


@pytest.mark.parametrize(
    ("role", "table", "allowed"),
    [
        ("lamplighter_web", "requests_app_servicerequest", {"INSERT", "UPDATE", "DELETE"}),
        ("lamplighter_worker", "requests_app_servicerequest", {"INSERT", "UPDATE", "DELETE"}),
        # What happened, what was changed in setup, and what was published are written once.
        *(
            (role, table, {"INSERT"})
            for role in ("lamplighter_web", "lamplighter_worker")
            for table in sorted(APPEND_ONLY)
        ),
        ("lamplighter_export", "requests_app_servicerequest", set()),
        ("lamplighter_export", "requests_app_event", set()),
        ("lamplighter_read", "requests_app_servicerequest", set()),
        ("lamplighter_read", "requests_app_event", set()),
    ],
)
def test_what_a_role_may_write(role: str, table: str, allowed: set[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [role, table])
        assert cursor.fetchone() == (True,)
        may = set()
        for write in WRITES:
            cursor.execute("SELECT has_table_privilege(%s, %s, %s)", [role, table, write])
            if cursor.fetchone() == (True,):
                may.add(write)
    assert may == allowed


def test_every_table_that_a_trigger_guards_is_append_only() -> None:
    assert GUARDED == APPEND_ONLY


@pytest.mark.shows("2.2")
@pytest.mark.parametrize("role", ["lamplighter_web", "lamplighter_worker"])
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_itself_refuses_to_rewrite_what_is_written_once(speak_as: Speak, role: str, sql: str) -> None:
    for table in sorted(APPEND_ONLY):
        with speak_as(role) as spoken:
            # Which turns every trigger of pgtrigger off.
            spoken.execute("SELECT set_config('pgtrigger.ignore', %s, false)", [f"{{{','.join(IGNORED)}}}"])
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match=f"permission denied for table {table}"):
                spoken.execute(sql.format(table))  # type: ignore[arg-type]


@pytest.mark.shows("2.2")
@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
def test_not_even_the_owner_empties_what_is_written_once(table: str) -> None:
    with (
        pgtrigger.ignore(),
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match=f"{table} is append-only"),
        transaction.atomic(),
    ):
        cursor.execute(f"TRUNCATE {table} CASCADE")


def test_a_table_that_these_belong_to_is_not_emptied_either() -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="is append-only"),
        transaction.atomic(),
    ):
        cursor.execute("TRUNCATE requests_app_jurisdiction CASCADE")


@pytest.mark.parametrize("role", ["lamplighter_export", "lamplighter_read"])
def test_a_reading_role_cannot_even_open_a_writing_transaction(speak_as: Speak, role: str) -> None:
    with speak_as(role) as spoken, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        spoken.execute("CREATE TEMPORARY TABLE kept AS SELECT 1")


def test_no_role_owns_or_changes_a_table(speak_as: Speak) -> None:
    with speak_as("lamplighter_web") as spoken, pytest.raises(psycopg.errors.InsufficientPrivilege):
        spoken.execute("ALTER TABLE requests_app_event DISABLE TRIGGER ALL")


def test_a_page_that_takes_too_long_is_cut_off_by_the_role_itself(speak_as: Speak) -> None:
    with speak_as("lamplighter_web") as spoken:
        shown = [spoken.execute(f"SHOW {name}").fetchone() for name in ("statement_timeout", "lock_timeout")]
        assert shown == [("5s",), ("3s",)]


def test_a_new_table_is_granted_by_running_it_again(speak_as: Speak) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE requests_app_novelty (id bigint)")
        for _ in range(2):
            call_command("create_roles", stdout=StringIO())
        cursor.execute("SELECT has_table_privilege('lamplighter_web', 'requests_app_novelty', 'INSERT')")
        assert cursor.fetchone() == (True,)


# --- manage.py check --database default --------------------------------------------------------------------------------


def warnings() -> list[str]:
    told = StringIO()
    call_command("check", databases=["default"], stderr=told, stdout=told)
    return re.findall(r"\(lamplighter\.W005\) (.*)", told.getvalue())


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        (
            "GRANT UPDATE, TRUNCATE ON requests_app_event TO lamplighter_web",
            "lamplighter_web may TRUNCATE, UPDATE requests_app_event.",
        ),
        (
            "GRANT UPDATE (note) ON requests_app_setupchange TO lamplighter_worker",
            "lamplighter_worker may UPDATE requests_app_setupchange.",
        ),
        (
            "GRANT DELETE ON requests_app_serviceversion TO lamplighter_worker",
            "lamplighter_worker may DELETE requests_app_serviceversion.",
        ),
        (
            "REVOKE SELECT ON requests_app_photo FROM lamplighter_read",
            "lamplighter_read may not SELECT requests_app_photo.",
        ),
        (
            "REVOKE INSERT ON requests_app_photo FROM lamplighter_web; GRANT TRUNCATE ON requests_app_photo TO lamplighter_web",
            "lamplighter_web may TRUNCATE and may not INSERT requests_app_photo.",
        ),
    ],
)
def test_the_check_names_each_grant_that_differs_until_the_command_has_run(sql: str, words: str) -> None:
    assert warnings() == []
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert warnings() == [words]
    call_command("create_roles", stdout=StringIO())
    assert warnings() == []


def test_a_right_of_everybody_is_one_too_many_for_each_role() -> None:
    with connection.cursor() as cursor:
        cursor.execute("GRANT DELETE ON requests_app_event TO PUBLIC")
    assert warnings() == [
        f"lamplighter_{role} may DELETE requests_app_event." for role in ("export", "read", "web", "worker")
    ]
    call_command("create_roles", stdout=StringIO())
    assert warnings() == []


def test_new_passwords_are_told_once_as_the_settings_to_use() -> None:
    told = StringIO()

    call_command("create_roles", "--passwords", stdout=told)

    lines = told.getvalue().splitlines()
    assert [line.split("=")[0] for line in lines[:4]] == [
        "DATABASE_URL",
        "DATABASE_URL_WORKER",
        "DATABASE_URL_EXPORT",
        "DATABASE_URL_READ",
    ]
    passwords = {re.search(r"//lamplighter_\w+:([\w-]{32})@", line).group(1) for line in lines[:4]}  # type: ignore[union-attr]
    assert len(passwords) == 4
    assert lines[4] == "4 roles are ready: lamplighter_web, lamplighter_worker, lamplighter_export, lamplighter_read."
