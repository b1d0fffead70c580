"""What only programs fill in, in a real browser: no eye, no Tab and no mouse comes to it; and a moderator's look, by hand."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app.models import ModerationTerm, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.journeys.test_offline import READY, keep, open_offline, state
from tests.journeys.test_report import looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TRAP = "[name=subject]"
PENDING_REVIEW = "Someone will review it before everyone can see it."
# Whether any of it lies where somebody could see or press it.
IS_SEEN = """(one) => {
  const box = one.getBoundingClientRect();
  return box.right > 0 && box.left < innerWidth && box.width > 1 && document.elementFromPoint(
    Math.max(0, box.left + 1), Math.max(0, box.top + 1)) === one;
}"""


@pytest.mark.shows("5.34")
@pytest.mark.parametrize("path", ["/", "/report/", "/report/offline/"])
def test_people_neither_see_nor_reach_the_field_for_programs(
    cast: Rivermark, page: "Page", live_site: "Site", path: str
) -> None:
    page.goto(live_site.url + path)
    if "offline" in path:
        page.wait_for_selector(READY)
    assert page.locator(TRAP).count() == 1
    assert not page.locator(TRAP).evaluate(IS_SEEN)
    for _stop in range(40):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.name") != "subject"
    # Screen readers skip it too.
    assert page.get_by_role("textbox", name="Leave this field empty").count() == 0


def test_a_device_sends_what_a_program_filled_in_and_says_that_somebody_looks_first(
    cast: Rivermark, live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    page = new_page(service_workers="block")
    open_offline(page, live_site)
    page.evaluate(f"document.querySelector('{TRAP}').value = 'cheap pills'")
    keep(page)
    said = state(page, "sent").inner_text()
    held = ServiceRequest.objects.get()
    assert (held.public_state, held.review_reason) == ("pending_review", "robot")
    assert held.display_reference in said
    assert PENDING_REVIEW in said
    # The next report of the same page is a person's.
    keep(page, "Another hole")
    page.wait_for_selector("#outbox-list li[data-state=sent] >> nth=1")
    assert ServiceRequest.objects.latest("id").is_public


@pytest.mark.shows("5.35")
def test_a_moderator_looks_publishes_and_is_told_who_was_faster(
    cast: Rivermark, live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="i will hurt you")
    one, other = (
        factories.routed(cast.pothole, f"I will hurt you {number}.", answers={"where": "lane"}) for number in (1, 2)
    )
    pages = []
    for user, width in ((cast.ada, 1280), (factories.staff("Sue", "supervisor", cast.city, cast.streets), 375)):
        page = new_page(viewport={"width": width, "height": 720})
        page.goto(live_site.url + "/accounts/login/?next=/staff/review/")
        page.fill("[name=login]", user.email)
        page.fill("[name=password]", factories.PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/staff/review/")
        looks_well(page)
        pages.append(page)
    ada, sue = pages
    ada.get_by_role("button", name=f"Publish {one.display_reference}").click()
    ada.wait_for_selector(f"text=Everyone can see {one.display_reference} now.")
    sue.get_by_label(f"Why hide it? {one.display_reference}").select_option("abuse")
    sue.get_by_role("button", name=f"Keep hidden {one.display_reference}").click()
    sue.wait_for_selector("text=Ada published it")
    sees_nothing_wrong(sue)
    sue.get_by_role("link", name="Back to the list").click()
    sue.locator(f"label[for=chosen-{other.reference}]").click()
    sue.get_by_label("Why hide them?").select_option("abuse")
    sue.get_by_role("button", name="Keep selected hidden").click()
    sue.wait_for_selector("text=Nothing to review.")
    states = [ServiceRequest.objects.get(pk=each.pk).public_state for each in (one, other)]
    assert states == ["public", "hidden"]
