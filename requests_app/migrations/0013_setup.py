"""The log of setup, and teams of departments."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0012_public_open_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="SetupChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("kind", models.CharField(max_length=30)),
                ("key", models.CharField(max_length=80)),
                ("name", models.CharField(blank=True, max_length=200)),
                ("action", models.CharField(max_length=20)),
                ("before", models.JSONField(blank=True, null=True)),
                ("after", models.JSONField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Team",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.SlugField(max_length=40)),
                ("name", models.JSONField(default=dict)),
                ("active", models.BooleanField(default=True)),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="teams", to="requests_app.department"
                    ),
                ),
                ("members", models.ManyToManyField(blank=True, related_name="teams", to=settings.AUTH_USER_MODEL)),
            ],
            options={
                "ordering": ["code"],
            },
        ),
        migrations.AddField(
            model_name="servicerequest",
            name="team",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="service_requests",
                to="requests_app.team",
            ),
        ),
        migrations.AddIndex(
            model_name="setupchange",
            index=models.Index(fields=["jurisdiction", "-id"], name="setup_change_newest"),
        ),
        migrations.AddIndex(
            model_name="setupchange",
            index=models.Index(fields=["jurisdiction", "kind", "key", "-id"], name="setup_change_of_row"),
        ),
        migrations.AddIndex(
            model_name="setupchange",
            index=models.Index(fields=["user", "-id"], name="setup_change_by_user"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="setupchange",
            trigger=pgtrigger.compiler.Trigger(
                name="setup_append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="9e3765cc90dac64019be804f9008da181e979cfc",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_setup_append_only_25089",
                    table="requests_app_setupchange",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="team",
            constraint=models.UniqueConstraint(fields=("department", "code"), name="team_code_unique"),
        ),
    ]
