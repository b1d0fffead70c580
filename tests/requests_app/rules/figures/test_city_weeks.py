"""The last weeks end yesterday, or the day before while that isn't counted yet, and are the city's own."""

import datetime as dt

import pytest
from django.core.cache import cache

from requests_app.clock import app_now
from requests_app.models import DailyLoad
from requests_app.rules.figures.areas import AreaFigures
from requests_app.rules.figures.city_weeks import city_weeks
from tests import factories
from tests.factories import Rivermark


@pytest.mark.django_db
@pytest.mark.parametrize(("counted", "ends"), [([1, 2, 8], 1), ([2, 3], 2), ([3, 4], None), ([], None)])
def test_weeks_end_on_the_last_counted_day_of_two(cast: Rivermark, counted: list[int], ends: int | None) -> None:
    cache.clear()
    today = app_now().astimezone(cast.city.zone).date()
    lakeside = factories.lakeside()
    for city, version, days in ((cast.city, cast.tree, counted), (lakeside.city, lakeside.pothole, [1, 2, 3])):
        for ago in days:
            day = today - dt.timedelta(days=ago)
            DailyLoad.objects.create(jurisdiction=city, service=version.service, day=day, submitted=3, open_week=2)
    weeks = city_weeks(cast.city)
    assert (weeks is None) is (ends is None)
    if weeks is not None:
        assert weeks.last_days[-1] == today - dt.timedelta(days=ends or 0)
        # Of both days that were counted in this week.
        assert (weeks.reported[-1], weeks.still_open[-1]) == (6, 2)


@pytest.mark.parametrize(("hours", "days"), [(None, None), (0, 1), (24, 1), (25, 2), (48, 2)])
def test_half_of_an_areas_reports_took_whole_days(hours: int | None, days: int | None) -> None:
    half = None if hours is None else dt.timedelta(hours=hours)
    assert AreaFigures(reported=9, fixed=9, half=half).half_days == days
