"""Assets: finding one by the number on its plate, and those near a place."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from requests_app.models import Asset, Jurisdiction
from requests_app.places import assets
from tests import factories
from tests.factories import at

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.7")]


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


def numbers(found: list[Asset]) -> list[str]:
    return [one.asset_id for one in found]


def test_the_nearest_come_first_with_their_meters(city: Jurisdiction) -> None:
    for number, east in enumerate([0.0005, 0.0001, 0.002], start=1):
        factories.asset(city, f"L{number}", -69.0 + east)
    factories.asset(city, "T1", kind="tree")
    near = assets.near(city, at(), ["street_light"])
    assert numbers(near) == ["L2", "L1"]
    assert [round(one.meters.m) for one in near] == [8, 42]  # type: ignore[attr-defined]
    assert numbers(assets.near(city, at(), [], 20)) == ["T1", "L2"]


def test_there_are_never_more_than_one_can_read(city: Jurisdiction) -> None:
    for number in range(30):
        factories.asset(city, f"L{number}", -69.0 + number / 1e6)
    assert numbers(assets.near(city, at(), ["street_light"])) == [f"L{number}" for number in range(8)]


def test_another_city_has_its_own(city: Jurisdiction) -> None:
    factories.asset(city, "L1")
    other = factories.jurisdiction("Stonecliff")
    assert assets.near(other, at(), []) == []
    assert assets.by_number(other, "L1") is None


@pytest.mark.parametrize("words", ["L00417", "l00417", " l 00417 ", "#L-00417", "Street light L00417", "light l00417."])
def test_a_number_is_known_however_it_is_typed(city: Jurisdiction, words: str) -> None:
    light = factories.asset(city, "L00417")
    assert assets.named_in(city, words) == light


@pytest.mark.parametrize(
    "words", ["", "Elm St", "12 Elm St", "L004", "L00417 or L00418", "L00417\x00", "9" * 5000, "#"]
)
def test_words_without_one_number_name_nothing(city: Jurisdiction, words: str) -> None:
    factories.asset(city, "L00417" if "\x00" not in words else "L9")
    factories.asset(city, "L00418")
    factories.asset(city, "12")
    assert assets.named_in(city, words) is None


def test_it_is_called_by_its_kind_in_the_readers_language(city: Jurisdiction) -> None:
    light = factories.asset(city, "L00417")
    assert assets.name_of(city, light) == "Street light L00417"
    with override("es"):
        assert assets.name_of(city, light) == "Poste de luz L00417"
    bench = factories.asset(city, "B7", kind="bench")
    assert assets.name_of(city, bench) == "Bench B7 on Elm St"


def test_both_ways_to_find_one_use_an_index(city: Jurisdiction) -> None:
    Asset.objects.bulk_create(
        Asset(
            jurisdiction=city, asset_id=f"L{number}", kind="street_light", label="", point=at(-69 + number / 1e4, 40.5)
        )
        for number in range(500)
    )
    with CaptureQueriesContext(connection) as asked:
        assets.near(city, at(), ["street_light"])
        assets.by_number(city, "l1")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_app_asset")
        for query in asked.captured_queries:
            cursor.execute(f"EXPLAIN {query['sql']}")
            plan = " ".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan" not in plan, plan
            assert "asset_id_unique" in plan or "point" in plan, plan
