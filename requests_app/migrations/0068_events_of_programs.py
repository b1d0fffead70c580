"""Which program did something for a member of staff."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0072_texts_of_safety_notes_and_results_of_tasks")]

    operations = [
        # Without a default, so that PostgreSQL neither writes nor reads the rows.
        migrations.AddField(
            model_name="event",
            name="api_key",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="requests_app.apikey",
            ),
        ),
    ]
