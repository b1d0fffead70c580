"""The accessibility statement: the city's own text, or a complete default that says where to report a barrier."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_a_city_that_wrote_nothing_has_a_whole_statement_and_a_number_for_barriers(client: Client) -> None:
    factories.rivermark()
    cache.clear()
    page = client.get("/accessibility/").text
    for words in ("Rivermark wants everyone", 'href="tel:311"', "WCAG 2.2", "No program finds everything"):
        assert words in page


def test_the_citys_own_words_take_its_place_and_the_promises_stay(client: Client) -> None:
    city = factories.rivermark().city
    city.branding = {"accessibility": {"en": "Write to <Ada>.\n\nOr come by.", "es": "Escriba a Ada."}}
    city.save()
    page = client.get("/accessibility/").text
    assert "<p>Write to &lt;Ada&gt;.</p>" in page
    assert "wants everyone" not in page
    assert "What you can count on" in page
    assert "Escriba a Ada." in client.get("/es/accessibility/").text


def test_the_statement_is_linked_from_every_page(client: Client) -> None:
    factories.rivermark()
    for path in ("/", "/find/", "/report/", "/es/services/"):
        page = client.get(path).text
        assert ('href="/es/accessibility/"' if path.startswith("/es") else 'href="/accessibility/"') in page, path
