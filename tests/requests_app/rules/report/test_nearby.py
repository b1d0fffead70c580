"""How many others reported around a place: public ones of this city, of the last thirty days."""

import datetime as dt

import pytest

from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from requests_app.rules.report import nearby
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
MOMENT = dt.timedelta(microseconds=1)


def test_public_ones_of_this_city_and_the_last_thirty_days_count(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    lakeside = factories.lakeside()
    factories.routed(lakeside.pothole)
    first = factories.routed(town.pothole, answers={"where": "lane"})
    set_time(app_now())
    made, inside, edge, private, ended = (first, *factories.copies(first, 4))
    month = dt.timedelta(days=nearby.DAYS)
    for one, columns in (
        (inside, {"submitted_at": app_now() - month + MOMENT}),
        (edge, {"submitted_at": app_now() - month}),
        (private, {"public_state": "private"}),
    ):
        ServiceRequest.objects.filter(pk=one.pk).update(**columns)
    factories.mark_ended(ended)
    far = factories.routed(town.pothole, answers={"where": "lane"}, point=factories.at(-69.01, 40.51))
    assert nearby.reported_nearby(ServiceRequest.objects.get(pk=made.pk)) == 2, (
        "the one of the month, and the ended one"
    )
    assert nearby.reported_nearby(ServiceRequest.objects.get(pk=far.pk)) == 0
    monkeypatch.setattr(nearby, "MOST", 1)
    assert nearby.reported_nearby(ServiceRequest.objects.get(pk=made.pk)) == 1
    hidden = ServiceRequest.objects.get(pk=private.pk)
    assert hidden.public_point is not None
    assert nearby.reported_nearby(hidden) == 0
    made.public_point = None
    assert nearby.reported_nearby(made) == 0
