"""A resident's whole story in a real browser: on a phone without JavaScript, and on a desk with it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from requests_app.models import Draft, ServiceRequest
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).parents[1] / "vendor/axe.min.js").read_text()
PHONE = {"width": 375, "height": 667}
CONTINUE = "#report-form button.usa-button--big"


def looks_well(page: "Page") -> None:
    """Nothing sticks out of the screen, one heading, and the page's own form has a name for each control."""
    page.wait_for_load_state()
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.locator("h1").count() == 1, page.url


def sees_nothing_wrong(page: "Page") -> None:
    """For what a journey alone makes of a page; tests/test_accessibility.py opens all pages."""
    page.wait_for_load_state()
    page.evaluate(AXE)
    found = page.evaluate("axe.run({ resultTypes: ['violations'], iframes: false })")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], page.url


def go(page: "Page", button: str = CONTINUE) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


@pytest.mark.shows("3.3")
def test_a_report_on_a_phone_without_javascript(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    factories.rivermark()
    page = new_page(java_script_enabled=False, viewport=PHONE, locale="es")
    page.goto(f"{live_site.url}/es/")
    looks_well(page)
    strip = page.locator(".emergency-strip").bounding_box()
    assert strip is not None
    assert strip["height"] <= 60
    # What needs a script isn't there.
    for hidden in ("#id_photos_button", "[data-use-location]", "[data-dictation]"):
        assert not page.locator(hidden).first.is_visible(), hidden
    page.fill("#id_text", "Hay un hoyo hondo")
    go(page)

    assert "Bache" in page.inner_text("label[for=id_service_0]")
    page.locator("label[for=id_service_0]").click()
    looks_well(page)
    go(page)
    page.fill("#id_address", "12 Elm St")
    page.fill("#id_note", "junto a la parada")
    looks_well(page)
    go(page)

    assert "12 Elm St" in page.inner_text("main")
    # A question is missing: the page says which, and the words stay.
    page.fill("#id_text", "Hay un hoyo muy hondo")
    go(page)
    assert page.locator("#error-summary").is_visible()
    assert page.input_value("#id_text") == "Hay un hoyo muy hondo"
    looks_well(page)
    page.locator("label[for=id_q_where_0]").click()
    photo = {"name": "hoyo.jpg", "mimeType": "image/jpeg", "buffer": factories.jpeg()}
    page.set_input_files("#id_photos", [photo])  # type: ignore[list-item]
    go(page, "button[name=add_photos]")
    assert page.locator("#photos img").count() == 1
    looks_well(page)
    go(page)

    page.fill("#id_email", "ana@example.org")
    looks_well(page)
    go(page)
    looks_well(page)
    assert "ana@example.org" in page.inner_text(".seen-by--city")
    assert "junto a la parada" in page.inner_text(".seen-by--city")
    # Back, and forward again: nothing is lost.
    page.go_back()
    page.go_forward()
    go(page, "#send-form button")

    made = ServiceRequest.objects.get()
    assert made.display_reference in page.inner_text("h1")
    looks_well(page)
    # Back to "Check and send" and once more: the same reference.
    page.go_back()
    page.reload()
    assert made.display_reference in page.inner_text("h1")
    assert ServiceRequest.objects.count() == 1
    assert Draft.objects.get().typed.keys() == {"end", "link"}

    factories.run_worker()
    assert ServiceRequest.objects.get().status == "routed"
    with page.expect_navigation():
        page.locator("main a[href*='/l/']").click()
    assert page.url == f"{live_site.url}/es/r/{made.reference}/"
    assert "Hay un hoyo muy hondo" in page.inner_text("main")
    assert page.locator("h1").inner_text().endswith("Streets (es)")
    looks_well(page)
    page.locator("summary", has_text="Agregar").click()
    looks_well(page)
    send = page.locator("#main form[action$='/add/'] button").bounding_box()
    fold = page.locator("#main details[open]").bounding_box()
    assert send is not None
    assert fold is not None
    assert send["x"] + send["width"] <= fold["x"] + fold["width"]
    # The link's cookie counts in both languages.
    page.goto(f"{live_site.url}/r/{made.reference}/")
    assert "junto a la parada" in page.inner_text("main")
    with page.expect_navigation():
        page.locator("form[action$='/withdraw/'] button").click()
    go(page, "button[name=sure]")
    assert ServiceRequest.objects.get().disposition == "withdrawn"


@pytest.mark.shows("3.4")
def test_a_report_with_javascript_by_the_address_box(live_site: "Site", page: "Page") -> None:
    cast = factories.rivermark()
    factories.report(cast.pothole, "A deep hole", answers={"where": "lane"})
    page.goto(f"{live_site.url}/")
    page.fill("#id_text", "A hole in the road")
    # The switch takes the words along.
    go(page, "button[name=switch_language]")
    assert "/es/report/" in page.url
    assert page.input_value("#id_text") == "A hole in the road"
    go(page, "button[name=switch_language]")
    go(page)
    page.locator("label[for=id_service_0]").click()
    go(page)
    page.locator("#id_address").press_sequentially("12 E")
    page.wait_for_selector("#id_address_list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.input_value("#id_lat") == "40.5"
    sees_nothing_wrong(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/duplicates/")
    go(page, "button[name=different]")
    page.locator("label[for=id_q_where_1]").click()
    # Enter in a text box continues to the next page; it neither removes a photo nor switches the language.
    page.locator("#id_q_damage").press("Enter")
    page.wait_for_url("**/contact/")
    go(page, "button[name=none]")
    # A double click makes one request.
    with page.expect_navigation():
        page.evaluate("() => { const send = document.querySelector('#send-form button'); send.click(); send.click(); }")
    page.wait_for_url("**/sent/")
    assert ServiceRequest.objects.count() == 2
    made = ServiceRequest.objects.latest("id")
    assert re.search(made.display_reference, page.inner_text("h1"))
    page.locator("main a[href*='/l/']").click()
    page.wait_for_url(f"**/r/{made.reference}/")


@pytest.mark.slow
@pytest.mark.shows("3.13")
def test_axe_finds_nothing_on_the_other_pages_by_night_on_a_phone(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    cast = factories.rivermark()
    made = factories.report(cast.pothole, "A deep hole", answers={"where": "lane"})
    page = new_page(viewport=PHONE, color_scheme="dark", bypass_csp=True)
    for path in (
        "/",
        "/report/?service=pothole",
        "/services/",
        "/find/",
        "/find/?reference=x",
        f"/r/{made.reference}/",
        "/r/x/",
    ):
        page.goto(live_site.url + path)
        looks_well(page)
        sees_nothing_wrong(page)
    page.goto(f"{live_site.url}/report/")
    page.fill("#id_text", "I smell gas and want to die")
    go(page)
    assert page.url.endswith("/emergency/")
    sees_nothing_wrong(page)
    looks_well(page)
