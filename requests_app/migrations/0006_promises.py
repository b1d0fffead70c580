"""Promises to residents: how long clocks were paused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0003_partial_place_indexes")]

    operations = [
        migrations.AddField("clock", "waited_s", models.BigIntegerField(db_default=0, default=0)),
    ]
