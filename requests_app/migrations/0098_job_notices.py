"""Notices about bulk jobs, which are about no single request."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("requests_app", "0097_alarm_kind"),
    ]

    operations = [
        migrations.AlterField(
            model_name="staffnotice",
            name="service_request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.servicerequest",
            ),
        ),
        migrations.AlterField(
            model_name="staffnotice",
            name="event",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="requests_app.event",
            ),
        ),
        migrations.AlterField(
            model_name="staffnotice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("escalated", "Escalated"),
                    ("mentioned", "Mentioned"),
                    ("assigned", "Assigned"),
                    ("answered", "Answered"),
                    ("reopened", "Reopened"),
                    ("due_soon", "Due Soon"),
                    ("transferred", "Transferred"),
                    ("routed", "Routed"),
                    ("job_done", "Job Done"),
                ],
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="staffnotice",
            name="bulk_job",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="requests_app.bulkjob",
            ),
        ),
    ]
