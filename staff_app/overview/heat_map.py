"""Where the work is: the city's areas shaded by how many requests are late, or open, drawn by the server."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.cache import cache

from requests_app.models import Area
from requests_app.rules import directory as directories
from staff_app.flat_map import FlatMap
from staff_app.overview import figures
from staff_app.overview.figures import SLOW_CACHED_S, AreaCount, Scope

# Shades; each area has its number too.
STEPS = 5
SHADED_BY = ("late", "open")


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


@dataclass(frozen=True)
class ShadedArea:
    """step: 0 for none, up to STEPS. url: its rows."""

    name: str
    path: str
    x: float
    y: float
    number: int
    step: int
    url: str


@dataclass(frozen=True)
class Line:
    """Of the table next to the map."""

    name: str
    open: int
    late: int
    open_url: str
    late_url: str


@dataclass(frozen=True)
class HeatMap:
    by: str
    width: int
    height: int
    areas: list[ShadedArea]
    lines: list[Line]


def heat_map(scope: Scope, by: str) -> HeatMap | None:
    """by: one of SHADED_BY. None: the database took too long. Without areas where the city has no layer of them."""
    counted = figures.by_area_open_and_late(scope)
    if counted is None:
        return None
    by = by if by in SHADED_BY else SHADED_BY[0]
    outlines = _outlines(scope)
    most = max((_number(one, by) for one in counted.values()), default=0)
    areas = directories.of(scope.city).areas
    shaded = []
    for pk, outline in outlines.areas.items():
        number = _number(counted.get(pk, AreaCount()), by)
        shaded.append(
            ShadedArea(
                name=areas[pk].label if pk in areas else "",
                path=outline.path,
                x=outline.x,
                y=outline.y,
                number=number,
                step=_step(number, most),
                url=_url(scope, pk, by),
            )
        )
    order = sorted(
        ((pk, one) for pk, one in counted.items() if pk in areas),
        key=lambda found: (-_number(found[1], by), -found[1].open, areas[found[0]].label),
    )
    lines = [
        Line(areas[pk].label, one.open, one.late, _url(scope, pk, "open"), _url(scope, pk, "late")) for pk, one in order
    ]
    return HeatMap(by, outlines.width, outlines.height, shaded, lines)


def _number(count: AreaCount, by: str) -> int:
    return count.late if by == "late" else count.open


def _step(number: int, most: int) -> int:
    """Even steps up to the highest count."""
    return -(-number * STEPS // most) if most else 0


def _url(scope: Scope, area: int, by: str) -> str:
    pairs = [("area", str(area))]
    return scope.url(*pairs, ("late", "1")) if by == "late" else scope.url(*pairs)


def _outlines(scope: Scope) -> Outlines:
    """As fine as the picture shows it. Kept: a city's areas change once in years."""
    chosen = figures.ward_layer(scope.city)
    key = f"overview:outlines:{scope.city.pk}:{'.'.join(map(str, sorted(chosen)))}"[:200]
    found: Outlines | None = cache.get(key)
    if found is None:
        found = _drawn(chosen)
        cache.set(key, found, timeout=SLOW_CACHED_S)
    return found


def _drawn(chosen: list[int]) -> Outlines:
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
