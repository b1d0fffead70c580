"""Finds the notices of a bulk job when it's deleted."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("requests_app", "0098_job_notices"),
    ]

    operations = [
        AddIndexSafely(
            "staffnotice",
            models.Index(fields=["bulk_job"], condition=models.Q(bulk_job__isnull=False), name="staff_notice_of_job"),
        ),
    ]
