"""Where the city's map has water: the harbor, rivers and ponds, without the bridges over them."""

import math

from django.contrib.gis.geos import Point

from requests_app.models import BasemapFeature, Jurisdiction

# A pin this near to a street's line is on its bridge, or on the bank.
STREET_M = 25


def is_at(jurisdiction: Jurisdiction, point: Point) -> bool:
    """Whether the point is on the water. False without a map."""
    spot = point.transform(3857, clone=True)
    shapes = BasemapFeature.objects.filter(jurisdiction=jurisdiction)
    if not shapes.filter(layer="water", shape__intersects=spot).exists():
        return False
    # Web Mercator's meters are longer than real ones, by the latitude.
    away = STREET_M / max(math.cos(math.radians(point.y)), 0.01)
    return not shapes.filter(layer="streets", shape__dwithin=(spot, away)).exists()
