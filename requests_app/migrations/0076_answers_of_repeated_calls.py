"""What the first call with an Idempotency-Key was answered, for the same call when it comes again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0075_outcomes_of_drawings"),
    ]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="answer",
            field=models.JSONField(db_default={}, default=dict),
        ),
    ]
