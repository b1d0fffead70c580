"""Where and when public requests lie: a page of a place reads only what is near and of late. Built beside traffic."""

from django.contrib.postgres.indexes import GistIndex
from django.db import migrations
from django.db.models import Q

from requests_app.migrations._beside_traffic import AddIndexBesideTraffic


class Migration(migrations.Migration):
    # An index can be built concurrently only outside a transaction.
    atomic = False
    dependencies = [("requests_app", "0017_places_of_some_rows")]
    operations = [
        AddIndexBesideTraffic(
            "servicerequest",
            GistIndex(
                fields=["public_point", "submitted_at"],
                condition=Q(public_state="public"),
                name="request_public_place",
            ),
        ),
    ]
