"""What moderators look out for: hosts of links, threats, and addresses that may not take part."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0012_supervise"),
    ]

    operations = [
        migrations.CreateModel(
            name="ModerationTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("link", "Link"), ("threat", "Threat"), ("address", "Address")], max_length=8
                    ),
                ),
                ("value", models.CharField(max_length=320)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "created_by",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="moderation_terms",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("jurisdiction", "kind", "value"), name="moderation_term_unique")
                ],
            },
        ),
    ]
