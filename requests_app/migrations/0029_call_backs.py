import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0028_desk_wait"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallBack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("call_back", "Call Back"),
                            ("missed_call", "Missed Call"),
                            ("voicemail", "Voicemail"),
                            ("transfer_911", "Transfer 911"),
                        ],
                        max_length=12,
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=60)),
                ("normalized_phone", models.CharField(blank=True, max_length=320)),
                ("line", models.CharField(blank=True, max_length=40)),
                ("language", models.CharField(default="en", max_length=12)),
                ("reason", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("promised_at", models.DateTimeField(blank=True, null=True)),
                ("due_at", models.DateTimeField()),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("first_tried_at", models.DateTimeField(blank=True, null=True)),
                ("last_tried_at", models.DateTimeField(blank=True, null=True)),
                ("late_notice_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("reached", "Reached"),
                            ("message_left", "Message Left"),
                            ("not_reached", "Not Reached"),
                            ("not_needed", "Not Needed"),
                            ("reviewed", "Reviewed"),
                        ],
                        max_length=14,
                    ),
                ),
                ("audio_name", models.CharField(blank=True, max_length=32)),
                ("audio_type", models.CharField(blank=True, max_length=20)),
                ("audio_bytes", models.PositiveIntegerField(default=0)),
                ("transcript", models.TextField(blank=True)),
                ("message_hash", models.CharField(blank=True, max_length=64)),
                (
                    "call",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="calls_back",
                        to="requests_app.contact",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="call_backs",
                        to="requests_app.contact",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="call_backs",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="call_backs",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("closed_at__isnull", True)),
                        fields=["jurisdiction", "due_at", "id"],
                        name="call_back_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("promised_at__isnull", False)),
                        fields=["jurisdiction", "promised_at"],
                        name="call_back_promised",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("closed_at__isnull", True),
                            ("kind", "missed_call"),
                            models.Q(("normalized_phone", ""), _negated=True),
                        ),
                        fields=("jurisdiction", "normalized_phone"),
                        name="call_back_one_missed_call",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("message_hash", ""), _negated=True),
                        fields=("jurisdiction", "message_hash"),
                        name="call_back_once_a_message",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("kind", "transfer_911")),
                        fields=("service_request",),
                        name="call_back_once_a_transfer",
                    ),
                ],
            },
        ),
    ]
