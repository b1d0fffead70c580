"""What is kept of the city's changes."""

import datetime as dt
import uuid

import pytest

from requests_app.actions.publication import public_changes
from requests_app.clock import app_now
from requests_app.models import PublicChange
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_the_newest_of_each_city_stays_however_old_it_is(cast: Rivermark) -> None:
    now = app_now()
    exact, older = now - public_changes.KEPT, now - public_changes.KEPT - dt.timedelta(microseconds=1)
    lakeside = factories.lakeside().city
    rows = [
        (cast.city, 1, older),
        (cast.city, 2, older),
        (lakeside, 1, older),
        (lakeside, 2, exact),
        (lakeside, 5, older),
    ]
    PublicChange.objects.all().delete()
    PublicChange.objects.bulk_create(
        PublicChange(jurisdiction=city, number=number, nonce=1, at=at, kind="created", transaction=uuid.uuid4())
        for city, number, at in rows
    )
    public_changes.delete_old(now)
    kept = set(PublicChange.objects.values_list("jurisdiction", "number"))
    assert kept == {(cast.city.pk, 2), (lakeside.pk, 2), (lakeside.pk, 5)}
