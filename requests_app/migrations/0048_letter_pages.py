"""Pages of the scans of letters."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0047_heartbeats_and_clock_runs"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterPage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("name", models.CharField(max_length=32, unique=True)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("added_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "added_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="letter_pages",
                        to="requests_app.contact",
                    ),
                ),
            ],
            options={
                "ordering": ["contact", "number"],
                "constraints": [models.UniqueConstraint(fields=("contact", "number"), name="letter_page_number_once")],
            },
        ),
    ]
