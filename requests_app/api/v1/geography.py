"""Where things are: areas with their polygons, addresses, and the city's assets."""

import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.gis.geos import Point
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_app.api.framework.problems import Problem
from requests_app.api.v1.place_serializers import DIGITS, AreaRowSerializer
from requests_app.models import Area, Asset, Jurisdiction
from requests_app.places import assets, ownership
from requests_app.places.addresses import Match

# The largest circle in which assets are looked for.
NEAR_MOST_M = 1000


def areas(city: Jurisdiction, layer: str | None, at: Point | None, *, polygons: bool) -> list[dict[str, Any]]:
    """With polygons, each row has its geometry, too."""
    found = Area.objects.filter(jurisdiction=city, is_ours=True).order_by("layer", "code")
    if layer is not None:
        found = found.filter(layer=layer)
    if at is not None:
        found = found.filter(pk__in=[area.pk for area in ownership.areas_at(city, at)])
    return area_rows(city, found, polygons=polygons)


def area(city: Jurisdiction, layer: str, code: str, *, polygons: bool) -> dict[str, Any]:
    """Raises a 404 problem."""
    ours = Area.objects.filter(jurisdiction=city, is_ours=True, layer=stored(layer), code=stored(code))
    found = area_rows(city, ours, polygons=polygons)
    if not found:
        raise Problem("not-found", _("Area not found."))
    return found[0]


def area_rows(city: Jurisdiction, areas: Any, *, polygons: bool) -> list[dict[str, Any]]:
    names = ["layer", "code", "name"]
    if polygons:
        areas, names = areas.annotate(shape=AsGeoJSON("polygon", precision=DIGITS)), [*names, "shape"]
    rows = list(areas.values(*names))
    shown: list[dict[str, Any]] = list(AreaRowSerializer(rows, many=True, context={"city": city}).data)
    if not polygons:
        return shown
    return [{**one, "geometry": json.loads(row["shape"])} for one, row in zip(shown, rows, strict=True)]


def feature(id: str, geometry: dict[str, Any] | None, properties: dict[str, Any]) -> dict[str, Any]:
    """In GeoJSON (RFC 7946)."""
    return {"type": "Feature", "id": id, "geometry": geometry, "properties": properties}


def as_feature(row: dict[str, Any]) -> dict[str, Any]:
    """A row with its geometry."""
    properties = {name: value for name, value in row.items() if name != "geometry"}
    return feature(f"{row['layer']}:{row['code']}", row["geometry"], properties)


def places(city: Jurisdiction, text: str | None, at: Point | None) -> list[Match]:
    """By words, best first; or the address at a point: outside the city, the neighboring town, never one of our addresses."""
    named = ownership.named_at(city, at) if at is not None else None
    return assets.search(city, text) if text else [named] if named else []


def assets_of(city: Jurisdiction, kind: str | None) -> QuerySet[Asset]:
    rows = Asset.objects.filter(jurisdiction=city)
    return rows.filter(kind=kind) if kind else rows


def assets_near(city: Jurisdiction, near: str, kind: str | None) -> list[Asset]:
    latitude, longitude, meters = (float(part) for part in near.split(","))
    point = Point(longitude, latitude, srid=4326)
    return assets.near(city, point, [kind] if kind else [], min(meters, NEAR_MOST_M))


def asset(city: Jurisdiction, number: str) -> Asset:
    """Raises a 404 problem."""
    numbered = assets.by_number(city, number)
    if numbered is None:
        raise Problem("not-found", _("Asset not found."))
    return numbered


def stored(text: str) -> str:
    """NUL can't be looked up."""
    return text.replace("\x00", "\ufffd")
