"""An area's year as a poster: its numbers and photos, what it never shows, its card, and one sheet of paper."""

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from requests_app import photos
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Photo, ServiceRequest
from tests import factories
from tests.factories import Rivermark

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.live import Site

pytestmark = pytest.mark.shows("5.27")

LANE = {"where": "lane"}
POSTER = "/areas/ward/5/year/{}/"


def photo(service_request: ServiceRequest, kind: str = "report", **columns: Any) -> Photo:
    picture = factories.jpeg()
    return photos.store_upload(
        BytesIO(picture),
        size=len(picture),
        jurisdiction=service_request.jurisdiction,
        service_request=service_request,
        kind=kind,
        **columns,
    )


def fixed(cast: Rivermark, days: int = 0, **columns: Any) -> ServiceRequest:
    """Fixed after so many days, with a photo before and one after."""
    done = factories.routed(cast.pothole, answers=LANE)
    photo(done)
    after = SimpleUploadedFile("after.jpg", factories.jpeg(color="green"))
    endings.resolve(done.pk, disposition="fixed", text="Filled.", actor=cast.tom, uploads=[(after, "after")])
    done.refresh_from_db()
    columns = {"resolved_at": done.submitted_at + dt.timedelta(days=days, hours=1), **columns}
    ServiceRequest.objects.filter(pk=done.pk).update(**columns)
    return done


def page(period: object, *, status: int = 200) -> str:
    answer = Client().get(POSTER.format(period))
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_it_counts_and_compares_what_everybody_may_see(cast: Rivermark) -> None:
    factories.area(cast.city)
    this_year, this_month = app_now().astimezone(cast.city.zone).year, f"{app_now().astimezone(cast.city.zone):%Y-%m}"
    html = page(this_year)
    assert "Nobody reported anything public here" in html
    assert "no photos of finished work" in html
    cache.clear()
    shown = fixed(cast, days=2)
    for days in (2, 9):
        fixed(cast, days=days)
    factories.routed(cast.pothole, answers=LANE)
    # Of work that nobody named as before or after, the newest photo is after.
    Photo.objects.filter(service_request=shown, kind="work").update(stage="")
    hidden, private = fixed(cast), fixed(cast)
    hidden.photos.filter(kind="work").update(hidden_at=app_now())
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="private")
    private.request_areas.update(public_state="private")
    for period in (this_year, this_month):
        html = page(period)
        assert re.search(r"<strong>5</strong> reported.*<strong>4</strong> fixed.*within <strong>3 days", html)
        assert html.count('poster__pair"') == 3
        for one in shown.photos.all():
            assert one.name in html
        for one in [*hidden.photos.all(), *private.photos.all()]:
            assert one.name not in html
    # What is hidden later is gone at the next look.
    shown.photos.update(is_private=True)
    assert shown.photos.filter(kind="work").get().name not in page(this_year)
    assert "Before and after" in page(this_year)
    assert "A poster of Ward 5" in Client().get("/areas/ward/5/").content.decode()
    assert "Antes y después" in Client().get("/es" + POSTER.format(this_year)).content.decode()
    answer = Client().get(POSTER.format(this_year), {"period": this_month})
    assert (answer.status_code, answer["Location"]) == (302, POSTER.format(this_month))
    assert f'<option value="{this_month}" selected>' in page(this_month)
    assert Client().get(POSTER.format(this_year), {"period": "2026-13"}).status_code == 404
    for wrong in (this_year + 1, f"{this_year + 1}-01", "2019", "2026-13", "26", "２０２６", "x\x00y"):
        page(wrong, status=404)
    assert Client().get("/areas/ward/99/year/2026/").status_code == 404


def test_its_card_is_a_picture_with_the_numbers(cast: Rivermark) -> None:
    factories.area(cast.city)
    Jurisdiction.objects.filter(pk=cast.city.pk).update(basemap_version=1)
    period = app_now().astimezone(cast.city.zone).year
    path = f"{POSTER.format(period)}card.png"
    assert 'og:image" content="http' in page(period)
    assert f'{path}"' in page(period)
    answer = Client().get(path)
    assert answer["Content-Type"] == "image/png"
    with Image.open(BytesIO(answer.content)) as card:
        assert card.size == (1200, 630)
    cache.clear()
    fixed(cast)
    assert Client().get(path).content != answer.content


@pytest.mark.browser
def test_it_takes_one_sheet_of_paper(live_site: "Site", new_page: "Callable[..., Page]") -> None:
    cast = factories.rivermark()
    factories.area(cast.city)
    for _ in range(7):
        fixed(cast)
    page = new_page(viewport={"width": 375, "height": 800})
    page.goto(live_site.url + POSTER.format(app_now().astimezone(cast.city.zone).year))
    assert page.locator(".poster__pair").count() == 6
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    for size in ("Letter", "A4"):
        assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format=size, print_background=False))) == 1
