"""Calls that went between the 911 center and 311."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0049_resolved_notice"),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyHandOver",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("direction", models.CharField(choices=[("in", "In"), ("out", "Out")], max_length=3)),
                ("is_warm", models.BooleanField(blank=True, null=True)),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("city_service", "City Service"),
                            ("question", "Question"),
                            ("not_urgent", "Not Urgent"),
                            ("medical", "Medical"),
                            ("fire", "Fire"),
                            ("crime", "Crime"),
                            ("traffic", "Traffic"),
                            ("welfare", "Welfare"),
                            ("other", "Other"),
                            ("unknown", "Unknown"),
                        ],
                        default="unknown",
                        max_length=12,
                    ),
                ),
                ("event_number", models.CharField(blank=True, max_length=80)),
                ("has_event_number", models.BooleanField(default=False)),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "alarm",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.alarm",
                    ),
                ),
                (
                    "api_key",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="requests_app.apikey",
                    ),
                ),
                (
                    "by",
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
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="emergency_hand_overs",
                        to="requests_app.contact",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="emergency_hand_overs",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="emergency_hand_overs",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["jurisdiction", "direction", "-at", "-id"], name="emergency_hand_over_newest"),
                    models.Index(
                        condition=models.Q(("event_number", ""), _negated=True),
                        fields=["jurisdiction", "event_number"],
                        name="emergency_hand_over_by_number",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("direction", "in")),
                        fields=("service_request",),
                        name="emergency_hand_over_in_once_a_request",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("event_number", ""), ("has_event_number", True), _connector="OR"),
                        name="emergency_hand_over_has_its_number",
                    ),
                ],
            },
        ),
    ]
