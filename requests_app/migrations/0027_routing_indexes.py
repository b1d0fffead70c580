"""All requests of a period, and the requests that a rule routed recently."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0026_first_routing_versions")]
    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(fields=["jurisdiction", "submitted_at", "id"], name="request_by_time"),
        ),
        AddIndexSafely(
            "routingdecision",
            models.Index(
                fields=["created_at"],
                include=["rule", "service_request"],
                condition=models.Q(is_first=True, rule__isnull=False),
                name="routing_decision_newest",
            ),
        ),
    ]
