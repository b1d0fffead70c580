"""Vector tiles by PostGIS: the city's base map, and public requests as counts per cell or as points."""

import math
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import connection
from django.db.models import IntegerField, Value

from requests_app.models import Jurisdiction, Service
from requests_app.models.map_cells import ALL_MONTHS, FINEST, GRIDS
from requests_app.places.basemap import LEAST_ZOOM, MOST_ZOOM
from requests_app.places.public_filter import RECENT_SINCE, PublicFilter
from requests_app.places.public_place import unlisted_versions
from requests_app.places.statement_timeout import at_most

# A tile is 4096 units or 512 pixels wide; shapes extend this far beyond its edge, so that no seam shows.
EXTENT, BUFFER = 4096, 64
# Below the last zoom, lines and outlines are simplified by this many units (a quarter pixel).
SIMPLIFY = 2
EQUATOR_M = 40_075_016.685578488
# Time limit of the database for one tile.
TILE_MS = 1000
# Zoomed out, requests are counted in cells, which are tiles of a zoom so much larger, this many across. From this zoom on each is
# a point, except those that would overlap (21 pixels), such as all of a block whose exact locations are private.
POINTS_FROM, POINTS_TO = 15, 17
CELL_ZOOMS = 3
CELLS = 2**CELL_ZOOMS
SPOTS = 24
# Requests named at one spot; the list has all of them.
MOST_NAMED = 8
# The newest of a tile; a screen couldn't show more of them separately.
MOST_POINTS = 2000


@dataclass(frozen=True)
class Tile:
    """A tile of the Web Mercator grid."""

    z: int
    x: int
    y: int

    @property
    def exists(self) -> bool:
        return self.is_within(MOST_ZOOM)

    def is_within(self, most: int) -> bool:
        """Whether the tile exists and its zoom is at most `most`."""
        return LEAST_ZOOM <= self.z <= most and 0 <= self.x < 2**self.z and 0 <= self.y < 2**self.z

    @property
    def degrees(self) -> tuple[float, float, float, float]:
        """West, south, east and north."""

        def longitude(x: int) -> float:
            return x / 2**self.z * 360 - 180

        def latitude(y: int) -> float:
            return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**self.z))))

        return longitude(self.x), latitude(self.y + 1), longitude(self.x + 1), latitude(self.y)

    @property
    def cell(self) -> int:
        """Its number along the Z-curve: the bits of column and row in turn, as SQL's map_cell() has it."""
        return sum(((self.x >> bit & 1) | (self.y >> bit & 1) << 1) << 2 * bit for bit in range(self.z))


def basemap_tile(jurisdiction: Jurisdiction, tile: Tile) -> bytes:
    """The city's layers in this tile, by name. Raises TimeUpError."""
    tolerance = SIMPLIFY * EQUATOR_M / 2**tile.z / EXTENT if tile.z < MOST_ZOOM else 0
    with at_most(TILE_MS), connection.cursor() as cursor:
        cursor.execute(
            """
            WITH tile AS MATERIALIZED (
                SELECT ST_TileEnvelope(%(z)s, %(x)s, %(y)s) AS square,
                       ST_TileEnvelope(%(z)s, %(x)s, %(y)s, margin => %(margin)s) AS with_buffer
            ), shapes AS MATERIALIZED (
                SELECT id, layer, properties, ST_AsMVTGeom(
                    CASE WHEN %(tolerance)s > 0 AND ST_Dimension(shape) > 0
                        THEN ST_Simplify(shape, %(tolerance)s, true) ELSE shape END,
                    square, %(extent)s, %(buffer)s, true) AS geom
                FROM requests_app_basemapfeature, tile
                WHERE jurisdiction_id = %(jurisdiction)s AND min_zoom <= %(z)s AND shape && with_buffer
            )
            SELECT string_agg((
                SELECT ST_AsMVT(feature, layers.layer, %(extent)s, 'geom')
                FROM (SELECT properties, geom FROM shapes
                      WHERE layer = layers.layer AND geom IS NOT NULL ORDER BY id) AS feature
            ), ''::bytea)
            FROM (SELECT DISTINCT layer FROM shapes) AS layers""",
            {
                "z": tile.z,
                "x": tile.x,
                "y": tile.y,
                "margin": BUFFER / EXTENT,
                "tolerance": tolerance,
                "extent": EXTENT,
                "buffer": BUFFER,
                "jurisdiction": jurisdiction.pk,
            },
        )
        return bytes(cursor.fetchone()[0] or b"")


def request_tile(chosen: PublicFilter, tile: Tile, language: str, zone: str) -> bytes:
    """Public requests in this tile, by their public locations only.

    Layer "cells": n, the number of requests around there, and how many of them are open. Layer "requests", by spot: the same,
    the icon of their category if they have one in common, and items, the newest of them as JSON: [reference, service, status
    or outcome, state, day in the city's `zone`]. What is listed by no place is counted in the cells and is none of the points.
    Raises TimeUpError.
    """
    with at_most(TILE_MS):
        if tile.z < POINTS_FROM:
            return _counted_cells(chosen, tile) if chosen.has_cells else _newest_cells(chosen, tile)
        return _points(chosen, tile, language, zone)


# Requests of a cell by what its circle needs. x and y: the cell's place in its tile, from the bits of its number. The circle is
# at the center of those that may be located; if there are none, of the cell. Otherwise a count of one would reveal a location.
CIRCLES = f"""
SELECT ST_AsMVT(circle, 'cells', {EXTENT}, 'geom') FROM (
  SELECT n, open, CASE WHEN located > 0
      THEN ST_AsMVTGeom(
        ST_Transform(ST_SetSRID(ST_MakePoint(longitude / located / 1e6, latitude / located / 1e6), 4326), 3857),
        ST_TileEnvelope(%(z)s, %(x)s, %(y)s), {EXTENT}, {BUFFER}, true)
      ELSE ST_MakePoint((x + 0.5) * {EXTENT // CELLS}, (y + 0.5) * {EXTENT // CELLS}) END AS geom
  FROM (
    SELECT sum(requests)::bigint AS n, sum(still_open)::bigint AS open,
           sum(located) AS located, sum(longitude) AS longitude, sum(latitude) AS latitude,
           (spot & 1) | ((spot >> 1) & 2) | ((spot >> 2) & 4) AS x,
           ((spot >> 1) & 1) | ((spot >> 2) & 2) | ((spot >> 3) & 4) AS y
    FROM ({{counts}}) counts CROSS JOIN LATERAL (SELECT (cell >> %(shift)s) & {CELLS * CELLS - 1} AS spot) spots
    GROUP BY spot HAVING sum(requests) > 0) spots
) circle
"""  # noqa: S608 (our own text)
COUNTED = """
SELECT counts.cell, counts.requests, counts.still_open, counts.located * listed AS located, counts.longitude * listed AS longitude,
       counts.latitude * listed AS latitude
FROM ({rows}) counts
CROSS JOIN LATERAL (SELECT CASE WHEN counts.service_id = ANY(%(unlisted)s) THEN 0 ELSE 1 END AS listed) may_be_listed
"""
OF_TILE = "jurisdiction_id = %(city)s AND cell BETWEEN %(first)s AND %(last)s"
# What was not folded in yet has the month and the cell of the finest grid.
STILL_OPEN = "CASE WHEN is_open THEN requests ELSE 0 END AS still_open"
CHANGES = f"""
SELECT cell >> %(to_grid)s AS cell, service_id, requests, {STILL_OPEN}, located, longitude, latitude
FROM requests_app_mapcelldelta
WHERE jurisdiction_id = %(city)s AND cell >> %(to_grid)s BETWEEN %(first)s AND %(last)s"""  # noqa: S608 (our own text)
KEPT = f"""
SELECT cell, service_id, requests, {STILL_OPEN}, located, longitude, latitude FROM requests_app_mapcell
WHERE {OF_TILE} AND grid = %(grid)s"""  # noqa: S608 (our own text)
IN_RECENT_MONTHS = f"""
month = ANY(ARRAY(SELECT generate_series(({RECENT_SINCE} AT TIME ZONE 'UTC')::date, app_now() + interval '2 months',
                                         interval '1 month')::date))"""


def _counted_cells(chosen: PublicFilter, tile: Tile) -> bytes:
    """From the counts by cell: as much work for a million requests as for a thousand."""
    if chosen.unknown:
        return b""
    grid = next(grid for grid in GRIDS if grid >= tile.z + CELL_ZOOMS)
    first = tile.cell << 2 * (grid - tile.z)
    kinds = " AND service_id = ANY(%(services)s)" if chosen.service_ids is not None else ""
    status, parts = chosen.chosen.get("status"), []
    if status != "ended":
        # Open requests are shown whatever their age.
        parts += [f"{KEPT} AND is_open AND month = %(all)s {kinds}", f"{CHANGES} AND is_open {kinds}"]
    if status != "open":
        kept, changes = ("month = %(all)s", "true") if chosen.with_older else (IN_RECENT_MONTHS, IN_RECENT_MONTHS)
        parts += [f"{KEPT} AND NOT is_open AND {kept} {kinds}", f"{CHANGES} AND NOT is_open AND {changes} {kinds}"]
    parameters = {
        "city": chosen.jurisdiction.pk,
        "grid": grid,
        "to_grid": 2 * (FINEST - grid),
        "first": first,
        "last": first + 4 ** (grid - tile.z) - 1,
        "shift": 2 * (grid - tile.z - CELL_ZOOMS),
        "all": ALL_MONTHS,
        "services": chosen.service_ids,
        "unlisted": unlisted_services(chosen.jurisdiction),
    }
    return _mvt(CIRCLES.format(counts=COUNTED.format(rows=" UNION ALL ".join(parts))), parameters, tile)


# --- Without counts: the newest requests of the tile ------------------------------------------------------------------


# A point on the edge belongs to one tile only, or it would be counted twice.
# Asked last: of four comparisons the planner expects next to no rows to be left.
PLACED = """
SELECT * FROM (
  SELECT r.id, r.reference, r.status, r.disposition, r.submitted_at, r.service_id, r.public_point,
         ST_X(r.public_point) AS lon, ST_Y(r.public_point) AS lat, version.name, version.listed_by_place,
         service.service_code, category.icon
  FROM requests_app_servicerequest r
  JOIN requests_app_serviceversion version ON version.id = r.service_version_id
  JOIN requests_app_service service ON service.id = r.service_id
  JOIN requests_app_category category ON category.id = version.category_id
  WHERE r.id = ANY(%(ids)s) OFFSET 0) placed
WHERE lon >= %(west)s AND lon < %(east)s AND lat >= %(south)s AND lat < %(north)s
  AND (%(meters)s IS NULL OR ST_DistanceSphere(public_point, ST_SetSRID(ST_MakePoint(%(long)s, %(lat)s), 4326)) <= %(meters)s)"""


NEWEST = """
SELECT map_cell(public_point) AS cell, service_id, 1 AS requests,
       (status NOT IN ('resolved', 'closed'))::int AS still_open, listed_by_place::int AS located,
       round(lon * 1e6) * listed_by_place::int AS longitude, round(lat * 1e6) * listed_by_place::int AS latitude
FROM ({placed}) placed"""


def _newest_cells(chosen: PublicFilter, tile: Tile) -> bytes:
    parameters = {
        "shift": 2 * (FINEST - tile.z - CELL_ZOOMS),
        "unlisted": unlisted_services(chosen.jurisdiction),
    }
    ids = _newest_ids(chosen, tile, [])
    return _of_newest(chosen, tile, CIRCLES.format(counts=COUNTED.format(rows=NEWEST)), ids, parameters)


POINTS = f"""
SELECT ST_AsMVT(spot, 'requests', {EXTENT}, 'geom') FROM (
    SELECT count(*) AS n, count(*) FILTER (WHERE state = 'open') AS open,
           CASE WHEN min(icon) = max(icon) THEN min(icon) ELSE '' END AS icon,
           (json_agg(json_build_array(reference, name, code, state, day) ORDER BY turn)
               FILTER (WHERE turn <= {MOST_NAMED}))::text AS items,
           ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(avg(lon), avg(lat)), 4326), 3857),
               ST_TileEnvelope(%(z)s, %(x)s, %(y)s), {EXTENT}, {BUFFER}, true) AS geom
    FROM (
        SELECT reference, lon, lat, across, up, icon, coalesce(nullif(disposition, ''), status) AS code,
               coalesce(placed.name ->> %(language)s, placed.name ->> 'en', service_code) AS name,
               CASE WHEN status IN ('resolved', 'closed') THEN 'ended' ELSE 'open' END AS state,
               (submitted_at AT TIME ZONE %(zone)s)::date AS day,
               row_number() OVER (PARTITION BY across, up ORDER BY submitted_at DESC, placed.id DESC) AS turn
        FROM ({{placed}}) AS placed
        CROSS JOIN LATERAL (SELECT floor((lon - %(west)s) / %(wide)s) AS across,
                                   floor((lat - %(south)s) / %(high)s) AS up) AS spots
    ) AS told
    GROUP BY across, up
) AS spot"""  # noqa: S608 (our own text)


def _points(chosen: PublicFilter, tile: Tile, language: str, zone: str) -> bytes:
    west, south, east, north = tile.degrees
    parameters = {
        "language": language,
        "zone": zone,
        "wide": (east - west) / SPOTS,
        "high": (north - south) / SPOTS,
    }
    ids = _newest_ids(chosen, tile, unlisted_versions(chosen.jurisdiction))
    return _of_newest(chosen, tile, POINTS, ids, parameters)


def _of_newest(chosen: PublicFilter, tile: Tile, statement: str, ids: list[int], parameters: dict[str, Any]) -> bytes:
    """Runs `statement` on these requests."""
    west, south, east, north = tile.degrees
    parameters |= {"ids": ids, "west": west, "south": south, "east": east, "north": north}
    point, meters = chosen.near or (None, None)
    parameters |= {"meters": meters, "long": point.x if point else 0, "lat": point.y if point else 0}
    return _mvt(statement.format(placed=PLACED), parameters, tile)


def _newest_ids(chosen: PublicFilter, tile: Tile, unlisted: list[int]) -> list[int]:
    """Of at most MOST_POINTS matches in the tile, without those of the `unlisted` versions."""
    square = Polygon.from_bbox(tile.degrees)
    square.srid = 4326
    field = chosen.order[0][0]
    parts = []
    for turn, segment in enumerate(chosen.in_turn(newest_of_area=tile.z <= POINTS_FROM, in_box=True)):
        placed = segment.filter(public_point__bboverlaps=square).exclude(service_version__in=unlisted)
        newest = placed.annotate(turn=Value(turn, IntegerField())).order_by(f"-{field}", "-id")
        parts.append(newest.values_list("turn", field, "id")[:MOST_POINTS])
    if not parts:
        return []
    # One after the other, as in the list: what is older and still open comes last.
    found = parts[0].union(*parts[1:], all=True).order_by("turn", f"-{field}", "-id") if len(parts) > 1 else parts[0]
    return [pk for _turn, _at, pk in found[:MOST_POINTS]]


def unlisted_services(jurisdiction: Jurisdiction) -> list[int]:
    unlisted = Service.objects.filter(jurisdiction=jurisdiction, current__listed_by_place=False)
    return list(unlisted.values_list("pk", flat=True))


def _mvt(statement: str, parameters: dict[str, Any], tile: Tile) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters | {"z": tile.z, "x": tile.x, "y": tile.y})
        return bytes(cursor.fetchone()[0])
