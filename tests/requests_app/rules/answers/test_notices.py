"""Which notices a page shows: of its city, from their first moment to their last; and a city without any asks nothing."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from requests_app.models import Jurisdiction, Notice
from requests_app.rules.answers import notices
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2027, 3, 1, 9, tzinfo=dt.UTC)
MOMENT, HOUR = dt.timedelta(microseconds=1), dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def request(city: Jurisdiction | None, page: str = "home", **arguments: str) -> Any:
    match = SimpleNamespace(url_name=page, kwargs=arguments) if page else None
    return SimpleNamespace(jurisdiction=city, resolver_match=match)


def notice(town: Rivermark, city: Jurisdiction, words: str, starts: dt.datetime, ends: dt.datetime) -> None:
    Notice.objects.create(
        jurisdiction=city, words={"en": words}, starts_at=starts, ends_at=ends, created_by=town.ada, place="every_page"
    )


def test_a_notice_is_shown_from_its_first_moment_to_its_last_in_its_city(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    for words, starts, ends in (
        ("ended", NOW - HOUR, NOW),
        ("ends", NOW - HOUR, NOW + MOMENT),
        ("begins", NOW, NOW + HOUR),
        ("later", NOW + MOMENT, NOW + HOUR),
    ):
        notice(town, town.city, words, starts, ends)
    notice(town, lakeside.city, "theirs", NOW - HOUR, NOW + HOUR)
    for city in (town.city, lakeside.city):
        city.notices_until = NOW + HOUR
    assert [one.text["en"] for one in notices.on_page(request(town.city))] == ["begins", "ends"]
    assert [one.text["en"] for one in notices.on_page(request(lakeside.city, ""))] == ["theirs"]
    # What has ended isn't kept either.
    cached = cache.get(f"current-notices:{town.city.pk}")
    assert [one.text["en"] for one in cached] == ["later", "begins", "ends"]


@pytest.mark.parametrize(
    ("until", "is_asked"), [(None, False), (NOW - HOUR, False), (NOW, False), (NOW + MOMENT, True)]
)
def test_a_page_of_a_city_without_a_notice_asks_nothing(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch, until: dt.datetime | None, is_asked: bool
) -> None:
    asked: list[Jurisdiction] = []
    monkeypatch.setattr(notices, "_cached", lambda city: asked.append(city) or [])
    town.city.notices_until = until
    assert notices.on_page(request(town.city)) == notices.on_page(request(None)) == []
    assert asked == ([town.city] if is_asked else [])


@pytest.mark.parametrize(
    ("place", "page", "arguments", "is_shown"),
    [
        ("every_page", "map", {}, True),
        ("home", "home", {}, True),
        ("home", "map", {}, False),
        ("report", "details", {}, True),
        ("report", "map", {}, False),
        ("service", "about_service", {"service_code": "pothole"}, True),
        ("service", "about_service", {"service_code": "tree"}, False),
        ("area", "area", {"layer": "ward", "code": "5"}, True),
        ("area", "area", {"layer": "ward", "code": "6"}, False),
        ("area", "map", {"layer": "ward", "code": "5"}, False),
    ],
)
def test_a_notice_has_its_pages(place: str, page: str, arguments: dict[str, str], is_shown: bool) -> None:
    one = notices.Shown({"en": "x"}, "info", place, NOW, NOW, service="pothole", area="ward:5")
    assert one.is_for(page, arguments, "") is is_shown
