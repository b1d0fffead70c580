"""Alarms about danger and rosters of who is on call, which replace Department.on_call.

The old column stays in the table, with a default, because processes of the release before this one still read and write it
while they are being replaced. The next release drops it.
"""

from typing import Any

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


def copy_rosters(apps: Any, schema_editor: Any) -> None:
    """Makes a row for each contact in Department.on_call. Entries that name nobody are left out; a second run changes nothing."""
    departments = apps.get_model("requests_app", "Department").objects
    rosters = apps.get_model("requests_app", "OnCall").objects
    for department in departments.exclude(on_call=[]):
        if rosters.filter(department=department).exists() or not isinstance(department.on_call, list):
            continue
        for order, contact in enumerate(department.on_call, start=1):
            written = contact if isinstance(contact, dict) else {"name": contact}
            values = {name: str(written.get(name) or "").strip() for name in ("name", "email", "phone")}
            name = values["name"] or values["email"] or values["phone"]
            if not name:
                continue
            rosters.create(
                jurisdiction_id=department.jurisdiction_id,
                department=department,
                order=order,
                name=name[:200],
                email=values["email"] if len(values["email"]) <= 254 else "",
                phone=values["phone"][:40],
            )


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0003_partial_place_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reason",
                    models.CharField(
                        choices=[("words", "Words"), ("answer", "Answer"), ("staff", "Staff")], max_length=10
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("ringing", "Ringing"), ("accepted", "Accepted"), ("ended", "Ended")],
                        default="ringing",
                        max_length=10,
                    ),
                ),
                ("started_at", models.DateTimeField()),
                ("step", models.PositiveIntegerField(default=0)),
                ("round", models.PositiveIntegerField(default=0)),
                ("next_at", models.DateTimeField(blank=True, null=True)),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("needless_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="AlarmCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("step", models.PositiveIntegerField()),
                ("round", models.PositiveIntegerField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("department", "Department"),
                            ("supervisor", "Supervisor"),
                            ("desk", "Desk"),
                            ("night", "Night Number"),
                        ],
                        max_length=10,
                    ),
                ),
                ("callee_key", models.CharField(max_length=330)),
                ("name", models.CharField(max_length=200)),
                ("channel", models.CharField(choices=[("email", "Email"), ("sms", "Sms")], max_length=10)),
                ("address", models.CharField(max_length=320)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("sent", "Sent"),
                            ("failed", "Failed"),
                            ("unneeded", "Unneeded"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=80)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="OnCall",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("email", models.EmailField(blank=True, max_length=254)),
                ("phone", models.CharField(blank=True, max_length=40)),
                (
                    "weekdays",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None
                    ),
                ),
                ("starts_at", models.TimeField(blank=True, null=True)),
                ("ends_at", models.TimeField(blank=True, null=True)),
            ],
            options={
                "ordering": ["order", "id"],
            },
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="alarm_minutes",
            field=models.PositiveSmallIntegerField(db_default=15, default=15),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="desk_night_number",
            field=models.CharField(blank=True, db_default="", max_length=40),
        ),
        migrations.AlterField(
            model_name="outboxrow",
            name="lane",
            field=models.CharField(
                choices=[("database", "Database"), ("outside", "Outside"), ("alarm", "Alarm")], max_length=10
            ),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("alarm_minutes__gte", 1)), name="jurisdiction_alarms_wait"
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="accepted_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="comment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.comment",
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="needless_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="alarms", to="requests_app.servicerequest"
            ),
        ),
        migrations.AddField(
            model_name="alarmcall",
            name="alarm",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="calls", to="requests_app.alarm"
            ),
        ),
        migrations.AddField(
            model_name="alarmcall",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="alarm",
            name="accepted_call",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.alarmcall",
            ),
        ),
        migrations.AddField(
            model_name="oncall",
            name="department",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="on_call_roster",
                to="requests_app.department",
            ),
        ),
        migrations.AddField(
            model_name="oncall",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="on_call", to="requests_app.jurisdiction"
            ),
        ),
        migrations.AddField(
            model_name="oncall",
            name="user",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="alarmcall",
            constraint=models.UniqueConstraint(fields=("alarm", "step", "channel"), name="alarm_call_once_a_step"),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(
                condition=models.Q(("state", "ringing")), fields=["jurisdiction", "started_at"], name="alarm_ringing"
            ),
        ),
        migrations.AddIndex(
            model_name="alarm",
            index=models.Index(fields=["jurisdiction", "started_at"], name="alarm_by_start"),
        ),
        migrations.AddConstraint(
            model_name="alarm",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "ringing")), fields=("service_request",), name="alarm_rings_once_a_request"
            ),
        ),
        migrations.AddConstraint(
            model_name="oncall",
            constraint=models.CheckConstraint(
                condition=models.Q(("user__isnull", False), models.Q(("name", ""), _negated=True), _connector="OR"),
                name="on_call_is_somebody",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE requests_app_department ALTER COLUMN on_call SET DEFAULT '[]'", migrations.RunSQL.noop
        ),
        migrations.RunPython(copy_rosters, migrations.RunPython.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="department", name="on_call")]
        ),
    ]
