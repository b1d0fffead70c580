"""Counters of rate limits that hold without Redis; keys of reports that must never be made twice are kept."""

from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0008_undo")]
    operations = [
        migrations.CreateModel(
            name="LimitCount",
            fields=[
                ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("value", models.IntegerField()),
                ("expires_at", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["expires_at"], name="limit_count_age")]},
        ),
        AddIndexSafely(
            "idempotencykey",
            models.Index(
                fields=["created_at"], name="idempotency_retry_age", condition=~models.Q(scope__startswith="once:")
            ),
        ),
        RemoveIndexConcurrently("idempotencykey", "idempotency_age"),
    ]
