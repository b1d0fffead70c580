"""Next to an editor, the resident's form changes as one types: in both languages, wide or on a phone, for looking at only."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from requests_app.models import ServiceDraft
from tests import factories
from tests.journeys.test_moderation import fits, sign_in
from tests.live import Site

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shows("13.1")]


def test_the_form_follows_what_is_typed(live_site: Site, new_page: Callable[..., Page]) -> None:
    town = factories.rivermark()
    page = new_page(viewport={"width": 1280, "height": 800})
    sign_in(page, live_site, town.ada)
    page.goto(f"{live_site.url}/staff/setup/services/pothole/questions/where/")
    english, spanish = (page.frame_locator(f"iframe[data-language={language}]") for language in ("en", "es"))
    expect(english.get_by_text("Tell us the where.")).to_be_visible()
    page.get_by_role("group", name="Question", exact=True).get_by_label("English").fill("Where is the hole?")
    page.get_by_role("group", name="Question", exact=True).get_by_label("Spanish").fill("")
    expect(english.get_by_text("Where is the hole?")).to_be_visible()
    expect(spanish.get_by_text("[Todavía sin pregunta: Español]")).to_be_visible()
    # It looks like the resident's page, and its button does nothing.
    assert english.locator("main").evaluate("main => getComputedStyle(main).fontFamily").startswith('"Public Sans')
    english.get_by_role("button", name="Continue").click()
    expect(english.get_by_text("Where is the hole?")).to_be_visible()
    narrow = page.locator("iframe[data-language=en]").evaluate("frame => frame.contentWindow.innerWidth")
    page.locator("label[for=preview-wide]").click()
    wide = page.locator("iframe[data-language=en]").evaluate("frame => frame.contentWindow.innerWidth")
    assert narrow <= 375 < 800 < wide
    assert fits(page)
    assert not ServiceDraft.objects.exists()
