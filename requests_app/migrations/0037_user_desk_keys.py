"""Adds the keys that a member of staff chose at the desk."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0036_sensors")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="desk_keys",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        )
    ]
