"""The frame of a map, as its script sends it: what is in view."""

import math

from django.contrib.gis.geos import Polygon

from requests_app.models import Jurisdiction


def read(typed: str) -> Polygon | None:
    """From "west,south,east,north" in degrees; None if that is no part of the map."""
    try:
        west, south, east, north = (float(part) for part in typed.split(","))
    except ValueError:
        return None
    if not all(math.isfinite(degrees) for degrees in (west, south, east, north)):
        return None
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        return None
    frame = Polygon.from_bbox((west, south, east, north))
    frame.srid = 4326
    return frame


def shows_all_of(city: Jurisdiction, frame: Polygon) -> bool:
    bounds = city.map_view.get("bounds")
    return bool(bounds) and frame.covers(Polygon.from_bbox(tuple(bounds)))
