"""Two supervisors moderate the same report: the first hides a name, the second sees the conflict, and the text is restored."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import ServiceRequest, User
from tests import factories
from tests.live import Site

pytestmark = pytest.mark.browser
DESK = {"width": 1280, "height": 720}
PHONE = {"width": 375, "height": 800}


def sign_in(page: Page, site: Site, user: User) -> None:
    page.goto(f"{site.url}/accounts/login/?next=/staff/")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(factories.PASSWORD)
    page.locator("main button[type=submit]").click()
    expect(page).to_have_url(re.compile("/staff/"))
    # A script whose page is left while it loads is cut off, and counts as an error.
    page.wait_for_load_state()


def take_out(page: Page, words: str, reason: str) -> None:
    """By keyboard alone, as far as the reasons."""
    page.get_by_label("New text: Description").focus()
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.insert_text(words)
    page.keyboard.press("Tab")
    page.locator(f"input[value={reason}] + label").click()
    page.get_by_role("button", name="Hide what I deleted").press("Enter")


def fits(page: Page) -> bool:
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def public_words(page: Page, site: Site, one: ServiceRequest) -> str:
    page.goto(f"{site.url}/r/{one.reference}/")
    return page.locator("section[aria-labelledby=report] .quoted").inner_text()


# In each run, tests/staff_app/moderation/ has two moderators, too, and test_review.py one in a browser.
@pytest.mark.slow
@pytest.mark.shows("5.38")
def test_two_moderators_do_not_overwrite_each_other_and_the_words_come_back(
    live_site: Site, new_page: Callable[..., Page]
) -> None:
    town = factories.rivermark()
    limb = factories.routed(town.tree, "Bob Smith lets his branch hang low.")
    sue = factories.staff("Sue", "supervisor", town.city, town.parks)
    of_pia, of_sue, anybody = new_page(viewport=DESK), new_page(viewport=PHONE), new_page(viewport=PHONE)
    for page, user in ((of_pia, town.pia), (of_sue, sue)):
        sign_in(page, live_site, user)
        page.goto(f"{live_site.url}/staff/r/{limb.reference}/")
        page.locator("#public-view > summary").press("Enter")
        page.get_by_role("link", name="Hide text").press("Enter")
        expect(page.get_by_role("heading", level=1)).to_have_text("Hide text")
        assert fits(page)

    take_out(of_pia, "[…] lets his branch hang low.", "personal_data")
    expect(of_pia).to_have_url(re.compile(f"/staff/r/{limb.reference}/$"))
    assert public_words(anybody, live_site, limb) == "[…] lets his branch hang low."
    expect(anybody.locator("main")).to_contain_text(
        "Part of this text was removed by Parks because it had personal details."
    )

    take_out(of_sue, "Somebody lets a branch hang low.", "other")
    expect(of_sue.locator(".usa-alert[role=alert]")).to_contain_text("Someone else got here first")
    expect(of_sue.locator("del")).to_contain_text("Bob Smith")
    expect(of_sue.get_by_label("New text: Description")).to_have_value("Somebody lets a branch hang low.")
    assert fits(of_sue)
    assert public_words(anybody, live_site, limb) == "[…] lets his branch hang low."
    of_sue.get_by_role("button", name="Hide what I deleted").press("Enter")
    expect(of_sue).to_have_url(re.compile(f"/staff/r/{limb.reference}/$"))
    assert public_words(anybody, live_site, limb) == "Somebody lets a branch hang low."

    # The older of the two changes: the text is another one by now, so Pia is asked.
    of_pia.reload()
    of_pia.locator("#public-view > summary").press("Enter")
    of_pia.get_by_role("button", name=re.compile("Restore")).last.press("Enter")
    expect(of_pia.locator(".usa-alert[role=alert]")).to_contain_text("This text has changed since it was hidden")
    of_pia.get_by_label("Text to show").fill("A branch hangs low.")
    of_pia.get_by_role("button", name="Show this text").press("Enter")
    expect(of_pia).to_have_url(re.compile(f"/staff/r/{limb.reference}/$"))
    assert public_words(anybody, live_site, limb) == "A branch hangs low."
