"""A crew's day on a phone: from signing in to the stop, by the shortest drive from where they are, with gloves on."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from requests_app.models import ServiceRequest
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("14.9")]
PHONE = {"width": 375, "height": 667}
ACCESS = (Path(__file__).parent.parent / "access.js").read_text()
IN_THE_WEST = {"latitude": 40.5, "longitude": -69.03, "accuracy": 5}


def small_targets(page: "Page") -> list[str]:
    # Until the style sheets are there, too, all are small.
    page.wait_for_load_state()
    page.evaluate(ACCESS)
    small: list[str] = page.evaluate("access.smallForGloves()")
    return [*small, *page.evaluate("access.tooWide()")]


def test_a_crew_sees_its_day_and_drives_to_the_first_stop(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    town = factories.rivermark()
    holes = [
        factories.routed(town.pothole, f"Hole {name}", answers={"where": "lane"}, point=factories.at(longitude, 40.5))
        for name, longitude in (("in the middle", -69.0), ("in the east", -68.98), ("in the west", -69.02))
    ]
    ServiceRequest.objects.update(assignee=town.dev)
    page = new_page(
        viewport=PHONE, has_touch=True, is_mobile=True, geolocation=IN_THE_WEST, permissions=["geolocation"]
    )
    page.goto(f"{live_site.url}/accounts/login/")
    page.locator("input[name=login]").fill(town.dev.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    # Crews arrive at their day, not at the queue.
    expect(page).to_have_url(f"{live_site.url}/staff/crew/")
    stops = page.locator(".stops > li")
    page.get_by_role("button", name="Use my location").click()
    expect(page.locator(".crew-length")).to_contain_text("from where you are")
    order = [stop.get_attribute("data-stop") for stop in stops.all()]
    assert order == [holes[index].reference for index in (2, 0, 1)]
    small = {"day": small_targets(page)}
    page.locator("[data-crew-map] summary").click()
    page.locator("[data-crew-map][data-shown='3']").wait_for()
    small["map"] = small_targets(page)
    page.get_by_role("link", name="2:", exact=False).first.click()
    expect(page).to_have_url(re.compile(f"#{holes[0].reference}$"))
    stops.first.get_by_role("link").click()
    expect(page.locator(".resident-words")).to_have_text("Hole in the west")
    small["stop"] = small_targets(page)
    page.get_by_role("link", name="All about").click()
    expect(page.locator(".request-page")).to_be_visible()
    small["request"] = small_targets(page)
    page.goto(f"{live_site.url}/staff/crew/sheet/")
    expect(page.locator(".sheet > li")).to_have_count(3)
    small["sheet"] = small_targets(page)
    assert {name: found for name, found in small.items() if found} == {}
