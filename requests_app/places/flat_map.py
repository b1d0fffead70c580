"""Places on a small picture: degrees to pixels, north up. At the size of a city the earth is flat."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Polygon

WIDTH = 640
PADDING = 12
Corner = tuple[float, float]


@dataclass(frozen=True)
class FlatMap:
    """A viewBox of width × height."""

    west: float
    north: float
    scale: float
    # A degree of longitude is shorter than one of latitude.
    squeeze: float
    left: float
    width: int
    height: int

    @classmethod
    def around(cls, corners: Iterable[Sequence[float]]) -> "FlatMap":
        """Of one corner at least. Never much higher than wide."""
        every = [(corner[0], corner[1]) for corner in corners]
        west, east = min(x for x, _y in every), max(x for x, _y in every)
        south, north = min(y for _x, y in every), max(y for _x, y in every)
        squeeze = math.cos(math.radians((south + north) / 2))
        scale = (WIDTH - 2 * PADDING) / max((east - west) * squeeze, (north - south) * 0.75, 1e-6)
        height = round((north - south) * scale + 2 * PADDING)
        left = (WIDTH - (east - west) * squeeze * scale) / 2
        return cls(west, north, scale, squeeze, left, WIDTH, max(height, 2 * PADDING))

    @property
    def pixel(self) -> float:
        """In degrees of latitude."""
        return 1 / self.scale

    def place(self, x: float, y: float) -> Corner:
        across = self.left + (x - self.west) * self.squeeze * self.scale
        return round(across, 1), round(PADDING + (self.north - y) * self.scale, 1)

    def path(self, polygons: Iterable[Polygon]) -> str:
        """The `d` of an SVG path."""
        return "".join(
            "M" + "L".join("{} {}".format(*self.place(*corner[:2])) for corner in ring.coords) + "Z"
            for polygon in polygons
            for ring in polygon
        )
