"""Published sets of routing rules, a draft and its simulations; what rules decide besides the department."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0022_people_access"),
    ]

    operations = [
        migrations.CreateModel(
            name="RoutingDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rules", models.JSONField()),
                ("base", models.PositiveIntegerField(default=0)),
                ("revision", models.PositiveBigIntegerField(default=1)),
                ("earlier", models.JSONField(default=list)),
                ("updated_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="RoutingSimulation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("base_rules", models.JSONField()),
                ("rules", models.JSONField()),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("last_id", models.BigIntegerField(default=0)),
                ("replayed", models.PositiveIntegerField(default=0)),
                ("moved", models.PositiveIntegerField(default=0)),
                ("by_rule", models.JSONField(default=list)),
                ("by_department", models.JSONField(default=list)),
                ("places", models.JSONField(default=dict)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RoutingVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                ("rules", models.JSONField()),
                ("note", models.CharField(blank=True, max_length=500)),
                ("published_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.AddField(
            model_name="routingrule",
            name="came_back",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="caught",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="routingrule",
            name="then",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
        migrations.AddField(
            model_name="routingdraft",
            name="jurisdiction",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="routing_draft",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="routingdraft",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routingsimulation",
            name="jurisdiction",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="routing_simulations",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="routingsimulation",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="routingversion",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="routing_versions",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AddField(
            model_name="routingversion",
            name="user",
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
            model_name="routingdecision",
            name="version",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="requests_app.routingversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="routingversion",
            constraint=models.UniqueConstraint(fields=("jurisdiction", "number"), name="routing_version_number_unique"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="routingversion",
            trigger=pgtrigger.compiler.Trigger(
                name="routing_version_immutable",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;",
                    hash="2ee6ee1c7c72df213a8311c999292091ae904baa",
                    operation="UPDATE",
                    pgid="pgtrigger_routing_version_immutable_68ff1",
                    table="requests_app_routingversion",
                    when="BEFORE",
                ),
            ),
        ),
    ]
