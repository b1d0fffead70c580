"""A small map as a picture, for those without scripts and for print: the city's outline and a dot for each request."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Point, Polygon

WIDTH = 640
PADDING = 12


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    color: int


@dataclass(frozen=True)
class Picture:
    """outline: the `d` of an SVG path. All in units of a viewBox of width × height."""

    width: int
    height: int
    outline: str
    dots: list[Dot]


def picture_of(outline: Sequence[Polygon], dots: Sequence[tuple[Point, int]]) -> Picture | None:
    """None if there is nothing to draw."""
    corners = [corner for polygon in outline for corner in polygon.shell.coords] or [(p.x, p.y) for p, _color in dots]
    if not corners or not dots:
        return None
    west, east = min(x for x, _y in corners), max(x for x, _y in corners)
    south, north = min(y for _x, y in corners), max(y for _x, y in corners)
    # A degree of longitude is shorter than one of latitude; at this size the city is flat.
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * PADDING) / max((east - west) * squeeze, (north - south) * 0.75, 1e-6)
    height = round((north - south) * scale + 2 * PADDING)
    left = (WIDTH - (east - west) * squeeze * scale) / 2

    def place(x: float, y: float) -> tuple[float, float]:
        return round(left + (x - west) * squeeze * scale, 1), round(PADDING + (north - y) * scale, 1)

    paths = []
    for polygon in outline:
        for ring in polygon:
            paths.append("M" + "L".join("{} {}".format(*place(*corner[:2])) for corner in ring.coords) + "Z")
    return Picture(
        WIDTH,
        max(height, 2 * PADDING),
        "".join(paths),
        [Dot(*place(point.x, point.y), color) for point, color in dots],
    )
