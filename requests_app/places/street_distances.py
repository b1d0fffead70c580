"""Distances between places along the city's own street lines, both ways on each. They don't know one-way streets."""

import heapq
import math
from dataclasses import dataclass

import numpy as np
from django.contrib.gis.geos import LineString, Point, Polygon
from numpy.typing import NDArray

from requests_app.models import BasemapFeature, Jurisdiction

# A place farther than this from any street is reached in a straight line.
NEAR_M = 200
# So far around the places, a street may be part of a way between them.
MARGIN_M = 1000
# With more lines than this around the places, all distances are straight.
LINES_MAX = 10_000
# Lines that end this close to each other meet (in units of the map, about a meter).
GRID = 1.0
# Nobody stops there.
WITHOUT_ADDRESSES = {"motorway", "tunnel"}

Numbers = NDArray[np.float64]
Ids = NDArray[np.intp]


@dataclass(frozen=True)
class _OnStreet:
    """Where a place meets the street: the edge, how far along it, and how far from it (in map units)."""

    edge: int
    along: float
    off: float


class Streets:
    """The lines as a graph: its nodes are the vertices where lines begin, end or meet."""

    def __init__(self, lines: list[LineString], has_addresses: list[bool]) -> None:
        self.at: Numbers = np.concatenate([np.asarray(line.coords, dtype=np.float64)[:, :2] for line in lines])
        sizes = np.array([len(line) for line in lines])
        line_of: Ids = np.repeat(np.arange(len(lines)), sizes)
        _found, ids, counts = np.unique(np.round(self.at / GRID), axis=0, return_inverse=True, return_counts=True)
        ids = ids.reshape(-1)
        last = np.cumsum(sizes) - 1
        is_node = counts[ids] > 1
        is_node[last] = is_node[last - sizes + 1] = True
        steps = np.hypot(*np.diff(self.at, axis=0).T)
        is_step = line_of[1:] == line_of[:-1]
        # Along all lines, one after the other.
        self.along: Numbers = np.concatenate([[0.0], np.cumsum(np.where(is_step, steps, 0.0))])
        self.steps: Ids = np.flatnonzero(is_step & np.array(has_addresses)[line_of[1:]])
        # Each edge runs from one of these vertices to the next, except over the end of a line.
        self.nodes: Ids = np.flatnonzero(is_node)
        self.ids: list[int] = ids[self.nodes].tolist()
        self.node_along: list[float] = self.along[self.nodes].tolist()
        is_edge = line_of[self.nodes[1:]] == line_of[self.nodes[:-1]]
        self.neighbors: dict[int, list[tuple[int, float]]] = {one: [] for one in self.ids}
        for edge in np.flatnonzero(is_edge).tolist():
            one, other = self.ids[edge], self.ids[edge + 1]
            length = self.node_along[edge + 1] - self.node_along[edge]
            self.neighbors[one].append((other, length))
            self.neighbors[other].append((one, length))

    def nearest(self, x: float, y: float, within: float) -> _OnStreet | None:
        if not len(self.steps):
            return None
        start, end = self.at[self.steps], self.at[self.steps + 1]
        along = end - start
        squares = np.maximum((along**2).sum(axis=1), 1e-9)
        share = np.clip(((np.array([x, y]) - start) * along).sum(axis=1) / squares, 0, 1)
        off = np.hypot(*(start + along * share[:, None] - np.array([x, y])).T)
        best = int(off.argmin())
        if off[best] > within:
            return None
        vertex = int(self.steps[best])
        edge = int(np.searchsorted(self.nodes, vertex, side="right")) - 1
        return _OnStreet(edge, float(self.along[vertex] + share[best] * math.sqrt(squares[best])), float(off[best]))

    def ends(self, place: _OnStreet) -> list[tuple[int, float]]:
        """The nodes at both ends of its edge, and how far each is."""
        edge = place.edge
        return [
            (self.ids[edge], place.along - self.node_along[edge]),
            (self.ids[edge + 1], self.node_along[edge + 1] - place.along),
        ]

    def lengths_from(self, place: _OnStreet) -> dict[int, float]:
        """By node, the shortest way from this place (Dijkstra)."""
        lengths: dict[int, float] = {}
        ahead = [(length, node) for node, length in self.ends(place)]
        heapq.heapify(ahead)
        while ahead:
            length, node = heapq.heappop(ahead)
            if node in lengths:
                continue
            lengths[node] = length
            for other, more in self.neighbors[node]:
                if other not in lengths:
                    heapq.heappush(ahead, (length + more, other))
        return lengths


def between(jurisdiction: Jurisdiction, points: list[Point]) -> Numbers:
    """Meters from each point (WGS 84) to each other: along streets, or straight where there is no way along them."""
    if len(points) < 2:
        return np.zeros((len(points), len(points)))
    scale = math.cos(math.radians(sum(point.y for point in points) / len(points)))
    in_map_units = [Point(point.x, point.y, srid=4326) for point in points]
    for point in in_map_units:
        point.transform(3857)
    at = np.array([point.coords for point in in_map_units])
    lengths = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    streets = _around(jurisdiction, at, MARGIN_M / scale)
    places = [streets.nearest(x, y, NEAR_M / scale) if streets else None for x, y in at.tolist()]
    if streets is not None:
        for one, place in enumerate(places[:-1]):
            if place is None:
                continue
            reached = streets.lengths_from(place)
            for other in range(one + 1, len(places)):
                goal = places[other]
                way = _way(streets, place, goal, reached) if goal is not None else math.inf
                if way < math.inf:
                    lengths[one, other] = lengths[other, one] = way
    return lengths * scale


def _way(streets: Streets, place: _OnStreet, goal: _OnStreet, reached: dict[int, float]) -> float:
    ways = [reached.get(node, math.inf) + length for node, length in streets.ends(goal)]
    if place.edge == goal.edge:
        ways.append(abs(place.along - goal.along))
    return min(ways) + place.off + goal.off


def _around(jurisdiction: Jurisdiction, at: Numbers, margin: float) -> Streets | None:
    frame = Polygon.from_bbox((*(at.min(axis=0) - margin).tolist(), *(at.max(axis=0) + margin).tolist()))
    frame.srid = 3857
    features = BasemapFeature.objects.filter(jurisdiction=jurisdiction, layer="streets", shape__bboverlaps=frame)
    lines, has_addresses = [], []
    for shape, properties in features.values_list("shape", "properties")[: LINES_MAX + 1]:
        for line in shape if shape.geom_type == "MultiLineString" else [shape]:
            if line.geom_type == "LineString":
                lines.append(line)
                has_addresses.append(properties.get("class") not in WITHOUT_ADDRESSES)
    return Streets(lines, has_addresses) if 0 < len(lines) <= LINES_MAX else None
