"""My street: the address stays on the device, and the page says what the city knows there."""

import datetime as dt
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import Area, Calendar, Jurisdiction
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import dated
from tests.test_accessibility import AXE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.33")]

TODAY = dt.date.today()
DAYS = [TODAY + dt.timedelta(days=number) for number in range(8)]
PATH = "/my-street/"
# Reports in the list.
SHOWN = 20


def card(rule: str = "next_day") -> list[dict[str, Any]]:
    day = {"label": {"en": "Trash", "es": "Basura"}, "kind": "weekday", "calendar": "trash", "holiday_rule": rule}
    fields = [{"key": "collection_day", **day}, {"key": "council_member", "label": {"en": "Council member"}}]
    return [{"layer": "ward", "name": {"en": "Your ward", "es": "Su distrito"}, "fields": fields}]


@pytest.fixture
def town(cast: Rivermark) -> Rivermark:
    return in_town(cast)


def in_town(cast: Rivermark) -> Rivermark:
    Jurisdiction.objects.filter(pk=cast.city.pk).update(address_card=card())
    Calendar.objects.create(jurisdiction=cast.city, code="trash", always=True)
    factories.area(cast.city)
    Area.objects.update(attributes={"collection_day": f"{DAYS[3]:%A}", "council_member": "Marisol Tanner"})
    return cast


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def at_home(client: Client, **typed: str) -> str:
    answer = client.post(PATH, typed or {"q": "12 Elm St"})
    assert (answer.status_code, answer["Location"]) == (302, PATH)
    return words(client.get(PATH))


def day(date: dt.date) -> str:
    return dated(f"{date:%A, %B} {date.day}", date.year)


def test_without_an_address_it_asks_for_one_and_says_where_it_stays(client: Client, town: Rivermark) -> None:
    page = words(client.get(PATH))
    assert "<h1>My street</h1>" in page
    assert "Only this device keeps your address. The city doesn’t save it." in page
    assert 'method="post"' in page
    assert "Forget it" not in page


def test_with_one_it_says_what_the_city_knows_there(client: Client, town: Rivermark) -> None:
    near = factories.routed(town.tree, "A branch hangs low.")
    page = at_home(client)
    for piece in ("<bdi>12 Elm St</bdi>", day(DAYS[3]), "Marisol Tanner", near.display_reference, "Forget it"):
        assert piece in page
    # What can be followed, and the list of all, are about the block, not the house.
    assert "/follow/?near=40.5" in page
    assert 'href="/areas/ward/5/collection.ics"' in page
    assert "/follow/?collection=ward:5" in page
    spanish = words(client.get("/es/my-street/"))
    assert "<bdi>12 Elm St</bdi>" in spanish
    assert "Basura" in spanish


def test_a_holiday_is_told_with_the_new_day(client: Client, town: Rivermark) -> None:
    thanksgiving = [{"date": DAYS[3].isoformat(), "name": {"en": "Thanksgiving", "es": "Acción de Gracias"}}]
    Calendar.objects.filter(code="trash").update(holidays={"extra": thanksgiving})
    assert f"Thanksgiving: your pickup moves to {day(DAYS[4])}." in at_home(client)
    assert "Acción de Gracias: su recolección pasa al" in words(client.get("/es/my-street/"))
    Jurisdiction.objects.update(address_card=card("none"))
    cache.clear()
    page = words(client.get(PATH))
    assert "Thanksgiving" not in page
    assert day(DAYS[3]) in page


def test_the_address_is_in_a_cookie_of_this_page_alone_and_nowhere_else(client: Client, town: Rivermark) -> None:
    with CaptureQueriesContext(connection) as captured:
        answer = client.post(PATH, {"q": "12 Elm St"})
        client.get(PATH)
    written = [one["sql"] for one in captured if one["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert written == []
    assert {one["path"] for one in answer.cookies.values()} == {PATH, "/es/my-street/"}
    for one in answer.cookies.values():
        assert (one["httponly"], one["samesite"], "Elm" in one.value) == (True, "Lax", True)
    assert "no-store" in client.get(PATH)["Cache-Control"]
    assert "Elm" not in answer["Location"]


def test_forgetting_leaves_nothing(client: Client, town: Rivermark) -> None:
    at_home(client)
    answer = client.post(PATH, {"forget": "1"})
    assert answer.status_code == 302
    assert {(one.value, one["max-age"]) for one in answer.cookies.values()} == {("", 0)}


def test_two_matches_are_asked_about_and_none_is_kept_before(client: Client, town: Rivermark) -> None:
    factories.address(town.city, "12 Elm Street Court", -69.001)
    factories.address(town.city, "12 Elm Stable Lane", -69.002)
    answer = client.post(PATH, {"q": "12 Elm"})
    assert "Which place do you mean?" in words(answer)
    assert not answer.cookies.get("street")
    assert not any(name.startswith("street") for name in answer.cookies)
    assert "<bdi>12 Elm Stable Lane</bdi>" in at_home(client, choice="40.500000,-69.002000;12 Elm Stable Lane")


def test_what_is_not_in_the_city_or_not_found_is_said_and_what_was_typed_stays(client: Client, town: Rivermark) -> None:
    outside = words(client.post(PATH, {"q": "1 Far Rd", "lat": "41.9", "long": "-70.5"}))
    assert "This place is outside Rivermark" in outside
    assert 'value="1 Far Rd"' in outside
    nothing = words(client.post(PATH, {"q": "Quxxenbrück 99"}))
    assert "We couldn’t find this place" in nothing
    assert 'value="Quxxenbrück 99"' in nothing
    assert client.post(PATH, {"q": " "}).status_code == 422
    assert "My street" in words(client.get(PATH))


@pytest.mark.parametrize(
    "kept", ["", "x", "40.5,-69.0", "40.5,-69.0;", "91,0;Home", "41.9,-70.5;Far", "%00;%00", "a,b;c"]
)
def test_a_cookie_that_holds_no_place_of_the_city_is_ignored(client: Client, town: Rivermark, kept: str) -> None:
    client.cookies["street"] = kept
    assert "<h1>My street</h1>" in words(client.get(PATH))


def test_a_cookie_is_text_and_never_code(client: Client, town: Rivermark) -> None:
    client.cookies["street"] = "40.5,-69.0;%3Cscript%3Ealert(1)%3C/script%3E"
    page = words(client.get(PATH))
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_twenty_reports_are_listed_and_more_are_a_list_away_at_the_same_cost(client: Client, town: Rivermark) -> None:
    factories.routed(town.tree, "The first one.")
    at_home(client)
    cache.clear()
    with CaptureQueriesContext(connection) as few:
        client.get(PATH)
    made = [factories.routed(town.tree, f"Branch {number}.") for number in range(SHOWN)]
    cache.clear()
    with CaptureQueriesContext(connection) as many:
        page = words(client.get(PATH))
    assert len(few) == len(many) == 9
    assert sum(one.display_reference in page for one in made) == SHOWN
    assert "/requests/?status=open&amp;near=" in page
    assert ">More<" in page


def test_a_city_without_a_card_and_a_place_without_a_block_still_have_a_page(client: Client, town: Rivermark) -> None:
    Jurisdiction.objects.update(address_card=[])
    cache.clear()
    page = at_home(client, q="", lat="40.53", long="-69.03")
    assert "Ward 5" in page
    assert "Collection days" not in page


# --- In a browser -----------------------------------------------------------------------------------------------------


@pytest.mark.browser
def test_trash_day_is_three_taps_away_with_a_map_beside_and_prints_on_one_page(
    live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    cast = in_town(factories.rivermark())
    for number in range(8):
        factories.report(cast.tree, f"Branch {number}.")
        factories.street_work(cast.city, f"W{number}", place=f"Elm St, part {number}")
    page = new_page(viewport={"width": 375, "height": 800})
    page.goto(live_site.url)
    # A link, the box and its button.
    page.locator(".home-foot").get_by_role("link", name="My street").click()
    page.get_by_label("Your address").fill("12 Elm St")
    page.get_by_role("button", name="Show my street").click()
    page.get_by_text(day(DAYS[3])).first.wait_for()
    assert page.url == f"{live_site.url}{PATH}"
    page.wait_for_selector("#map[data-ready]")
    # A work opens on the map.
    page.get_by_role("button", name=re.compile("Show on the map.*part 3")).click()
    popup = page.locator(".maplibregl-popup-content")
    assert popup.locator("strong").inner_text() == "Paving: Elm St, part 3"
    assert "New asphalt." in popup.inner_text()
    page.wait_for_selector("#map[data-drawn]")
    popup.get_by_role("button").click()
    # Lines and reports are drawn one upon the other: south of the reports, there is only the line.
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2 + 60)
    assert popup.locator("strong").inner_text().startswith("Paving: Elm St")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.evaluate(AXE)
    assert axe(page) == []
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="Letter", print_background=False))) == 1
    # It stays, and is gone when it should be.
    page.goto(f"{live_site.url}{PATH}")
    page.get_by_role("button", name="Forget it").click()
    page.get_by_role("button", name="Show my street").wait_for()
    assert "street" not in {cookie["name"] for cookie in page.context.cookies(f"{live_site.url}{PATH}")}


@pytest.mark.browser
def test_without_javascript_it_works_the_same(live_site: "Site", new_page: "Callable[..., Page]") -> None:
    in_town(factories.rivermark())
    page = new_page(java_script_enabled=False)
    page.goto(f"{live_site.url}/es/my-street/")
    page.get_by_label("Su dirección").fill("12 Elm St")
    page.get_by_role("button", name="Ver mi calle").click()
    page.get_by_text("Marisol Tanner").wait_for()
    assert not page.locator("#map").is_visible()
