import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0012_api_key_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiKeyCalls",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("endpoint", models.CharField(max_length=200)),
                ("status", models.PositiveSmallIntegerField()),
                ("calls", models.PositiveIntegerField()),
                (
                    "api_key",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.apikey",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("api_key", "day", "endpoint", "status"), name="api_key_calls_unique"
                    )
                ],
            },
        ),
    ]
