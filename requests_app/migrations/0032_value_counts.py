import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0031_draft_channel"),
    ]

    operations = [
        migrations.CreateModel(
            name="ValueCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "measure",
                    models.CharField(
                        choices=[
                            ("report", "Report"),
                            ("joined", "Joined"),
                            ("merged", "Merged"),
                            ("first_contact", "First Contact"),
                            ("intake", "Intake"),
                        ],
                        max_length=14,
                    ),
                ),
                ("day", models.DateField()),
                ("part", models.CharField(blank=True, max_length=18)),
                ("value", models.PositiveIntegerField(default=0)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["jurisdiction", "measure", "day", "part"], name="value_count_unique"
                    ),
                ],
            },
        ),
    ]
