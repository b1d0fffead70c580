"""How much a first report asks of a thumb: every tap is counted, words are not."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from requests_app.clock import app_now
from requests_app.models import ServiceRequest
from tests import factories
from tests.journeys.test_report import looks_well, sees_nothing_wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 375, "height": 667}
MOST_TAPS = 25


class Thumb:
    """Taps on one page of a phone, and remembers how often."""

    def __init__(self, page: "Page") -> None:
        self.page, self.taps = page, 0

    def tap(self, target: str) -> None:
        self.taps += 1
        self.page.locator(target).first.tap()

    def go(self, target: str) -> None:
        with self.page.expect_navigation():
            self.tap(target)

    def say(self, target: str, words: str) -> None:
        """One tap to get into the box; the words themselves are the report."""
        self.tap(target)
        self.page.keyboard.type(words)


@pytest.mark.shows("4.26")
def test_a_first_report_takes_at_most_25_taps_besides_its_words(
    live_site: "Site", new_page: Callable[..., "Page"]
) -> None:
    city = factories.city_with_the_demo_catalog()
    factories.address(city, "12 Elm St")
    thumb = Thumb(new_page(viewport=PHONE, has_touch=True, is_mobile=True))
    page = thumb.page
    page.goto(live_site.url)
    thumb.say("#id_text", "A deep hole in the road, my tire is flat")
    thumb.go("#report-form button.usa-button--big")
    thumb.tap("label:has-text('Pothole')")
    thumb.go("#report-form button.usa-button--big")
    thumb.say("#id_address", "12 Elm")
    page.locator("[role=option]").first.wait_for()
    thumb.tap("[role=option]")
    thumb.go("#report-form button.usa-button--big")
    # Every question, required or not: its first answer.
    while "/details/" in page.url:
        for group in page.locator("#report-form fieldset:has(input[type=radio])").all():
            thumb.taps += 1
            group.locator("label").first.tap()
        thumb.go("#report-form button.usa-button--big")
    thumb.say("#id_email", "ana@example.org")
    thumb.go("#report-form button.usa-button--big")
    thumb.go("#send-form button.usa-button--big")
    assert "We got it" in page.inner_text("h1")
    assert ServiceRequest.objects.get().service.service_code == "pothole"
    print(f"a first report: {thumb.taps} taps besides its words")
    assert thumb.taps <= MOST_TAPS


def from_phone() -> bytes:
    """Large, so that the browser makes it smaller, with the place where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{app_now():%Y:%m:%d %H:%M:%S}"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 30.0, 0.0), 3: "W", 4: (69.0, 0.0, 0.0)})
    out = io.BytesIO()
    Image.effect_noise((2400, 1800), 60).convert("RGB").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("has_place", [True, False], ids=["photo with a place", "where the phone is"])
def test_a_pothole_with_a_photo_takes_at_most_8_taps(
    live_site: "Site", new_page: Callable[..., "Page"], *, has_place: bool
) -> None:
    city = factories.city_with_the_demo_catalog()
    factories.address(city, "12 Elm St")
    thumb = Thumb(new_page(viewport=PHONE, has_touch=True, is_mobile=True))
    page = thumb.page
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 40.5, "longitude": -69.0, "accuracy": 10})
    page.goto(live_site.url)
    with page.expect_file_chooser() as chooser, page.expect_request("**/report/") as sent:
        thumb.tap("#id_photos_button")
        content = from_phone() if has_place else factories.jpeg()
        chooser.value.set_files([{"name": "hole.jpg", "mimeType": "image/jpeg", "buffer": content}])
    assert len(sent.value.post_data_buffer or b"") < len(content) + 9000
    page.wait_for_url("**/service/")
    looks_well(page)
    sees_nothing_wrong(page)
    thumb.go("button[name=pick][value=pothole]")
    if not has_place:
        assert "Your photo doesn’t say where it was taken." in page.inner_text("main")
        sees_nothing_wrong(page)
        with page.expect_navigation(url="**/details/1/"):
            thumb.tap("[data-use-location]")
    assert ("From your photo:" in page.inner_text(".said-back")) is has_place
    assert "12 Elm St" in page.inner_text(".said-back")
    for question in ("where", "size"):
        thumb.tap(f"label[for=id_q_{question}_0]")
    thumb.go("#report-form button.usa-button--big")
    thumb.go("#report-form button.usa-button--big")
    send = page.locator("#send-form button").bounding_box()
    assert send is not None
    assert send["y"] + send["height"] <= 1.5 * PHONE["height"]
    thumb.go("#send-form button.usa-button--big")
    assert ServiceRequest.objects.get().photos.count() == 1
    print(f"a pothole with a photo: {thumb.taps} taps")
    assert thumb.taps <= 8
