"""Orders of the queue: by time of report, by priority, and by how long the public has not heard anything."""

from django.db import migrations, models
from django.db.models.functions import Coalesce

from requests_app.core.safe_migrations import AddIndexSafely

OPEN = models.Q(status__in=["received", "routed", "in_progress", "on_hold"])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0033_answer_templates")]
    operations = [
        AddIndexSafely(
            "servicerequest",
            models.Index(fields=["jurisdiction", "submitted_at", "id"], condition=OPEN, name="request_open_by_time"),
        ),
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "priority", "due_at", "id"], condition=OPEN, name="request_open_by_priority"
            ),
        ),
        AddIndexSafely(
            "servicerequest",
            models.Index(
                models.F("jurisdiction"),
                Coalesce("last_public_message_at", "submitted_at"),
                models.F("id"),
                condition=OPEN,
                name="request_open_by_quiet",
            ),
        ),
    ]
