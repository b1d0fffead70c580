"""Whether a point is in the city."""

from django.contrib.gis.geos import Point
from django.db.models import Q

from requests_app.core import once
from requests_app.models import Jurisdiction

# Degrees, about one meter: maps are rounded, and a pin on the border counts as inside.
BORDER = 0.00001


def inside(jurisdiction: Jurisdiction, point: Point) -> bool:
    """Whether the point is in the city, including its border. Without a boundary, every point is."""
    covered = Q(boundary__isnull=True) | Q(boundary__dwithin=(point, BORDER))
    found = Jurisdiction.objects.filter(covered, pk=jurisdiction.pk)
    return once.read(("inside", jurisdiction.pk, point.coords), found.exists)
