"""Adds whose database it is and what a restore lost, and the list of erasures."""

from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0044_question_script")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_id", models.BigIntegerField()),
                ("person_created_at", models.DateTimeField()),
                ("reports_too", models.BooleanField()),
                ("erased_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
            ],
        ),
        migrations.CreateModel(
            name="Installation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("installation_id", models.CharField(max_length=64, unique=True)),
                ("marked_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
                ("restored_to", models.DateTimeField(null=True)),
                ("lost_until", models.DateTimeField(null=True)),
                ("restored_at", models.DateTimeField(null=True)),
            ],
        ),
    ]
