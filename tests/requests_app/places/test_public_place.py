"""What everybody may know of a place, by the service's visibility."""

import random

import pytest
from django.contrib.gis.geos import Point

from requests_app.models import ServiceVersion
from requests_app.places.public_place import block_address, block_point, public_place
from tests import factories

HOME = factories.at(-69.01234, 40.50789)


@pytest.mark.parametrize(
    ("visibility", "point", "address"),
    [
        ("public", HOME, "123 Elm St"),
        ("reporter_to_named_staff", HOME, "123 Elm St"),
        ("coarse", block_point(HOME), "100 block of Elm St"),
        ("private", None, ""),
        ("staff", None, ""),
    ],
)
def test_the_visibility_decides(visibility: str, point: Point | None, address: str) -> None:
    assert public_place(visibility, HOME, "123 Elm St") == (point, address)


def test_every_visibility_has_its_rule() -> None:
    assert {"public", "reporter_to_named_staff", "coarse", "private", "staff"} == set(ServiceVersion.Visibility.values)


def test_a_request_without_a_place_has_no_public_one() -> None:
    assert public_place("coarse", None, "") == (None, "")
    assert public_place("public", None, "") == (None, "")


@pytest.mark.shows("2.3")
def test_a_block_is_snapped_never_jittered() -> None:
    """However often it is asked, and wherever in its cell the house is: one answer, from which nobody can average."""
    assert {block_point(HOME).coords for _ in range(100)} == {block_point(HOME).coords}
    middle = block_point(HOME)
    drawn = random.Random(311)
    for _ in range(200):
        # Within 50 m of the middle of a cell of 120 m.
        east, north = drawn.uniform(-50, 50), drawn.uniform(-50, 50)
        neighbor = factories.at(middle.x + east / 84_700, middle.y + north / 111_320)
        assert block_point(neighbor).coords == middle.coords


def test_a_block_is_about_120_meters() -> None:
    def meters_off(home: Point) -> float:
        middle = block_point(home)
        return max(abs(middle.x - home.x) * 84_700, abs(middle.y - home.y) * 111_320)

    drawn = random.Random(311)
    off = [meters_off(factories.at(drawn.uniform(-69.05, -68.95), drawn.uniform(40.45, 40.55))) for _ in range(500)]
    assert max(off) <= 61
    assert max(off) > 50


# Why the number goes: an address, and what everybody may read of it.
ADDRESSES = [
    ("123 Elm St", "100 block of Elm St"),
    ("5 Elm St", "1–99 block of Elm St"),
    ("1204B Elm St, Apt 4", "1200 block of Elm St"),
    ("123 Elm St #4", "100 block of Elm St"),
    ("123 Elm St Unit 4", "100 block of Elm St"),
    ("12-14 Elm St", "1–99 block of Elm St"),
    ("123 1/2 Elm St", "100 block of Elm St"),
    ("245 5th Ave", "200 block of 5th Ave"),
    ("Elm St & Main St", "Elm St & Main St"),
    ("SR 9 & 5th Ave", "SR 9 & 5th Ave"),
    ("Rivermark Common", "Rivermark Common"),
    ("Fire Station 3", "Fire Station 3"),
    ("Elm St 123", ""),
    ("the blue house, number 12", "the blue house"),
    ("casa 12 de la calle Elm", ""),
    ("40.50789, -69.01234", ""),
    ("", ""),
]


@pytest.mark.parametrize(("address", "block"), ADDRESSES)
def test_a_house_number_never_becomes_public(address: str, block: str) -> None:
    assert block_address(address) == block
