"""One problem at several places: each place gets a report of its own, and nothing is typed twice."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from requests_app.actions.report import drafts
from requests_app.models import RelatedRequest, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.resident import ANA, run_outbox, signed_in
from tests.test_accessibility import AXE, axe
from tests.walk import TEXT, Walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

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


def pins(walk: Walk) -> list[str]:
    return re.findall(r'data-label="([^"]+)"', walk.html)


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
    assert "the same problem at the 2 other places" in walk.html
    assert pins(walk) == ["1: 12 Elm St", "2: 14 Oak St", "3: 20 Oak St"]
    walk.send()
    assert "Sent together" not in walk.html
    for left in (1, 0):
        assert go_to_next(walk).at == "check"
        assert ("the same problem at the other place." in walk.html) is bool(left)
        # They keep their numbers.
        assert pins(walk) == (["2: 14 Oak St", "3: 20 Oak St"] if left else [])
        walk.send()
    assert "Report it now" not in walk.html
    made = ServiceRequest.objects.order_by("id")
    assert [one.address for one in made][:2] == ["12 Elm St", "14 Oak St"]
    assert {(one.description, one.service.service_code, one.answers.get().value) for one in made} == {
        (TEXT, "pothole", "lane")
    }
    assert [one.place_note for one in made] == ["by the bus stop", "", ""]
    assert len({one.point.x for one in made if one.point}) == 3


def test_reports_sent_in_one_go_are_linked_for_staff_and_listed_for_their_reporter(cast: Rivermark, walk: Walk) -> None:
    walk.on("location", address="12 Elm St", add_place="1").on("location", address="14 Oak St", add_place="1")
    walk.on("location", address="200 Oak St")
    walk.on("details/1", text=TEXT, q_where="lane").on("contact", email=ANA, language="en").send()
    go_to_next(walk).send()
    go_to_next(walk).send()
    first, second, third = ServiceRequest.objects.order_by("id")
    # The page after the last one lists all, each with its own private link.
    links = re.findall(r'<a href="[^"]+(/l/[^"]+)">[^<]*<bdi>([^<]+)', walk.html)
    assert [address for _path, address in links] == ["12 Elm St", "14 Oak St", "200 Oak St"]
    for (path, _address), made in zip(links, (first, second, third), strict=True):
        assert walk.client.get(path, follow=True).request["PATH_INFO"] == f"/r/{made.reference}/"
    run_outbox()
    staff = Client()
    staff.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    for made, others in ((first, (second, third)), (third, (first, second))):
        page = staff.get(f"/staff/r/{made.reference}/").content.decode()
        together = page.partition(">Reported together<")[2].partition("</ul>")[0]
        assert [other.display_reference in together for other in others] == [True, True]
        assert ">Related<" not in page
    # A link can be removed, as any other.
    staff.post(f"/staff/r/{first.reference}/related/{third.reference}/remove/")
    own = signed_in(ANA).get("/my/").content.decode()
    rows = dict(re.findall(r'<li>\s*<div>\s*<a href="/my/r/([^/]+)/">(.*?)</li>', own, re.DOTALL))
    assert second.display_reference in rows[first.reference].partition("Sent together with")[2].partition("</p>")[0]
    assert rows[second.reference].partition("Sent together with")[2].partition("</p>")[0].count("<a ") == 2


def test_a_report_of_its_own_is_linked_to_none(cast: Rivermark, walk: Walk) -> None:
    for address in ("12 Elm St", "200 Oak St"):
        walk.begin().on("service", service="pothole").on("location", address=address)
        walk.on("details/1", text=TEXT, q_where="lane").on("contact", email=ANA, language="en").send()
        assert "Sent together" not in walk.html
    assert not RelatedRequest.objects.exists()


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


@pytest.mark.browser
def test_all_places_are_on_one_map_by_number_and_in_a_list_without_a_script(
    live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    cast = factories.rivermark()
    visitor = "a" * 32
    places = [
        {"address": address, "lat": 40.5, "long": -69 + number / 500, "source": "address", "confidence": 1.0}
        for number, address in enumerate(("12 Elm St", "14 Oak St", "200 Oak St"))
    ]
    typed = {"text": TEXT, "service": "pothole", "place": places[0], "more_places": places[1:]}
    typed |= {"answers": {"where": "lane"}, "shown": ["words", "where", "damage"], "contact": {"language": "en"}}
    draft = drafts.create(cast.city, visitor=visitor, language="en", **typed)
    page = new_page(viewport={"width": 375, "height": 800})
    page.context.add_cookies([{"name": "visitor", "value": visitor, "url": live_site.url}])
    for step in ("check", "location"):
        page.goto(f"{live_site.url}/report/{draft.pk}/{step}/")
        page.locator("[data-numbered-map][data-ready]").wait_for()
        pins = page.locator("[data-numbered-map] .numbered-pin")
        assert pins.all_inner_texts() == ["1", "2", "3"]
        assert pins.nth(1).get_attribute("aria-label") == "2: 14 Oak St"
        # From west to east, and none is under the map's buttons.
        buttons = page.locator("[data-numbered-map] .maplibregl-ctrl-top-right").bounding_box()
        west = [box["x"] for box in (pin.bounding_box() for pin in pins.all()) if box]
        assert buttons is not None
        assert west == sorted(west)
        assert west[-1] + 28 <= buttons["x"]
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        page.evaluate(AXE)
        assert axe(page) == []
    plain = new_page(java_script_enabled=False)
    plain.context.add_cookies([{"name": "visitor", "value": visitor, "url": live_site.url}])
    plain.goto(f"{live_site.url}/es/report/{draft.pk}/location/")
    assert not plain.locator("[data-numbered-map]").is_visible()
    items = plain.locator(".places-map__list > li").all_inner_texts()
    for number, (words, place) in enumerate(zip(items, places, strict=True), 1):
        assert " ".join(words.split()).startswith(f"{number} {place['address']} Quitar")
