"""The city's seal and colors: addresses that change with their content and may be kept for a year."""

import base64
import re

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.models import Jurisdiction
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.30")]

KEPT = "max-age=31536000"
DRAWING = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def city() -> Jurisdiction:
    city = factories.rivermark().city
    _set(city, seal_url="data:image/svg+xml;base64," + base64.b64encode(DRAWING).decode())
    return city


def _set(city: Jurisdiction, **branding: object) -> None:
    city.branding |= branding
    city.save(update_fields=["branding"])
    cache.clear()


def _address(client: Client, pattern: str) -> str:
    found = re.search(pattern, client.get("/").content.decode())
    assert found
    return found[1]


def test_the_seal_is_a_picture_that_every_page_names_and_no_page_holds(client: Client, city: Jurisdiction) -> None:
    page = client.get("/").content.decode()
    assert "data:image" not in page
    answer = client.get(_address(client, r'src="(/seal/[^"]+\.svg)"'))
    assert (answer.content, answer["Content-Type"]) == (DRAWING, "image/svg+xml")
    assert KEPT in answer["Cache-Control"]
    assert "immutable" in answer["Cache-Control"]


def test_a_drawing_opened_by_itself_runs_nothing(client: Client, city: Jurisdiction) -> None:
    answer = client.get(_address(client, r'src="(/seal/[^"]+\.svg)"'))
    assert "sandbox" in [part.strip() for part in answer["Content-Security-Policy"].split(";")]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_another_seal_has_another_address_and_the_old_one_is_gone(client: Client, city: Jurisdiction) -> None:
    old = _address(client, r'src="(/seal/[^"]+)"')
    _set(city, seal_url="data:image/png;base64," + base64.b64encode(b"a picture").decode())
    new = _address(client, r'src="(/seal/[^"]+)"')
    assert new.endswith(".png")
    assert client.get(new).content == b"a picture"
    assert client.get(old).status_code == 404


@pytest.mark.parametrize("seal", ["", "data:text/html;base64,PHNjcmlwdD4=", "https://elsewhere.example/seal.svg", 7])
def test_a_city_without_a_picture_of_its_own_shows_ours(client: Client, city: Jurisdiction, seal: object) -> None:
    _set(city, seal_url=seal)
    assert "/static/img/seal" in client.get("/").content.decode()
    assert client.get("/seal/0123456789abcdef.svg").status_code == 404


def test_the_colors_are_kept_for_a_year_under_their_version_and_not_under_another(
    client: Client, city: Jurisdiction
) -> None:
    address = _address(client, r'href="(/theme\.css\?v=[^"]+)"')
    assert KEPT in client.get(address)["Cache-Control"]
    for other in ("/theme.css", "/theme.css?v=old"):
        assert "max-age=30" in client.get(other)["Cache-Control"].split(", ")
    _set(city, colors={"primary": "#123456"})
    changed = _address(client, r'href="(/theme\.css\?v=[^"]+)"')
    assert changed != address
    assert "--city-primary: #123456" in client.get(changed).content.decode()


def test_one_address_serves_every_language(client: Client, city: Jurisdiction) -> None:
    spanish = client.get("/es/").content.decode()
    assert _address(client, r'src="(/seal/[^"]+)"') in spanish
    assert _address(client, r'href="(/theme\.css\?v=[^"]+)"') in spanish
