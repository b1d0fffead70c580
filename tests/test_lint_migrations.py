"""What bin/lint says of a migration that would keep others waiting, or break the release before."""

import pytest
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from requests_app.core.safe_migrations import AddIndexSafely, UpdateInBatches
from tests.lint_migrations import Linter, sql_of

INDEX = models.Index(fields=["name"], name="made_up")
CHECK = models.CheckConstraint(condition=~models.Q(name=""), name="made_up")
UNIQUE = models.UniqueConstraint(fields=["name"], name="made_up")
FIELDS = [("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=20))]
NEW = migrations.CreateModel("Other", FIELDS)


def codes(*operations: Operation, atomic: bool = True) -> set[str]:
    """What the linter has against a migration, if there was a table of things before it."""
    state = ProjectState()
    state.add_model(ModelState("requests_app", "Thing", FIELDS))
    migration = Migration("0002_made_up", "requests_app")
    migration.operations = list(operations)
    migration.atomic = atomic
    return {issue.code for issue in Linter({migration.name: sql_of(migration, state)}).issues(migration)}


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (migrations.AddIndex("thing", INDEX), "CREATE_INDEX"),
        (migrations.AddField("thing", "flag", models.BooleanField(default=False)), "NOT_NULL"),
        (migrations.AddConstraint("thing", UNIQUE), "ADD_UNIQUE"),
        (migrations.AddConstraint("thing", CHECK), "CHECKS_ALL_ROWS"),
        (migrations.RunSQL("UPDATE requests_app_thing SET name = ''"), "CHANGES_ROWS"),
        (migrations.RemoveField("thing", "name"), "DROP_COLUMN"),
        (migrations.RenameField("thing", "name", "title"), "RENAME_COLUMN"),
        (migrations.AlterModelTable("thing", "another"), "RENAME_TABLE"),
        (migrations.DeleteModel("Thing"), "DROP_TABLE"),
    ],
)
def test_it_is_refused(operation: Operation, code: str) -> None:
    assert code in codes(operation)


@pytest.mark.parametrize(
    ("operations", "atomic"),
    [
        ([AddIndexSafely("thing", INDEX)], False),
        ([migrations.AddField("thing", "flag", models.BooleanField(db_default=False, default=False))], True),
        ([migrations.AddField("thing", "flag", models.BooleanField(null=True))], True),
        ([AddConstraintNotValid("thing", CHECK)], True),
        ([ValidateConstraint("thing", "made_up")], True),
        ([UpdateInBatches("thing", set="name = ''", where="name <> ''")], False),
        ([NEW, migrations.AddIndex("other", INDEX)], True),
        ([NEW, migrations.AddConstraint("other", CHECK)], True),
        (
            [NEW, migrations.AddField("other", "thing", models.ForeignKey("thing", models.CASCADE, db_index=False))],
            True,
        ),
    ],
)
def test_it_is_allowed(operations: list[Operation], atomic: bool) -> None:
    assert codes(*operations, atomic=atomic) == set()
