"""Which outcomes a drawing of endings was made from, and that an action left a sign. Earlier drawings were from two outcomes."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0070_webhook_lane")]
    operations = [
        migrations.AddField(
            model_name="endingsample",
            name="outcomes",
            field=ArrayField(base_field=models.CharField(max_length=14), db_default=["fixed", "not_found"], size=None),
        ),
        migrations.AlterField(
            model_name="endingcheck",
            name="seen",
            field=models.CharField(
                blank=True,
                choices=[
                    ("fixed", "Fixed"),
                    ("not_fixed", "Not Fixed"),
                    ("cant_tell", "Cant Tell"),
                    ("acted", "Acted"),
                ],
                max_length=10,
            ),
        ),
    ]
