"""A report that begins with a photo: it needs no words, and its place is used, asked about, or left out with the reason."""

import datetime as dt
import html
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from requests_app.clock import app_now
from requests_app.models import Counter, Draft, Jurisdiction, Photo, ServiceRequest
from tests import factories
from tests.factories import Rivermark, square
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db

NEAR_ELM = (40.5, 69.0)


def from_phone(
    at: tuple[float, float] | None = NEAR_ELM,
    day: dt.datetime | None = None,
    off_m: float = 0,
    picture: Image.Image | None = None,
) -> bytes:
    """at: degrees north and west."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day or app_now():%Y:%m:%d %H:%M:%S}"
    if at is not None:
        exif.get_ifd(0x8825).update({1: "N", 2: (at[0], 0.0, 0.0), 3: "W", 4: (at[1], 0.0, 0.0)})
    if off_m:
        exif.get_ifd(0x8825)[0x1F] = off_m
    out = io.BytesIO()
    (picture or Image.new("RGB", (40, 30), "green")).save(out, "JPEG", exif=exif)
    return out.getvalue()


def photo(content: bytes, name: str = "hole.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


@pytest.fixture
def bounded(cast: Rivermark) -> Jurisdiction:
    Jurisdiction.objects.update(boundary=square(-69.1, 40.4, -68.9, 40.6))
    return cast.city


def words(walk: Walk) -> str:
    return html.unescape(" ".join(walk.html.split()))


def test_a_photo_is_enough_to_begin_and_its_place_is_the_drafts(cast: Rivermark, walk: Walk) -> None:
    walk.begin("", photos=photo(from_phone()))
    assert (walk.status, walk.at) == (302, "service")
    assert "What does your photo show?" in walk.html
    kept = Photo.objects.get()
    assert f"/photos/{kept.name}-small.jpg" in walk.html
    # Nothing of it but the place of the draft.
    assert (kept.taken_at, kept.taken_point) == (None, None)
    assert walk.on("service", pick="pothole").at == "details/1"
    assert "From your photo:" in walk.html
    assert "12 Elm St" in walk.html
    assert "Change the place" in walk.html
    assert walk.on("details/1", text="", q_where="lane").at == "contact"
    walk.on("contact", email="", language="en").on("check")
    made = ServiceRequest.objects.get()
    assert made.point is not None
    assert (made.description, made.address, made.photos.get()) == ("", "12 Elm St", kept)
    assert (round(made.point.y, 5), round(made.point.x, 5)) == (40.5, -69)


def test_its_words_and_the_place_of_a_link_count_more_than_the_photo(cast: Rivermark, walk: Walk) -> None:
    walk.begin(TEXT, photos=photo(from_phone((40.6, 69.0))), lat="40.5", long="-69.0", service="pothole")
    assert walk.at == "details/1"
    assert "From your photo:" not in walk.html
    assert walk.draft.typed["place"]["lat"] == 40.5
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"at": None}, "Your photo doesn’t say where it was taken."),
        ({"at": (0.0, 0.0)}, "Your photo doesn’t say where it was taken."),
        ({"at": (41.0, 69.0)}, "Your photo was taken outside Rivermark, so we didn’t use its place."),
        ({"off_m": 3000}, "Your photo only says roughly where it was taken."),
    ],
    ids=["no place", "0, 0", "another city", "3 km"],
)
def test_a_place_that_misleads_is_left_out_with_the_reason(
    bounded: Jurisdiction, walk: Walk, told: dict[str, Any], said: str
) -> None:
    walk.begin(TEXT, photos=photo(from_phone(**told)), service="pothole")
    assert walk.at == "location"
    assert said in words(walk)
    assert "Yes, that’s it" not in walk.html
    assert "data-continues" in walk.html
    assert "place" not in walk.draft.typed
    assert walk.on("location", address="12 Elm St").at == "details/1"
    assert Photo.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (dt.datetime(2009, 5, 3, 12), "Your photo is from Sunday, May 3, 2009. Is the problem still at this place?"),
        (None, "Your photo has a date in the future"),
    ],
    ids=["2009", "tomorrow"],
)
def test_a_photo_of_another_time_is_asked_about(walk: Walk, day: dt.datetime | None, said: str) -> None:
    day = day or app_now() + dt.timedelta(days=1)
    walk.begin(TEXT, photos=photo(from_phone(day=day)), service="pothole")
    assert walk.at == "location"
    assert said in words(walk)
    # Continue doesn't take it.
    assert walk.on("location", address="").status == 422
    assert walk.on("location", photo_place="1", address="", note="left lane").at == "details/1"
    assert "From your photo:" in walk.html
    place = walk.draft.typed["place"]
    assert (place["address"], place["note"], place["lat"]) == ("12 Elm St", "left lane", 40.5)


def test_the_browser_sends_the_place_that_a_smaller_copy_has_lost(walk: Walk) -> None:
    sent = {
        "photo_lat": "40.5",
        "photo_long": "-69.0",
        "photo_at": f"{app_now():%Y-%m-%dT%H:%M:%S}",
        "photo_off_m": "5",
    }
    walk.begin(TEXT, photos=photo(factories.jpeg()), service="pothole", **sent)
    assert walk.at == "details/1"
    assert walk.draft.typed["place"]["from_photo"]
    for nonsense in ("nan", "x", "900", "\x00"):
        again = Walk(Client())
        again.begin(TEXT, photos=photo(factories.jpeg()), service="pothole", **{**sent, "photo_lat": nonsense})
        assert (again.status, again.at) == (302, "location")


def test_what_is_refused_is_said_once_and_the_rest_goes_on(walk: Walk) -> None:
    bad = photo(b"%PDF", "bill.pdf")
    walk.begin("", photos=bad)
    assert walk.status == 422
    assert walk.html.count("bill.pdf: We can’t read this file.") == 2, "in the summary and beside the control"
    assert not Draft.objects.exists()
    walk.begin(TEXT, photos=bad)
    assert walk.at == "service"
    assert walk.html.count("bill.pdf: We can’t read this file.") == 1
    assert TEXT in walk.html


def test_of_twenty_the_first_five_are_kept_and_the_other_names_said(walk: Walk) -> None:
    walk.begin("", photos=[photo(factories.jpeg(), f"{number}.jpg") for number in range(1, 21)])
    assert walk.at == "service"
    left = ", ".join(f"{number}.jpg" for number in range(6, 21))
    assert words(walk).count(f"left out: {left}.") == 1
    assert Photo.objects.count() == 5


def test_the_services_that_people_report_most_have_a_button_each(cast: Rivermark, walk: Walk) -> None:
    Counter.objects.create(
        jurisdiction=cast.city,
        measure="submitted",
        day=app_now().date(),
        service=cast.pothole.service,
        value=9,
        public_state="public",
    )
    walk.begin("", photos=photo(from_phone()))
    buttons = walk.html.split('class="popular"')[1].split("</div>")[0]
    assert buttons.index('value="pothole"') == buttons.index("value=")
    # Thousands of rows in a large city: summed once an hour, for everybody.
    with CaptureQueriesContext(connection) as queries:
        walk.get("service")
    assert "requests_app_counter" not in " ".join(query["sql"] for query in queries)
    # Words instead.
    walk.get("problem")
    assert 'name="photos"' not in walk.html
    assert walk.on("problem", text="").at == "service"
    assert walk.on("problem", text=TEXT).at == "service"
    assert "What does your photo show?" not in walk.html


def test_the_other_language_takes_the_photo_along(walk: Walk) -> None:
    walk.begin("", photos=photo(from_phone()), switch_language="es")
    assert walk.page.startswith("/es/report/")
    assert Photo.objects.get().draft == walk.draft
