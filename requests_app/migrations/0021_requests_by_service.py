"""A service's open requests, and those that ended recently, for what a new target would have meant."""

from django.db import migrations, models
from django.db.models import Q

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("requests_app", "0020_target_agreement")]

    operations = [
        AddIndexSafely(
            model_name="servicerequest",
            index=models.Index(
                fields=["service", "-id"],
                condition=Q(status__in=["received", "routed", "in_progress", "on_hold"]),
                name="request_open_by_service",
            ),
        ),
        AddIndexSafely(
            model_name="servicerequest",
            index=models.Index(
                fields=["service", "-resolved_at"],
                condition=Q(resolved_at__isnull=False),
                name="request_ended_by_service",
            ),
        ),
    ]
