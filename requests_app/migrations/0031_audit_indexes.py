"""Acts of staff and changes of setup by time, for the audit."""

from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely

BY_STAFF = models.Q(user__isnull=False)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0029_layer_imports")]
    operations = [
        AddIndexSafely(
            "event",
            models.Index(fields=["jurisdiction", "-at", "-id"], condition=BY_STAFF, name="event_of_staff"),
        ),
        AddIndexSafely(
            "event",
            models.Index(fields=["user", "-at", "-id"], condition=BY_STAFF, name="event_by_user"),
        ),
        AddIndexSafely(
            "event",
            models.Index(
                fields=["jurisdiction", "kind", "-at", "-id"], condition=BY_STAFF, name="event_of_staff_by_kind"
            ),
        ),
        AddIndexSafely(
            "setupchange",
            models.Index(fields=["jurisdiction", "-at", "-id"], name="setup_change_by_time"),
        ),
    ]
