"""Which places a text names. How often that is right in a whole city: tests/benchmarks/place_mentions.py."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from requests_app.models import GazetteerEntry, Jurisdiction
from requests_app.places.place_mentions import mentioned
from tests import factories
from tests.factories import EAST, square

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.6")]

# Label, kind, meters to the east and to the north of the first one.
PLACES = [
    ("Front St & Salt Rd", "intersection", 0, 0),
    ("Salt Rd & Shore Rd", "intersection", 0, 900),
    ("Church St & School St", "intersection", 500, 500),
    ("North Ave & Salt Rd", "intersection", 0, -900),
    ("12 Elm St", "address", 2000, 0),
    ("38 Salt Rd", "address", 0, 300),
    ("42 Salt Rd", "address", 0, 330),
    ("410 Front St", "address", 700, 0),
    ("430 Front St", "address", 740, 0),
    ("Front St & Pilot St", "intersection", 760, 0),
    ("236 North Ave", "address", -1500, 0),
    ("7 Main St", "address", 0, 3000),
    ("7 Main St", "address", 0, -3000),
    ("Central Library", "library", 1000, 1000),
    ("Southgate Library", "library", 1000, -1000),
    ("Northfield Library", "library", -1000, -1000),
    ("Millstream Park", "park", 3000, 1000),
    ("Heron Park", "park", 3000, -1000),
    ("Rivermark City Hall", "city_hall", -3000, 0),
    ("Northfield Elementary School", "school", -3000, 1000),
    ("Rivermark High School", "school", -3000, 2000),
]


@pytest.fixture
def city() -> Jurisdiction:
    made = factories.jurisdiction(place_aliases={"old salt": "Salt Rd", "the stream": "Millstream Park"})
    for label, kind, east, north in PLACES:
        entry = factories.address(made, label, -69.0 + east / 84_600, 40.5 + north / 111_320)
        GazetteerEntry.objects.filter(pk=entry.pk).update(kind=kind, zip_code="00101" if north > 0 else "00102")
    for number, kind in (("L01234", "street_light"), ("T01234", "tree"), ("L00024", "street_light")):
        factories.asset(made, number, -69.02, 40.52, kind)
    factories.owner(made, square(EAST, 40.4, EAST + 0.1, 40.6), kind="town", name="Marlbury")
    return made


def labels(city: Jurisdiction, text: str) -> list[str]:
    return [mention.label for mention in mentioned(city, text)]


NAMED = {
    "dark in front of the library": ["Central Library"],
    "by the main library, again": ["Central Library"],
    "graffiti at the library in Southgate": ["Southgate Library"],
    "Trash in millstream park": ["Millstream Park"],
    "someone lives down by the stream": ["Millstream Park"],
    "next to Northfield school": ["Northfield Elementary School"],
    "outside city hall.": ["Rivermark City Hall"],
    "corner of Front and Salt": ["Front St & Salt Rd"],
    "hole at salt & front": ["Front St & Salt Rd"],
    "Front/Old Salt": ["Front St & Salt Rd"],
    "on Salt between Front and Shore": ["Front St & Salt Rd", "Salt Rd & Shore Rd"],
    "corner of Frnt St and Salt Rd": ["Front St & Salt Rd"],
    "12 elm street is loud": ["12 Elm St"],
    "at 12 Elm": ["12 Elm St"],
    "hole at 236 North Avenue, please": ["236 North Ave"],
    # No such house: at the one next to it, by the number that was written.
    "pothole by 40 Salt Rd": ["40 Salt Rd"],
    "speeding on the 400 block of Front": ["400 block of Front St"],
    "light pole 1234 is dark": ["Street light L01234"],
    "l01234 flickers": ["Street light L01234"],
    "12 Elm St, and Heron Park too": ["12 Elm St", "Heron Park"],
    # A street that exists twice.
    "noise at 7 Main St": ["7 Main St, 00101", "7 Main St, 00102"],
    # Two names for one place.
    "light L01234 near Heron Park": ["Street light L01234", "Heron Park"],
}
SPANISH = {
    "basura en el parque Millstream": ["Millstream Park"],
    "esquina de Front y Salt": ["Front St & Salt Rd"],
    "frente a la biblioteca": ["Central Library"],
    "detrás de la biblioteca de Southgate": ["Southgate Library"],
    "en la calle Elm 12 hay ruido": ["12 Elm St"],
    "avenida North número 236": ["236 North Ave"],
    "en la avenida North con la calle Salt": ["North Ave & Salt Rd"],
    "cuadra 400 de la calle Front": ["cuadra 400 de Front St"],
    "poste número 1234": ["Poste de luz L01234"],
}
NOTHING = [
    "", "x", "🙂🙂🙂", "pothole", "the park is dirty", "main", "front", "my front door", "salt and water damage",
    "trash in the park", "noise at school and church", "in the library book", "2 main issues", "light 24 hours a day",
    "at 5 on elm", "call 555-0012 elm", "no street light on Elm St", "the school", "frente a mi casa", "en el parque",
]  # fmt: skip
ELSEWHERE = [
    "corner of Front and Salt in Boston",
    "12 Elm St, Marlbury",
    "the library in boston",
    "Front and Salt in Nowhereville",
]


def test_places_are_found_by_what_surrounds_their_names(city: Jurisdiction) -> None:
    assert {text: labels(city, text) for text in NAMED} == NAMED


def test_places_are_found_in_spanish(city: Jurisdiction) -> None:
    with override("es"):
        assert {text: labels(city, text) for text in SPANISH} == SPANISH


def test_ordinary_words_and_places_in_other_cities_are_no_places(city: Jurisdiction) -> None:
    assert {text: found for text in [*NOTHING, *ELSEWHERE] if (found := labels(city, text))} == {}
    assert labels(city, "corner of Front and Salt in Rivermark") == ["Front St & Salt Rd"]


def test_the_service_says_which_asset_a_number_means(city: Jurisdiction) -> None:
    (mention,) = mentioned(city, "pole 1234 fell", ["tree"])
    assert mention.key == "asset:T01234"


def test_a_long_text_asks_the_database_no_more_than_a_short_one(city: Jurisdiction) -> None:
    text = "At 40 Slat Rd by Centrel Libary near Frnt St and Mane St, 12 Nowhere Ave, 400 block of Oak, pole 99. " * 40
    with CaptureQueriesContext(
        connection,
    ) as queries:
        before = time.process_time()
        mentioned(city, text[:4000])
        spent = time.process_time() - before
    assert len(queries) <= 25
    # A bound that holds on a busy machine; the benchmark has the figures.
    assert spent < 1
