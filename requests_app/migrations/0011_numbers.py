"""Typical times, and counts of the answers to the survey."""

import django.db.models.deletion
from django.db import migrations, models

# The answers given so far. From now on, each answer counts itself (actions/shared/counters.py).
COUNT_SURVEY_ANSWERS = """
INSERT INTO requests_app_counterdelta (jurisdiction_id, measure, day, service_id, public_state, delta)
SELECT r.jurisdiction_id, s.question || '_' || s.value,
       date_trunc('month', s.answered_at AT TIME ZONE j.time_zone)::date, r.service_id, r.public_state, count(*)
FROM requests_app_surveyanswer s JOIN requests_app_servicerequest r ON r.id = s.service_request_id
JOIN requests_app_jurisdiction j ON j.id = r.jurisdiction_id
GROUP BY 1, 2, 3, 4, 5
"""


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0010_map_cells"),
    ]

    operations = [
        migrations.CreateModel(
            name="TypicalTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("computed_at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
                ("days", models.PositiveSmallIntegerField()),
                ("half", models.DurationField(null=True)),
                ("most", models.DurationField(null=True)),
                ("factor", models.FloatField()),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.area",
                    ),
                ),
                (
                    "jurisdiction",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="requests_app.jurisdiction"
                    ),
                ),
                (
                    "service",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="requests_app.service",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("service", "day", "area"), name="typical_time_once", nulls_distinct=False
                    )
                ],
            },
        ),
        migrations.RunSQL(COUNT_SURVEY_ANSWERS, migrations.RunSQL.noop),
    ]
