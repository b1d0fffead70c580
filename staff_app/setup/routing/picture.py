"""A small map as a picture, for those without scripts and for print: the city's outline and a dot for each request."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Point, Polygon

from requests_app.places.flat_map import FlatMap


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
    flat = FlatMap.around(corners)
    return Picture(
        flat.width,
        flat.height,
        flat.path(outline),
        [Dot(*flat.place(point.x, point.y), color) for point, color in dots],
    )
