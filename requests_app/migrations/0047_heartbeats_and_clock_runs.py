import django.db.models.deletion
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0046_call_months"),
    ]

    operations = [
        migrations.CreateModel(
            name="Heartbeat",
            fields=[
                ("name", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("beat_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="ClockRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("part", models.CharField(max_length=40)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("ended_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("seconds", models.FloatField(default=0)),
                ("error", models.CharField(blank=True, max_length=80)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("succeeded_at", models.DateTimeField(null=True)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("part", "jurisdiction"), name="clock_run_once_a_part_and_city", nulls_distinct=False
                    )
                ],
            },
        ),
    ]
