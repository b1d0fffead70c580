"""The few that wait for somebody to read them before everybody may. Built beside traffic."""

from django.db import migrations, models
from django.db.models import Q

from requests_app.migrations._beside_traffic import AddIndexBesideTraffic


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0010_after_the_report")]
    operations = [
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(
                fields=["jurisdiction", "submitted_at", "id"], condition=Q(public_state="held"), name="request_held"
            ),
        ),
    ]
