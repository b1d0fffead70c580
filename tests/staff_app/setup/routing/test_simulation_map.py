"""The simulator in a browser: the page goes on by itself, and the picture becomes a map."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from requests_app.actions.routing import drafts
from requests_app.actions.routing.drafts import Seen
from tests import factories
from tests.factories import PASSWORD, rivermark

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("13.6")]


@pytest.mark.usefixtures("worker")
def test_a_draft_is_tried_and_seen_on_the_map(live_site: "Site", new_page: "Callable[..., Page]") -> None:
    cast = rivermark()
    factories.report(cast.tree)
    rule = {"name": "Trees: Streets", "when": {"services": ["tree"]}, "department": "PW"}
    drafts.change(cast.city, lambda rules: [rule], seen=Seen(), actor=cast.ada)
    page = new_page()
    page.goto(f"{live_site.url}/staff/setup/routing/")
    page.fill("[name=login]", cast.ada.email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Try it on the last 90 days").click()
    # The worker looks every 5 seconds, and the page every 2.
    expect(page.get_by_text("1 of 1 reports would have gone elsewhere.")).to_be_visible(timeout=20_000)
    expect(page.locator("[data-routing-map] canvas")).to_be_visible()
    expect(page.locator("[data-routing-picture]")).to_be_hidden()
