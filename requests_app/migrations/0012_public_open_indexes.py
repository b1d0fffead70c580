"""Indexes for the public lists of open reports, and for the latest changes of a service."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely

PUBLIC = models.Q(public_state="public")
PUBLIC_AND_OPEN = PUBLIC & models.Q(status__in=["received", "routed", "in_progress", "on_hold"])
INDEXES = [
    ("request_public_service_update", ["service", "-updated_at", "-id"], PUBLIC),
    ("request_public_open", ["jurisdiction", "-submitted_at", "-id"], PUBLIC_AND_OPEN),
    ("request_public_open_updated", ["jurisdiction", "-updated_at", "-id"], PUBLIC_AND_OPEN),
    ("request_public_open_service", ["service", "-submitted_at", "-id"], PUBLIC_AND_OPEN),
]


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0011_numbers")]
    operations = [
        AddIndexSafely("servicerequest", models.Index(fields=fields, condition=condition, name=name))
        for name, fields, condition in INDEXES
    ] + [
        AddIndexSafely(
            "requestarea",
            models.Index(
                fields=["area", "-submitted_at", "-service_request"],
                condition=models.Q(public_state="public", is_open=True),
                name="request_area_open",
            ),
        )
    ]
