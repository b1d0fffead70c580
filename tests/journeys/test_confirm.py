"""A report that a law wants a name for and that waits for the link in its mail, in a browser: with and without scripts."""

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from requests_app import links
from requests_app.models import OneTimeLink, ServiceRequest
from tests import factories
from tests.test_accessibility import AXE, DESK, PHONE, ZOOMED, axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Look:
    """Asks each page that it is shown for what is wrong with it, at three widths; axe at the first."""

    def __init__(self, page: "Page", scripts: bool) -> None:
        self.page, self.scripts = page, scripts
        self.wrong: list[str] = []

    def at(self, heading: str) -> None:
        assert heading in self.page.inner_text("h1")
        for size in (DESK, PHONE, ZOOMED):
            self.page.set_viewport_size(size)
            if self.scripts and size is DESK:
                self.page.evaluate(AXE)
                self.wrong += [f"{heading}: {one}" for one in axe(self.page)]
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if wide > size["width"]:
                self.wrong.append(f"{heading}: {wide} pixels wide on {size['width']}")

    def press(self, target: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(target).first.click()


@pytest.mark.shows("5.3")
@pytest.mark.sampled(2)
@pytest.mark.parametrize("scripts", [True, False])
def test_it_is_sent_by_the_mailed_link_after_a_mistyped_address_was_corrected(
    live_site: "Site", new_page: Callable[..., "Page"], scripts: bool
) -> None:
    cast = factories.rivermark()
    factories.service(
        cast.city,
        "barking",
        must_confirm=True,
        identity_words={"en": "The law lets us act only if we know who tells us.", "es": "La ley lo pide."},
        duplicate_policy="never",
    )
    page = new_page(java_script_enabled=scripts, bypass_csp=True)
    look = Look(page, scripts)
    page.goto(f"{live_site.url}/report/?service=barking")
    page.fill("#id_text", "A dog barks all night")
    look.press("#report-form button.usa-button--big")
    page.fill("#id_address", "12 Elm St")
    look.press("#report-form button.usa-button--big")
    look.press("#report-form button.usa-button--big")
    look.at("How can we reach you?")
    look.press("#report-form button.usa-button--big")
    look.at("How can we reach you?")
    assert page.locator(".usa-error-message").count() == 3
    page.fill("#id_name", "Ana Ortiz")
    page.fill("#id_postal_address", "9 Elm St\nRivermark 01234")
    page.fill("#id_email", "anna@example.org")
    look.press("#report-form button.usa-button--big")
    look.at("Check and send")
    assert "9 Elm St" in page.inner_text("section[aria-labelledby=city-only]")
    look.press("#send-form button")
    look.at("One more step")
    page.fill("#id_email", "ana at example")
    look.press("#report-form button")
    look.at("One more step")
    page.fill("#id_email", "ana@example.org")
    look.press("#report-form button")
    look.at("One more step")
    assert ServiceRequest.objects.get().public_state == "unconfirmed"
    (link,) = OneTimeLink.objects.all()
    assert link.contact_point.value == "ana@example.org"
    page.goto(live_site.url + urlsplit(links.one_time_url(link)).path)
    look.at("Do you want to send your report?")
    look.press("main form button.usa-button--big")
    assert "Your report has been sent" in page.inner_text("main")
    factories.run_worker()
    made = ServiceRequest.objects.get(status="routed", public_state="public")
    assert page.url.endswith(f"/r/{made.reference}/")
    # The link again, in another browser: it leads to the report and asks nothing.
    other = new_page(java_script_enabled=scripts)
    other.goto(live_site.url + urlsplit(links.one_time_url(link)).path)
    assert other.url.endswith(f"/r/{made.reference}/")
    assert not look.wrong, "\n".join(look.wrong)
