"""One problem at several places: each place gets a report of its own, and nothing is typed twice."""

import re

import pytest
from django.test import Client

from requests_app.models import ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.10")]


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    for number, street in enumerate(("14 Oak St", "20 Oak St", "200 Oak St"), 1):
        factories.address(cast.city, street, -69.0 + number / 500, 40.5)
    return cast


@pytest.fixture
def walk(client: Client) -> Walk:
    return Walk(client).begin().on("service", service="pothole")


def places(walk: Walk) -> list[str]:
    typed = walk.draft.typed
    return [place["address"] for place in [typed["place"], *typed.get("more_places", [])]]


def go_to_next(walk: Walk) -> Walk:
    path = re.search(r'href="(/report/[0-9a-f-]{36}/check/)">Report it now', walk.html)
    assert path is not None
    answer = walk.client.get(path[1], follow=True)
    walk.page, walk.html = answer.request["PATH_INFO"], answer.content.decode()
    return walk


def test_each_place_gets_a_report_with_the_same_words(cast: Rivermark, walk: Walk) -> None:
    walk.on("location", address="12 Elm St", note="by the bus stop", add_place="1")
    assert walk.at == "location"
    assert "Where else is it?" in walk.html
    assert "12 Elm St" in walk.html
    walk.on("location", address="14 Oak St", add_place="1")
    # A point from the map, and the last one.
    walk.on("location", address="", lat="40.5", long="-68.996")
    assert walk.at == "details/1"
    assert places(walk)[:2] == ["12 Elm St", "14 Oak St"]
    walk.on("details/1", text=TEXT, q_where="lane").on("contact", email="ana@example.org", language="en")
    assert "the same problem at 2 more places" in walk.html
    walk.send()
    for left in (1, 0):
        assert go_to_next(walk).at == "check"
        assert ("the same problem at one more place" in walk.html) is bool(left)
        walk.send()
    assert "Report it now" not in walk.html
    made = ServiceRequest.objects.order_by("id")
    assert [one.address for one in made][:2] == ["12 Elm St", "14 Oak St"]
    assert {(one.description, one.service.service_code, one.answers.get().value) for one in made} == {
        (TEXT, "pothole", "lane")
    }
    assert [one.place_note for one in made] == ["by the bus stop", "", ""]
    assert len({one.point.x for one in made if one.point}) == 3


def test_an_address_that_several_fit_is_chosen_from_the_list_and_added(cast: Rivermark, walk: Walk) -> None:
    walk.on("location", address="12 Elm St", add_place="1").on("location", address="20", add_place="1")
    assert walk.at == "location/choose"
    walk.on("location/choose", choice="-68.996000,40.500000")
    assert (walk.at, places(walk)) == ("location", ["12 Elm St", "20 Oak St"])
    # An empty box goes on.
    assert walk.on("location", address="").at == "details/1"
    assert places(walk) == ["12 Elm St", "20 Oak St"]


def test_a_place_can_be_removed_and_the_first_one_is_replaced_by_the_next(cast: Rivermark, walk: Walk) -> None:
    walk.on("location", address="12 Elm St", add_place="1").on("location", address="14 Oak St", add_place="1")
    for odd in ("0", "3", "x", "9" * 30):
        walk.on("location", remove_place=odd)
    assert places(walk) == ["12 Elm St", "14 Oak St"]
    walk.on("location", remove_place="1").on("location", remove_place="1")
    assert places(walk) == ["14 Oak St"]


def test_a_place_outside_the_city_is_refused_and_the_others_stay(cast: Rivermark, walk: Walk) -> None:
    walk.on("location", address="12 Elm St", add_place="1").on("location", lat="41.5", long="-69.0", add_place="1")
    assert walk.status == 422
    assert "outside Rivermark" in walk.html
    assert places(walk) == ["12 Elm St"]


def test_ten_places_are_the_most(cast: Rivermark, walk: Walk) -> None:
    for number in range(10):
        walk.on("location", lat="40.5", long=f"{-69 + number / 1000:.3f}", add_place="1")
    assert walk.at == "details/1"
    assert len(places(walk)) == 10
    assert "Add another place" not in walk.get("location").html
