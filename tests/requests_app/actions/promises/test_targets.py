"""What a new target replaces, as the log of setup says it."""

import datetime as dt

import pytest

from requests_app.actions.promises import targets
from requests_app.clock import app_now
from requests_app.models import SetupChange, Target
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
DAY, MOMENT = dt.timedelta(days=1), dt.timedelta(microseconds=1)


@pytest.mark.parametrize(("begins", "is_replaced"), [(DAY - MOMENT, True), (DAY, True), (DAY + MOMENT, False)])
def test_it_replaces_the_newest_that_begins_no_later(cast: Rivermark, begins: dt.timedelta, is_replaced: bool) -> None:
    service, now = factories.service(cast.city, "curb", resolve_hours=None, acknowledge_hours=None).service, app_now()
    for value, valid_from in ((30, now - DAY), (40, now + begins), (50, now + DAY)):
        target = Target(service=service, kind="resolve", value=value, unit="hours", valid_from=valid_from)
        targets.set_target(target, actor=cast.ada)
    before = SetupChange.objects.latest("pk").before
    assert before is not None
    assert before["resolve"]["value"] == (40 if is_replaced else 30)
