"""Notices: where and until when residents see them, and at what cost."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from requests_app.models import Notice, SetupChange
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.8")]
Read = Callable[[Any], str]
PATH = "/staff/setup/notices/"
CITY_ZONE = ZoneInfo("America/New_York")


def typed(**more: Any) -> dict[str, Any]:
    def local(hours: int) -> str:
        return (timezone.now().astimezone(CITY_ZONE) + dt.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")

    texts = {"words_en": "City Hall is closed <b>Thursday</b>.", "words_es": "El jueves cerramos."}
    return {**texts, "kind": "info", "place": "every_page", "starts_at": local(-1), "ends_at": local(24), **more}


def add(client: Client, **more: Any) -> Notice:
    assert client.post(f"{PATH}new/", typed(**more)).status_code == 302
    # Other pages know of it when the cached city has expired, after 10 seconds.
    cache.clear()
    return Notice.objects.order_by("-id")[0]


def shows(path: str) -> bool:
    return "City Hall is closed &lt;b&gt;Thursday" in Client().get(path).content.decode()


@pytest.mark.parametrize(
    ("place", "where", "where_not"),
    [
        ("every_page", ["/", "/services/", "/areas/ward/5/"], ["/staff/setup/"]),
        ("home", ["/"], ["/services/", "/report/"]),
        ("report", ["/report/"], ["/", "/services/"]),
        ("service", ["/service/pothole/"], ["/", "/service/tree/"]),
        ("area", ["/areas/ward/5/"], ["/", "/areas/ward/6/"]),
    ],
)
def test_residents_see_it_where_it_belongs(
    town: Rivermark, ada: Client, place: str, where: list[str], where_not: list[str]
) -> None:
    area = factories.area(town.city)
    factories.area(town.city, code="6")
    add(ada, place=place, service=town.pothole.service_id, area=area.pk)
    assert {path for path in [*where, *where_not] if shows(path)} == set(where)


def test_it_begins_and_ends_by_itself(town: Rivermark, ada: Client) -> None:
    notice = add(ada)
    assert shows("/")
    for hours in ((-3, -1), (1, 3)):
        starts_at, ends_at = (timezone.now() + dt.timedelta(hours=hour) for hour in hours)
        Notice.objects.filter(pk=notice.pk).update(starts_at=starts_at, ends_at=ends_at)
        cache.clear()
        assert not shows("/")


def test_it_is_ended_at_once(town: Rivermark, ada: Client, django_capture_on_commit_callbacks: Any) -> None:
    notice = add(ada)
    assert shows("/")
    with django_capture_on_commit_callbacks(execute=True):
        ada.post(f"{PATH}{notice.pk}/end/")
    assert not shows("/")
    assert [one.action for one in SetupChange.objects.order_by("id")] == ["added", "switched_off"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends_at": ""}, "Enter when it ends."),
        ({"ends_at": "2020-01-01T10:00"}, "It must end after it starts."),
        ({"ends_at": "2099-01-01T10:00"}, "for a year at most"),
        ({"words_es": " "}, "Enter the notice in this language."),
        ({"place": "service"}, "Choose which one."),
    ],
)
def test_none_is_without_an_end_a_language_or_its_place(
    town: Rivermark, ada: Client, text_of: Read, wrong: dict[str, str], said: str
) -> None:
    answer = ada.post(f"{PATH}new/", typed(**wrong))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Notice.objects.exists()


def test_a_city_without_notices_asks_for_none_and_others_read_them_once(town: Rivermark, ada: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            Client().get("/accessibility/")
        return sum("requests_app_notice" in query["sql"].split("FROM")[-1] for query in captured)

    cache.clear()
    assert queries() == 0
    add(ada)
    assert [queries(), queries()] == [1, 0]
