"""The privacy notice: the city's own text, or a complete default."""

import pytest
from django.core.cache import cache
from django.test import Client

from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.29")]


def test_the_citys_own_words_open_the_page_in_the_readers_language(client: Client) -> None:
    city = factories.rivermark().city
    city.branding = {"privacy": {"en": "We keep <little>.\n\nAsk us.", "es": "Guardamos poco."}}
    city.save()
    page = client.get("/privacy/").content.decode()
    assert "<p>We keep &lt;little&gt;.</p>" in page
    assert "for nothing else" not in page
    assert "Guardamos poco." in client.get("/es/privacy/").content.decode()


def test_a_city_that_wrote_nothing_has_a_whole_notice(client: Client) -> None:
    factories.rivermark()
    cache.clear()
    page = client.get("/privacy/").content.decode()
    for words in (
        "Rivermark uses what you send",
        "What everyone can see",
        "A court or a public records law",
        'href="tel:311"',
    ):
        assert words in page
