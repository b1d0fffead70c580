"""How much a first report asks of a thumb: every tap is counted, words are not."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
import yaml

from requests_app.imports.catalog import import_catalog
from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import ServiceRequest
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 375, "height": 667}
MOST_TAPS = 25


class Thumb:
    """Taps on one page of a phone, and remembers how often."""

    def __init__(self, page: "Page") -> None:
        self.page, self.taps = page, 0

    def tap(self, target: str) -> None:
        self.taps += 1
        self.page.locator(target).first.tap()

    def go(self, target: str) -> None:
        with self.page.expect_navigation():
            self.tap(target)

    def say(self, target: str, words: str) -> None:
        """One tap to get into the box; the words themselves are the report."""
        self.tap(target)
        self.page.keyboard.type(words)


@pytest.mark.shows("4.26")
def test_a_first_report_takes_at_most_25_taps_besides_its_words(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    city = factories.jurisdiction(languages=["en", "es"])
    files = yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]
    import_catalog(city, [RIVERMARK / name for name in files])
    factories.address(city, "12 Elm St")
    thumb = Thumb(new_page(viewport=PHONE, has_touch=True, is_mobile=True))
    page = thumb.page
    page.goto(live_site.url)
    thumb.say("#id_text", "A deep hole in the road, my tire blew")
    thumb.go("#report-form button.usa-button--big")
    thumb.tap("label:has-text('Pothole')")
    thumb.go("#report-form button.usa-button--big")
    thumb.say("#id_address", "12 Elm")
    page.locator("[role=option]").first.wait_for()
    thumb.tap("[role=option]")
    thumb.go("#report-form button.usa-button--big")
    # Every question, required or not: its first answer.
    while "/details/" in page.url:
        for group in page.locator("#report-form fieldset:has(input[type=radio])").all():
            thumb.taps += 1
            group.locator("label").first.tap()
        thumb.go("#report-form button.usa-button--big")
    thumb.say("#id_email", "ana@example.org")
    thumb.go("#report-form button.usa-button--big")
    thumb.go("#send-form button.usa-button--big")
    assert "We got it" in page.inner_text("h1")
    assert ServiceRequest.objects.get().service.service_code == "pothole"
    print(f"a first report: {thumb.taps} taps besides its words")
    assert thumb.taps <= MOST_TAPS
