"""What a queue shows apart: urgent and unaccepted, reopened, newly answered, on hold. Built beside traffic."""

from django.db import migrations, models
from django.db.models import Q

from requests_app.migrations._beside_traffic import AddIndexBesideTraffic

OPEN = Q(status__in=["received", "routed", "in_progress", "on_hold"])
COLUMNS = ["jurisdiction", "department", "due_at", "id"]


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0005_counters_and_keys")]
    operations = [
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(
                fields=COLUMNS,
                condition=OPEN & Q(acknowledged_at__isnull=True) & (Q(priority=1) | Q(after_warning=True)),
                name="request_urgent",
            ),
        ),
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(fields=COLUMNS, condition=OPEN & Q(reopened_count__gt=0), name="request_open_reopened"),
        ),
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(fields=COLUMNS, condition=Q(has_new_answer=True), name="request_new_answer"),
        ),
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "hold_until", "id"], condition=Q(status="on_hold"), name="request_on_hold"
            ),
        ),
    ]
