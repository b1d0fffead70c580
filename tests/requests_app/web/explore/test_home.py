"""The first page and the services by category."""

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.models import ServiceRequest, ServiceVersion
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
