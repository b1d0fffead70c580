"""The address search: what people type, in English and Spanish, and the pin's own address."""

import pytest

from requests_app.models import GazetteerEntry, Jurisdiction, OwnerArea
from requests_app.places import addresses, statement_timeout
from requests_app.places.address_words import search_key
from tests import factories

pytestmark = pytest.mark.django_db

PLACES = [
    ("12 Elm St", "address", -69.0, 40.5),
    ("14 Elm St", "address", -69.0003, 40.5),
    ("112 Elm St", "address", -69.004, 40.5),
    ("132 North Ave", "address", -69.01, 40.51),
    ("7 Saint John St", "address", -69.02, 40.51),
    ("Elm St & Main St", "intersection", -69.001, 40.501),
    ("Central Library", "library", -69.006, 40.502),
]


@pytest.fixture
def city() -> Jurisdiction:
    made = factories.jurisdiction()
    GazetteerEntry.objects.bulk_create(
        GazetteerEntry(
            jurisdiction=made,
            label=label,
            kind=kind,
            house_number=label.split()[0] if kind == "address" else "",
            search_key=search_key(label),
            point=factories.at(longitude, latitude),
        )
        for label, kind, longitude, latitude in PLACES
    )
    return made


# What is typed, and the first place that is found.
TYPED = [
    ("12 elm st", "12 Elm St"),
    ("12 Elm", "12 Elm St"),
    ("12 ELM STREET.", "12 Elm St"),
    ("  12   élm   street ", "12 Elm St"),
    ("12 Elm Street, Apt 4, Rivermark 00104", "12 Elm St"),
    ("12 Elm St #3", "12 Elm St"),
    ("Calle Elm 12", "12 Elm St"),
    ("calle Elm número 12", "12 Elm St"),
    ("Avenida North 132", "132 North Ave"),
    ("132 N Avenue", "132 North Ave"),
    ("7 St. John Street", "7 Saint John St"),
    ("Elm St & Main St", "Elm St & Main St"),
    ("Main and Elm", "Elm St & Main St"),
    ("main st @ elm st", "Elm St & Main St"),
    ("Elm at Main", "Elm St & Main St"),
    ("esquina de Main con Elm", "Elm St & Main St"),
    ("library", "Central Library"),
    ("biblioteca", "Central Library"),
    ("12 Elmm Stret", "12 Elm St"),
    ("13 Elm St", "12 Elm St"),
]


@pytest.mark.parametrize(("typed", "found"), TYPED)
def test_a_place_is_found_as_people_write_it(city: Jurisdiction, typed: str, found: str) -> None:
    assert addresses.search(city, typed)[0].label == found


@pytest.mark.parametrize("typed", ["", " ", "x", "\x00", "%", "%%%%", "a" * 100_000, "🙂🙂🙂", "' OR 1=1 --"])
def test_nonsense_finds_nothing(city: Jurisdiction, typed: str) -> None:
    assert addresses.search(city, typed) == []


def test_who_names_a_place_rightly_is_not_asked_whether_it_was_another(city: Jurisdiction) -> None:
    (only,) = addresses.search(city, "14 Elm St")
    assert (only.label, only.confidence) == ("14 Elm St", 1.0)


def test_a_number_that_does_not_exist_gives_the_numbers_beside_it_with_less_confidence(city: Jurisdiction) -> None:
    found = addresses.search(city, "13 Elm St")
    assert {match.label for match in found[:2]} == {"12 Elm St", "14 Elm St"}
    assert all(match.confidence < 0.9 for match in found)


def test_a_guess_at_a_misspelling_says_that_it_is_one(city: Jurisdiction) -> None:
    assert addresses.search(city, "12 Elmm Stret")[0].confidence < 0.9


def test_no_place_of_another_city_is_found(city: Jurisdiction) -> None:
    other = factories.jurisdiction("Stonecliff")
    assert addresses.search(other, "12 Elm St") == []
    assert addresses.nearest(other, factories.at()) is None


@pytest.mark.parametrize(
    "typed", ["40.5, -69.0", "40.500000 -69.000000", "40.5° N, 69.0° W", "40.5N 69.0O", "87GHG222+22", "G222+22"]
)
def test_a_coordinate_or_a_plus_code_is_a_place(city: Jurisdiction, typed: str) -> None:
    (only,) = addresses.search(city, typed)
    assert only.kind == "point"
    assert only.point.x == pytest.approx(-69.0, abs=0.0001)
    assert only.point.y == pytest.approx(40.5, abs=0.0001)
    # Said back by its address, so that the resident knows it.
    assert only.label == "12 Elm St"


@pytest.mark.parametrize("typed", ["95.5, -69.0", "12 14", "40.5, -269.0"])
def test_numbers_that_are_no_coordinate_are_not_taken_for_one(city: Jurisdiction, typed: str) -> None:
    assert all(match.kind != "point" for match in addresses.search(city, typed))


def test_the_nearest_address_within_60_meters_is_the_pin_s(city: Jurisdiction) -> None:
    beside = addresses.nearest(city, factories.at(-69.0002, 40.5))
    assert beside is not None
    assert beside.label == "14 Elm St"
    a_little_off = addresses.nearest(city, factories.at(-69.0, 40.5004))
    assert a_little_off is not None
    assert a_little_off.label == "12 Elm St"
    assert a_little_off.confidence < beside.confidence


def test_farther_off_it_is_the_corner_then_the_street_then_nothing(city: Jurisdiction) -> None:
    corner = addresses.nearest(city, factories.at(-69.0011, 40.5017))
    assert corner is not None
    assert corner.label == "Elm St & Main St"
    from django.contrib.gis.geos import LineString

    OwnerArea.objects.create(
        jurisdiction=city, is_segment=True, name="Far Rd", shape=LineString((-69.04, 40.52), (-69.03, 40.52), srid=4326)
    )
    street = addresses.nearest(city, factories.at(-69.035, 40.5202))
    assert street is not None
    assert (street.label, street.kind) == ("Far Rd", "street")
    assert addresses.nearest(city, factories.at(-69.035, 40.53)) is None


def test_the_time_limit_ends_with_its_block(city: Jurisdiction) -> None:
    from django.db import connection

    def limit() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            return cursor.fetchone()[0]

    before = limit()
    with statement_timeout.at_most(50):
        assert limit() == "50ms"
    assert limit() == before
    with pytest.raises(statement_timeout.TimeUpError), statement_timeout.at_most(50), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    assert limit() == before
