"""The addresses of places: areas, the address search, and the city's assets."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.api.framework.schema import GEOJSON, JSON, problems
from requests_app.api.v1 import geography
from requests_app.api.v1.base import V1View
from requests_app.api.v1.place_serializers import (
    AreaFeatureSerializer,
    AreaFeaturesSerializer,
    AreaRowSerializer,
    AreasQuerySerializer,
    AreasSerializer,
    AssetPageSerializer,
    AssetSerializer,
    AssetsQuerySerializer,
    GeoJSONQuerySerializer,
    PlacesQuerySerializer,
    PlacesSerializer,
)
from requests_app.core import limits
from requests_app.rules.shared import rate_limits

TAGS = ["Places"]
KEEP_S = 300


class Areas(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="listAreas",
        tags=TAGS,
        summary="List areas",
        description="Lists the city’s wards, districts, neighborhoods and parks. `format=geojson` includes their "
        "polygons and needs `layer` or `at`.",
        parameters=[AreasQuerySerializer],
        request=None,
        responses={
            (200, JSON): OpenApiResponse(AreasSerializer, "All that match."),
            (200, GEOJSON): OpenApiResponse(AreaFeaturesSerializer, "All that match."),
        },
    )
    def get(self, request: Request) -> Response:
        polygons = self.query["format"] == "geojson"
        if polygons and not (self.query["layer"] or self.query["at"]):
            message = _("For polygons, choose a layer or a place.")
            raise invalid_parameter([FieldError("layer", "missing", message)])
        rows = geography.areas(self.jurisdiction, self.query["layer"], self.query["at"], polygons=polygons)
        if polygons:
            features = [geography.as_feature(row) for row in rows]
            return Response({"type": "FeatureCollection", "features": features}, content_type=GEOJSON)
        return Response({"results": rows})


class OneArea(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="getArea",
        tags=TAGS,
        summary="Get an area",
        description="One area. `format=geojson` includes its polygon.",
        parameters=[GeoJSONQuerySerializer],
        request=None,
        responses={
            (200, JSON): OpenApiResponse(AreaRowSerializer, "The area."),
            (200, GEOJSON): OpenApiResponse(AreaFeatureSerializer, "The area."),
        },
    )
    def get(self, request: Request, layer: str, area_code: str) -> Response:
        polygons = self.query["format"] == "geojson"
        row = geography.area(self.jurisdiction, layer, area_code, polygons=polygons)
        return Response(geography.as_feature(row), content_type=GEOJSON) if polygons else Response(row)


class Places(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="findPlaces",
        tags=TAGS,
        summary="Find places",
        description="Finds addresses, corners, landmarks and assets that match `q`, best first, or the address `at` a "
        "place. An unknown house number between two known ones gets an approximate place (`kind` is "
        "`about`). Outside the city, returns the neighboring town (`kind` is `town`).",
        parameters=[PlacesQuerySerializer],
        request=None,
        responses=OpenApiResponse(PlacesSerializer, "The matches, which may be empty."),
    )
    def get(self, request: Request) -> Response:
        words, at = self.query["q"], self.query["at"]
        if (words is None) == (at is None):
            raise invalid_parameter([FieldError("q", "missing", _("Send either q or at."))])
        name, most = (
            ("place_search", rate_limits.PLACE_SEARCHES_AN_HOUR)
            if words
            else ("place_nearest", rate_limits.NEAREST_PLACES_AN_HOUR)
        )
        if not limits.allow(request._request, name, most):
            raise Throttled(limits.retry_after_s())
        return self.answer({"results": geography.places(self.jurisdiction, words, at)})


class Assets(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="listAssets",
        tags=TAGS,
        summary="List assets",
        description=(
            "Lists streetlights, hydrants, trees and everything else that the city has numbered. With `near`, "
            "lists the nearest eight."
        ),
        parameters=[AssetsQuerySerializer],
        request=None,
        responses={200: OpenApiResponse(AssetPageSerializer, "One page."), **problems("invalid-cursor")},
    )
    def get(self, request: Request) -> Response:
        if self.query["near"]:
            nearest = geography.assets_near(self.jurisdiction, self.query["near"], self.query["kind"])
            results = [geography.shaped(self.jurisdiction, asset) for asset in nearest]
            return self.paged({"results": results}, None, None)
        found = geography.asset_page(self.jurisdiction, self.query)
        results = [geography.shaped(self.jurisdiction, asset) for asset in found.rows]
        return self.paged({"results": results}, found.next_cursor, found.previous_cursor)


class OneAsset(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="getAsset",
        tags=TAGS,
        summary="Get an asset",
        description="One of the city’s assets, by the number on it.",
        request=None,
        responses=OpenApiResponse(AssetSerializer, "The asset."),
    )
    def get(self, request: Request, number: str) -> Response:
        found: dict[str, Any] = geography.asset(self.jurisdiction, number)
        return Response(found)
