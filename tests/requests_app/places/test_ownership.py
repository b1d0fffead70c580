"""The city's boundary, and who owns the land at a place."""

from pathlib import Path

import pytest
import yaml
from django.contrib.gis.geos import LineString, MultiPolygon, Polygon

from requests_app.imports.layers import import_layers
from requests_app.imports.progress import Silent
from requests_app.models import Jurisdiction, Owner, OwnerArea
from requests_app.places import ownership
from tests import factories
from tests.factories import EAST, NORTH, SOUTH, WEST, at, square

pytestmark = [pytest.mark.django_db, pytest.mark.shows("2.22")]


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


@pytest.mark.parametrize(
    ("longitude", "latitude", "is_inside"),
    [
        (-69.0, 40.5, True),
        (WEST, 40.5, True),  # on the border
        (WEST, SOUTH, True),  # on a corner of it
        (EAST + 0.000004, 40.5, True),  # within what a rounded map is off by
        (EAST + 0.0001, 40.5, False),
        (69.0, -40.5, False),
        (0, 0, False),
    ],
)
def test_on_the_border_counts_as_inside(city: Jurisdiction, longitude: float, latitude: float, is_inside: bool) -> None:
    assert ownership.inside(city, at(longitude, latitude)) is is_inside


def test_a_city_without_a_boundary_takes_every_place() -> None:
    assert ownership.inside(factories.jurisdiction(boundary=None), at(0, 0))


def test_a_point_on_the_border_of_two_wards_lies_in_one_of_them(city: Jurisdiction) -> None:
    factories.area(city, "ward", "1", square(WEST, SOUTH, -69.0, NORTH))
    factories.area(city, "ward", "2", square(-69.0, SOUTH, EAST, NORTH))
    factories.area(city, "park", "common", square(-69.01, 40.49, -68.99, 40.51))
    assert [area.code for area in ownership.areas_at(city, at(-69.0, 40.5))] == ["common", "1"]
    assert [area.code for area in ownership.areas_at(city, at(-68.98, 40.5))] == ["2"]
    assert [area.code for area in ownership.areas_at(city, at(WEST, 40.5))] == ["1"]


def test_areas_of_one_layer_may_overlap(city: Jurisdiction) -> None:
    factories.area(city, "program", "a", square(-69.02, 40.48, -68.98, 40.52))
    factories.area(city, "program", "b", square(-69.01, 40.49, -68.99, 40.51))
    assert [area.code for area in ownership.areas_at(city, at())] == ["a", "b"]


def test_a_neighbor_s_area_is_never_one_of_ours(city: Jurisdiction) -> None:
    town = factories.area(city, "town", "marlbury", square(WEST - 1, SOUTH, WEST, NORTH))
    town.is_ours = False
    town.save()
    assert ownership.areas_at(city, at(WEST - 0.5, 40.5)) == []


class TestWhoseGround:
    """A State road runs along 40.5; Elm St crosses the power company's land."""

    STATE_ROAD = LineString((-69.02, 40.5), (-68.98, 40.5), srid=4326)
    OUR_STREET = LineString((-69.0, 40.51), (-69.0, 40.53), srid=4326)

    @pytest.fixture
    def state(self, city: Jurisdiction) -> Owner:
        return factories.owner(city, self.STATE_ROAD)

    @pytest.fixture
    def power(self, city: Jurisdiction) -> Owner:
        OwnerArea.objects.create(jurisdiction=city, is_segment=True, name="Elm St", shape=self.OUR_STREET)
        easement = square(-69.01, 40.515, -68.99, 40.525)
        return factories.owner(city, easement, kind="utility", name="Power Company", code="power")

    def test_the_nearest_street_decides_for_what_is_done_on_streets(self, city: Jurisdiction, state: Owner) -> None:
        pothole = factories.service(city, place_rule="segment", owner_kinds=["state_road"])
        assert ownership.owner_at(city, at(-69.0, 40.5001), pothole) == state
        # 44 m away: too far to mean the state's road.
        assert ownership.owner_at(city, at(-69.0, 40.5004), pothole) is None

    def test_our_own_street_under_the_power_lines_is_ours(self, city: Jurisdiction, power: Owner) -> None:
        pothole = factories.service(city, place_rule="segment", owner_kinds=["state_road", "utility"])
        assert ownership.owner_at(city, at(-69.0, 40.52), pothole) is None

    def test_the_land_decides_for_what_grows_and_lies_on_it(self, city: Jurisdiction, power: Owner) -> None:
        tree = factories.service(city, "tree", place_rule="polygon", owner_kinds=["utility"])
        assert ownership.owner_at(city, at(-69.0, 40.52), tree) == power
        assert ownership.owner_at(city, at(-69.0, 40.53), tree) is None

    def test_only_the_kinds_that_the_service_names_take_it_from_us(self, city: Jurisdiction, power: Owner) -> None:
        noise = factories.service(city, "noise", place_rule="polygon", owner_kinds=["railroad"])
        assert ownership.owner_at(city, at(-69.0, 40.52), noise) is None
        power.takes = ["noise"]
        power.save()
        assert ownership.owner_at(city, at(-69.0, 40.52), noise) == power

    def test_a_service_that_asks_for_no_ground_is_always_ours(
        self, city: Jurisdiction, state: Owner, power: Owner
    ) -> None:
        trash = factories.service(city, "trash", place_rule="none", owner_kinds=["state_road", "utility"])
        assert ownership.owner_at(city, at(-69.0, 40.5), trash) is None
        assert ownership.owner_at(city, at(-69.0, 40.52), trash) is None

    def test_the_smallest_of_several_lands_says_whose_it_is(self, city: Jurisdiction, power: Owner) -> None:
        around = square(-69.02, 40.51, -68.98, 40.53)
        factories.owner(city, around, kind="state_park", name="State Parks", code="parks")
        tree = factories.service(city, "tree", place_rule="polygon", owner_kinds=["utility", "state_park"])
        assert ownership.owner_at(city, at(-69.0, 40.52), tree) == power


def test_beyond_the_boundary_the_town_is_named(city: Jurisdiction) -> None:
    town = factories.owner(city, square(WEST - 0.1, SOUTH, WEST, NORTH), kind="town", name="Marlbury", code="marlbury")
    assert ownership.neighbor_at(city, at(WEST - 0.05, 40.5)) == town
    assert ownership.neighbor_at(city, at(WEST - 0.5, 40.5)) is None
    # The border itself is ours.
    assert ownership.neighbor_at(city, at(WEST, 40.5)) is None


def test_a_hole_in_the_boundary_is_not_ours_and_its_rim_is(city: Jurisdiction) -> None:
    """An enclave: a town of its own in the middle of the city."""
    around, hole = square(WEST, SOUTH, EAST, NORTH)[0], square(-69.01, 40.49, -68.99, 40.51)[0]
    city.boundary = MultiPolygon(Polygon(around.shell, hole.shell, srid=4326), srid=4326)
    city.save()
    enclave = factories.owner(city, square(-69.01, 40.49, -68.99, 40.51), kind="town", name="Holm")
    assert not ownership.inside(city, at(-69.0, 40.5))
    assert ownership.neighbor_at(city, at(-69.0, 40.5)) == enclave
    assert ownership.inside(city, at(-69.01, 40.5))
    assert ownership.neighbor_at(city, at(-69.01, 40.5)) is None
    assert ownership.inside(city, at(-69.02, 40.5))


def test_where_two_owners_meet_the_smaller_ground_has_it_every_time(city: Jurisdiction) -> None:
    large = factories.owner(city, square(-69.01, 40.49, -69.0, 40.51), code="park", kind="state_park")
    small = factories.owner(city, square(-69.0, 40.5, -68.99, 40.51), code="plant", kind="utility")
    tree = factories.service(city, "tree", place_rule="polygon", owner_kinds=["state_park", "utility"])
    corner = at(-69.0, 40.5)
    assert [ownership.owner_at(city, corner, tree) for _ in range(3)] == [small] * 3
    assert ownership.owner_at(city, at(-69.0, 40.495), tree) == large


def test_a_pothole_in_any_city_street_under_rivermark_s_power_lines_is_ours(city: Jurisdiction, tmp_path: Path) -> None:
    mapping = {
        "not_ours.geojson.gz": {"use": "owners", "properties": {"owner": "owner", "kind": "kind", "name": "name"}},
        "segments.geojson.gz": {"use": "owners", "ours": "City", "properties": {"owner": "owner", "name": "name"}},
    }
    (tmp_path / "layers.yml").write_text(yaml.safe_dump(mapping))
    layers = Path(__file__).resolve().parents[3] / "requests_app/demo/rivermark/layers"
    import_layers(city, layers, tmp_path / "layers.yml", progress=Silent())

    power = Owner.objects.get(kind="utility")
    easement = OwnerArea.objects.get(owner=power).shape
    streets = OwnerArea.objects.filter(is_segment=True, owner=None, shape__intersects=easement)
    assert len(streets) == 57
    pothole = factories.service(city, place_rule="segment", owner_kinds=["state_road", "utility"])
    tree = factories.service(city, "tree", place_rule="polygon", owner_kinds=["utility"])
    for street in streets:
        # In the middle of the stretch that runs below the lines.
        below = street.shape.intersection(easement)
        stretch = max(below, key=lambda part: part.length) if below.geom_type.startswith("Multi") else below
        pin = stretch.interpolate_normalized(0.5)
        assert ownership.owner_at(city, pin, pothole) is None
        assert ownership.owner_at(city, pin, tree) == power
