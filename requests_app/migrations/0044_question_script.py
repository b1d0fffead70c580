"""Adds how call takers ask a question aloud."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0043_always_ask_approval")]

    operations = [
        migrations.AddField(
            model_name="questionversion",
            name="script",
            field=models.JSONField(blank=True, db_default={}, default=dict),
        ),
    ]
