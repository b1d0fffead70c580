"""The addresses of places: areas, the address search, and the city's assets."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.problems import FieldError, invalid_parameter
from requests_app.api.framework.schema import GEOJSON, JSON
from requests_app.api.v1 import geography
from requests_app.api.v1.base import V1View
from requests_app.api.v1.generics import DetailView, ListView, PageView
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
from requests_app.core.paging import Page
from requests_app.models import Asset
from requests_app.places.addresses import Match
from requests_app.rules.shared import rate_limits

TAG = "Places"
KEEP_S = 300


class Areas(V1View):
    """Lists the city’s wards, districts, neighborhoods and parks. `format=geojson` includes their polygons and needs
    `layer` or `at`."""

    tag, operation_id, summary = TAG, "listAreas", "List areas"
    query_class, keep_s = AreasQuerySerializer, KEEP_S
    responses = {
        (200, JSON): OpenApiResponse(AreasSerializer, "All that match."),
        (200, GEOJSON): OpenApiResponse(AreaFeaturesSerializer, "All that match."),
    }

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
    """One area. `format=geojson` includes its polygon."""

    tag, operation_id, summary = TAG, "getArea", "Get an area"
    query_class, keep_s = GeoJSONQuerySerializer, KEEP_S
    responses = {
        (200, JSON): OpenApiResponse(AreaRowSerializer, "The area."),
        (200, GEOJSON): OpenApiResponse(AreaFeatureSerializer, "The area."),
    }

    def get(self, request: Request, layer: str, area_code: str) -> Response:
        polygons = self.query["format"] == "geojson"
        row = geography.area(self.jurisdiction, layer, area_code, polygons=polygons)
        return Response(geography.as_feature(row), content_type=GEOJSON) if polygons else Response(row)


class Places(ListView):
    """Finds addresses, corners, landmarks and assets that match `q`, best first, or the address `at` a place. An unknown
    house number between two known ones gets an approximate place (`kind` is `about`). Outside the city, returns the
    neighboring town (`kind` is `town`)."""

    tag, operation_id, summary = TAG, "findPlaces", "Find places"
    query_class, serializer_class, keep_s = PlacesQuerySerializer, PlacesSerializer, KEEP_S
    response_text = "The matches, which may be empty."

    def get_queryset(self) -> list[Match]:
        text, at = self.query["q"], self.query["at"]
        if (text is None) == (at is None):
            raise invalid_parameter([FieldError("q", "missing", _("Send either q or at."))])
        name, most = (
            ("place_search", rate_limits.PLACE_SEARCHES_AN_HOUR)
            if text
            else ("place_nearest", rate_limits.NEAREST_PLACES_AN_HOUR)
        )
        if not limits.allow(self.request._request, name, most):
            raise Throttled(limits.retry_after_s())
        return geography.places(self.jurisdiction, text, at)


class Assets(PageView):
    """Lists streetlights, hydrants, trees and everything else that the city has numbered. With `near`, lists the nearest
    eight."""

    tag, operation_id, summary = TAG, "listAssets", "List assets"
    query_class, serializer_class = AssetsQuerySerializer, AssetPageSerializer

    def get_queryset(self) -> QuerySet[Asset]:
        return geography.assets_of(self.jurisdiction, self.query["kind"])

    def get_page(self) -> Page[Asset]:
        if not self.query["near"]:
            return super().get_page()
        nearest = geography.assets_near(self.jurisdiction, self.query["near"], self.query["kind"])
        return Page(nearest, None, None)


class OneAsset(DetailView):
    """One of the city’s assets, by the number on it."""

    tag, operation_id, summary, response_text = TAG, "getAsset", "Get an asset", "The asset."
    serializer_class, keep_s = AssetSerializer, KEEP_S

    def get_object(self) -> Asset:
        return geography.asset(self.jurisdiction, self.kwargs["number"])
