"""Safety notes of places, and the log of who read them."""

import datetime

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0054_crew_results")]
    operations = [
        migrations.CreateModel(
            name="SafetyNote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dog", "Dog"),
                            ("needles", "Needles"),
                            ("threat", "Threat"),
                            ("structure", "Structure"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                    ),
                ),
                ("words", models.CharField(max_length=300)),
                ("address", models.CharField(max_length=300)),
                ("point", django.contrib.gis.db.models.fields.PointField(srid=4326)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("confirmed_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="safety_notes",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SafetyNoteReading",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "note",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="requests_app.safetynote",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="safetynote",
            index=models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="safety_note_by_end"),
        ),
        migrations.AddConstraint(
            model_name="safetynote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("confirmed_at"), "+", models.Value(datetime.timedelta(days=368))
                        ),
                    )
                ),
                name="safety_note_ends_in_a_year",
            ),
        ),
        migrations.AddIndex(
            model_name="safetynotereading",
            index=models.Index(fields=["note", "-id"], name="readings_of_safety_note"),
        ),
    ]
