"""A lane of the outbox for webhooks. Only the list of choices changes; rows that wait in the lane "outside" are sent from there."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0068_events_of_programs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxrow",
            name="lane",
            field=models.CharField(
                choices=[
                    ("database", "Database"),
                    ("outside", "Outside"),
                    ("webhook", "Webhook"),
                    ("alarm", "Alarm"),
                ],
                max_length=10,
            ),
        ),
    ]
