"""What is wrong with the coordinates of a map file that lies outside its city: swapped axes, or another projection than it says."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.gis.gdal import CoordTransform, GDALException, OGRGeometry, SpatialReference
from django.contrib.gis.geos import GEOSGeometry, Point

from requests_app.models import LayerImport, LayerRow

Place = tuple[float, float]
WEB_MERCATOR = 3857
# EPSG codes of the state planes in NAD 83, in meters and in feet.
STATE_PLANES = [
    range(26929, 26947), range(26948, 26979), range(26980, 26999), range(32100, 32101), range(32104, 32105),
    range(32107, 32131), range(32133, 32160), range(32161, 32162), range(2222, 2244), range(2246, 2290), range(2965, 2967),
    range(3417, 3454), range(3455, 3460), range(3734, 3752), range(3753, 3761),
]  # fmt: skip
# Rows of a file that are tried, and the share of them that must be inside the city afterward.
SAMPLE, MOSTLY = 40, 0.5
NUMBERS = re.compile(r"(-?[\d.]+), (-?[\d.]+)")


def proposed(layer_import: LayerImport, rows: int, by_problem: dict[str, int]) -> dict[str, Any] | None:
    """{"swapped": True} or {"srid": its code}, with the "points" of a sample where they would be; None if nothing helps.

    rows, by_problem: of the file as it was checked, as layer_sets.counts() has them.
    """
    boundary = layer_import.jurisdiction.boundary
    away = by_problem.get("outside", 0) + by_problem.get("not_degrees", 0)
    if boundary is None or away <= rows * MOSTLY:
        return None
    places = _places(layer_import)
    city = boundary.prepared
    for change, move in _fixes(boundary, is_swapped=bool(layer_import.mapping.get("swapped"))):
        moved = [move(place) for place in places]
        inside = [place for place in moved if place and city.contains(Point(*place, srid=4326))]
        if len(inside) > len(places) * MOSTLY:
            return {**change, "points": [place for place in moved if place]}
    return None


def _places(layer_import: LayerImport) -> list[Place]:
    """Where a sample of the rows lies by the numbers in the file; of a shape that isn't in degrees, its corner."""
    rows = LayerRow.objects.filter(
        layer_import=layer_import, is_previous=False, problem__in=["outside", "not_degrees"]
    ).order_by("number")
    places = []
    for shape, detail in rows.values_list("shape", "detail")[:SAMPLE]:
        if shape is not None:
            # Also of an outline that crosses itself.
            middle = shape.centroid
            places.append((middle.x, middle.y))
        elif numbers := NUMBERS.fullmatch(detail):
            places.append((float(numbers[1]), float(numbers[2])))
    return places


def _fixes(
    boundary: GEOSGeometry, *, is_swapped: bool
) -> Iterator[tuple[dict[str, Any], Callable[[Place], Place | None]]]:
    if not is_swapped:
        yield {"swapped": True}, lambda place: (place[1], place[0])
    zone = int((boundary.centroid.x + 180) // 6) + 1
    utm = [(26900, one) for one in range(zone - 1, zone + 2) if 1 <= one <= 23]
    utm += [(32600 if boundary.centroid.y >= 0 else 32700, one) for one in range(zone - 1, zone + 2) if 1 <= one <= 60]
    codes = [WEB_MERCATOR, *(base + one for base, one in utm), *(code for codes in STATE_PLANES for code in codes)]
    degrees = SpatialReference(4326)
    for code in codes:
        try:
            transform = CoordTransform(SpatialReference(code), degrees)
        except GDALException:
            continue
        yield {"srid": code}, _moved_by(transform)


def _moved_by(transform: CoordTransform) -> Callable[[Place], Place | None]:
    def move(place: Place) -> Place | None:
        point = OGRGeometry(f"POINT ({place[0]!r} {place[1]!r})")
        try:
            point.transform(transform)
        except GDALException:
            return None
        x, y, _east, _north = point.extent
        return (x, y)

    return move
