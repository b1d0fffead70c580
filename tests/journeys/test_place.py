"""From a sign on a light pole, and by keyboard alone over the map, to a report about that very light."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app.models import Draft
from tests import factories
from tests.journeys.test_report import CONTINUE, PHONE, go, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("4.7")]


def lamps() -> factories.Rivermark:
    cast = factories.rivermark()
    factories.service(cast.city, "lamp", asset_kinds=["street_light"], duplicate_policy="never")
    factories.asset(cast.city, "L00001", -69.0001, 40.5)
    factories.asset(cast.city, "L00002", -69.0004, 40.5)
    return cast


def chosen() -> str:
    return str(Draft.objects.get().typed["place"]["asset"]["number"])


def test_a_light_is_found_on_the_map_by_keyboard_alone(live_site: "Site", page: "Page") -> None:
    lamps()
    page.goto(f"{live_site.url}/report/?service=lamp")
    page.fill("#id_text", "It is dark")
    go(page)
    page.locator("#id_address").press_sequentially("12 elm")
    page.wait_for_selector("#id_address_list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    go(page)

    page.locator("details[data-asset-map] summary").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector(".map[data-ready]")
    plate = page.get_by_role("button", name="Street light L00002")
    plate.focus()
    page.keyboard.press("Enter")
    # The same card as on the place page's map.
    page.locator(".map-card").get_by_text("12 Elm St").wait_for()
    sees_nothing_wrong(page)
    page.keyboard.press("Escape")
    assert not page.locator("input[value=L00002]").is_checked()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert not page.locator(".map-card").count()
    assert plate.get_attribute("aria-pressed") == "true"
    assert page.locator("input[value=L00002]").is_checked()
    # And the other way around: what is chosen in the list is marked on the map.
    page.locator("input[value=L00002]").focus()
    page.keyboard.press("ArrowUp")
    assert page.get_by_role("button", name="Street light L00001").get_attribute("aria-pressed") == "true"
    assert plate.get_attribute("aria-pressed") == "false"
    page.locator(CONTINUE).focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert chosen() == "L00001"


@pytest.mark.shows("4.9")
@pytest.mark.parametrize("script", [True, False])
def test_a_sign_opens_the_report_of_its_light_on_a_phone(
    live_site: "Site", new_page: "Callable[..., Page]", script: bool
) -> None:
    lamps()
    page = new_page(java_script_enabled=script, viewport=PHONE, locale="es-MX")
    page.goto(f"{live_site.url}/q/L00002")
    assert page.url == f"{live_site.url}/es/report/?sign=L00002"
    looks_well(page)
    assert "Poste de luz L00002, 12 Elm St" in page.inner_text("main")
    page.fill("#id_text", "Está oscuro")
    go(page)
    looks_well(page)
    assert chosen() == "L00002"


@pytest.mark.shows("16.6")
def test_the_place_in_the_words_is_proposed_on_a_phone(live_site: "Site", new_page: "Callable[..., Page]") -> None:
    cast = factories.rivermark()
    factories.address(cast.city, "Central Library", -69.01, 40.51)
    page = new_page(viewport=PHONE)
    page.goto(f"{live_site.url}/report/?service=pothole")
    page.fill("#id_text", "Deep hole in front of the library")
    go(page)
    looks_well(page)
    assert "Central Library?" in page.inner_text(".proposal")
    page.locator(".proposal a").click()
    assert page.evaluate("document.activeElement.id") == "id_address"
    page.wait_for_selector("#id_address_list", state="attached")
    # Enter in the box is Continue, and takes what was typed.
    page.locator("#id_address").press_sequentially("12 Elm St")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert Draft.objects.get().typed["place"]["address"] == "12 Elm St"
    page.go_back()
    go(page, ".proposal button")
    assert Draft.objects.get().typed["place"]["address"] == "Central Library"
    looks_well(page)
