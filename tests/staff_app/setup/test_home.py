"""Setup begins with what waits, each leading to where it is done, and finds what is set up in this city alone."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db.models import Model
from django.test import Client
from django.utils.formats import date_format

from requests_app.clock import app_now
from requests_app.models import (
    AnswerTemplate,
    ApiKeyRequest,
    Article,
    ContactPoint,
    Jurisdiction,
    LayerImport,
    OnCall,
    Person,
    Retirement,
    RoutingRule,
    Service,
    ServiceApproval,
    User,
)
from tests import factories
from tests.factories import Lakeside, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.12")]
HOME = "/staff/setup/"


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def lakeside(town: Rivermark) -> Lakeside:
    return factories.lakeside()


def to_do(client: Client) -> dict[str, str]:
    """What waits, with the page it leads to."""
    page = client.get(HOME).content.decode()
    part = page[page.index('id="to-do"') : page.index("setup-group")]
    return {unescape(text): unescape(url) for url, text in re.findall(r'<a href="([^"]*)">([^<]*)</a>', part)}


def matches(client: Client, typed: str) -> dict[str, list[tuple[str, str]]]:
    page = client.get(HOME, {"q": typed}).content.decode()
    return {
        unescape(name): [(unescape(text), url) for url, text in re.findall(r'<a href="([^"]*)">([^<]*)</a>', part)]
        for name, part in re.findall(r"<h3>([^<]*)</h3>(.*?)</section>", page, re.DOTALL)
    }


def articles(city: Jurisdiction, *reviews: dt.date) -> None:
    for number, day in enumerate(reviews):
        Article.objects.create(
            jurisdiction=city, code=f"a{number}", title={"en": f"Article {number}"}, body={"en": "."}, review_on=day
        )


def test_what_waits_is_named_until_it_is_done(town: Rivermark, lakeside: Lakeside, ada: Client) -> None:
    today, day = app_now().astimezone(town.city.zone).date(), dt.timedelta(days=1)
    for city in (town.city, lakeside.city):
        OnCall.objects.create(
            jurisdiction=city, name="Night desk", email="night@city.example", weekdays=[0, 1, 2, 3, 4, 5]
        )
    Service.objects.filter(jurisdiction=town.city).update(active=True)
    ServiceApproval.objects.all().delete()
    Article.objects.all().delete()
    assert to_do(ada) == {"On call at The desk (311 Center), Sunday: Nobody all day": "/staff/on-call/"}

    waiting, retired = town.pothole.service, town.unknown.service
    Service.objects.filter(pk__in=[waiting.pk, retired.pk]).update(active=False)
    Retirement.objects.create(service=retired, user=town.ada)
    Service.objects.filter(jurisdiction=lakeside.city).update(active=False)
    for service, review_by in (
        (town.tree.service, today + 14 * day),
        (town.outreach.service, today + 15 * day),
        (waiting, today),
        (lakeside.pothole.service, today),
    ):
        ServiceApproval.objects.create(
            service=service, kind="emergency", approved={}, review_by=review_by, user=town.ada
        )
    articles(town.city, today, today + day)
    articles(lakeside.city, today)
    LayerImport.objects.create(
        jurisdiction=town.city, kind="addresses", file_name="points.csv", path="x", state="checked"
    )
    LayerImport.objects.create(jurisdiction=town.city, kind="addresses", file_name="old.csv", path="y", state="applied")
    for city, state in ((town.city, "waiting"), (town.city, "approved"), (lakeside.city, "waiting")):
        point = ContactPoint.objects.create(person=Person.objects.create(jurisdiction=city), kind="email", value=state)
        ApiKeyRequest.objects.create(jurisdiction=city, contact_point=point, name="App", purpose="p", state=state)
    shown = to_do(ada)
    assert list(shown) == [
        "On call at The desk (311 Center), Sunday: Nobody all day",
        f"The approval of Tree to prune ends on {date_format(today + 14 * day)}.",
        "1 service waits to go live.",
        "points.csv was checked and waits to be used: Addresses.",
        "1 article is due for review.",
        "1 program asks for an API key.",
    ]
    for url in shown.values():
        assert ada.get(url).status_code == 200, url
    page = ada.get(shown["1 service waits to go live."]).content.decode()
    assert f"/services/{waiting.service_code}/go-live/" in page
    assert f"/services/{retired.service_code}/go-live/" not in page
    assert (
        f"/services/{retired.service_code}/go-live/" in ada.get("/staff/setup/go-live/?state=retired").content.decode()
    )
    OnCall.objects.filter(jurisdiction=town.city).update(weekdays=[])
    assert not [text for text in to_do(ada) if text.startswith("On call")]


def test_anything_is_found_by_its_words_in_this_city_alone(
    town: Rivermark, lakeside: Lakeside, ada: Client, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    for page in ({}, {"q": "pothole"}):
        with django_assert_max_num_queries(32):
            assert ada.get(HOME, page).status_code == 200
    for city in (town.city, lakeside.city):
        AnswerTemplate.objects.create(jurisdiction=city, name="Pothole filled in", words={"en": "Done."})
    found = matches(ada, "POTHOLE")
    assert found["Services"] == [("Pothole", f"/staff/setup/services/{town.pothole.service.service_code}/")]
    template = AnswerTemplate.objects.get(jurisdiction=town.city)
    assert found["Answer templates"] == [("Pothole filled in", f"/staff/setup/templates/{template.pk}/")]
    assert matches(ada, town.pia.email)["People"] == [("Pia", f"/staff/setup/people/{town.pia.pk}/")]
    assert ("Time zone", "/staff/setup/city/basics/#id_time_zone") in matches(ada, "time zone")["Settings of the city"]
    assert ("On call", "/staff/on-call/") in matches(ada, "alerted danger")["Pages"]
    assert matches(ada, "zzzz") == {}
    assert "Nothing in setup is called that" in ada.get(HOME, {"q": "zzzz"}).content.decode()
    assert ada.get(HOME, {"q": "\x00"}).status_code == 200
    for city in (town.city, lakeside.city):
        for order, name in enumerate(("Everything else", "Potholes on Elm"), start=1):
            RoutingRule.objects.create(jurisdiction=city, order=order, name=name)
    assert matches(ada, "elm pothole")["Routing rules"] == [("Potholes on Elm", "/staff/setup/routing/2/")]


def test_only_rows_that_may_match_are_read_however_their_names_are_written(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(20):
        AnswerTemplate.objects.create(jurisdiction=town.city, name=f"Answer {number}", words={"en": "Done."})
    for name in ("Señor O’Brien’s CAFÉ", "Éste café, y otro", "冬の道路", "100% done_ok"):
        AnswerTemplate.objects.create(jurisdiction=town.city, name=name, words={"en": "Done."})
    read: list[str] = []

    def read_from_db(*args: Any, **options: Any) -> Any:
        row = Model.from_db.__func__(AnswerTemplate, *args, **options)  # type: ignore[attr-defined]
        read.append(row.name)
        return row

    monkeypatch.setattr(AnswerTemplate, "from_db", read_from_db)
    for typed, names in {
        "OBRIENS cafe": ["Señor O’Brien’s CAFÉ"],
        "o'brien's": ["Señor O’Brien’s CAFÉ"],
        "CAFÉ": ["Señor O’Brien’s CAFÉ", "Éste café, y otro"],
        "冬": ["冬の道路"],
        "100% done_ok": ["100% done_ok"],
    }.items():
        read.clear()
        assert sorted(text for text, _url in matches(ada, typed)["Answer templates"]) == sorted(names)
        assert typed == "冬" or sorted(read) == sorted(names)


def test_who_may_open_one_page_finds_that_page_alone(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    lou = signed_in(factories.staff("Lou", "records_officer", town.city))
    page = lou.get(HOME).content.decode()
    assert "What waits for you" not in page
    assert set(matches(lou, "a")) <= {"Pages"}
    assert "Services" not in matches(lou, "pothole")
