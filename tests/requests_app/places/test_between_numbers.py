"""A house number that isn't known, between two that are: "40 Salt Rd" where the city knows 38 and 44."""

import pytest
from django.test import Client
from django.utils.translation import override

from requests_app.models import GazetteerEntry, Jurisdiction
from requests_app.places import addresses
from requests_app.places.address_words import search_key
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.7")]

# Even numbers are north of odd ones. Number 200 is far from 210, and 300 is across the river from 304.
PLACES = [
    ("38 Salt Rd", -69.0, 40.5),
    ("44 Salt Rd", -69.0012, 40.5),
    ("41 Salt Rd", -69.0004, 40.4998),
    ("46 - 48 Salt Rd", -69.0018, 40.5),
    ("200 Salt Rd", -69.01, 40.5),
    ("222 Salt Rd", -69.011, 40.5),
    ("300 Salt Rd", -69.02, 40.5),
    ("304 Salt Rd", -69.02, 40.51),
    ("40 Salt Marsh Ln", -69.03, 40.51),
    ("40 Saltonstall St", -69.04, 40.51),
    ("38 Salt St", -69.05, 40.51),
]


@pytest.fixture
def city() -> Jurisdiction:
    made = factories.jurisdiction()
    GazetteerEntry.objects.bulk_create(
        GazetteerEntry(
            jurisdiction=made, label=label, kind="address", search_key=search_key(label), point=factories.at(*place)
        )
        for label, *place in PLACES
    )
    return made


def labels(city: Jurisdiction, typed: str) -> list[str]:
    return [match.label for match in addresses.search(city, typed)]


@pytest.mark.parametrize(
    "typed", ["40 Salt Rd", "40 salt road", "Salt Road 40", "calle Salt Rd 40", "40 Salt", "40 Salt Rd, Apt 3"]
)
def test_it_is_between_its_neighbors_before_any_other_street(city: Jurisdiction, typed: str) -> None:
    first, *others = addresses.search(city, typed)
    assert (first.label, first.kind) == ("40 Salt Rd", addresses.ABOUT)
    assert first.point.x == pytest.approx(-69.0004)
    assert first.point.y == pytest.approx(40.5)
    assert [match.label for match in others[:2]] == ["38 Salt Rd", "44 Salt Rd"]
    assert first.choice == "40 Salt Rd (about here)"
    with override("es"):
        assert first.choice == "40 Salt Rd (aproximadamente aquí)"
        assert others[0].choice == "38 Salt Rd"
    assert addresses.sure([first, *others]) is None, "a report asks which place is meant"


def test_it_may_be_next_to_a_range_and_have_a_letter(city: Jurisdiction) -> None:
    assert addresses.search(city, "42b Salt Rd")[0].label == "42B Salt Rd"
    assert addresses.search(city, "45 Salt Rd")[0].kind == "address"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("38 Salt Rd", "it is known"),
        ("44a Salt Rd", "the house itself is known"),
        ("46 Salt Rd", "it is known, in a range"),
        ("48 Salt Rd", "it is known, in a range"),
        ("43 Salt Rd", "its side has no higher number, and another city's don't count"),
        ("39 Salt Rd", "its side has no lower number"),
        ("50 Salt Rd", "it is past the end of what is known"),
        ("2 Salt Rd", "it is before the beginning"),
        ("9000 Salt Rd", "it is far past the end"),
        ("210 Salt Rd", "the numbers beside it are in reach, but not 240's"),
        ("302 Salt Rd", "its neighbors are a kilometer apart"),
        ("40 Salt St", "that street has one number"),
        ("40 Nowhere Rd", "the street isn't known"),
        ("Salt Rd", "it has no number"),
        ("40", "it has no street"),
    ],
)
def test_nothing_is_invented_elsewhere(city: Jurisdiction, typed: str, why: str) -> None:
    elsewhere = factories.jurisdiction("Stonecliff")
    for label, longitude in (("39 Salt Rd", -69.0), ("45 Salt Rd", -69.001)):
        factories.address(elsewhere, label, longitude, 40.5)
    about = [match.label for match in addresses.search(city, typed) if match.kind == addresses.ABOUT]
    assert about == (["210 Salt Rd"] if typed == "210 Salt Rd" else []), why


def test_numbers_more_than_20_away_are_no_neighbors(city: Jurisdiction) -> None:
    factories.address(city, "100 Salt Rd", -69.004, 40.5)
    factories.address(city, "140 Salt Rd", -69.0045, 40.5)
    factories.address(city, "142 Salt Rd", -69.0046, 40.5)
    assert labels(city, "120 Salt Rd")[0] == "120 Salt Rd"
    GazetteerEntry.objects.filter(label="140 Salt Rd").delete()
    assert "120 Salt Rd" not in labels(city, "120 Salt Rd")


def test_streets_of_one_name_in_two_parts_of_town_are_not_joined(city: Jurisdiction) -> None:
    for label, longitude, zip_code in (("6 Low St", -69.0, "00101"), ("10 Low St", -69.0005, "00102")):
        factories.address(city, label, longitude, 40.5)
        GazetteerEntry.objects.filter(label=label).update(zip_code=zip_code)
    assert all(match.kind != addresses.ABOUT for match in addresses.search(city, "8 Low St"))
    for label, longitude in (("10 Low St", -69.0002), ("6 Low St", -69.0006)):
        factories.address(city, label, longitude, 40.5)
    GazetteerEntry.objects.filter(label__endswith="Low St", zip_code="").update(zip_code="00101")
    (about,) = [match for match in addresses.search(city, "8 Low St") if match.kind == addresses.ABOUT]
    assert addresses.sure_or_about([about]) == about


def test_the_suggestions_below_the_box_mark_it(city: Jurisdiction, client: Client) -> None:
    listed = client.get("/places/search.json", {"q": "40 Salt Rd", "language": "es"}).json()
    assert (listed[0]["label"], listed[0]["choice"]) == ("40 Salt Rd", "40 Salt Rd (aproximadamente aquí)")
    assert "choice" not in listed[1]
