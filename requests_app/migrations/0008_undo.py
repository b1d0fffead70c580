"""What a request was before a staff action, while it can be undone."""

import django.db.models.deletion
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0006_promises"),
    ]

    operations = [
        migrations.CreateModel(
            name="UndoState",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("columns", models.JSONField()),
                ("clocks", models.JSONField()),
                ("events", models.JSONField(default=list)),
                ("comments", models.JSONField(default=list)),
                ("photos", models.JSONField(default=list)),
                ("participations", models.JSONField(default=list)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="undo_state",
                        to="requests_app.event",
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.servicerequest"
                    ),
                ),
            ],
        ),
    ]
