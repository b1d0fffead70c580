"""What people report most: in this city, in its days, of what everyone may read."""

import datetime as dt

import pytest
from django.core.cache import cache

from requests_app.clock import app_now
from requests_app.models import Counter, Jurisdiction, ServiceVersion
from requests_app.rules.answers import most_reported
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def reported(version: ServiceVersion, times: int, days_ago: int, *, city: Jurisdiction | None = None) -> None:
    city = city or version.service.jurisdiction
    day = app_now().astimezone(city.zone).date() - dt.timedelta(days=days_ago)
    Counter.objects.create(
        jurisdiction=city, measure="submitted", day=day, service=version.service, public_state="public", value=times
    )


def test_popular_is_what_at_least_five_reported_in_thirty_days(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, sign = (factories.service(town.city, code) for code in ("bench", "sign"))
    offered = [bench, sign, town.pothole, town.tree, town.outreach]
    reported(town.tree, 3, 0)
    reported(town.tree, 2, 30)
    reported(bench, 4, 1)
    reported(bench, 9, 31)
    reported(sign, 8, 2)
    reported(town.outreach, 50, 1)
    # Another city's counts are its own.
    elsewhere = factories.lakeside()
    reported(town.pothole, 50, 1, city=elsewhere.city)
    assert most_reported.popular(town.city, offered) == [sign, town.tree]
    monkeypatch.setattr(most_reported, "POPULAR", 1)
    assert most_reported.popular(town.city, offered) == [sign]


def test_the_most_reported_of_ninety_days_come_first_and_what_shows_nothing_is_left_out(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing_shown = factories.service(town.city, "bench", photo_policy="none")
    private = factories.service(town.city, "shelter", visibility="private")
    offered = [nothing_shown, town.outreach, private, town.pothole, town.tree]
    for version in (nothing_shown, town.outreach, private):
        reported(version, 50, 1)
    reported(town.tree, 1, 90)
    reported(town.pothole, 9, 91)
    assert most_reported.most_reported(town.city, offered) == [town.tree, town.pothole]
    monkeypatch.setattr(most_reported, "SERVICES", 1)
    assert most_reported.most_reported(town.city, offered) == [town.tree]
    Counter.objects.all().delete()
    cache.clear()
    assert most_reported.most_reported(town.city, offered) == [town.pothole], "in the city's own order"
