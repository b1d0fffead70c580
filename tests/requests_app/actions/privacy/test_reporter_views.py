"""That somebody found a request by its reporter's address is noted once an hour."""

import datetime as dt

import pytest

from requests_app.actions.privacy import reporter_views
from requests_app.clock import app_now
from requests_app.models import Event
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("later", "count"), [(dt.timedelta(minutes=60, microseconds=-1), 1), (dt.timedelta(hours=1), 2)]
)
def test_it_is_noted_once_an_hour_for_each_who_looks(cast: Rivermark, later: dt.timedelta, count: int) -> None:
    made = factories.routed(cast.pothole, answers={"where": "lane"})
    began = app_now()
    for at in (began, began, began + later):
        set_time(at)
        reporter_views.find_by_contact([made.pk], actor=cast.cal)
    assert Event.objects.filter(kind="reporter_viewed", user=cast.cal).count() == count
    reporter_views.find_by_contact([made.pk], actor=cast.tom)
    assert Event.objects.filter(kind="reporter_viewed").count() == count + 1
