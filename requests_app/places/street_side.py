"""On which side of which street something is: "North side of Elm St"."""

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction

# Units of the map, a bit less than a meter. Farther away it is at no street; nearer to its middle, on no side.
FAR, MIDDLE = 40, 1.5
NEAREST = """
SELECT properties ->> 'name', degrees(ST_Azimuth(ST_ClosestPoint(shape, spot), spot))
FROM requests_app_basemapfeature, ST_Transform(ST_SetSRID(ST_MakePoint(%(x)s, %(y)s), 4326), 3857) AS spot
WHERE jurisdiction_id = %(city)s AND layer = 'streets' AND shape && ST_Expand(spot, %(far)s)
  AND properties ->> 'name' <> '' AND ST_Distance(shape, spot) BETWEEN %(middle)s AND %(far)s
ORDER BY ST_Distance(shape, spot), id LIMIT 1"""


def side_of_street(jurisdiction: Jurisdiction, point: Point) -> str:
    """In the reader's language; "" if no street with a name is near."""
    with connection.cursor() as cursor:
        values = {"x": point.x, "y": point.y, "city": jurisdiction.pk, "far": FAR, "middle": MIDDLE}
        cursor.execute(NEAREST, values)
        found = cursor.fetchone()
    if found is None or found[1] is None:
        return ""
    street, degrees = found
    sentences = (
        _("North side of %(street)s"),
        _("East side of %(street)s"),
        _("South side of %(street)s"),
        _("West side of %(street)s"),
    )
    return sentences[round(degrees / 90) % 4] % {"street": street}
