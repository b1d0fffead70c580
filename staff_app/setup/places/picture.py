"""A checked map file drawn before it counts: as a picture for everybody, and as GeoJSON for the map."""
# ruff: noqa: S608  (statements are put together from our own constants; every value is a parameter)

import json
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from requests_app.imports.layer_sets import CURRENT, GOOD, fetch
from requests_app.models import LayerImport

# Enough to see what is wrong; a picture of each of 500,000 addresses would show no more.
SHAPES_MAX = 2000
WIDTH = 600


@dataclass(frozen=True)
class Picture:
    """view_box: of the SVG, in units of the drawing. Paths of the new set, of the one it replaces, and of what was left out."""

    view_box: str
    width: int
    height: int
    new: list[str]
    old: list[str]
    bad: list[str]


def _sources(row: LayerImport) -> list[tuple[str, str, list[Any]]]:
    """(role, SQL that yields shapes and names, its values). After it was applied, the set before is the one it kept."""
    _properties, shape, current = CURRENT[row.kind]
    mine = "FROM requests_app_layerrow WHERE layer_import_id = %s"
    name = "coalesce(nullif(properties ->> 'name', ''), properties ->> 'label', properties ->> 'owner', properties ->> 'code')"
    if row.state == LayerImport.State.CHECKED:
        old = (f"SELECT {shape} AS shape, '' AS name, id AS number FROM {current}", [row.jurisdiction_id, row.layer])
    else:
        old = (f"SELECT shape, {name} AS name, number {mine} AND is_previous", [row.pk])
    return [
        ("old", *old),
        ("new", f"SELECT shape, {name} AS name, number {mine} AND NOT is_previous AND {GOOD}", [row.pk]),
        ("bad", f"SELECT shape, {name} AS name, number {mine} AND NOT is_previous AND NOT {GOOD}", [row.pk]),
    ]


def _bounds(row: LayerImport) -> tuple[float, float, float, float] | None:
    found = fetch(
        "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e) FROM (SELECT ST_Extent(shape) AS e "
        f"FROM requests_app_layerrow WHERE layer_import_id = %s AND NOT is_previous AND {GOOD}) AS whole",
        row.pk,
    )[0]
    return None if found[0] is None else (found[0], found[1], found[2], found[3])


def of_import(row: LayerImport) -> Picture | None:
    """None if there is nothing to draw."""
    bounds = _bounds(row)
    if bounds is None:
        return None
    west, south, east, north = bounds
    width = max((east - west) * cos(radians((south + north) / 2)), 0.002)
    scale = WIDTH / width
    height = round(max((north - south), 0.001) * scale)
    across = scale * cos(radians((south + north) / 2))
    paths: dict[str, list[str]] = {}
    for role, source, values in _sources(row):
        rows = fetch(
            f"""
            SELECT CASE WHEN ST_Dimension(shape) = 0
                   THEN 'M' || round(ST_X(shape)) || ' ' || round(-ST_Y(shape)) || 'h0'
                   ELSE ST_AsSVG(ST_SimplifyPreserveTopology(shape, 1), 0, 0) END
            FROM (SELECT ST_Scale(ST_Translate(ST_Force2D(shape), %s, %s), %s, %s) AS shape
                  FROM ({source}) AS these WHERE shape IS NOT NULL LIMIT %s) AS drawn""",
            -west, -north, across, scale, *values, SHAPES_MAX,
        )  # fmt: skip
        paths[role] = [path for (path,) in rows if path]
    return Picture(
        f"-8 -8 {WIDTH + 16} {height + 16}", WIDTH, min(height, 900), paths["new"], paths["old"], paths["bad"]
    )


def of_proposal(row: LayerImport) -> Picture:
    """The city's outline, and where a sample of the rows would be. Those far away are cut off."""
    outline = (
        "SELECT ST_XMin(boundary), ST_YMin(boundary), ST_XMax(boundary), ST_YMax(boundary) "
        "FROM requests_app_jurisdiction WHERE id = %s"
    )
    west, south, east, north = fetch(outline, row.jurisdiction_id)[0]
    across = cos(radians((south + north) / 2))
    scale = WIDTH / max((east - west) * across, 0.002)
    height = round((north - south) * scale)
    (path,) = fetch(
        "SELECT ST_AsSVG(ST_SimplifyPreserveTopology(ST_Scale(ST_Translate(boundary, %s, %s), %s, %s), 1), 0, 0) "
        "FROM requests_app_jurisdiction WHERE id = %s",
        -west, -north, across * scale, scale, row.jurisdiction_id,
    )[0]  # fmt: skip
    points = [
        f"M{(x - west) * across * scale:.0f} {(north - y) * scale:.0f}h0" for x, y in row.report["proposed"]["points"]
    ]
    return Picture(f"-8 -8 {WIDTH + 16} {height + 16}", WIDTH, min(height, 900), points, [path], [])


def as_geojson(row: LayerImport) -> dict[str, Any]:
    features = []
    for role, source, values in _sources(row):
        rows = fetch(
            f"""
            SELECT ST_AsGeoJSON(CASE WHEN ST_Dimension(shape) = 0 THEN shape
                   ELSE ST_SimplifyPreserveTopology(ST_Force2D(shape), 0.00005) END, 6), name
            FROM ({source}) AS these WHERE shape IS NOT NULL LIMIT %s""",
            *values, SHAPES_MAX,
        )  # fmt: skip
        features += [
            {"type": "Feature", "properties": {"role": role, "name": name}, "geometry": json.loads(shape)}
            for shape, name in rows
        ]
    return {"type": "FeatureCollection", "features": features, "bounds": _bounds(row)}
