"""Drafts of services, their order in a category, and the days on which they are offered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0014_team_queue"),
    ]

    operations = [
        migrations.AddField(
            model_name="service",
            name="order",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="serviceversion",
            name="offered",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.CreateModel(
            name="ServiceDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("service_code", models.CharField(max_length=60)),
                ("written", models.JSONField()),
                ("base", models.PositiveIntegerField(default=0)),
                ("revision", models.BigIntegerField()),
                ("edited_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("publish_at", models.DateTimeField(blank=True, null=True)),
                (
                    "edited_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
                (
                    "service",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("jurisdiction", "service_code"), name="service_draft_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("service_code__regex", "^[A-Za-z0-9_.-]+$")),
                        name="service_draft_code_is_safe",
                    ),
                ],
            },
        ),
    ]
