"""Tasks, waits for another request, teams that share by load, and photos before and after the work."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0050_overview_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutsideStatus",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("words", models.CharField(max_length=60)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")], max_length=8
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("what", models.CharField(max_length=500)),
                ("due_on", models.DateField(blank=True, null=True)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Open"), ("done", "Done"), ("dropped", "Dropped")],
                        default="open",
                        max_length=8,
                    ),
                ),
                ("outside_number", models.CharField(blank=True, max_length=60)),
                ("outside_url", models.URLField(blank=True, max_length=300)),
                ("outside_status", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="photo",
            name="stage",
            field=models.CharField(
                blank=True, choices=[("before", "Before"), ("after", "After")], db_default="", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="servicerequest",
            name="waits_for",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AddField(
            model_name="team",
            name="shares_by_load",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="outsidestatus",
            name="department",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="outside_statuses",
                to="requests_app.department",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="after",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.task",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="department",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="tasks",
                to="requests_app.department",
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="ended_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="service_request",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="tasks", to="requests_app.servicerequest"
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.team",
            ),
        ),
        migrations.AddConstraint(
            model_name="outsidestatus",
            constraint=models.UniqueConstraint(fields=("department", "words"), name="outside_status_unique"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["department", "id"], name="task_open_by_department"
            ),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("outside_number", ""), _negated=True),
                fields=["department", "outside_number"],
                name="task_by_outside_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("ended_at", None), ("state", "open")),
                    models.Q(models.Q(("state", "open"), _negated=True), models.Q(("ended_at", None), _negated=True)),
                    _connector="OR",
                ),
                name="task_ended_has_time",
            ),
        ),
    ]
