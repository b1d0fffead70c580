import django.db.models.deletion
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0035_draft_saw_answer"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contact",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("phone", "Phone"),
                    ("api", "Api"),
                    ("email", "Email"),
                    ("counter", "Counter"),
                    ("text", "Text"),
                    ("chat", "Chat"),
                    ("letter", "Letter"),
                    ("staff", "Staff"),
                    ("sensor", "Sensor"),
                    ("import", "Import"),
                ],
                default="phone",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="contactcost",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("phone", "Phone"),
                    ("api", "Api"),
                    ("email", "Email"),
                    ("counter", "Counter"),
                    ("text", "Text"),
                    ("chat", "Chat"),
                    ("letter", "Letter"),
                    ("staff", "Staff"),
                    ("sensor", "Sensor"),
                    ("import", "Import"),
                ],
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="draft",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("phone", "Phone"),
                    ("api", "Api"),
                    ("email", "Email"),
                    ("counter", "Counter"),
                    ("text", "Text"),
                    ("chat", "Chat"),
                    ("letter", "Letter"),
                    ("staff", "Staff"),
                    ("sensor", "Sensor"),
                    ("import", "Import"),
                ],
                db_default="web",
                default="web",
                max_length=10,
            ),
        ),
        migrations.AlterField(
            model_name="servicerequest",
            name="channel",
            field=models.CharField(
                choices=[
                    ("web", "Web"),
                    ("phone", "Phone"),
                    ("api", "Api"),
                    ("email", "Email"),
                    ("counter", "Counter"),
                    ("text", "Text"),
                    ("chat", "Chat"),
                    ("letter", "Letter"),
                    ("staff", "Staff"),
                    ("sensor", "Sensor"),
                    ("import", "Import"),
                ],
                default="web",
                max_length=10,
            ),
        ),
        migrations.CreateModel(
            name="Sensor",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("asset_number", models.CharField(max_length=60)),
                ("measure", models.CharField(max_length=40)),
                ("unit", models.CharField(blank=True, max_length=20)),
                ("alarm_below", models.FloatField(blank=True, null=True)),
                ("alarm_above", models.FloatField(blank=True, null=True)),
                ("description", models.CharField(max_length=200)),
                ("last_value", models.FloatField(blank=True, null=True)),
                ("last_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sensors",
                        to="requests_app.apikey",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="requests_app.service"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SensorRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alarms", models.PositiveIntegerField(default=1)),
                ("first_at", models.DateTimeField()),
                ("last_at", models.DateTimeField()),
                ("lowest", models.FloatField()),
                ("highest", models.FloatField()),
                ("normal_at", models.DateTimeField(blank=True, null=True)),
                ("times_normal", models.PositiveIntegerField(default=0)),
                (
                    "sensor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="requests",
                        to="requests_app.sensor",
                    ),
                ),
                (
                    "service_request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sensor_request",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="sensor",
            constraint=models.UniqueConstraint(
                fields=("api_key", "asset_number", "measure"), name="sensor_measures_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="sensor",
            constraint=models.CheckConstraint(
                condition=models.Q(("alarm_below__isnull", False), ("alarm_above__isnull", False), _connector="OR"),
                name="sensor_has_a_limit",
            ),
        ),
        migrations.AddIndex(
            model_name="sensorrequest",
            index=models.Index(fields=["sensor", "-id"], name="sensor_newest_request"),
        ),
    ]
