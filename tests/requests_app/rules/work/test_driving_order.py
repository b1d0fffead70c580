"""Ways along Rivermark's streets, and orders that are compared with all orders there are."""

import csv
import gzip
import heapq
import itertools
import json
import math
import random
from collections import defaultdict

import numpy as np
import pytest
from django.contrib.gis.geos import LineString, Point

from requests_app.management.commands.load_demo import RIVERMARK
from requests_app.models import BasemapFeature, Jurisdiction
from requests_app.places import street_distances
from requests_app.places.meters import meters_between
from requests_app.rules.work import driving_order
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.9")]


def draw(city: Jurisdiction, *lines: LineString, **properties: str) -> None:
    BasemapFeature.objects.bulk_create(
        BasemapFeature(
            jurisdiction=city, layer="streets", shape=line.transform(3857, clone=True), properties=properties
        )
        for line in lines
    )


def line(*coordinates: tuple[float, float]) -> LineString:
    return LineString(*coordinates, srid=4326)


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


def rivermarks_lines() -> list[list[tuple[float, float]]]:
    with gzip.open(RIVERMARK / "layers" / "streets.geojson.gz") as file:
        return [[(x, y) for x, y in one["geometry"]["coordinates"]] for one in json.load(file)["features"]]


@pytest.fixture
def rivermark(city: Jurisdiction) -> Jurisdiction:
    draw(city, *(line(*corners) for corners in rivermarks_lines()))
    return city


def addresses(count: int, seed: int) -> list[Point]:
    with gzip.open(RIVERMARK / "gazetteer.csv.gz", "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    chosen = random.Random(seed).sample(rows, count)
    return [Point(float(row["lon"]), float(row["lat"]), srid=4326) for row in chosen]


def test_a_way_goes_along_the_streets_and_around_what_has_none(city: Jurisdiction) -> None:
    # Two streets along a river, and one bridge at their west end.
    north, south = 40.51, 40.5
    bridge, east = -69.0, -68.99
    draw(city, line((bridge, north), (-68.995, north), (east, north)), line((bridge, south), (east, south)))
    draw(city, line((bridge, north), (bridge, south)))
    here, across = factories.at(east, north), factories.at(east, south)
    corner = factories.at(bridge, north)
    along = meters_between(here, corner) * 2 + meters_between(corner, factories.at(bridge, south))
    lengths = street_distances.between(city, [here, across, factories.at(-68.994, north), factories.at(-68.998, north)])
    assert lengths[0, 1] == pytest.approx(along, rel=0.01)
    assert lengths[1, 0] == lengths[0, 1]
    # On the same block, not by its ends.
    assert lengths[2, 3] == pytest.approx(meters_between(factories.at(-68.994), factories.at(-68.998)), rel=0.01)


def test_without_a_street_nearby_the_way_is_straight(city: Jurisdiction) -> None:
    here, island = factories.at(-69.0), factories.at(-69.0, 40.52)
    assert street_distances.between(city, [here, island])[0, 1] == pytest.approx(meters_between(here, island), rel=0.01)
    draw(city, line((-69.01, 40.5), (-68.99, 40.5)))
    # And two streets that don't meet.
    draw(city, line((-69.0, 40.53), (-68.99, 40.53)), **{"class": "street"})
    places = [here, island, factories.at(-69.0, 40.53)]
    lengths = street_distances.between(city, places)
    for one, other in itertools.combinations(range(3), 2):
        assert lengths[one, other] == pytest.approx(meters_between(places[one], places[other]), rel=0.01)


@pytest.mark.slow
def test_ways_are_the_shortest_of_all_over_every_vertex(rivermark: Jurisdiction) -> None:
    places = addresses(4, seed=1)
    lengths = street_distances.between(rivermark, places)
    # Slow and obvious: each vertex is a node, and a place is where it is nearest to one.
    neighbors: dict[tuple[float, float], dict[tuple[float, float], float]] = defaultdict(dict)
    for corners in rivermarks_lines():
        for here, there in itertools.pairwise(corners):
            neighbors[here][there] = neighbors[there][here] = meters_between(Point(*here), Point(*there))

    def nearest(place: Point) -> tuple[tuple[float, float], float]:
        off = {vertex: meters_between(place, Point(*vertex)) for vertex in neighbors}
        best = min(off, key=off.__getitem__)
        return best, off[best]

    for one, other in itertools.combinations(range(4), 2):
        start, off = nearest(places[one])
        goal, off_there = nearest(places[other])
        found, ahead = {}, [(0.0, start)]
        while ahead:
            length, vertex = heapq.heappop(ahead)
            if found.setdefault(vertex, length) == length:
                for there, more in neighbors[vertex].items():
                    if there not in found:
                        heapq.heappush(ahead, (length + more, there))
        # A vertex may be half a block from the address.
        assert lengths[one, other] == pytest.approx(found[goal], abs=2 * (off + off_there) + 20)


@pytest.mark.parametrize("fixed_start", [True, False])
@pytest.mark.slow
def test_up_to_eleven_stops_no_other_order_is_shorter(rivermark: Jurisdiction, fixed_start: bool) -> None:
    for seed in range(3):
        lengths = street_distances.between(rivermark, addresses(7, seed))
        orders = np.array([order for order in itertools.permutations(range(7)) if order[0] == 0 or not fixed_start])
        best = lengths[orders[:, :-1], orders[:, 1:]].sum(axis=1).min()
        path = driving_order.best_path(lengths, fixed_start=fixed_start)
        assert sorted(path) == list(range(7))
        assert path[0] == 0 or not fixed_start
        assert driving_order.length_of(lengths, path) == pytest.approx(best)


def test_beyond_eleven_stops_the_order_is_within_5_percent_of_the_best(rivermark: Jurisdiction) -> None:
    for seed in range(4):
        lengths = street_distances.between(rivermark, addresses(13, seed))
        best = driving_order.length_of(lengths, driving_order.exact_path(lengths, fixed_start=True))
        path = driving_order.best_path(lengths, fixed_start=True)
        assert path[0] == 0
        assert sorted(path) == list(range(13))
        assert driving_order.length_of(lengths, path) <= best * 1.05
        assert driving_order.EXACT_MAX < 12


def test_the_drive_begins_where_one_is_and_is_compared_with_the_given_order(city: Jurisdiction) -> None:
    west, middle, east = (factories.at(longitude) for longitude in (-69.02, -69.0, -68.98))
    drive = driving_order.shortest(city, [middle, east, west], start=factories.at(-69.03))
    assert drive.order == [2, 0, 1]
    whole = meters_between(factories.at(-69.03), east)
    assert drive.meters == pytest.approx(whole, rel=0.01)
    assert drive.meters_as_given == pytest.approx(
        meters_between(factories.at(-69.03), east) + meters_between(east, west), rel=0.01
    )
    assert driving_order.shortest(city, [middle, east, west]).meters == pytest.approx(
        meters_between(west, east), rel=0.01
    )
    assert driving_order.shortest(city, []).order == []
    assert math.isclose(driving_order.shortest(city, [middle]).meters, 0)
