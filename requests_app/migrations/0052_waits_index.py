"""The requests that wait for another one."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0051_tasks")]
    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["waits_for"],
                condition=models.Q(waits_for__isnull=False),
                name="request_waits_for_another",
            ),
        )
    ]
