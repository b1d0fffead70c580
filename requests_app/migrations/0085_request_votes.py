import django.db.models.deletion
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0084_street_works"),
    ]

    operations = [
        migrations.AddField(
            model_name="servicerequest",
            name="me_too_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="servicerequest",
            name="thanks_count",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="RequestVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=[("me_too", "Me Too"), ("thanks", "Thanks")], max_length=6)),
                ("device", models.CharField(max_length=24)),
                ("created_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                (
                    "service_request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="votes",
                        to="requests_app.servicerequest",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("service_request", "kind", "device"), name="request_vote_once")
                ],
            },
        ),
    ]
