"""What the search box of the queue looks in: exact addresses, words that aren't public, and numbers of other systems."""

from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models

from requests_app.core.safe_migrations import AddIndexSafely


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("requests_app", "0034_queue_orders")]
    operations = [
        AddIndexSafely(
            "servicerequest",
            GinIndex(
                models.Func(
                    models.F("address"), template="to_tsvector('simple'::regconfig, without_accents(%(expressions)s))"
                ),
                name="request_address_words",
            ),
        ),
        AddIndexSafely(
            "servicerequest",
            GinIndex(
                models.Func(
                    models.F("language"), models.F("address"), models.F("description"), function="search_vector"
                ),
                condition=~models.Q(public_state__in=["public", "erased", "unconfirmed"]),
                name="request_unlisted_words",
            ),
        ),
        AddIndexSafely(
            "servicerequest",
            models.Index(
                fields=["owner_reference"], condition=~models.Q(owner_reference=""), name="request_owner_reference"
            ),
        ),
        AddIndexSafely(
            "servicerequest",
            models.Index(fields=["external_id"], condition=~models.Q(external_id=""), name="request_external_id"),
        ),
    ]
