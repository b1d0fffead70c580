"""Places with a page: which houses are a block's."""

import pytest

from requests_app.models import GazetteerEntry
from requests_app.places import named
from requests_app.places.addresses import Match
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "houses"),
    [
        ("1-99-block-of-elm-st", ["1 Elm St", "12 Elm St", "14-16 Elm St", "18A Elm St", "20 1/2 Elm St", "99 Elm St"]),
        ("100-block-of-elm-st", ["100 Elm St", "112 Elm Street", "150-152 Elm St", "199B Elm St"]),
        ("1200-block-of-elm-st", ["1200 Elm St", "1299 Elm St"]),
    ],
)
def test_a_block_has_its_hundred_numbers_however_they_are_written(path: str, houses: list[str]) -> None:
    city = factories.jurisdiction()
    others = ["112 N Elm St", "112 Elm Ct", "1121 Elm St", "11200 Elm St", "12 Oak St", "2 Elm Hill Ave", "Elm St"]
    for number, label in enumerate([*houses, *others]):
        factories.address(city, label, -69.0 + (number + 1) / 10_000 if label in houses else -69.003)
    GazetteerEntry.objects.filter(label__in=houses).update(kind="address")
    expected = {named.path_of(label) for label in houses}
    assert expected == {path}
    (block,) = named.at_path(city, path)
    assert block.point.x == pytest.approx(-69.0 + (len(houses) + 1) / 20_000, abs=2e-5)
    match = Match(houses[0], factories.at(-68.9999), "address", 1.0)
    found = named.of_match(city, match)
    assert found is not None
    assert found.point == block.point


def test_no_other_street_or_city_is_counted() -> None:
    city, other = factories.jurisdiction(), factories.jurisdiction("Stonecliff", hosts=["stonecliff.example"])
    factories.address(other, "12 Elm St")
    factories.address(city, "12 N Elm St")
    assert named.at_path(city, "1-99-block-of-elm-st") == []
