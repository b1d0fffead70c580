"""The distance between two points of a city."""

import math

from django.contrib.gis.geos import Point

# Of a degree of latitude. The error of a flat city is far below that of a pin.
DEGREE_M = 111_195


def meters_between(first: Point, other: Point) -> float:
    """WGS 84 coordinates, as everywhere; not across the date line."""
    (x, y), (other_x, other_y) = first.coords, other.coords
    north = (y - other_y) * DEGREE_M
    east = (x - other_x) * DEGREE_M * math.cos(math.radians((y + other_y) / 2))
    return math.hypot(north, east)
