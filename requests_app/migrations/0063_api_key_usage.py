"""How much each key is used, and which requests it sent."""

import django.db.models.deletion
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0062_api_key_terms")]

    operations = [
        migrations.CreateModel(
            name="ApiKeyUsage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("calls", models.PositiveIntegerField(default=0)),
                ("errors", models.PositiveIntegerField(default=0)),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="usage",
                        to="requests_app.apikey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("api_key", "day"), name="api_key_usage_unique"),
                ],
            },
        ),
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["api_key", "-id"], condition=models.Q(api_key__isnull=False), name="request_by_api_key"
            ),
        ),
    ]
