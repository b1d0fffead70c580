"""Looking around in a browser: the map by keyboard and by hand, its clusters, and Back after everything."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app.places import public_place
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

# The middle of a block.
PLACE = public_place.block_point(factories.at(-69.0, 40.496)).coords
CLOSE = f"#view=16/{PLACE[1]}/{PLACE[0]}"


@pytest.fixture
def city(live_site: "Site") -> factories.Rivermark:
    """Three reports at one spot, one of them of long ago; and one some streets away."""
    cast = factories.mapped_rivermark()
    coarse = factories.service(cast.city, "rodent", visibility="coarse", name={"en": "Rats", "es": "Ratas"})
    for n in range(3):
        factories.report(coarse, f"Rat {n}.", point=factories.at(PLACE[0] + n * 0.00001, PLACE[1]))
    factories.report(cast.tree, "A branch hangs.", point=factories.at(-69.01, 40.5))
    return cast


def drawn(page: "Page") -> None:
    """Until the map has drawn all that it asked for, at the place to which it was moved."""
    page.wait_for_selector("#map[data-drawn]")


def place_of(page: "Page") -> str:
    return page.evaluate("location.hash")


def move(page: "Page", key: str) -> None:
    """Until the map is drawn at the place to which the key moves it, which begins a frame later."""
    before = place_of(page)
    page.locator("#map canvas").press(key)
    page.wait_for_function("before => location.hash !== before", arg=before)
    drawn(page)


@pytest.mark.slow
@pytest.mark.shows("5.23")
def test_the_reports_of_one_spot_are_opened_and_left_by_keyboard(
    city: factories.Rivermark, live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    # So low that the map pans to show what is opened.
    page = new_page(viewport={"width": 1280, "height": 480})
    page.goto(f"{live_site.url}/map/{CLOSE}")
    drawn(page)
    canvas = page.locator("#map canvas")
    assert not page.locator(".map__middle").is_visible()
    move(page, "ArrowLeft")
    # A cross shows what Enter opens, and a sentence says which keys there are.
    assert page.locator(".map__middle").is_visible()
    assert page.get_by_text("Enter to open what’s at the center").is_visible()
    move(page, "ArrowRight")
    spot = place_of(page)
    canvas.press("Enter")
    page.get_by_text("Reports at this location: 3").wait_for()
    page.locator(".map-popup--cards").wait_for()
    page.wait_for_function("spot => location.hash !== spot", arg=spot)
    links = page.locator(".map-popup div > a")
    assert links.all_inner_texts() == ["Rats"] * 3
    assert page.locator(".map-popup--cards .status-tag").count() == 3
    # The first link has the focus, and is a link like any other.
    assert page.evaluate("document.activeElement.closest('.maplibregl-popup a') !== null")
    page.keyboard.press("Escape")
    page.locator(".maplibregl-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.classList.contains('maplibregl-canvas')")
    page.wait_for_function("spot => location.hash === spot", arg=spot)
    drawn(page)
    # Who closes it by its button, or has moved the map, stays there.
    for leave in ("button", "map"):
        canvas.press("Enter")
        page.locator(".map-popup--cards").wait_for()
        page.wait_for_function("spot => location.hash !== spot", arg=spot)
        drawn(page)
        if leave == "button":
            page.locator(".maplibregl-popup-close-button").press("Enter")
        else:
            move(page, "ArrowLeft")
        there = place_of(page)
        canvas.press("Escape")
        page.locator(".maplibregl-popup").wait_for(state="detached")
        page.wait_for_timeout(500)
        assert place_of(page) == there
        page.goto(f"{live_site.url}/map/{spot}")
        page.reload()
        drawn(page)
    canvas.press("Enter")
    page.get_by_text("Reports at this location: 3").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/**")
    assert "Rats" in page.locator("main").inner_text()


@pytest.mark.slow
@pytest.mark.shows("5.23")
def test_enter_comes_closer_to_a_cluster_and_says_so(
    city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    page.goto(f"{live_site.url}/map/#view=13/{PLACE[1]}/{PLACE[0]}")
    drawn(page)
    page.locator("#map canvas").press("Enter")
    page.get_by_text("Reports around here: 3. The map has zoomed in.").wait_for()
    page.wait_for_function("() => location.hash.startsWith('#view=15/')")
    page.goto(f"{live_site.url}/map/#view=16/40.48/-69.03")
    page.reload()
    drawn(page)
    page.locator("#map canvas").press("Enter")
    page.get_by_text("There’s no report at the center of the map.").wait_for()


@pytest.mark.slow
@pytest.mark.shows("5.22")
def test_back_goes_from_choice_to_choice_and_never_through_what_the_map_was_moved_over(
    city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    page.goto(f"{live_site.url}/map/{CLOSE}")
    drawn(page)
    steps = page.evaluate("history.length")
    for key in ("ArrowLeft", "ArrowUp", "-"):
        move(page, key)
    moved = place_of(page)
    assert moved != CLOSE
    assert page.evaluate("history.length") == steps
    # Another choice is another page, at the same place of the map.
    page.get_by_label("Kind of problem").select_option("service:rodent")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(f"**/map/?service=rodent{moved}")
    drawn(page)
    page.get_by_role("heading", name="3 reports in view").wait_for()
    assert page.locator(".map-rows div > a").all_inner_texts() == ["Rats"] * 3
    page.go_back()
    drawn(page)
    assert page.url == f"{live_site.url}/map/{moved}"
    assert page.get_by_label("Kind of problem").input_value() == ""
    page.go_forward()
    page.get_by_role("link", name="remove this filter").click()
    page.wait_for_url(f"**/map/{moved}")
    # From a report back to the map as it was.
    drawn(page)
    page.locator(".map-page__list").get_by_role("link", name="Rats").first.click()
    page.wait_for_url("**/r/**")
    page.go_back()
    drawn(page)
    assert page.url == f"{live_site.url}/map/{moved}"


@pytest.mark.slow
@pytest.mark.shows("5.22")
def test_a_link_that_is_passed_on_shows_the_same(
    city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    ours = new_page()
    ours.goto(f"{live_site.url}/map/?service=rodent{CLOSE}")
    drawn(ours)
    ours.locator("#map canvas").press("ArrowLeft")
    drawn(ours)
    theirs = new_page(viewport={"width": 375, "height": 800})
    theirs.goto(ours.url)
    drawn(theirs)
    assert place_of(theirs) == place_of(ours)
    theirs.get_by_role("heading", name="3 reports in view").wait_for()
    assert theirs.get_by_role("link", name="Rats (remove this filter)").is_visible()
    # What is on the map now, as a list that needs no map.
    theirs.get_by_role("link", name="List the reports on the map now").click()
    theirs.wait_for_url("**/requests/?service=rodent&near=*")
    assert theirs.locator(".request-list li").count() == 3


@pytest.mark.slow
def test_the_choice_is_folded_on_a_phone_and_open_where_there_is_room(
    city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    for width, is_open in ((375, False), (1280, True)):
        page = new_page(viewport={"width": width, "height": 800})
        for path in ("/requests/", "/map/"):
            page.goto(live_site.url + path)
            assert page.get_by_label("Kind of problem").is_visible() == is_open, (width, path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if not is_open:
                page.get_by_text("Filter reports").click()
                assert page.get_by_label("Kind of problem").is_visible()
                assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_javascript_list_and_map_page_say_and_choose_the_same(
    city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    page = new_page(java_script_enabled=False, viewport={"width": 375, "height": 800})
    page.goto(f"{live_site.url}/map/")
    page.get_by_text("Filter reports").click()
    page.get_by_label("Kind of problem").select_option("service:rodent")
    page.get_by_label("Order").select_option("changed")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url(f"{live_site.url}/map/?service=rodent&sort=changed")
    assert page.locator("#results").inner_text() == "3 reports"
    assert not page.locator("#map, #map-here").first.is_visible()
    page.get_by_role("link", name="See them as a list").click()
    page.wait_for_url(f"{live_site.url}/requests/?service=rodent&sort=changed")
    page.get_by_role("link", name="Recently updated first (remove this filter)").click()
    page.wait_for_url(f"{live_site.url}/requests/?service=rodent")
    assert page.locator(".request-list li").count() == 3
    page.go_back()
    assert page.url == f"{live_site.url}/requests/?service=rodent&sort=changed"


def test_words_without_a_gap_do_not_make_the_list_wider_than_a_phone(
    city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    factories.report(city.tree, "Pothole" * 30)
    page = new_page(viewport={"width": 375, "height": 800})
    page.goto(f"{live_site.url}/requests/?q={'Pothole' * 14}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    page.goto(f"{live_site.url}/requests/")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
