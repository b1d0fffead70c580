"""The few whose reporters have not pressed the link in their mail: the sweep looks for the old ones. Built beside traffic."""

from django.db import migrations, models
from django.db.models import Q

from requests_app.migrations._beside_traffic import AddIndexBesideTraffic


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0013_moderation_terms")]
    operations = [
        AddIndexBesideTraffic(
            "servicerequest",
            models.Index(
                fields=["submitted_at", "id"], condition=Q(public_state="unconfirmed"), name="request_unconfirmed"
            ),
        ),
    ]
