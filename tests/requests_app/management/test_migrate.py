"""migrate: a database of before 0.2.0 is refused in one sentence, and one with the last of its migrations goes on."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.32")]


def pretend(*names: str) -> None:
    """Records these as the migrations of our tables, and no others."""
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app="requests_app").delete()
    for name in names:
        recorder.record_applied("requests_app", name)


def recorded() -> set[str]:
    return {name for app, name in MigrationRecorder(connection).applied_migrations() if app == "requests_app"}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["0001_functions_and_staff", "0002_initial", "0003_partial_place_indexes"], id="of 0.1.0"),
        pytest.param(["0001_functions_and_staff", "0002_squashed_0072", "0094_request_thanked"], id="halfway"),
        pytest.param(["0001_functions_and_staff"], id="interrupted at first"),
        pytest.param(["0107_service_test_version"], id="all but the last"),
    ],
)
def test_an_older_database_is_refused_before_it_is_touched(names: list[str]) -> None:
    pretend(*names)
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        pytest.raises(CommandError) as refusal,
    ):
        call_command("migrate", verbosity=0)
    assert str(refusal.value) == (
        "This database is older than version 0.2.0: check out commit 6c2f697583bb, run its migrate, and then this one."
    )
    assert all(query["sql"].lstrip().startswith("SELECT") for query in queries)
    assert recorded() == set(names)


def test_a_database_with_the_last_of_the_old_migrations_goes_on() -> None:
    # With those of later versions, which the tables have already.
    later = recorded() - {"0001_initial"}
    pretend("0001_functions_and_staff", "0002_squashed_0072", "0108_approved_words", *later)
    printed = StringIO()
    call_command("migrate", stdout=printed)
    assert "No migrations to apply." in printed.getvalue()
    assert "0001_initial" in recorded()
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []


def test_a_new_database_can_be_migrated_again() -> None:
    before = recorded()
    call_command("migrate", verbosity=0)
    assert recorded() == before
