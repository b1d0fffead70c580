"""The clocks that warn or escalate next, and those that a suspension has stopped."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0047_ending_checks")]
    operations = [
        AddIndexSafely(
            "clock",
            models.Index(
                fields=["step_at", "id"],
                condition=models.Q(met_at__isnull=True, step_at__isnull=False),
                name="clock_next_step",
            ),
        ),
        AddIndexSafely(
            "clock",
            models.Index(
                fields=["suspension", "service_request"],
                condition=models.Q(met_at__isnull=True, suspension__isnull=False),
                name="clock_suspended",
            ),
        ),
    ]
