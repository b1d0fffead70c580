"""The city of outbox rows without a request, and a lane for what is done by the clock."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0103_link_nonces"),
    ]

    operations = [
        migrations.AddField(
            model_name="outboxrow",
            name="jurisdiction",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.jurisdiction",
            ),
        ),
        migrations.AlterField(
            model_name="outboxrow",
            name="lane",
            field=models.CharField(
                choices=[
                    ("database", "Database"),
                    ("outside", "Outside"),
                    ("webhook", "Webhook"),
                    ("alarm", "Alarm"),
                    ("clock", "Clock"),
                ],
                max_length=10,
            ),
        ),
    ]
