"""A report's page in a browser: it changes while somebody looks at it, and before and after share a slider with keys."""

import io
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from requests_app import photos
from requests_app.actions.work import endings, progress
from requests_app.models import Photo
from tests import factories

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.shows("5.79")]


def test_it_changes_by_itself_and_shows_before_and_after(live_site: "Site", page: "Page") -> None:
    cast = factories.mapped_rivermark()
    tree = factories.routed(cast.tree, "A branch hangs.", point=factories.at(-69.0, 40.496))
    for kind, color in ((Photo.Kind.REPORT, "brown"), (Photo.Kind.WORK, "green")):
        photos.store_upload(
            io.BytesIO(factories.jpeg(color=color)), size=9000, jurisdiction=cast.city, service_request=tree, kind=kind
        )
    page.goto(f"{live_site.url}/r/{tree.reference}/")
    picture = page.locator(".map-picture img")
    picture.scroll_into_view_if_needed()
    expect(picture).not_to_have_js_property("naturalWidth", 0)
    assert page.locator('[aria-current="step"]').inner_text().strip() == "Received"
    progress.accept(tree.pk, actor=cast.tom)
    # As when somebody comes back to the tab.
    look = "document.dispatchEvent(new Event('visibilitychange'))"
    page.evaluate(look)
    page.wait_for_selector('[aria-current="step"]:has-text("Reviewed")')
    assert (
        page.locator(".usa-sr-only[role=status]").inner_text()
        == "There’s an update on this report. The page now shows it."
    )
    assert "Work has started" in page.locator("#report-timeline").inner_text()

    endings.resolve(tree.pk, disposition="fixed", text="Cut.", actor=cast.tom)
    page.reload()
    slider = page.locator("[data-before-after] input")
    slider.focus()
    page.keyboard.press("End")
    over = "getComputedStyle(document.querySelector('.before-after figure')).clipPath"
    assert page.evaluate(over).startswith("inset(0px")
    assert page.evaluate("document.querySelector('.before-after').style.getPropertyValue('--shown')") == "100%"
    page.locator(".share summary").click()
    expect(page.locator(".share__code")).not_to_have_js_property("naturalWidth", 0)
