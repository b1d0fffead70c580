"""create_roles: what each database role may do, asked of PostgreSQL itself.

bin/test has run the command on the template that every test database is copied from.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

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


WRITES = ("INSERT", "UPDATE", "DELETE", "TRUNCATE")


@pytest.mark.parametrize(
    ("role", "table", "allowed"),
    [
        ("lamplighter_web", "requests_app_servicerequest", {"INSERT", "UPDATE", "DELETE"}),
        ("lamplighter_worker", "requests_app_servicerequest", {"INSERT", "UPDATE", "DELETE"}),
        # The log of what happened is written once.
        ("lamplighter_web", "requests_app_event", {"INSERT"}),
        ("lamplighter_worker", "requests_app_event", {"INSERT"}),
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


@pytest.mark.shows("2.2")
@pytest.mark.parametrize("role", ["lamplighter_web", "lamplighter_worker"])
@pytest.mark.parametrize("sql", ["UPDATE requests_app_event SET kind = 'lie'", "DELETE FROM requests_app_event"])
def test_the_database_itself_refuses_to_rewrite_the_log(speak_as: Speak, role: str, sql: str) -> None:
    with (
        speak_as(role) as spoken,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="permission denied for table requests_app_event"),
    ):
        spoken.execute(sql)


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
