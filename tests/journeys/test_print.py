"""A report's page on paper: what happened and when, on a sheet or two, without anything to press."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app import links
from requests_app.actions.work import conversation
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# The width of letter paper with its margins, in CSS pixels.
PAPER = {"width": 700, "height": 960}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_reports_page_prints_on_two_sheets_without_buttons(
    live_site: "Site", new_page: Callable[..., "Page"], scheme: str
) -> None:
    cast = factories.rivermark()
    made = factories.submitted(cast.pothole, "A deep hole.", answers={"where": "lane"})
    factories.run_worker()
    conversation.comment(made.service_request.pk, text="We come on Tuesday.", actor=cast.tom)
    page = new_page(viewport=PAPER)
    assert made.link is not None
    page.goto(f"{live_site.url}/l/{links.token(made.link)}/")
    page.goto(f"{live_site.url}/r/{made.service_request.reference}/")
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    text = page.inner_text("body")
    for words in (
        made.service_request.display_reference,
        "Sent to Streets",
        "12 Elm St",
        "A deep hole.",
        "We come on Tuesday.",
    ):
        assert words in text
    assert "What you can do" not in text
    assert page.locator("main button:visible, main a.usa-button:visible, nav:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PAPER["width"]
    # Black on white, also for readers of the dark theme.
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") in (
        "rgb(255, 255, 255)",
        "rgba(0, 0, 0, 0)",
    )
    assert page.pdf(format="Letter").count(b"/Type /Page\n") <= 2
