"""What reporting needs besides: things near a place, families of duplicates, short addresses, counted questions."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0006_queue_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="ScreeningCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("service_code", models.CharField(blank=True, max_length=60)),
                ("reason", models.CharField(max_length=10)),
                (
                    "step",
                    models.CharField(
                        choices=[("asked", "Asked"), ("called", "Called"), ("went_on", "Went On")], max_length=10
                    ),
                ),
                ("value", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ShortLink",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=12)),
                ("label", models.CharField(max_length=200)),
                ("address", models.CharField(blank=True, max_length=300)),
                ("point", django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow(), editable=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="emergencyphrase",
            name="unless",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="address_card",
            field=models.JSONField(blank=True, db_default=models.Value([], models.JSONField()), default=list),
        ),
        migrations.AddField(
            model_name="photo",
            name="taken_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="photo",
            name="taken_point",
            field=django.contrib.gis.db.models.fields.PointField(blank=True, null=True, srid=4326),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="asset_kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), blank=True, db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="duplicate_family",
            field=models.SlugField(blank=True, db_default="", max_length=40),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(fields=("visitor_hash", "idempotency_key"), name="draft_key_unique"),
        ),
        migrations.AddField(
            model_name="screeningcount",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="shortlink",
            name="created_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="shortlink",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="short_links", to="requests_app.jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="shortlink",
            name="service",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.service",
            ),
        ),
        migrations.AddConstraint(
            model_name="screeningcount",
            constraint=models.UniqueConstraint(
                fields=("jurisdiction", "day", "service_code", "reason", "step"), name="screening_count_unique"
            ),
        ),
        migrations.AddConstraint(
            model_name="shortlink",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "code"), name="short_link_code_unique"),
        ),
    ]
