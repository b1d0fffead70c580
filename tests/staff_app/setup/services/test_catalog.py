"""The list of categories and services: what each had, searching, ordering, and categories."""

import datetime as dt

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Category, Counter, Service, ServiceDraft, SetupChange
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
LIST = "/staff/setup/services/"


def counted(town: Rivermark, days_ago: int, value: int) -> None:
    day = app_now().date() - dt.timedelta(days=days_ago)
    Counter.objects.create(
        jurisdiction=town.city,
        measure="submitted",
        day=day,
        service=town.pothole.service,
        public_state="public",
        value=value,
    )


def test_each_service_shows_what_it_had_in_90_days(town: Rivermark, ada: Client) -> None:
    for days_ago, value in ((2, 3), (60, 4), (120, 50)):
        counted(town, days_ago, value)
    rows = {row.code: row.count for group in ada.get(LIST).context["groups"] for row in group.rows}
    assert rows["pothole"] == 7
    assert rows["tree"] == 0


def test_it_shows_the_drafts_of_this_city(town: Rivermark, ada: Client) -> None:
    there = factories.lakeside()
    for code in ("pothole", "pier"):
        ServiceDraft.objects.create(
            jurisdiction=there.city, service_code=code, written={"name": {"en": "Pier"}}, revision=0
        )
    ServiceDraft.objects.create(jurisdiction=town.city, service_code="tree", written={}, revision=0)
    rows = {row.code: row for group in ada.get(LIST).context["groups"] for row in group.rows}
    assert {code for code, row in rows.items() if row.draft} == {"tree"}
    assert "pier" not in rows


def test_it_is_searched_by_names_and_key_words_in_any_language(ada: Client) -> None:
    for words in ("bache", "flat tire", "pothole"):
        groups = ada.get(LIST, {"q": words}).context["groups"]
        assert [row.code for group in groups for row in group.rows] == ["pothole"]


def test_services_and_categories_are_moved_and_residents_see_the_order(
    town: Rivermark, ada: Client, client: Client
) -> None:
    factories.service(town.city, "zebra", name="Zebra")
    page = client.get("/services/").content.decode()
    assert page.index("Pothole") < page.index("Zebra")
    ada.post(f"{LIST}move/", {"up": "zebra"})
    page = client.get("/services/").content.decode()
    assert page.index("Zebra") < page.index("Pothole")
    assert SetupChange.objects.latest("id").action == "moved"
    parks = Category.objects.get(code="parks")
    before = [one.code for one in Category.objects.all()]
    ada.post("/staff/setup/categories/move/", {"up": str(parks.pk)})
    after = [one.code for one in Category.objects.all()]
    assert after.index("parks") == before.index("parks") - 1
    ada.post(f"{LIST}move/", {"up": "zebra"})
    assert Service.objects.get(service_code="zebra").order == 1


def test_a_category_is_added_and_changed_and_the_second_editor_sees_what_changed(town: Rivermark, ada: Client) -> None:
    names = {"name_en": "Snow and ice", "name_es": "Nieve y hielo", "icon": "snow"}
    assert ada.post("/staff/setup/categories/new/", names | {"name_es": ""}).status_code == 422
    ada.post("/staff/setup/categories/new/", names)
    category = Category.objects.get(code="snow-and-ice")
    page = f"/staff/setup/categories/{category.pk}/"
    seen = ada.get(page).context["seen"]
    ada.post(page, names | {"name_en": "Snow", "seen": seen})
    answer = ada.post(page, names | {"name_en": "Ice", "seen": seen})
    assert answer.status_code == 409
    assert "Which “English” do you want to keep?" in answer.content.decode()
    assert answer.context["form"]["name_en"].value() == "Ice"
