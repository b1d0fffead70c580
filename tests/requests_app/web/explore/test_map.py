"""The public map page: the same reports as the list, in words for who does not see the map."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from playwright.sync_api import expect

from requests_app.models import ServiceRequest
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = pytest.mark.django_db


def html(client: Client, path: str = "/map/") -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.shows("3.6", "A6", "A7")
def test_the_list_says_what_the_map_shows(cast: factories.Rivermark, client: Client) -> None:
    made = factories.report(cast.tree, "A branch hangs.")
    page = html(client)
    assert "Tree to prune" in page
    assert "12 Elm St" in page
    assert f'href="/r/{made.reference}/"' in page
    assert made.display_reference in page
    assert "Received" in page


def test_a_private_report_is_neither_named_nor_counted(cast: factories.Rivermark, client: Client) -> None:
    made = factories.report(cast.outreach, "Somebody sleeps here.")
    page = html(client)
    assert made.reference not in page
    assert "Somebody sleeps here." not in page
    assert "No reports match your filters" in page


def test_only_the_public_place_is_in_the_page(cast: factories.Rivermark, client: Client) -> None:
    coarse = factories.service(cast.city, "rodent", visibility="coarse")
    factories.report(coarse, point=factories.at(-69.001234, 40.501234), address="123 Elm St")
    page = html(client)
    assert "100 block of Elm St" in page
    assert "123 Elm St" not in page
    assert "40.501234" not in page
    assert "-69.001234" not in page


def test_the_choice_of_filters_stays_and_leads_to_the_same_list(cast: factories.Rivermark, client: Client) -> None:
    factories.area(cast.city, "ward", "5")
    for _ in range(21):
        factories.report(cast.tree, "A branch hangs.")
    page = html(client, "/map/?category=parks&status=open&area=ward:5&junk=1")
    assert '<option value="category:parks" selected>' in page
    assert '<option value="ward:5" selected>' in page
    assert 'href="/requests/?category=parks&amp;status=open&amp;area=ward%3A5"' in page
    # The newest twenty; the list has them all.
    assert page.count("data-show-on-map") == 20


def test_it_reads_in_spanish(cast: factories.Rivermark, client: Client) -> None:
    factories.report(cast.tree, "A branch hangs.")
    page = html(client, "/es/map/")
    assert "Árbol para podar" in page
    assert '<html lang="es"' in page


def test_more_requests_ask_the_database_no_more_often(
    cast: factories.Rivermark, client: Client, django_assert_num_queries: Any
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    html(client)

    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            html(client)
        return len(captured)

    factories.report(cast.tree)
    few = queries()
    for _ in range(10):
        factories.report(cast.tree)
    assert queries() == few


# --- In a browser -----------------------------------------------------------------------------------------------------


@pytest.fixture
def drawn_city(live_site: "Site") -> factories.Rivermark:
    return factories.mapped_rivermark()


@pytest.fixture
def page(new_page: "Callable[..., Page]") -> "Page":
    """A low one: each pixel of a map is drawn by the processor, again and again."""
    return new_page(viewport={"width": 1280, "height": 480})


def is_drawn(page: "Page", box: str) -> bool:
    """Whether the map shows more than its background: its picture, shrunk, has many colors."""
    import io

    from PIL import Image

    picture = Image.open(io.BytesIO(page.locator(box).screenshot())).convert("RGB").resize((64, 64))
    return len(picture.getcolors(64 * 64) or []) > 100


@pytest.mark.browser
def test_the_map_draws_the_city_and_a_click_leads_to_the_report(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    made = factories.report(drawn_city.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    with page.expect_response("**/tiles/requests/16/**"):
        page.goto(f"{live_site.url}/map/#view=16/40.496/-69.0")
    page.wait_for_selector("#map[data-drawn]")
    assert is_drawn(page, "#map")
    # No address but the city's own was asked.
    assert [url for url in asked if not url.startswith((live_site.url, "data:", "blob:"))] == []
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    link = page.locator(".maplibregl-popup a").first
    link.wait_for()
    page.locator(".map-popup--cards").wait_for()
    assert link.inner_text() == "Tree to prune"
    assert link.get_attribute("href") == f"/r/{made.reference}/"


@pytest.mark.browser
def test_by_keyboard_a_report_of_the_list_is_shown_and_the_focus_comes_back(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    factories.report(drawn_city.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    page.goto(f"{live_site.url}/map/")
    page.wait_for_selector("#map[data-ready]")
    button = page.get_by_role("button", name="Show on the map")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".maplibregl-popup a").first.wait_for()
    assert page.evaluate("document.activeElement.closest('.maplibregl-popup') !== null")
    page.get_by_role("button", name="Close").focus()
    page.keyboard.press("Enter")
    page.locator(".maplibregl-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.hasAttribute('data-show-on-map')")


@pytest.mark.browser
def test_the_list_follows_the_map_and_both_say_which_is_which(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    made = factories.report(drawn_city.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    far = factories.report(drawn_city.tree, "Another.", point=factories.at(-69.03, 40.51))
    page.add_init_script(
        """window.shift = 0; new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shift += entry.value })).observe({ type: "layout-shift", buffered: true })"""
    )
    page.goto(f"{live_site.url}/map/")
    page.wait_for_selector("#map[data-drawn]")
    assert page.evaluate("window.shift") <= 0.05
    rows = page.locator(".map-rows > li")
    assert page.locator("#results").inner_text() == "2 reports"
    # A row that is shown keeps the list; moving the map by hand does not.
    page.locator(f"li[data-reference='{made.reference}'] button").click()
    page.locator(".map-popup--cards").get_by_text("A branch hangs.").wait_for()
    page.wait_for_selector("#map[data-drawn]")
    page.keyboard.press("Escape")
    assert rows.count() == 2
    page.locator("#map canvas").press("ArrowUp")
    page.get_by_role("heading", name="1 report in view").wait_for()
    assert page.locator(f"[data-reference='{far.reference}']").count() == 0
    page.locator("#map canvas").press("ArrowDown")
    page.wait_for_selector("#map[data-drawn]")
    # From the mark to its row, and to the report form with this place.
    box = page.locator("#map").bounding_box()
    assert box is not None
    center = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.move(*center)
    page.locator("li[data-lit]").wait_for()
    page.mouse.click(*center, button="right")
    page.get_by_role("link", name="Report a problem here").click()
    page.wait_for_url("**/report/?lat=40.4*&long=-6*")


@pytest.mark.browser
def test_what_becomes_private_leaves_an_open_popup_and_what_fails_is_said(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    made = factories.report(drawn_city.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    page.clock.install()
    page.goto(f"{live_site.url}/map/#view=16/40.496/-69.0")
    page.wait_for_selector("#map[data-ready]")
    page.locator(".map-rows__show").click()
    page.locator(".map-popup--cards").get_by_text("A branch hangs.").wait_for()
    ServiceRequest.objects.filter(pk=made.pk).update(public_state="private")
    page.clock.fast_forward("00:16")
    page.locator(".maplibregl-popup").get_by_text("This report isn’t public anymore.").wait_for()
    assert page.locator(".maplibregl-popup").get_by_text("A branch hangs.").count() == 0
    # The list of before stays if the next one can't be had; so does the map without some of its tiles.
    page.route("**/map/list/**", lambda route: route.abort())
    page.route("**/tiles/requests/**", lambda route: route.abort())
    page.locator("#map canvas").press("ArrowUp")
    page.clock.run_for(1000)
    page.get_by_text("We couldn’t update the list. It still shows the earlier reports.").wait_for()
    page.locator("#map canvas").press("-")
    page.clock.run_for(1000)
    page.get_by_text("Parts of the map couldn’t be loaded.").wait_for()


@pytest.mark.browser
def test_a_year_is_played_and_paused_and_its_month_is_in_the_address(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    factories.report(drawn_city.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    page.emulate_media(reduced_motion="reduce")
    page.goto(f"{live_site.url}/map/")
    page.wait_for_selector("#map[data-ready]")
    page.get_by_role("button", name="Play a year").click()
    page.get_by_role("button", name="Pause").click()
    page.get_by_text("· Reports: 0").wait_for()
    month = page.evaluate("location.hash").partition("month=")[2]
    slider = page.get_by_label("Month", exact=True)
    assert slider.get_attribute("aria-valuetext") == page.locator("#map-month-words").inner_text()
    slider.press("End")
    slider.press("ArrowLeft")
    page.get_by_text("· Reports: 1").wait_for()
    page.goto(f"{live_site.url}/map/#month={month}")
    page.reload()
    page.get_by_text("· Reports: 0").wait_for()
    slider.press("End")
    page.get_by_text("Now: all reports on the map").wait_for()
    assert "month=" not in page.url


@pytest.mark.browser
def test_a_place_is_found_on_the_map(drawn_city: factories.Rivermark, live_site: "Site", page: "Page") -> None:
    factories.address(drawn_city.city, "128 River St", -69.01, 40.5)
    page.goto(f"{live_site.url}/map/")
    page.wait_for_selector("#map[data-ready]")
    page.get_by_label("Address, corner, park or street light number").fill("128 River")
    page.get_by_role("button", name="Go there").click()
    page.wait_for_function("() => location.hash.startsWith('#view=17/40.5/-69.01')")
    assert "lat=40.500000&long=-69.010000" in str(page.locator("#map-report").get_attribute("href"))


@pytest.mark.browser
def test_without_javascript_the_list_is_all_there_and_no_empty_box(
    drawn_city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    factories.report(drawn_city.tree, "A branch hangs.")
    page = new_page(java_script_enabled=False)
    page.goto(f"{live_site.url}/map/")
    assert page.get_by_role("link", name="Tree to prune").is_visible()
    assert not page.locator("#map").is_visible()
    page.get_by_role("link", name="Reports by area and month").click()
    page.get_by_label("Month", exact=True).select_option(index=1)
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/map/areas/?layer=*&month=*")
    assert page.locator(".heat__map, .heat__table").count() == 2
    page.goto(f"{live_site.url}/map/")
    page.get_by_label("Status").select_option("ended")
    page.get_by_role("button", name="Show").click()
    page.get_by_text("No reports match your filters").wait_for()


@pytest.mark.browser
def test_without_webgl_a_sentence_says_so_and_the_list_stays(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    factories.report(drawn_city.tree, "A branch hangs.")
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto(f"{live_site.url}/map/")
    page.get_by_text("This browser can’t show the map.").wait_for()
    assert page.get_by_role("link", name="Tree to prune").is_visible()


@pytest.mark.sampled(2)
@pytest.mark.browser
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_is_wider_than_the_screen(
    drawn_city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]", width: int
) -> None:
    factories.report(drawn_city.tree, "A branch hangs.")
    page = new_page(viewport={"width": width, "height": 800})
    page.goto(f"{live_site.url}/map/")
    page.wait_for_selector("#map[data-ready]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.shows("3.4")
@pytest.mark.browser
def test_the_pin_moves_by_buttons_and_keys_and_says_its_address_once(
    drawn_city: factories.Rivermark, live_site: "Site", page: "Page"
) -> None:
    factories.address(drawn_city.city, "128 River St", -69.0, 40.496)
    start_a_report(page, live_site)
    page.wait_for_selector(".map[data-ready]")
    page.evaluate(
        """() => { const status = document.querySelector('.place-map__at');
        window.said = [];
        new MutationObserver(() => window.said.push(status.textContent)).observe(status, { childList: true }) }"""
    )
    page.get_by_role("button", name="To the center of the map").click()
    start = float(page.locator("[name=long]").input_value())
    # In one go, as fast as a finger can: a slow machine must not make pauses of it.
    page.get_by_role("button", name="Left (west)").evaluate("button => [1, 2, 3].forEach(() => button.click())")
    page.wait_for_timeout(1500)
    long, lat = (float(page.locator(f"[name={name}]").input_value()) for name in ("long", "lat"))
    middle = [-69.0, (40.4647 + 40.529) / 2]
    # Three steps of some meters each, due west.
    assert -0.001 < long - start < -0.0001
    assert lat == pytest.approx(middle[1], abs=0.0002)
    assert len(page.evaluate("window.said")) == 1

    pin = page.get_by_role("button", name="Pin.")
    pin.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    page.wait_for_function("lat => document.querySelector('[name=lat]').value < lat", arg=lat)
    assert float(page.locator("[name=lat]").input_value()) < lat
    assert float(page.locator("[name=long]").input_value()) == pytest.approx(long, abs=0.00001)


@pytest.mark.slow
@pytest.mark.browser
def test_the_pin_takes_the_address_box_along(drawn_city: factories.Rivermark, live_site: "Site", page: "Page") -> None:
    factories.address(drawn_city.city, "128 River St", -69.0, (40.4647 + 40.529) / 2)
    start_a_report(page, live_site)
    page.wait_for_selector(".map[data-ready]")
    page.get_by_role("button", name="To the center of the map").click()
    page.get_by_text("The pin is at 128 River St.").wait_for()
    assert page.locator("[name=address]").input_value() == "128 River St"


def start_a_report(page: "Page", live_site: "Site") -> None:
    """To the page "Where is it?"."""
    page.goto(f"{live_site.url}/report/?service=tree")
    page.get_by_role("textbox").first.fill("A branch hangs.")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("heading", name="Where is it?").wait_for()


def test_a_request_that_is_hidden_leaves_the_page_at_once(cast: factories.Rivermark, client: Client) -> None:
    made = factories.report(cast.tree, "A branch hangs.")
    assert made.reference in html(client)
    ServiceRequest.objects.filter(pk=made.pk).update(public_state="hidden")
    assert made.reference not in html(client)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", None),
        ("service=tree&status=open", None),
        ("older=1", "Up close, the map shows only the newest 2,000 reports in each part of it."),
        ("q=branch", "With these filters, the map shows only the newest 2,000 reports in each part of it."),
        ("area=ward:5", "With these filters, the map shows only the newest 2,000 reports in each part of it."),
        ("near=40.5,-69.0,500", "With these filters, the map shows only the newest 2,000 reports in each part of it."),
        ("asset=L00417&older=1", "With these filters, the map shows only the newest 2,000 reports in each part of it."),
        ("sort=changed", "With these filters, the map shows only the newest 2,000 reports in each part of it."),
        ("sort=changed&older=1", "Up close, the map shows only the newest 2,000 reports in each part of it."),
    ],
)
def test_it_says_when_a_tile_does_not_have_all(
    cast: factories.Rivermark, client: Client, query: str, says: str | None
) -> None:
    factories.area(cast.city, "ward", "5")
    page = html(client, f"/map/?{query}")
    assert ("shows only the newest" in page) is (says is not None)
    assert says is None or says in page


@pytest.mark.browser
def test_a_finger_that_stays_offers_a_report_and_a_place_that_is_refused_or_coarse_is_said(
    drawn_city: factories.Rivermark, live_site: "Site", new_page: "Callable[..., Page]"
) -> None:
    page = new_page(viewport={"width": 375, "height": 800}, has_touch=True, is_mobile=True, color_scheme="dark")
    page.goto(f"{live_site.url}/map/#view=16/40.496/-69.0")
    page.wait_for_selector("#map[data-drawn]")
    assert page.locator("#map.map--night").count() == 1
    box = page.locator("#map").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    point = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [point]})
    link = page.get_by_role("link", name="Report a problem here").and_(page.locator(".maplibregl-popup a"))
    link.wait_for()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    # Chromium sends a click after it.
    page.wait_for_timeout(300)
    assert "/report/?lat=40.49" in str(link.get_attribute("href"))
    view = page.evaluate("location.hash")
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Your browser isn’t sharing your location.").wait_for()
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 40.5, "longitude": -69.01, "accuracy": 3000})
    page.get_by_role("button", name="Use my location").click()
    page.get_by_text("Your device only knows roughly where you are.").wait_for()
    assert page.evaluate("location.hash") == view, "it isn't shown somewhere else"
    page.context.set_geolocation({"latitude": 40.5, "longitude": -69.01, "accuracy": 10})
    page.get_by_role("button", name="Use my location").click()
    expect(page).to_have_url(re.compile(r"#view=17/40\.5/-69\.01"))
