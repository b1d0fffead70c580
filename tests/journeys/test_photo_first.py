"""A report that begins with photos, on a phone with a script: too many of them, places that mislead, and a phone that says none."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from playwright.sync_api import expect

from requests_app.clock import app_now
from requests_app.models import Draft, Jurisdiction, Photo
from tests import factories
from tests.held import Held
from tests.journeys.test_report import PHONE, looks_well, sees_nothing_wrong
from tests.requests_app.web.report.test_first_photos import from_phone

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.shows("4.41")]


def file(name: str, content: bytes) -> "FilePayload":
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def shows_no_file_control(page: "Page") -> None:
    """Its "No file chosen" would be wrong before, while and after photos are sent."""
    control = page.locator("#id_photos")
    box = control.bounding_box()
    assert control.get_attribute("aria-hidden") == "true"
    assert box is None or box["x"] + box["width"] <= 0, "beside the screen, as what only screen readers read"


@pytest.mark.slow
def test_twenty_photos_misleading_places_and_a_phone_that_says_none(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    factories.rivermark()
    Jurisdiction.objects.update(boundary=factories.square(-69.1, 40.4, -68.9, 40.6))
    page = new_page(viewport=PHONE)
    page.goto(live_site.url)
    shows_no_file_control(page)
    page.set_input_files("#id_photos", [file(f"{number}.jpg", factories.jpeg()) for number in range(1, 21)])
    left_out = ", ".join(f"{number}.jpg" for number in range(6, 21))
    expect(page.locator(".first-photos [role=status]", has_text=f"left out: {left_out}.")).to_be_visible()
    assert page.locator(".first-photos .chosen-photos img").count() == 5
    shows_no_file_control(page)
    looks_well(page)
    sees_nothing_wrong(page)
    # They wait for "Continue", so that somebody may read which are missing. While they are sent, there is a bar.
    held = Held(page, "**/report/")
    page.locator("#report-form button.usa-button--big").click()
    expect(page.locator(".first-photos progress")).to_be_visible()
    shows_no_file_control(page)
    held.first().continue_()
    page.wait_for_url("**/service/")
    page.unroute_all()
    assert Photo.objects.count() == 5

    # So large that the script sends a smaller copy, without what the camera wrote, and reads that itself.
    picture = Image.effect_noise((2100, 300), 60).convert("RGB")
    tomorrow = app_now() + dt.timedelta(days=1)
    for told, said in (
        ({"at": (41.0, 69.0)}, "Your photo was taken outside Rivermark, so we didn’t use its place."),
        ({"off_m": 3000}, "Your photo only says roughly where it was taken."),
        ({"day": dt.datetime(2009, 5, 3, 12)}, "Your photo is from Sunday, May 3, 2009."),
        ({"day": tomorrow}, "Your photo has a date in the future"),
        ({"at": (0.0, 0.0)}, "Your photo doesn’t say where it was taken."),
    ):
        page.goto(live_site.url)
        page.set_input_files("#id_photos", [file("hole.jpg", from_phone(**told, picture=picture))])
        page.wait_for_url("**/service/")
        page.locator("button[name=pick][value=pothole]").click()
        page.wait_for_url("**/location/")
        assert said in page.inner_text("#photo-place"), told
    looks_well(page)
    sees_nothing_wrong(page)

    # A button asks where the phone is: it may not say, or only roughly; then the address is typed.
    status = page.locator("#id_address_located")
    page.locator("[data-use-location]").click()
    expect(status).to_have_text("Your browser isn’t sharing your location. Type the address instead.")
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 40.5, "longitude": -69.0, "accuracy": 3000})
    page.locator("[data-use-location]").click()
    expect(status).to_have_text("Your device only knows roughly where you are. Type the address instead.")
    assert page.url.endswith("/location/")
    assert page.input_value("#id_lat") == ""
    page.fill("#id_address", "12 Elm St")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "12 Elm St" in page.inner_text(".said-back")
    assert Draft.objects.order_by("-created_at").first().photos.count() == 1  # type: ignore[union-attr]

    # On the home page, a search for reports near doesn't take a place that misleads either.
    page.goto(live_site.url)
    page.locator("[data-use-location]").click()
    expect(page.locator("#address_q_located")).to_have_text(
        "Your device only knows roughly where you are. Type the address instead."
    )
