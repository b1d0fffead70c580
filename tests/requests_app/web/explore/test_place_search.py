"""JSON views for the address box and the pin, requested over HTTP."""

import pytest
from django.contrib.gis.geos import LineString
from django.test import Client

from requests_app.models import BasemapFeature
from requests_app.rules.shared import rate_limits
from tests import factories

pytestmark = pytest.mark.django_db

ELM = {"label": "12 Elm St", "lat": 40.5, "long": -69.0, "kind": "address"}


@pytest.fixture(autouse=True)
def cast() -> factories.Rivermark:
    return factories.rivermark()


def test_words_find_places(client: Client) -> None:
    answer = client.get("/places/search.json", {"q": "12 Elm Street"})
    assert answer.json() == [ELM]
    assert "max-age" in answer["Cache-Control"]


@pytest.mark.parametrize("text", ["", "zzz", "\x00", "a" * 5000])
def test_nothing_found_is_an_empty_list(client: Client, text: str) -> None:
    answer = client.get("/places/search.json", {"q": text})
    assert (answer.status_code, answer.json()) == (200, [])


def test_a_pin_finds_its_address(client: Client) -> None:
    assert client.get("/places/nearest.json", {"lat": "40.5001", "long": "-69.0001"}).json() == [ELM]
    assert client.get("/places/nearest.json", {"lat": "40.52", "long": "-69.0"}).json() == []


@pytest.mark.parametrize(
    ("lat", "long", "side"),
    [
        ("40.5001", "-69.0001", "North side of Elm St"),
        ("40.4999", "-69.0001", "South side of Elm St"),
        ("40.5000", "-69.0001", ""),
    ],
)
def test_a_pin_knows_its_side_of_the_street(
    cast: factories.Rivermark, client: Client, lat: str, long: str, side: str
) -> None:
    line = LineString((-69.01, 40.5), (-68.99, 40.5), srid=4326).transform(3857, clone=True)
    BasemapFeature.objects.create(
        jurisdiction=cast.city, layer="streets", properties={"class": "street", "name": "Elm St"}, shape=line
    )
    place = {"lat": lat, "long": long, "side": "1"}
    assert client.get("/places/nearest.json", place).json() == [ELM | {"side": side}]


@pytest.mark.parametrize(
    ("lat", "long"), [("", ""), ("nan", "0"), ("91", "0"), ("0", "inf"), ("x", "y"), ("1e999", "0")]
)
def test_what_is_no_coordinate_is_a_400(client: Client, lat: str, long: str) -> None:
    assert client.get("/places/nearest.json", {"lat": lat, "long": long}).status_code == 400


@pytest.mark.parametrize(
    ("path", "name"), [("search", "PLACE_SEARCHES_AN_HOUR"), ("nearest", "NEAREST_PLACES_AN_HOUR")]
)
def test_a_flood_from_one_address_is_refused(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str, name: str
) -> None:
    monkeypatch.setattr(rate_limits, name, 2)
    query = {"q": "12 Elm", "lat": "40.5", "long": "-69.0"}
    answers = [client.get(f"/places/{path}.json", query, REMOTE_ADDR="203.0.113.9") for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert answers[-1]["Retry-After"] == "3600"
    assert client.get(f"/places/{path}.json", query, REMOTE_ADDR="203.0.113.10").status_code == 200


@pytest.mark.parametrize("path", ["/places/search.json", "/places/nearest.json", "/map/style.json"])
def test_they_are_only_read(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
