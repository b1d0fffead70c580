"""The open requests of a team, by due date."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0013_setup")]
    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["team", "due_at", "id"],
                condition=models.Q(status__in=["received", "routed", "in_progress", "on_hold"], team__isnull=False),
                name="request_open_by_team",
            ),
        )
    ]
