"""Places of Rivermark as residents write them, through the address box and the report's place page."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from requests_app import demo
from requests_app.models import GazetteerEntry, Jurisdiction
from requests_app.places.address_words import search_key
from requests_app.rules.shared import rate_limits
from tests import factories
from tests.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.7")]

GAZETTEER = Path(demo.__file__).parent / "rivermark/gazetteer.csv.gz"
STREETS = {"Front St", "Salt Rd", "Fifth St", "Grand Blvd", "North Ave", "Mulberry Rd", "Shore Rd"}
ALIASES = {"the common": "Rivermark Common", "old salt": "Salt Rd", "route 9": ["Grand Blvd", "North Ave"]}

# By kind: what is typed, and the place that comes first.
TYPED = {
    "plain": [("16 Salt Rd", "16 Salt Rd"), ("16 salt road", "16 Salt Rd"), ("14 5th street", "14 Fifth St")],
    "town and ZIP code": [
        ("16 Salt Rd Rivermark", "16 Salt Rd"),
        ("16 Salt Road, Rivermark, Massachusetts 00101", "16 Salt Rd"),
        ("16 Salt Rd Chandlers Row", "16 Salt Rd"),
        ("14 Fifth St Marlbury MA 00105 USA", "14 Fifth St"),
    ],
    "apartment": [
        ("16 Salt Rd Apt. 3B", "16 Salt Rd"),
        ("16 Salt Rd, 2nd floor, Rivermark", "16 Salt Rd"),
        ("16 Salt Rd No. 7", "16 Salt Rd"),
        ("16 Salt Rd rear", "16 Salt Rd"),
        ("16 calle Salt, apartamento 2", "16 Salt Rd"),
    ],
    "misspelled": [
        ("16 Slat Rd", "16 Salt Rd"),
        ("29 Mullberry Road", "29 Mulberry Rd"),
        ("29 mulbery", "29 Mulberry Rd"),
        ("Milstream Prak", "Millstream Park"),
        ("Frint St and Salt", "Front St & Salt Rd"),
    ],
    "another type": [("29 Mulberry St", "29 Mulberry Rd"), ("36 N Ave", "36 North Ave")],
    "corner": [
        ("Front and Salt", "Front St & Salt Rd"),
        ("salt rd & front st", "Front St & Salt Rd"),
        ("Front/Salt", "Front St & Salt Rd"),
        ("Salt @ Front", "Front St & Salt Rd"),
        ("Front at Salt", "Front St & Salt Rd"),
        ("corner of Front and Salt", "Front St & Salt Rd"),
        ("intersection of Salt and Front streets, Rivermark", "Front St & Salt Rd"),
        ("Front y Salt", "Front St & Salt Rd"),
        ("esquina de la calle Front con Salt", "Front St & Salt Rd"),
        ("entre Front y Salt", "Front St & Salt Rd"),
    ],
    "landmark": [
        ("central library", "Central Library"),
        ("the library on library green", "Library Green"),
        ("Millstream", "Millstream Park"),
        ("city hall", "Rivermark City Hall"),
    ],
    "Spanish": [
        ("parque Millstream", "Millstream Park"),
        ("en el parque Millstream", "Millstream Park"),
        ("escuela primaria Old Market", "Old Market Elementary School"),
        ("escuela secundaria Rivermark", "Rivermark High School"),
        ("estación de bomberos 3", "Fire Station 3"),
        ("biblioteca central", "Central Library"),
        ("calle Front 98", "98 Front St"),
        ("calle Front No. 98, Rivermark", "98 Front St"),
        ("avenida North 36", "36 North Ave"),
    ],
    "the city's own names": [
        ("the common", "Rivermark Common"),
        ("16 old salt", "16 Salt Rd"),
        ("23 route 9", "23 Grand Blvd"),
        ("23 SR 9", "23 Grand Blvd"),
        ("36 rte. 9", "36 North Ave"),
    ],
}


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[Jurisdiction]:
    """Loaded once for this file, and rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        city = factories.rivermark().city
        GazetteerEntry.objects.filter(jurisdiction=city).delete()
        city.place_aliases = ALIASES
        city.boundary = None
        city.save(update_fields=["place_aliases", "boundary"])
        with gzip.open(GAZETTEER, "rt", encoding="utf-8", newline="") as file:
            GazetteerEntry.objects.bulk_create(
                GazetteerEntry(
                    jurisdiction=city,
                    label=row["label"],
                    kind=row["kind"],
                    house_number=row["house_number"],
                    street=row["street"],
                    zip_code=row["zip"],
                    search_key=search_key(row["label"]),
                    point=Point(float(row["lon"]), float(row["lat"]), srid=4326),
                )
                for row in csv.DictReader(file)
                if row["kind"] != "address" or row["street"] in STREETS
            )
        # Once: a test ends with these checks, and would repeat those of all rows before it.
        connection.check_constraints()
        yield city
        transaction.set_rollback(True)


@pytest.fixture
def city(loaded: Jurisdiction, db: None, monkeypatch: pytest.MonkeyPatch) -> Jurisdiction:
    monkeypatch.setattr(rate_limits, "PLACE_SEARCHES_AN_HOUR", 1_000)
    return loaded


def first(client: Client, typed: str) -> str:
    found = client.get(reverse("place_search"), {"q": typed}).json()
    return found[0]["label"] if found else ""


@pytest.mark.parametrize("kind", TYPED)
def test_the_address_box_finds_each_kind(city: Jurisdiction, client: Client, kind: str) -> None:
    assert [(typed, first(client, typed)) for typed, _ in TYPED[kind]] == TYPED[kind]


def test_a_number_between_two_known_ones_is_before_both(city: Jurisdiction, client: Client) -> None:
    GazetteerEntry.objects.filter(label__in=[f"{number} Salt Rd" for number in range(23, 32)]).delete()
    found = client.get(reverse("place_search"), {"q": "26 Salt Road, Rivermark"}).json()
    assert [one.get("choice", one["label"]) for one in found[:3]] == [
        "26 Salt Rd (about here)",
        "22 Salt Rd",
        "32 Salt Rd",
    ]


@pytest.mark.parametrize(
    ("typed", "found"),
    [("12-14 Pilot Way", "12-14 Pilot Way"), ("14 Pilot Way", "12-14 Pilot Way"), ("12 1/2 Elm Way", "12½ Elm Way")],
)
def test_ranges_and_half_numbers_are_found(city: Jurisdiction, client: Client, typed: str, found: str) -> None:
    for label in ("12-14 Pilot Way", "12½ Elm Way", "12 Elm Way"):
        factories.address(city, label)
    assert first(client, typed) == found


def test_one_street_name_in_two_towns_is_told_apart_by_zip_code_and_town(city: Jurisdiction, client: Client) -> None:
    for label, zip_code in (("12 Pilot Way Easton", "00101"), ("12 Pilot Way Weston", "00102")):
        factories.address(city, label)
        GazetteerEntry.objects.filter(label=label).update(zip_code=zip_code)
    assert first(client, "12 Pilot Way 00102") == "12 Pilot Way Weston"
    assert first(client, "12 Pilot Way 00101-1234") == "12 Pilot Way Easton"
    assert first(client, "12 Pilot Way, Weston, MA") == "12 Pilot Way Weston"


@pytest.mark.parametrize(
    "typed", ["zzz qqq", "99999 Nowhere Blvd", "12 and", "and & and", "() % _", "#", "½", "12 st 00101"]
)
def test_nothing_is_made_up(city: Jurisdiction, client: Client, typed: str) -> None:
    assert first(client, typed) == ""


# --- The report's place page ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ("16 Salt Road, Apt 3, Rivermark 00101", "16 Salt Rd"),
        ("16 old salt", "16 Salt Rd"),
        ("parque Millstream", "Millstream Park"),
    ],
)
def test_the_place_page_takes_what_can_only_be_one(city: Jurisdiction, client: Client, typed: str, taken: str) -> None:
    walk = Walk(client).begin(service="pothole").on("location", address=typed)
    assert walk.draft.typed["place"]["address"] == taken


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("16 Slat Rd", "16 Salt Rd"), ("1999 Salt Rd", "Salt Rd"), ("Milstream Prak", "Millstream Park")],
)
def test_the_place_page_asks_about_a_guess(city: Jurisdiction, client: Client, typed: str, offered: str) -> None:
    walk = Walk(client).begin(service="pothole").on("location", address=typed)
    assert walk.at == "location/choose"
    assert not walk.draft.typed.get("place")
    assert offered in walk.html
