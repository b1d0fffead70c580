"""The features of each layer, and where the layers lie."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.gis.db.models import Extent
from django.utils.translation import gettext as _

from requests_app import references
from requests_app.api.framework.problems import Problem
from requests_app.api.v1 import geography, request_filters, service_requests
from requests_app.api.v1.ogc_parameters import Period, in_boxes
from requests_app.api.v1.ogc_schemas import ASSET_PROPERTIES, REQUEST_PROPERTIES
from requests_app.api.v1.place_serializers import AssetSerializer
from requests_app.api.v1.request_serializers import ROW_FIELDS
from requests_app.core import paging
from requests_app.models import Area, Asset, Jurisdiction, ServiceRequest

# Which comes first is no matter for a map.
FILTERS = ("q", "category", "service", "status", "area", "near", "asset", "older")
WORLD = [-180.0, -90.0, 180.0, 90.0]

Feature = dict[str, Any]


def extent(city: Jurisdiction) -> list[float]:
    """West, south, east and north of the city's boundary, else of its map."""
    boundary = Jurisdiction.objects.filter(pk=city.pk).aggregate(box=Extent("boundary"))["box"]
    return [round(degrees, 6) for degrees in boundary or city.map_view.get("bounds") or WORLD]


def layers(city: Jurisdiction) -> list[str]:
    ours = Area.objects.filter(jurisdiction=city, is_ours=True)
    return list(ours.order_by("layer").values_list("layer", flat=True).distinct())


# --- Requests ---------------------------------------------------------------------------------------------------------


def request_page(city: Jurisdiction, query: Mapping[str, Any]) -> paging.Page[ServiceRequest]:
    during = query["datetime"] or Period(None, None)
    sent = {name: query[name] for name in (*FILTERS, "bbox")}
    chosen = request_filters.choose(city, {**sent, "submitted_after": during.since, "submitted_before": during.until})
    return service_requests.filtered(chosen, query)


def request_features(city: Jurisdiction, requests: Sequence[ServiceRequest]) -> list[Feature]:
    """As many queries for a page as for one."""
    fields = [name for name in ROW_FIELDS if name != "photos"]
    return [_request_feature(row) for row in service_requests.rows(city, requests, fields)]


def request_feature(city: Jurisdiction, reference: str) -> Feature:
    """Public ones only: what waits for review is on no map. Raises a 404 problem."""
    public = ServiceRequest.objects.public().in_jurisdiction(city).filter(reference=references.parse(reference) or "")
    row = public.only(*service_requests.COLUMNS).prefetch_related(*service_requests.RELATIONS).first()
    if row is None:
        raise Problem("not-found", _("Request not found, or it isn’t public."))
    return request_features(city, [row])[0]


def _request_feature(row: dict[str, Any]) -> Feature:
    department = row["department"] or {"code": None, "name": None}
    flat = {
        **row,
        "service": row["service"]["code"],
        "service_name": row["service"]["name"],
        "category": row["category"]["code"],
        "category_name": row["category"]["name"],
        "status_code": row["status"],
        "department": department["code"],
        "department_name": department["name"],
    }
    return geography.feature(row["reference"], _point(row), {name: flat[name] for name in REQUEST_PROPERTIES})


# --- Areas ------------------------------------------------------------------------------------------------------------


def area_page(city: Jurisdiction, layer: str, query: Mapping[str, Any]) -> tuple[paging.Page[Area], list[Feature]]:
    """Raises a 404 problem for a layer without areas."""
    of_layer = Area.objects.filter(jurisdiction=city, is_ours=True, layer=geography.stored(layer))
    rows = of_layer.only("id", "code")
    if query["bbox"]:
        rows = rows.filter(in_boxes("polygon__intersects", query["bbox"]))
    page = paging.page(rows, [("code", "asc"), ("id", "asc")], query["cursor"], query["limit"])
    if not page.rows and not of_layer.exists():
        raise no_collection()
    shown = Area.objects.filter(pk__in=[area.pk for area in page.rows]).order_by("code")
    return page, [_area_feature(row) for row in geography.area_rows(city, shown, polygons=True)]


def area_feature(city: Jurisdiction, layer: str, code: str) -> Feature:
    """Raises a 404 problem."""
    return _area_feature(geography.area(city, layer, code, polygons=True))


def _area_feature(row: dict[str, Any]) -> Feature:
    return {**geography.as_feature(row), "id": row["code"]}


# --- Assets -----------------------------------------------------------------------------------------------------------


def asset_page(city: Jurisdiction, query: Mapping[str, Any]) -> paging.Page[Asset]:
    rows = geography.assets_of(city, query["kind"])
    if query["bbox"]:
        rows = rows.filter(in_boxes("point__bboverlaps", query["bbox"]))
    return paging.page(rows, [("id", "asc")], query["cursor"], query["limit"])


def asset_features(city: Jurisdiction, assets: Iterable[Asset]) -> list[Feature]:
    return [_asset_feature(city, asset) for asset in assets]


def asset_feature(city: Jurisdiction, number: str) -> Feature:
    """Raises a 404 problem."""
    return _asset_feature(city, geography.asset(city, number))


def _asset_feature(city: Jurisdiction, asset: Asset) -> Feature:
    row: dict[str, Any] = AssetSerializer(asset, context={"city": city}).data
    return geography.feature(row["number"], _point(row), {name: row[name] for name in ASSET_PROPERTIES})


# ----------------------------------------------------------------------------------------------------------------------


def no_collection() -> Problem:
    return Problem("not-found", _("Collection not found."))


def _point(row: dict[str, Any]) -> dict[str, Any] | None:
    if row["lat"] is None:
        return None
    return {"type": "Point", "coordinates": [row["long"], row["lat"]]}
