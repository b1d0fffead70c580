"""Ana looks up what goes on around her home, without JavaScript on a small phone; she follows it and reports a thing there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import Subscription
from tests import factories
from tests.journeys.test_whole_story import fits, mails
from tests.live import Site, wait_for

pytestmark = pytest.mark.browser


def mailed_path(to: str) -> str | None:
    """Where the mailed link leads, once the mail is there."""
    bodies = [mail.get_body(("plain",)) for mail in mails() if mail["To"] == to]
    found = [re.search(r"https?://[^/]+(/c/\S+/)", body.get_content()) for body in bodies if body is not None]
    return next((one[1] for one in found if one), None)


@pytest.mark.shows("5.31")
@pytest.mark.usefixtures("worker")
def test_ana_opens_her_block_its_ward_and_a_service_and_follows_the_block(
    live_site: Site, new_page: Callable[..., Page]
) -> None:
    cast = factories.rivermark()
    factories.area(cast.city)
    factories.asset(cast.city, "L00417")
    made = factories.report(cast.pothole, "A hole as deep as a bucket.", answers={"where": "lane"})
    reader = "looks.around@example.org"
    ana = new_page(viewport={"width": 375, "height": 800}, java_script_enabled=False)

    # From the foot of any page to her address: it opens the block.
    ana.goto(live_site.url)
    ana.get_by_role("link", name="Areas and places").click()
    ana.locator("main input[type=text]").fill("12 Elm Street")
    ana.get_by_role("button", name="See reports there").click()
    expect(ana).to_have_url(re.compile("/places/1-99-block-of-elm-st/"))
    expect(ana.locator("h1")).to_have_text("1–99 block of Elm St")
    expect(ana.locator("main")).to_contain_text(made.display_reference)
    assert fits(ana)

    # A wider look, the request itself, and from there its service and its ward.
    ana.get_by_role("link", name="500 m").click()
    expect(ana.locator("main")).to_contain_text("within 0.3 miles (500 meters)")
    ana.get_by_role("link", name="Pothole").first.click()
    expect(ana).to_have_url(re.compile(f"/r/{made.reference}/"))
    ana.locator("main").get_by_role("link", name="Pothole").first.click()
    expect(ana.locator("main")).to_contain_text("This is a target, not a promise.")
    assert fits(ana)
    ana.go_back()
    ana.get_by_role("link", name="Ward 5").click()
    expect(ana.locator("main")).to_contain_text("Few reports don’t mean few problems.")
    assert fits(ana)

    # She follows the block: nothing counts before the button behind the mailed link.
    ana.goto(f"{live_site.url}/places/1-99-block-of-elm-st/")
    ana.get_by_role("link", name="Get email updates").click()
    expect(ana.locator("h1")).to_have_text("Updates on 1–99 block of Elm St")
    ana.locator("main input[type=email]").fill(reader)
    ana.get_by_role("button", name="Send me updates").click()
    expect(ana.locator("h1")).to_have_text("Check your email")
    path = wait_for(lambda: mailed_path(reader))
    assert Subscription.objects.get(contact_point__value=reader).confirmed_at is None
    ana.goto(f"{live_site.url}{path}")
    ana.locator("main button[type=submit]").first.click()
    assert Subscription.objects.get(contact_point__value=reader).confirmed_at is not None

    # A thing by its number, and a report of it that knows which it is.
    ana.goto(f"{live_site.url}/places/?q=l00417")
    expect(ana.locator("h1")).to_have_text("Street light L00417")
    ana.get_by_role("link", name="Report a problem with it").click()
    expect(ana.locator("main")).to_contain_text("L00417")
