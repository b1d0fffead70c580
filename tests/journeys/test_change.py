"""A reporter edits a report and adds photos on a phone, in a real browser, and staff see the changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from requests_app import links
from requests_app.models import Photo, ServiceRequest
from tests import factories
from tests.journeys.test_details import a_photo
from tests.journeys.test_report import PHONE, looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def opened(site: "Site", page: "Page") -> ServiceRequest:
    cast = factories.rivermark()
    factories.address(cast.city, "40 Oak Ave", -69.01, 40.51)
    made = factories.submitted(cast.pothole, answers={"where": "lane"})
    factories.run_worker()
    assert made.link is not None
    page.goto(f"{site.url}/l/{links.token(made.link)}/")
    return made.service_request


@pytest.mark.shows("5.8")
def test_words_and_place_are_changed_on_a_phone_by_keyboard_and_suggestions(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    page = new_page(viewport=PHONE)
    made = opened(live_site, page)
    page.get_by_role("link", name="Change your report").click()
    page.get_by_role("heading", name="Change your report").wait_for()
    looks_well(page)
    page.get_by_label("Your description").fill("A hole as big as a table, and I smell gas. Call 617-555-0142.")
    box = page.get_by_label("Address, corner or park")
    box.fill("40 Oak")
    page.get_by_role("option", name="40 Oak Ave").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_role("heading", name="Is anyone in danger right now?").wait_for()
    looks_well(page)
    page.get_by_role("button", name="No, no one is in danger").press("Enter")
    page.get_by_role("heading", name="Everyone will be able to read this").wait_for()
    looks_well(page)
    sees_nothing_wrong(page)
    page.get_by_label("Your description").fill("A hole as big as a table, and I smell gas.")
    page.get_by_role("button", name="Save").press("Enter")
    page.get_by_text("Your report has been updated.").wait_for()
    page.get_by_text("You changed the place").wait_for()
    made.refresh_from_db()
    assert (made.description, made.address) == ("A hole as big as a table, and I smell gas.", "40 Oak Ave")
    assert made.after_warning


# In each run, test_keyboard.py moves the same pin.
@pytest.mark.slow
def test_the_pin_is_moved_by_its_buttons(live_site: "Site", new_page: Callable[..., "Page"]) -> None:
    page = new_page(viewport=PHONE)
    made = opened(live_site, page)
    page.goto(f"{live_site.url}/r/{made.reference}/edit/")
    page.get_by_text("Show it on the map").click()
    page.locator(".place-map .map[data-ready]").wait_for()
    page.get_by_role("button", name="Up (north)").click()
    page.locator(".place-map__at:not(:empty)").wait_for()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Your report has been updated.").wait_for()
    made.refresh_from_db()
    assert made.point is not None
    assert made.point.y > 40.5


@pytest.mark.shows("5.10")
def test_photos_are_added_and_one_is_taken_out_again_on_a_phone(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    page = new_page(viewport=PHONE)
    opened(live_site, page)
    page.get_by_role("link", name="Add photos").click()
    page.set_input_files("#id_photos", [a_photo("one.jpg", 3200, 2400), a_photo("two.jpg")])
    page.get_by_role("button", name="Remove photo 2").wait_for()
    looks_well(page)
    sees_nothing_wrong(page)
    page.get_by_label("What does photo 2 show?").fill("The hole from above")
    page.get_by_role("button", name="Remove photo 1").press("Enter")
    page.get_by_text("Photo 1 removed.").wait_for()
    page.get_by_role("button", name="Done").click()
    page.get_by_text("will see your photos").wait_for()
    page.get_by_role("img", name="The hole from above").wait_for()
    assert Photo.objects.get().alt == "The hole from above"
