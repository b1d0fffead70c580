"""Vector tiles by PostGIS: the city's base map, and public requests as counts per cell or as points."""

import math
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, FloatField, Func, Q, QuerySet, TextField
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce

from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.places.basemap import LEAST_ZOOM, MOST_ZOOM
from requests_app.places.public_place import LISTED_BY_PLACE, LISTED_VERSIONS
from requests_app.places.statement_timeout import at_most

# A tile is 4096 units or 512 pixels wide; shapes extend this far beyond its edge, so that no seam shows.
EXTENT, BUFFER = 4096, 64
# Below the last zoom, lines and outlines are simplified by this many units (a quarter pixel).
SIMPLIFY = 2
EQUATOR_M = 40_075_016.685578488
# Time limit of the database for one tile.
TILE_MS = 2000
# Zoomed out, requests are counted in cells, this many across a tile. From this zoom on each is a point, except those that
# would overlap (21 pixels), such as all of a block whose exact locations are private.
POINTS_FROM, POINTS_TO = 15, 17
CELLS = 8
SPOTS = 24
# Requests named at one spot; the list has all of them.
MOST_NAMED = 8
# The newest points; a screen couldn't show more of them separately.
MOST_POINTS = 5000


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


def request_tile(service_requests: QuerySet[ServiceRequest], tile: Tile, language: str, zone: str) -> bytes:
    """Public requests in this tile, by their public locations only. `service_requests`: from .public().

    Layer "cells": n, the number of requests around there. Layer "requests", by spot: n, how many of them are open, and
    items, the newest of them as JSON: [reference, service, status or outcome, state, day in the city's `zone`]. What is
    listed by no place is counted in the cells and is none of the points. Raises TimeUpError.
    """
    west, south, east, north = tile.degrees
    square = Polygon.from_bbox(tile.degrees)
    square.srid = 4326
    placed = service_requests.filter(public_point__bboverlaps=square).annotate(
        lon=Func(F("public_point"), function="ST_X", output_field=FloatField()),
        lat=Func(F("public_point"), function="ST_Y", output_field=FloatField()),
    )
    # A point on the edge must belong to one tile only, or it would be counted twice.
    placed = placed.filter(lon__gte=west, lon__lt=east, lat__gte=south, lat__lt=north).order_by()
    try:
        if tile.z < POINTS_FROM:
            return _cells(placed, tile)
        return _points(placed.filter(LISTED_BY_PLACE), tile, language, zone)
    except EmptyResultSet:
        # Django knows from the filters that nothing can match.
        return b""


def _cells(placed: QuerySet[Any], tile: Tile) -> bytes:
    west, south, east, north = tile.degrees
    wide, high = (east - west) / CELLS, (north - south) / CELLS
    listed = ExpressionWrapper(Q(service_version__in=LISTED_VERSIONS), output_field=BooleanField())
    inner, parameters = placed.annotate(listed=listed).values_list("lon", "lat", "listed").query.sql_with_params()
    with at_most(TILE_MS), connection.cursor() as cursor:
        # At the center of the requests that may be located; if there are none, of the cell. Otherwise a count of one would
        # reveal a location.
        cursor.execute(
            f"""
            SELECT ST_AsMVT(cell, 'cells', {EXTENT}, 'geom') FROM (
                SELECT count(*) AS n, ST_AsMVTGeom(
                    ST_Transform(ST_SetSRID(ST_MakePoint(
                        coalesce(avg(lon) FILTER (WHERE listed), %s + (across + 0.5) * %s),
                        coalesce(avg(lat) FILTER (WHERE listed), %s + (up + 0.5) * %s)), 4326), 3857),
                    ST_TileEnvelope(%s, %s, %s), {EXTENT}, {BUFFER}, true) AS geom
                FROM ({inner}) AS placed
                CROSS JOIN LATERAL (SELECT floor((lon - %s) / %s) AS across, floor((lat - %s) / %s) AS up) AS cells
                GROUP BY across, up
            ) AS cell""",  # noqa: S608 (the inner statement is Django's own)
            [
                *(west, wide, south, high, tile.z, tile.x, tile.y, *parameters),
                *(west, wide, south, high),
            ],
        )
        return bytes(cursor.fetchone()[0])


def _points(placed: QuerySet[Any], tile: Tile, language: str, zone: str) -> bytes:
    west, south, east, north = tile.degrees
    name = Coalesce(
        KeyTextTransform(language, "service_version__name"),
        KeyTextTransform("en", "service_version__name"),
        F("service__service_code"),
        output_field=TextField(),
    )
    shown = (
        placed.annotate(name=name)
        .order_by("-submitted_at", "-id")
        .values_list("id", "reference", "status", "disposition", "submitted_at", "name", "lon", "lat")
    )
    inner, parameters = shown[:MOST_POINTS].query.sql_with_params()
    with at_most(TILE_MS), connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT ST_AsMVT(spot, 'requests', {EXTENT}, 'geom') FROM (
                SELECT count(*) AS n, count(*) FILTER (WHERE state = 'open') AS open,
                       (json_agg(json_build_array(reference, name, code, state, day) ORDER BY turn)
                           FILTER (WHERE turn <= {MOST_NAMED}))::text AS items,
                       ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(avg(lon), avg(lat)), 4326), 3857),
                           ST_TileEnvelope(%s, %s, %s), {EXTENT}, {BUFFER}, true) AS geom
                FROM (
                    SELECT reference, name, lon, lat, across, up, coalesce(nullif(disposition, ''), status) AS code,
                           CASE WHEN status IN ('resolved', 'closed') THEN 'ended' ELSE 'open' END AS state,
                           (submitted_at AT TIME ZONE %s)::date AS day,
                           row_number() OVER (PARTITION BY across, up ORDER BY submitted_at DESC, id DESC) AS turn
                    FROM ({inner}) AS placed
                    CROSS JOIN LATERAL (SELECT floor((lon - %s) / %s) AS across, floor((lat - %s) / %s) AS up) AS spots
                ) AS told
                GROUP BY across, up
            ) AS spot""",  # noqa: S608 (the inner statement is Django's own)
            [
                *(tile.z, tile.x, tile.y, zone, *parameters),
                *(west, (east - west) / SPOTS, south, (north - south) / SPOTS),
            ],
        )
        return bytes(cursor.fetchone()[0])
