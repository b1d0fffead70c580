# Calls by month, from before and after 311 began.

import django.db.models.deletion
from django.db import migrations, models

import requests_app.clock


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0045_installation")]

    operations = [
        migrations.AddField("jurisdiction", "desk_began_on", models.DateField(blank=True, null=True)),
        migrations.CreateModel(
            name="CallMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "line",
                    models.CharField(
                        choices=[
                            ("911", "Emergency"),
                            ("non_emergency", "Non Emergency"),
                            ("311", "Desk"),
                            ("neighbor_911", "Neighbor"),
                        ],
                        max_length=13,
                    ),
                ),
                (
                    "priority",
                    models.CharField(blank=True, choices=[("high", "High"), ("low", "Low"), ("", "All")], max_length=4),
                ),
                ("month", models.DateField()),
                ("calls", models.PositiveIntegerField()),
                ("received_at", models.DateTimeField(db_default=requests_app.clock.AppNow())),
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
                        fields=("jurisdiction", "line", "priority", "month"), name="call_month_once"
                    ),
                    models.CheckConstraint(condition=models.Q(("month__day", 1)), name="call_month_begins_a_month"),
                    models.CheckConstraint(
                        condition=models.Q(("line__in", ["911", "neighbor_911"]), ("priority", ""), _connector="OR"),
                        name="call_month_priority_of_911",
                    ),
                ],
            },
        ),
    ]
