"""Uploaded map files, their rows, and the sets that they replaced."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0028_city_setup"),
    ]

    operations = [
        migrations.CreateModel(
            name="LayerImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("areas", "Areas"),
                            ("owners", "Owners"),
                            ("addresses", "Addresses"),
                            ("assets", "Assets"),
                            ("boundary", "Boundary"),
                        ],
                        max_length=12,
                    ),
                ),
                ("layer", models.SlugField(blank=True, max_length=40)),
                ("file_name", models.CharField(max_length=200)),
                ("path", models.CharField(blank=True, max_length=200)),
                ("size", models.BigIntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("uploaded", "Uploaded"),
                            ("checking", "Checking"),
                            ("checked", "Checked"),
                            ("applying", "Applying"),
                            ("applied", "Applied"),
                            ("undoing", "Undoing"),
                            ("undone", "Undone"),
                            ("replaced", "Replaced"),
                            ("failed", "Failed"),
                        ],
                        default="uploaded",
                        max_length=12,
                    ),
                ),
                ("found", models.JSONField(default=dict)),
                ("mapping", models.JSONField(blank=True, default=dict)),
                ("report", models.JSONField(blank=True, default=dict)),
                ("problems", models.JSONField(blank=True, default=list)),
                ("failure", models.CharField(blank=True, max_length=40)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("applied_at", models.DateTimeField(blank=True, null=True)),
                ("attempt", models.PositiveIntegerField(default=0)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="layer_imports",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LayerRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("is_previous", models.BooleanField(default=False)),
                ("number", models.IntegerField()),
                ("properties", models.JSONField(default=dict)),
                ("shape", django.contrib.gis.db.models.fields.GeometryField(null=True, spatial_index=False, srid=4326)),
                ("problem", models.CharField(blank=True, db_default="", max_length=30)),
                ("detail", models.CharField(blank=True, db_default="", max_length=200)),
                (
                    "layer_import",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="requests_app.layerimport",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="layerimport",
            index=models.Index(fields=["jurisdiction", "-id"], name="layer_import_newest"),
        ),
        migrations.AddIndex(
            model_name="layerrow",
            index=models.Index(fields=["layer_import", "is_previous", "number"], name="layer_row_of_import"),
        ),
        migrations.AddIndex(
            model_name="layerrow",
            index=models.Index(
                condition=models.Q(("problem", ""), _negated=True),
                fields=["layer_import", "number"],
                name="layer_row_problems",
            ),
        ),
    ]
