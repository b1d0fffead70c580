import uuid

from django.db import migrations, models

# Of the rows that private links are made for. There are many events, and only a few get one.
TABLES = ("accesslink", "alarmcall", "contactpoint", "handover", "invitation", "onetimelink", "subscription")


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0102_urgent_targets")]

    operations = [
        # First without the default, which would give all rows that exist one and the same nonce, and end their links.
        *(
            migrations.AddField(table, "nonce", models.UUIDField(null=True, editable=False))
            for table in (*TABLES, "event")
        ),
        *(
            migrations.AlterField(table, "nonce", models.UUIDField(null=True, default=uuid.uuid4, editable=False))
            for table in TABLES
        ),
    ]
