"""Promises to residents: paused clocks, evidence, answered questions, and “I don’t know” reports that become public."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0005_danger")]

    # New columns have a default in the database, so no row is rewritten; a longer varchar isn't either.
    operations = [
        migrations.AddField("clock", "waited_s", models.BigIntegerField(db_default=0, default=0)),
        migrations.AddField(
            "servicerequest",
            "privacy_choice",
            models.CharField(
                blank=True, choices=[("offered", "Offered"), ("kept", "Kept")], db_default="", max_length=10
            ),
        ),
        migrations.AlterField(
            "listedreason",
            "kind",
            models.CharField(
                choices=[("cannot_do", "Cannot Do"), ("hold", "Hold"), ("no_evidence", "No Evidence")], max_length=12
            ),
        ),
        migrations.CreateModel(
            name="AnsweredCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("article_code", models.CharField(max_length=60)),
                ("service_code", models.CharField(blank=True, max_length=60)),
                ("value", models.PositiveIntegerField(default=0)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("jurisdiction", "day", "article_code", "service_code"), name="answered_count_unique"
                    )
                ],
            },
        ),
    ]
