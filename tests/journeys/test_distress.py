"""In a real browser: a woman in danger reads who helps, her report is private, she can leave at once, and staff decide. And the
call of a 911 center."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app import api_keys
from requests_app.models import PublicState, ServiceRequest
from tests import factories
from tests.journeys.test_danger import signed_in
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong
from tests.requests_app.api.v1.conftest import V1

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("5.33")]

WORDS = {
    "en": (
        "My husband beats me every night, please help me. There is a pothole in front",
        "Only the city can read this.",
    ),
    "es": ("Mi esposo me golpea todas las noches, ayúdeme. Hay un bache en frente", "Solo la ciudad puede leer esto."),
}


@pytest.mark.sampled(2)
@pytest.mark.parametrize(("language", "has_script"), [("en", True), ("es", False)])
def test_she_reads_who_helps_and_nobody_else_reads_her_report(
    live_site: "Site", new_page: Callable[..., "Page"], language: str, has_script: bool
) -> None:
    cast = factories.rivermark()
    lead = factories.staff("Lea", "records_officer", cast.city)
    prefix, (text, private) = "" if language == "en" else f"/{language}", WORDS[language]
    page = new_page(viewport=PHONE, locale=language, java_script_enabled=has_script)
    page.goto(f"{live_site.url}{prefix}/report/?service=pothole&lat=40.5&long=-69.0")
    page.fill("#id_text", text)
    go(page)
    # The question where it's sure, a block on top of the next page where it's not.
    assert page.locator("[data-quick-exit]").first.is_visible()
    assert "1-800-799-7233" in page.inner_text("main")
    looks_well(page)
    if page.url.endswith("/emergency/"):
        go(page, "button[name=go_on]")
    page.locator("label[for=id_q_where_0]").click()
    go(page)
    go(page, "button[name=none]")
    assert page.url.endswith("/check/")
    assert private in page.inner_text("[aria-labelledby=everyone]")
    looks_well(page)
    go(page, "#send-form button[type=submit]")
    block = page.locator("[aria-labelledby=only-the-city]")
    assert private in block.inner_text()
    assert "1-800-799-7233" in block.inner_text()
    assert block.locator("[data-quick-exit]").is_visible()
    looks_well(page)
    if has_script:
        sees_nothing_wrong(page)
    report = ServiceRequest.objects.get()
    assert (report.public_state, report.review_reason) == (PublicState.PRIVATE, "distress")
    # Her own page says it too; a neighbor finds nothing.
    page.goto(page.locator("a[href*='/l/']").first.get_attribute("href") or "")
    assert private in page.inner_text("main")
    neighbor = new_page(viewport=PHONE)
    assert neighbor.goto(f"{live_site.url}/r/{report.reference}/").status == 404  # type: ignore[union-attr]
    neighbor.goto(f"{live_site.url}/list/")
    assert report.display_reference not in neighbor.content()
    # The desk's lead writes what everyone may read.
    signed_in(neighbor, live_site, lead)
    neighbor.goto(f"{live_site.url}/staff/review/")
    looks_well(neighbor)
    neighbor.click(f"a[href='/staff/review/{report.reference}/publish/']")
    looks_well(neighbor)
    sees_nothing_wrong(neighbor)
    neighbor.fill("#id_words-description", "There is a pothole in front")
    go(neighbor, "form.moderate button[type=submit]")
    report.refresh_from_db()
    assert (report.public_state, report.description) == (PublicState.PUBLIC, "There is a pothole in front")


def test_staff_write_the_public_line_of_a_call(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    cast = factories.rivermark()
    sue = factories.staff("Sue", "supervisor", cast.city, cast.streets)
    center = V1(api_keys.create(cast.city, "Dispatch", scopes=["staff"], acts_as=cast.cal)[1])
    call = {
        "number": "26-0417733",
        "service": "pothole",
        "description": "Ana Ortiz says the neighbor in 14 shouts about a hole.",
        "place": {"address": "12 Elm St"},
        "answers": {"where": "lane"},
        "contact": {"name": "Ana Ortiz", "phone": "(555) 010-0199"},
    }
    reference = center.send("staff/requests/", call)["reference"].replace("-", "")
    factories.run_worker()
    page = new_page(viewport=PHONE)
    signed_in(page, live_site, sue)
    page.goto(f"{live_site.url}/staff/review/")
    page.click(f"a[href='/staff/review/{reference}/publish/']")
    assert page.input_value("#id_words-description") == ""
    assert "Ana Ortiz" in page.inner_text("main")
    go(page, "form.moderate button[type=submit]")
    assert page.locator(".usa-alert--error").is_visible()
    page.fill("#id_words-description", "A hole in the lane")
    looks_well(page)
    go(page, "form.moderate button[type=submit]")
    page.goto(f"{live_site.url}/staff/r/{reference}/")
    assert "The caller said:" in page.inner_text("main")
    stranger = new_page()
    stranger.goto(f"{live_site.url}/r/{reference}/")
    shown = stranger.inner_text("main")
    assert "A hole in the lane" in shown
    assert not any(secret in stranger.content() for secret in ("Ana Ortiz", "26-0417733", "0199", "in 14"))
