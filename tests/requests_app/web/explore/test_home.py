"""The first page and the services by category."""

import datetime as dt
import io
import re

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from PIL import Image

from requests_app import photos
from requests_app.actions.figures import daily_load
from requests_app.clock import app_now
from requests_app.models import (
    Counter,
    DailyLoad,
    Jurisdiction,
    Photo,
    ServiceRequest,
    ServiceVersion,
    TypicalTime,
)
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    cast = factories.rivermark()
    cast.city.branding = {"welcome": {"en": "Tell us what needs fixing.", "es": "Díganos qué hay que arreglar."}}
    cast.city.save()
    factories.service(cast.city, "inside", name={"en": "For staff alone"}, visibility="staff")


@pytest.mark.shows("3.1")
def test_home_offers_the_box_the_categories_a_look_up_and_the_numbers(client: Client) -> None:
    html = client.get("/").content.decode()
    for piece in (
        "What’s the problem?",
        "Tell us what needs fixing.",
        'href="/services/streets/"',
        'action="/find/"',
        'action="/places/"',
        'href="/my-street/"',
        'href="tel:311"',
        "555-0100",
    ):
        assert piece in html
    assert "You have a report you haven’t sent" not in html


def test_home_speaks_spanish_under_es(client: Client) -> None:
    html = client.get("/es/").content.decode()
    assert '<html lang="es"' in html
    assert "Díganos qué hay que arreglar." in html
    assert 'action="/es/report/"' in html


def test_services_lead_to_the_first_page_with_the_service_chosen(client: Client) -> None:
    html = client.get("/services/").content.decode()
    assert 'href="/report/?service=pothole"' in html
    assert "Tree to prune" in html
    assert "For staff alone" not in html
    one = client.get("/services/parks/").content.decode()
    assert "Tree to prune" in one
    assert "Pothole" not in one
    assert client.get("/services/nosuch/").status_code == 404


def test_home_tells_what_was_fixed_lately_and_only_what_everyone_may_see(client: Client) -> None:
    pothole = ServiceVersion.objects.get(service__service_code="pothole")
    assert "Recently fixed" not in client.get("/").content.decode()
    cache.clear()
    shown, private, other = (factories.report(pothole, answers={"where": "lane"}) for _ in range(3))
    ended = {"status": "resolved", "resolved_at": timezone.now()}
    ServiceRequest.objects.filter(pk__in=(shown.pk, private.pk)).update(**ended, disposition="fixed")
    ServiceRequest.objects.filter(pk=private.pk).update(public_state="hidden")
    ServiceRequest.objects.filter(pk=other.pk).update(**ended, disposition="not_found")
    html = client.get("/").content.decode()
    assert "Recently fixed" in html
    assert f"/r/{shown.reference}/" in html
    assert private.reference not in html
    assert other.reference not in html


def fixed(photographed: tuple[str, ...] = (), **columns: object) -> ServiceRequest:
    pothole = ServiceVersion.objects.get(service__service_code="pothole")
    made = factories.report(pothole, answers={"where": "lane"})
    for kind in photographed:
        photos.store_upload(
            io.BytesIO(factories.jpeg()), size=9000, jurisdiction=made.jurisdiction, service_request=made, kind=kind
        )
    ServiceRequest.objects.filter(pk=made.pk).update(
        status="resolved", disposition="fixed", resolved_at=timezone.now(), **columns
    )
    return made


@pytest.mark.shows("3.16")
def test_before_and_after_come_first_and_a_hidden_photo_is_gone(client: Client) -> None:
    with_photos = fixed((Photo.Kind.REPORT, Photo.Kind.WORK))
    plain = [fixed() for _ in range(3)]
    fixed((Photo.Kind.WORK,))
    html = client.get("/").content.decode()
    before, after = with_photos.photos.order_by("id")
    assert html.index(before.name) < html.index(after.name) < html.index(plain[-1].reference)
    assert html.count("fixed-lately__pair") == 1
    thumb = f"/photos/{before.name}-thumb.jpg"
    assert thumb in html
    assert max(Image.open(io.BytesIO(client.get(thumb).content)).size) <= 240
    Photo.objects.filter(pk=before.pk).update(hidden_at=app_now())
    assert client.get(thumb).status_code == 404
    assert before.name in client.get("/").content.decode(), "for half a minute"
    cache.clear()
    assert before.name not in client.get("/").content.decode()


@pytest.mark.shows("3.16")
def test_the_week_s_numbers_are_those_of_the_last_seven_days_without_confidential_ones(client: Client) -> None:
    assert "The last 7 days in" not in client.get("/").content.decode()
    city = Jurisdiction.objects.get()
    yesterday = timezone.localdate(timezone=city.zone) - dt.timedelta(days=1)
    service = ServiceVersion.objects.get(service__service_code="pothole").service
    for days_ago, submitted, ended, still_open, confidential in (
        (0, 100, 40, 70, False),
        (1, 0, 0, 65, False),
        (6, 11, 3, 5, False),
        (7, 1000, 500, 200, False),
        (0, 7, 7, 7, True),
    ):
        DailyLoad.objects.create(
            jurisdiction=city,
            day=yesterday - dt.timedelta(days=days_ago),
            service=service,
            is_confidential=confidential,
            submitted=submitted,
            ended=ended,
            open_week=still_open,
        )
    cache.clear()
    html = " ".join(client.get("/").content.decode().split())
    for number, words in ((111, "new reports"), (43, "reports closed"), (70, "still open")):
        assert f"<strong>{number}</strong> <span>{words}</span>" in html
    assert "From 0 to 111 a week over the last 12 weeks." in html
    # The heading's, and the footer's.
    assert html.count('href="/numbers/"') == 2
    # After midnight, until yesterday is counted.
    DailyLoad.objects.filter(day=yesterday).delete()
    cache.clear()
    assert "<strong>65</strong> <span>still open</span>" in " ".join(client.get("/").content.decode().split())


@pytest.mark.shows("3.16")
def test_the_nightly_count_fills_them(client: Client) -> None:
    pothole = ServiceVersion.objects.get(service__service_code="pothole")
    made = factories.report(pothole, answers={"where": "lane"})
    ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=app_now() - dt.timedelta(days=1, hours=2))
    daily_load.record(made.jurisdiction)
    cache.clear()
    assert "<strong>1</strong> <span>new reports" in " ".join(client.get("/").content.decode().split())


@pytest.mark.shows("3.16")
def test_what_most_people_report_is_one_tap_away_but_nothing_private_or_rare(client: Client) -> None:
    city = Jurisdiction.objects.get()
    today = timezone.localdate(timezone=city.zone)
    secret = factories.service(city, "secret", name={"en": "Secret kind"}, visibility="private").service
    pothole, tree = (ServiceVersion.objects.get(service__service_code=code).service for code in ("pothole", "tree"))
    for service, days_ago, count in ((pothole, 2, 3), (pothole, 29, 3), (tree, 31, 900), (secret, 1, 900)):
        day = today - dt.timedelta(days=days_ago)
        Counter.objects.create(
            jurisdiction=city, measure="submitted", day=day, service=service, public_state="public", value=count
        )
    assert shortcuts(client.get("/")) == ["/report/?service=pothole"]
    Counter.objects.create(
        jurisdiction=city, measure="submitted", day=today, service=tree, public_state="public", value=7
    )
    cache.clear()
    assert shortcuts(client.get("/")) == ["/report/?service=tree", "/report/?service=pothole"]
    Counter.objects.filter(service=pothole).update(value=2)
    cache.clear()
    assert shortcuts(client.get("/")) == ["/report/?service=tree"], "fewer than five aren't popular"


def shortcuts(response: HttpResponse) -> list[str]:
    """The links of the row of popular services."""
    _before, found, rest = response.content.decode().partition('<ul aria-labelledby="popular">')
    return re.findall(r'href="([^"]+)"', rest.split("</ul>")[0]) if found else []


@pytest.mark.shows("3.16")
def test_half_of_all_is_said_once_there_are_enough(client: Client) -> None:
    half = "or less for half of reports"
    city = Jurisdiction.objects.get()
    service = ServiceVersion.objects.get(service__service_code="pothole").service
    day = timezone.localdate(timezone=city.zone)
    DailyLoad.objects.create(
        jurisdiction=city, day=day - dt.timedelta(days=1), service=service, is_confidential=False, submitted=1
    )
    columns = {"jurisdiction": city, "day": day, "computed_at": app_now(), "count": 60, "days": 21, "factor": 1.0}
    TypicalTime.objects.create(**columns, service=service, half=dt.timedelta(days=2))
    assert half not in client.get("/").content.decode()
    cache.clear()
    TypicalTime.objects.create(**columns, half=dt.timedelta(days=3))
    assert f"<strong>3 days</strong> <span>{half}" in " ".join(client.get("/").content.decode().split())
