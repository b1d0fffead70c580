"""The city's own names for places, such as "Mass Ave"."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0076_answers_of_repeated_calls"),
    ]

    operations = [
        migrations.AddField(
            model_name="jurisdiction",
            name="place_aliases",
            field=models.JSONField(blank=True, db_default=models.Value({}, models.JSONField()), default=dict),
        ),
    ]
