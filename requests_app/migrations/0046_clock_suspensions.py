"""Times in which the clocks of some services or areas are stopped, and when a clock warns and escalates."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0045_department_email")]
    operations = [
        migrations.CreateModel(
            name="ClockSuspension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.JSONField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("stopped", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.AddField(
            model_name="clock",
            name="runs_since",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clock",
            name="step",
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="clock",
            name="step_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="clocksuspension",
            name="areas",
            field=models.ManyToManyField(blank=True, related_name="+", to="requests_app.area"),
        ),
        migrations.AddField(
            model_name="clocksuspension",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="clocksuspension",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="clock_suspensions",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="clocksuspension",
            name="services",
            field=models.ManyToManyField(blank=True, related_name="+", to="requests_app.service"),
        ),
        migrations.AddField(
            model_name="clock",
            name="suspension",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="clocks",
                to="requests_app.clocksuspension",
            ),
        ),
        migrations.AddIndex(
            model_name="clocksuspension",
            index=models.Index(fields=["jurisdiction", "-ends_at", "-id"], name="suspension_by_end"),
        ),
        migrations.AddConstraint(
            model_name="clocksuspension",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("starts_at"))), name="suspension_ends_after_it_starts"
            ),
        ),
    ]
