"""What a queue shows apart: urgent and unaccepted, reopened, newly answered, on hold. Built beside traffic."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

OPEN = Q(status__in=["received", "routed", "in_progress", "on_hold"])
COLUMNS = ["jurisdiction", "department", "due_at", "id"]


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0005_counters_and_keys")]
    operations = [
        AddIndexConcurrently(
            "servicerequest",
            models.Index(
                fields=COLUMNS,
                condition=OPEN & Q(acknowledged_at__isnull=True) & (Q(priority=1) | Q(after_warning=True)),
                name="request_urgent",
            ),
        ),
        AddIndexConcurrently(
            "servicerequest",
            models.Index(fields=COLUMNS, condition=OPEN & Q(reopened_count__gt=0), name="request_open_reopened"),
        ),
        AddIndexConcurrently(
            "servicerequest",
            models.Index(fields=COLUMNS, condition=Q(has_new_answer=True), name="request_new_answer"),
        ),
        AddIndexConcurrently(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "hold_until", "id"], condition=Q(status="on_hold"), name="request_on_hold"
            ),
        ),
    ]
