"""Is it one of these? In a real browser: on a phone by night with five cards and photos, and by the keyboard alone."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app import photos
from requests_app.models import ServiceRequest, ServiceVersion
from tests import factories
from tests.journeys.test_report import PHONE, go, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("4.11")]

WORDS = ["Deep hole", "", "Un hoyo hondo", "Pothole" * 60, "Hole by the bus stop. " * 30]


@pytest.fixture
def holes() -> ServiceVersion:
    return factories.rivermark().pothole


def report(version: ServiceVersion, words: str, *, with_photo: bool) -> ServiceRequest:
    made = factories.report(version, words, answers={"where": "lane"})
    if with_photo:
        upload = io.BytesIO(factories.jpeg())
        size = len(upload.getvalue())
        photos.store_upload(upload, size=size, jurisdiction=made.jurisdiction, service_request=made)
    return made


def to_same(page: "Page", url: str, code: str = "pothole") -> None:
    page.goto(f"{url}/report/?service={code}")
    page.fill("#id_text", "A hole in the road")
    go(page)
    page.fill("#id_address", "12 Elm St")
    page.keyboard.press("Escape")
    go(page)
    assert page.url.endswith("/duplicates/")


@pytest.mark.slow
def test_five_cards_fit_a_phone_by_night(
    live_site: "Site", new_page: Callable[..., "Page"], holes: ServiceVersion
) -> None:
    for number, words in enumerate(WORDS):
        report(holes, words, with_photo=number % 2 == 0)
    page = new_page(viewport=PHONE, color_scheme="dark", bypass_csp=True)
    to_same(page, live_site.url)
    looks_well(page)
    sees_nothing_wrong(page)
    assert page.locator("button[name=follow]").count() == 5
    assert page.locator(".same-card img").count() == 3
    page.fill("#id_email", "no address")
    go(page, "button[name=follow]")
    looks_well(page)
    sees_nothing_wrong(page)
    assert page.input_value("#id_email") == "no address"


def test_the_keyboard_alone_says_yes(live_site: "Site", page: "Page", holes: ServiceVersion) -> None:
    made = report(holes, "Deep hole", with_photo=False)
    to_same(page, live_site.url)
    page.locator("h1").click()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.locator("button[name=follow]:focus").count():
            break
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/sent/")
    assert "You’re following it." in page.inner_text("h1")
    made.refresh_from_db()
    assert made.people_count == 2


# In each run, tests/requests_app/web/report/test_duplicates.py asks it in the same way, without a script.
@pytest.mark.slow
def test_the_question_for_the_whole_block_without_javascript_on_a_phone(
    live_site: "Site", new_page: Callable[..., "Page"], holes: ServiceVersion
) -> None:
    city = holes.service.jurisdiction
    outage = factories.service(city, "outage", duplicate_policy="ask")
    factories.report(outage, "No water")
    page = new_page(viewport=PHONE, java_script_enabled=False)
    to_same(page, live_site.url, "outage")
    looks_well(page)
    go(page, "button[name=block]")
    assert "No water" in page.inner_text("main")
    go(page, "button[name=different]")
    assert page.url.endswith("/details/1/")
    # What looks for faults needs a script itself.
    page = new_page(viewport=PHONE, bypass_csp=True)
    to_same(page, live_site.url, "outage")
    sees_nothing_wrong(page)
