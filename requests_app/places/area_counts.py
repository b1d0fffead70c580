"""How many public reports came from each area of a layer, by the map's cells: never from the reports themselves."""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from requests_app.models import Area
from requests_app.models.geography import area_label
from requests_app.places.map_months import by_month
from requests_app.places.public_filter import PublicFilter
from requests_app.places.statement_timeout import at_most
from requests_app.places.tiles import TILE_MS

# A cell counts for the area in which its reports lie on average. Of one at the edge of two, some count for the neighbor.
BY_AREA = """
SELECT area.id, area.code, area.name, area.attributes ->> 'population', ST_Area(area.polygon::geography),
       coalesce(sum(spots.number), 0)
FROM requests_app_area area
LEFT JOIN unnest(%s::float[], %s::float[], %s::bigint[]) spots (longitude, latitude, number)
  ON ST_Covers(area.polygon, ST_SetSRID(ST_MakePoint(spots.longitude, spots.latitude), 4326))
WHERE area.jurisdiction_id = %s AND area.layer = %s AND area.is_ours GROUP BY area.id"""


@dataclass(frozen=True)
class AreaReports:
    """residents: 0 if the city has not said how many."""

    pk: int
    layer: str
    code: str
    name: str
    residents: int
    square_meters: float
    reports: int

    @property
    def label(self) -> str:
        return area_label(self.layer, self.name)


def by_area(chosen: PublicFilter, layer: str, months: Collection[str]) -> list[AreaReports]:
    """months: their first days, of those that map_months.by_month has. Raises TimeUpError."""
    found = by_month(chosen)
    columns = [at for at, month in enumerate(found["months"]) if month in months]
    counted = [(long, lat, sum(numbers[at] for at in columns)) for long, lat, numbers in found["cells"]]
    spots = [spot for spot in counted if spot[2]]
    with at_most(TILE_MS), connection.cursor() as cursor:
        cursor.execute(BY_AREA, [*([spot[at] for spot in spots] for at in range(3)), chosen.jurisdiction.pk, layer])
        return [
            AreaReports(pk, layer, code, name, _whole(residents), size, int(number))
            for pk, code, name, residents, size, number in cursor.fetchall()
        ]


def layers_with_areas(chosen: PublicFilter) -> list[str]:
    """The layers of the city's own areas."""
    ours = Area.objects.filter(jurisdiction=chosen.jurisdiction, is_ours=True)
    return sorted(ours.values_list("layer", flat=True).distinct())


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() else 0
