"""What is usual is said for seven days after it was computed: the newest day's rows, of one service or of the whole city."""

import datetime as dt

import pytest
from django.core.cache import cache

from requests_app.clock import app_now
from requests_app.models import Area, Service, TypicalTime
from requests_app.rules.promises import typical_times
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def computed(
    town: Rivermark, days_ago: int, service: Service | None, area: Area | None = None, count: int = 40
) -> None:
    TypicalTime.objects.create(
        jurisdiction=town.city, service=service, area=area, day=app_now().astimezone(dt.UTC).date() - days_ago * DAY,
        computed_at=app_now(), count=count, days=90, factor=1,
    )  # fmt: skip


@pytest.mark.parametrize(("days_ago", "is_said"), [(7, True), (8, False)])
def test_it_is_said_for_a_week(town: Rivermark, days_ago: int, is_said: bool) -> None:
    computed(town, days_ago, town.pothole.service)
    computed(town, days_ago, None)
    assert (typical_times.typical_time(town.pothole.service) is not None) is is_said
    assert (typical_times.city_time(town.city) is not None) is is_said


def test_only_the_newest_day_counts_with_all_its_areas(town: Rivermark) -> None:
    fifth, sixth = (factories.area(town.city, code=code) for code in "56")
    for days_ago, area, count in ((1, fifth, 20), (1, None, 90), (2, sixth, 10), (2, fifth, 11), (2, None, 12)):
        computed(town, days_ago, town.pothole.service, area, count)
    computed(town, 0, town.tree.service, None, 77)
    pothole = typical_times.by_area([town.pothole.service_id, town.tree.service_id])[town.pothole.service_id]
    assert {area: one.count for area, one in pothole.items()} == {fifth.pk: 20, None: 90}
    cache.clear()
    found = typical_times.typical_time(town.pothole.service, [sixth, fifth])
    assert found is not None
    assert found.count == 20
