"""Spatial indexes of some rows only: Django's PostGIS schema editor ignores an index's condition where the column is a place."""

from django.db import migrations

OPEN = "status IN ('received', 'routed', 'in_progress', 'on_hold')"
INDEXES = [
    ("request_open_public_place", "servicerequest", "public_point", f"{OPEN} AND public_state = 'public'"),
    ("request_open_place", "servicerequest", "point", OPEN),
    ("subscription_place", "subscription", "point", "unsubscribed_at IS NULL"),
]


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0002_initial")]
    operations = [
        migrations.RunSQL(
            [
                f"DROP INDEX {name}",
                f"CREATE INDEX {name} ON requests_app_{table} USING gist ({column}) WHERE {condition}",
            ],
            migrations.RunSQL.noop,
        )
        for name, table, column, condition in INDEXES
    ]
