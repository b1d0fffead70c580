"""The outlines of areas on a small picture that is shaded by what is in them, drawn by the server."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.cache import cache

from requests_app.models import Area
from requests_app.places.flat_map import FlatMap

# Shades; each area has its number too.
STEPS = 5
# A city's areas change once in years.
CACHED_S = 900


@dataclass(frozen=True)
class Outline:
    """An area's `d` of an SVG path, and a point inside of it."""

    path: str
    x: float
    y: float


@dataclass(frozen=True)
class Outlines:
    width: int
    height: int
    areas: dict[int, Outline]


def step_of(number: float, most: float) -> int:
    """The shade: 0 for none, in even steps up to STEPS for the highest number."""
    return min(STEPS, int(-(-number * STEPS // most))) if most else 0


def outlines_of(chosen: Collection[int]) -> Outlines:
    """Of areas by their ids, as fine as the picture shows them."""
    key = f"area-outlines:{hashlib.sha256(repr(sorted(chosen)).encode()).hexdigest()}"
    found: Outlines | None = cache.get(key)
    if found is None:
        found = _drawn(chosen)
        cache.set(key, found, timeout=CACHED_S)
    return found


def _drawn(chosen: Collection[int]) -> Outlines:
    areas = list(Area.objects.filter(pk__in=chosen).order_by("pk").only("polygon"))
    if not areas:
        return Outlines(0, 0, {})
    extents = [area.polygon.extent for area in areas]
    flat = FlatMap.around(corner for west, south, east, north in extents for corner in ((west, south), (east, north)))
    outlines = {}
    for area in areas:
        simple: Any = area.polygon.simplify(flat.pixel, preserve_topology=True)
        parts = [simple] if isinstance(simple, Polygon) else [part for part in simple if isinstance(part, Polygon)]
        # In the largest part: the number of a harbor's ward belongs on the mainland, not on its islands.
        inside = max(parts, key=lambda part: part.area).point_on_surface
        outlines[area.pk] = Outline(flat.path(parts), *flat.place(inside.x, inside.y))
    return Outlines(flat.width, flat.height, outlines)
