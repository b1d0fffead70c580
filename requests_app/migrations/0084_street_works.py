import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0081_key_sentence"),
    ]

    operations = [
        migrations.CreateModel(
            name="StreetWork",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=60)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paving", "Paving"),
                            ("water_main", "Water main work"),
                            ("sewer", "Sewer work"),
                            ("gas", "Gas main work"),
                            ("closed_lane", "Lane closed"),
                            ("other", "Street work"),
                        ],
                        max_length=12,
                    ),
                ),
                ("place", models.CharField(max_length=200)),
                ("done_by", models.JSONField(blank=True, default=dict)),
                ("words", models.JSONField(blank=True, default=dict)),
                ("hours", models.CharField(blank=True, max_length=11)),
                ("starts_on", models.DateField()),
                ("ends_on", models.DateField()),
                ("shape", django.contrib.gis.db.models.fields.GeometryField(srid=4326)),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="street_works",
                        to="requests_app.jurisdiction",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["jurisdiction", "ends_on", "id"], name="street_work_by_end")],
                "constraints": [
                    models.UniqueConstraint(fields=("jurisdiction", "code"), name="street_work_code_unique"),
                    models.CheckConstraint(
                        condition=models.Q(("ends_on__gte", models.F("starts_on"))),
                        name="street_work_ends_after_it_starts",
                    ),
                ],
            },
        ),
    ]
