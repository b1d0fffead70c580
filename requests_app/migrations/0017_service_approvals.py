"""What is approved and tested before a service is offered."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0015_service_drafts")]

    operations = [
        migrations.CreateModel(
            name="ServiceApproval",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(choices=[("emergency", "Emergency"), ("no_article", "No Article")], max_length=12),
                ),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("review_by", models.DateField(blank=True, null=True)),
                ("approved", models.JSONField(blank=True, default=dict)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="approvals", to="requests_app.service"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("service", "kind"), name="service_approval_once")],
            },
        ),
        migrations.CreateModel(
            name="ServiceTest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("passed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tests", to="requests_app.service"
                    ),
                ),
                (
                    "service_request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_test",
                        to="requests_app.servicerequest",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["service", "-id"], name="service_test_newest")],
            },
        ),
    ]
