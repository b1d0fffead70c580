"""The queue in a browser: its map lights up and selects rows, and new requests are announced without moving them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.journeys.test_moderation import sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.factories import Rivermark
    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.1")]
POLL_MS = 20_000


def hole(town: "Rivermark", longitude: float) -> int:
    there = factories.at(longitude)
    return factories.routed(town.pothole, f"A hole at {longitude}", answers={"where": "lane"}, point=there).pk


def test_a_shape_on_the_map_selects_its_rows(live_site: "Site", page: "Page") -> None:
    town = factories.rivermark()
    west, middle, east = (hole(town, longitude) for longitude in (-69.02, -69.015, -68.98))
    sign_in(page, live_site, town.tom)
    page.goto(f"{live_site.url}/staff/")
    page.keyboard.press("m")
    page.locator("[data-queue-map][data-loaded='3']").wait_for()
    rows = {pk: page.locator(f"tr[data-request='{pk}']") for pk in (west, middle, east)}

    rows[east].hover()
    expect(rows[east]).to_have_attribute("data-lit", "")
    rows[west].locator(".queue__what a").focus()
    expect(rows[west]).to_have_attribute("data-lit", "")
    expect(page.locator("[data-lit]")).to_have_count(1)

    page.get_by_role("button", name="Draw to select").click()
    box = page.locator("[data-drawing-layer]").bounding_box()
    assert box is not None
    half, low = box["x"] + box["width"] / 2, box["y"] + box["height"] - 8
    page.mouse.move(box["x"] + 4, box["y"] + 8)
    page.mouse.down()
    for x, y in ((half, box["y"] + 8), (half, low), (box["x"] + 4, low)):
        page.mouse.move(x, y, steps=3)
    page.mouse.up()
    expect(page.locator(".bulk-bar__count")).to_have_text("2 selected")
    assert not rows[east].locator("[data-row-tick]").is_checked()
    page.get_by_role("button", name="Select all in view").click()
    expect(page.locator(".bulk-bar__count")).to_have_text("3 selected")


def test_a_new_request_is_announced_and_the_rows_wait(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    town = factories.rivermark()
    hole(town, -69.02)
    page = new_page()
    sign_in(page, live_site, town.tom)
    page.clock.install()
    with page.expect_response("**/staff/updates/**"):
        page.goto(f"{live_site.url}/staff/")
    hole(town, -69.01)
    with page.expect_response("**/staff/updates/**"):
        page.clock.run_for(POLL_MS)
    words = page.locator("[data-updates-words]")
    expect(words).to_have_text("1 new")
    assert page.locator("tr[data-request]").count() == 1
    off = page.get_by_role("button", name="Announce new requests")
    off.click()
    expect(words).to_have_text("")
    off.click()
    page.get_by_role("link", name="Show", exact=True).click()
    expect(page.locator("tr[data-request]")).to_have_count(2)
