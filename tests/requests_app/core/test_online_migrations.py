"""Limits of a migration while the site is in use: what waits or takes long gives way; changes are made in one go at the end."""

from typing import Any

import psycopg
import pytest
from django.db import NotSupportedError, OperationalError, connection, migrations
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from requests_app.core import online_migrations
from requests_app.core.online_migrations import OnlineRun
from requests_app.core.safe_migrations import UpdateInBatches
from requests_app.models import OutboxRow
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def state() -> ProjectState:
    return MigrationLoader(None).project_state()


def migrate(
    state: ProjectState, *operations: Any, atomic: bool = True, watches_locks: bool = False
) -> dict[str, float]:
    migration = Migration("0000_made_up", "requests_app")
    migration.operations = list(operations)
    with OnlineRun(connection, watches_locks=watches_locks) as run:
        run.start(migration)
        with connection.schema_editor(atomic=atomic) as editor:
            migration.apply(state.clone(), editor)
        return run.end()[1]


def test_a_statement_that_takes_long_is_ended(state: ProjectState, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(online_migrations, "IN_TRANSACTION_S", 0.1)
    with pytest.raises(OperationalError) as raised:
        migrate(state, migrations.RunSQL("SELECT pg_sleep(5)"))
    assert isinstance(raised.value.__cause__, psycopg.errors.QueryCanceled)
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_what_python_reads_comes_after_what_was_changed_before(state: ProjectState) -> None:
    seen = []

    def read(apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM made_up")
            seen.append(cursor.fetchone()[0])

    kept = migrate(
        state,
        migrations.RunSQL("CREATE TABLE made_up (a int)"),
        migrations.RunSQL("INSERT INTO made_up VALUES (1)"),
        migrations.RunPython(read),
        migrations.RunSQL("DROP TABLE made_up; LOCK TABLE requests_app_person IN SHARE MODE"),
        watches_locks=True,
    )
    assert seen == [1]
    # Only of tables that somebody else may use.
    assert list(kept) == ["requests_app_person"]


def test_rows_are_changed_in_batches_of_which_each_is_committed(state: ProjectState) -> None:
    city = factories.jurisdiction()
    rows = [
        OutboxRow.objects.create(
            kind="route", lane=OutboxRow.Lane.DATABASE, jurisdiction=city, dedupe_key=f"made up {n}"
        )
        for n in range(5)
    ]
    others = OutboxRow.objects.create(
        kind="route", lane=OutboxRow.Lane.DATABASE, jurisdiction=city, dedupe_key="another"
    )
    operation = UpdateInBatches(
        "outboxrow", set="attempts = 7", where="dedupe_key LIKE 'made up%%' AND attempts <> 7", size=2
    )
    with pytest.raises(NotSupportedError):
        migrate(state, operation)
    with psycopg.connect(dsn()) as holder:
        # The second batch meets a row that somebody keeps.
        holder.execute("SELECT 1 FROM requests_app_outboxrow WHERE id = %s FOR UPDATE", [rows[3].pk])
        with pytest.raises(OperationalError):
            migrate(state, operation, atomic=False)
    attempts = OutboxRow.objects.order_by("id").values_list("attempts", flat=True)
    assert list(attempts) == [7, 7, 0, 0, 0, 0]
    migrate(state, operation, atomic=False)
    assert list(attempts.all()) == [7, 7, 7, 7, 7, 0]
    assert others.pk


def dsn() -> str:
    settings = connection.settings_dict
    return f"host={settings['OPTIONS']['host']} user={settings['USER']} dbname={settings['NAME']}"
