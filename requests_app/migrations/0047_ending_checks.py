"""Endings drawn for a look by another team, and the watch for silence."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0046_clock_suspensions")]
    operations = [
        migrations.AlterField(
            model_name="photo",
            name="kind",
            field=models.CharField(
                choices=[("report", "Report"), ("work", "Work"), ("check", "Check")], default="report", max_length=8
            ),
        ),
        migrations.CreateModel(
            name="EndingCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "disposition",
                    models.CharField(
                        choices=[
                            ("fixed", "Fixed"),
                            ("action_taken", "Action Taken"),
                            ("answered", "Answered"),
                            ("handed_over", "Handed Over"),
                            ("duplicate", "Duplicate"),
                            ("not_found", "Not Found"),
                            ("cannot_do", "Cannot Do"),
                            ("no_reply", "No Reply"),
                            ("withdrawn", "Withdrawn"),
                            ("not_worked", "Not Worked"),
                            ("removed", "Removed"),
                        ],
                        max_length=14,
                    ),
                ),
                ("ended_at", models.DateTimeField()),
                (
                    "seen",
                    models.CharField(
                        blank=True,
                        choices=[("fixed", "Fixed"), ("not_fixed", "Not Fixed"), ("cant_tell", "Cant Tell")],
                        max_length=10,
                    ),
                ),
                ("was_blind", models.BooleanField(default=False)),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
                ("reopened_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="EndingSample",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("week", models.DateField()),
                ("seed", models.CharField(max_length=32)),
                ("wanted", models.PositiveIntegerField()),
                ("endings", models.PositiveIntegerField()),
                ("other_endings", models.PositiveIntegerField()),
                ("drawn_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="SilenceQuestion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asked_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("scheduled", "Scheduled"),
                            ("backlog", "Backlog"),
                            ("parts", "Parts"),
                            ("others", "Others"),
                            ("investigating", "Investigating"),
                            ("unclear", "Unclear"),
                        ],
                        max_length=14,
                    ),
                ),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="department",
            name="head",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="checked_endings",
            field=models.PositiveSmallIntegerField(db_default=10, default=10),
        ),
        migrations.AddField(
            model_name="jurisdiction",
            name="silent_days",
            field=models.PositiveSmallIntegerField(db_default=14, default=14),
        ),
        migrations.AddConstraint(
            model_name="jurisdiction",
            constraint=models.CheckConstraint(
                condition=models.Q(("silent_days__gte", 1)), name="jurisdiction_watches_silence"
            ),
        ),
        migrations.AddField(
            model_name="endingcheck",
            name="checker",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="ending_checks",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="endingcheck",
            name="photo",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.photo",
            ),
        ),
        migrations.AddField(
            model_name="endingcheck",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="ending_checks",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddField(
            model_name="endingsample",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="ending_samples", to="requests_app.department"
            ),
        ),
        migrations.AddField(
            model_name="endingsample",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="endingcheck",
            name="sample",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="checks", to="requests_app.endingsample"
            ),
        ),
        migrations.AddField(
            model_name="silencequestion",
            name="answered_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="silencequestion",
            name="asked",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="silencequestion",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="silence_questions",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddIndex(
            model_name="endingsample",
            index=models.Index(fields=["jurisdiction", "-week"], name="ending_sample_newest"),
        ),
        migrations.AddConstraint(
            model_name="endingsample",
            constraint=models.UniqueConstraint(fields=("department", "week"), name="ending_sample_once"),
        ),
        migrations.AddIndex(
            model_name="endingcheck",
            index=models.Index(
                condition=models.Q(("seen_at__isnull", True)), fields=["checker", "id"], name="ending_check_to_do"
            ),
        ),
        migrations.AddConstraint(
            model_name="endingcheck",
            constraint=models.UniqueConstraint(fields=("sample", "service_request"), name="ending_check_once"),
        ),
        migrations.AddConstraint(
            model_name="endingcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("seen", ""), ("seen_at__isnull", True)),
                    models.Q(models.Q(("seen", ""), _negated=True), ("seen_at__isnull", False)),
                    _connector="OR",
                ),
                name="ending_check_seen_at",
            ),
        ),
        migrations.AddIndex(
            model_name="silencequestion",
            index=models.Index(fields=["service_request", "-id"], name="silence_of_request"),
        ),
        migrations.AddConstraint(
            model_name="silencequestion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at__isnull", True), ("ended_at__isnull", True)),
                fields=("service_request",),
                name="silence_one_open",
            ),
        ),
    ]
