"""The first page and the services by category."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city() -> None:
    cast = factories.rivermark()
    cast.city.branding = {"welcome": {"en": "Tell us what needs fixing.", "es": "Díganos qué hay que arreglar."}}
    cast.city.save()
    factories.service(cast.city, "inside", name={"en": "For staff alone"}, visibility="staff")


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
    assert "You began a report" not in html


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
