"""Where open requests lie: what looks for the same problem nearby reads only these. Built beside traffic."""

from django.contrib.postgres.indexes import GistIndex
from django.db import migrations
from django.db.models import Q

from requests_app.migrations._beside_traffic import AddIndexBesideTraffic

OPEN = Q(status__in=["received", "routed", "in_progress", "on_hold"])


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0007_reporting")]
    operations = [
        AddIndexBesideTraffic(
            "servicerequest",
            GistIndex(
                fields=["public_point"], condition=OPEN & Q(public_state="public"), name="request_open_public_place"
            ),
        ),
        AddIndexBesideTraffic("servicerequest", GistIndex(fields=["point"], condition=OPEN, name="request_open_place")),
    ]
