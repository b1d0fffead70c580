"""Indexes of places with the conditions of 0008 and 0010: Django forgets a condition where the column is a place."""

from django.db import migrations

OPEN = "status IN ('received', 'routed', 'in_progress', 'on_hold')"
INDEXES = [
    ("request_open_public_place", "servicerequest", "public_point", f"{OPEN} AND public_state = 'public'"),
    ("request_open_place", "servicerequest", "point", OPEN),
    ("subscription_place", "subscription", "point", "stopped_at IS NULL"),
]


def rebuilt(name: str, table: str, column: str, condition: str) -> list[migrations.RunSQL]:
    """Beside traffic, and again from the start where a first attempt was broken off."""
    return [
        migrations.RunSQL(statement, migrations.RunSQL.noop)
        for statement in (
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}_only",
            f"CREATE INDEX CONCURRENTLY {name}_only ON requests_app_{table} USING gist ({column}) WHERE {condition}",
            f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
            f"ALTER INDEX {name}_only RENAME TO {name}",
        )
    ]


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0016_change_of_address")]
    operations = [operation for index in INDEXES for operation in rebuilt(*index)]
