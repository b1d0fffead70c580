"""The addresses of OGC API Features. Below the first, they end without a slash, as the standard writes them."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.query_fields import TextParameter
from requests_app.api.framework.schema import GEOJSON, JSON, problems
from requests_app.api.v1 import ogc_features, ogc_openapi, ogc_schemas
from requests_app.api.v1.base import V1View
from requests_app.api.v1.ogc_parameters import FeaturesQuerySerializer
from requests_app.api.v1.request_filters import WebsiteFiltersSerializer
from requests_app.core.paging import Page
from requests_app.models import Jurisdiction
from requests_app.models.geography import area_label

AREAS = "areas-"
KEEP_S = 300
Link = dict[str, str]


class RequestFeaturesQuerySerializer(FeaturesQuerySerializer, WebsiteFiltersSerializer):
    pass


class AssetFeaturesQuerySerializer(FeaturesQuerySerializer):
    kind = TextParameter(max_length=40, help_text="Only this kind.", example="street_light")


def _answer(schema: str | ogc_schemas.Schema, description: str, example: Any, media: str = JSON) -> dict[Any, Any]:
    """schema: or the name of one of ogc_schemas."""
    schema = ogc_schemas.ref(schema) if isinstance(schema, str) else schema
    return {(200, media): OpenApiResponse(schema, description, [OpenApiExample(description, example)])}


def _page(name: str, example: Any) -> dict[Any, Any]:
    answer = _answer(name, "One page.", ogc_schemas.page_of(example), GEOJSON)
    return {**answer, **problems("invalid-cursor")}


class OgcView(V1View):
    tag = "OGC API Features"

    def to(self, path: str, rel: str, media: str = JSON, title: str = "") -> Link:
        """path: below the first address."""
        return _link(self.request.build_absolute_uri(reverse("v1_ogc") + path), rel, media, title)

    def to_self(self, media: str = JSON) -> Link:
        return _link(self.request.build_absolute_uri(), "self", media)

    def feature_page(self, collection: str, features: Sequence[Any], page: Page[Any]) -> Response:
        """One page, with the addresses of the next and the previous one where the standard looks for them."""
        cursors = {"next": page.next_cursor, "prev": page.previous_cursor}
        others = [_link(self.with_cursor(cursor), rel, GEOJSON) for rel, cursor in cursors.items() if cursor]
        body = {
            "type": "FeatureCollection",
            "features": features,
            "links": [self.to_self(GEOJSON), *others, self.to(f"collections/{collection}", "collection")],
            "numberReturned": len(features),
        }
        response = Response(body, content_type=GEOJSON)
        if others:
            response["Link"] = ", ".join(f'<{link["href"]}>; rel="{link["rel"]}"' for link in others)
        return response

    def one_feature(self, collection: str, feature: dict[str, Any]) -> Response:
        links = [self.to_self(GEOJSON), self.to(f"collections/{collection}", "collection")]
        return Response({**feature, "links": links}, content_type=GEOJSON)

    def collections(self, city: Jurisdiction) -> list[dict[str, Any]]:
        here = {"spatial": {"bbox": [ogc_features.extent(city)], "crs": ogc_schemas.CRS84}}
        always = {"temporal": {"interval": [[None, None]], "trs": ogc_schemas.GREGORIAN}}
        about_requests = _("Recent reports and all open ones. Add older=1 for the rest.")
        about_areas = _("The areas of this layer, with their codes.")
        return [
            self._collection("requests", _("Requests"), about_requests, {**here, **always}),
            *(
                # The word in front of a number: "Ward" of "Ward 5".
                self._collection(f"{AREAS}{layer}", area_label(layer, "").strip(), about_areas, here)
                for layer in ogc_features.layers(city)
            ),
            self._collection("assets", _("Assets"), _("City property with a number on it."), here),
        ]

    def _collection(self, id: str, title: str, description: str, extent: dict[str, Any]) -> dict[str, Any]:
        path = f"collections/{id}"
        return {
            "id": id,
            "title": title,
            "description": description,
            "extent": extent,
            "itemType": "feature",
            "crs": [ogc_schemas.CRS84],
            "links": [self.to(path, "self"), self.to(f"{path}/items", "items", GEOJSON, title)],
        }


class Landing(OgcView):
    """The landing page of OGC API Features, for QGIS, GDAL and other map programs, with links to everything else."""

    operation_id, summary, keep_s = "getOgcLanding", "Begin here", KEEP_S
    responses = _answer("OgcLanding", "Links to the rest of the API.", ogc_schemas.LANDING)

    def get(self, request: Request) -> Response:
        links = [
            self.to_self(),
            self.to("api", "service-desc", ogc_openapi.MEDIA_TYPE),
            self.to("conformance", "conformance"),
            self.to("collections", "data"),
        ]
        description = _("Service requests, areas and assets of the city, for maps.")
        return Response({"title": self.jurisdiction.name, "description": description, "links": links})


class Conformance(OgcView):
    """The parts of OGC API Features that this API conforms to: Core, OpenAPI 3.0 and GeoJSON of part 1."""

    operation_id, summary, keep_s = "getOgcConformance", "Get the conformance classes", KEEP_S
    responses = _answer("OgcConformance", "The conformance classes.", {"conformsTo": ogc_schemas.CONFORMS_TO})

    def get(self, request: Request) -> Response:
        return Response({"conformsTo": ogc_schemas.CONFORMS_TO})


class Definition(OgcView):
    """These endpoints only, in OpenAPI 3.0 for map programs. `/api/openapi.json` has the whole API in OpenAPI 3.1."""

    operation_id, summary, keep_s = "getOgcDefinition", "Get the definition", KEEP_S
    responses = _answer(
        {
            "type": "object",
            "required": ["openapi", "info", "paths"],
            "properties": {"openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"}},
        },
        "An OpenAPI 3.0 document.",
        {"openapi": "3.0.3", "info": {"title": "Lamplighter API", "version": "1"}, "paths": {}},
        ogc_openapi.MEDIA_TYPE.partition(";")[0],
    )

    def get(self, request: Request) -> Response:
        root = reverse("v1_ogc").rstrip("/")
        return Response(ogc_openapi.document(root), content_type=ogc_openapi.MEDIA_TYPE)


class Collections(OgcView):
    """The layers for a map: requests, each layer of areas, and assets."""

    operation_id, summary, keep_s = "listOgcCollections", "List collections", KEEP_S
    responses = _answer("OgcCollections", "The whole list.", {"collections": [ogc_schemas.COLLECTION], "links": []})

    def get(self, request: Request) -> Response:
        return Response({"collections": self.collections(self.jurisdiction), "links": [self.to_self()]})


class Collection(OgcView):
    """One layer: its name and extent."""

    operation_id, summary, keep_s = "getOgcCollection", "Get a collection", KEEP_S
    responses = _answer("OgcCollection", "The layer.", ogc_schemas.COLLECTION)

    def get(self, request: Request, collection: str) -> Response:
        layer = next((layer for layer in self.collections(self.jurisdiction) if layer["id"] == collection), None)
        if layer is None:
            raise ogc_features.no_collection()
        return Response(layer)


class RequestItems(OgcView):
    """Lists recent reports and all open ones, newest first, with the filters of the website. With `datetime`, lists
    everything sent in that period. With `bbox`, leaves out services that aren’t listed by place."""

    operation_id, summary = "listOgcRequests", "List requests for a map"
    query_class = RequestFeaturesQuerySerializer
    responses = _page("OgcRequests", ogc_schemas.REQUEST_FEATURE)

    def get(self, request: Request) -> Response:
        page = ogc_features.request_page(self.jurisdiction, self.query)
        features = ogc_features.request_features(self.jurisdiction, page.rows)
        return self.feature_page("requests", features, page)


class RequestItem(OgcView):
    """One public request as a feature."""

    operation_id, summary = "getOgcRequest", "Get a request for a map"
    responses = _answer("OgcRequest", "The request.", ogc_schemas.REQUEST_FEATURE, GEOJSON)

    def get(self, request: Request, reference: str) -> Response:
        return self.one_feature("requests", ogc_features.request_feature(self.jurisdiction, reference))


class AreaItems(OgcView):
    """The areas of a layer with their polygons, by code."""

    operation_id, summary = "listOgcAreas", "List areas for a map"
    query_class = FeaturesQuerySerializer
    responses = _page("OgcAreas", ogc_schemas.AREA_FEATURE)
    keep_s = KEEP_S

    def get(self, request: Request, layer: str) -> Response:
        page, features = ogc_features.area_page(self.jurisdiction, layer, self.query)
        return self.feature_page(f"{AREAS}{layer}", features, page)


class AreaItem(OgcView):
    """One area with its polygon."""

    operation_id, summary, keep_s = "getOgcArea", "Get an area for a map", KEEP_S
    responses = _answer("OgcArea", "The area.", ogc_schemas.AREA_FEATURE, GEOJSON)

    def get(self, request: Request, layer: str, area_code: str) -> Response:
        return self.one_feature(f"{AREAS}{layer}", ogc_features.area_feature(self.jurisdiction, layer, area_code))


class AssetItems(OgcView):
    """Streetlights, hydrants, trees and everything else that the city has numbered."""

    operation_id, summary = "listOgcAssets", "List assets for a map"
    query_class = AssetFeaturesQuerySerializer
    responses = _page("OgcAssets", ogc_schemas.ASSET_FEATURE)
    keep_s = KEEP_S

    def get(self, request: Request) -> Response:
        page = ogc_features.asset_page(self.jurisdiction, self.query)
        return self.feature_page("assets", ogc_features.asset_features(self.jurisdiction, page.rows), page)


class AssetItem(OgcView):
    """One of the city’s assets, by the number on it."""

    operation_id, summary, keep_s = "getOgcAsset", "Get an asset for a map", KEEP_S
    responses = _answer("OgcAsset", "The asset.", ogc_schemas.ASSET_FEATURE, GEOJSON)

    def get(self, request: Request, number: str) -> Response:
        return self.one_feature("assets", ogc_features.asset_feature(self.jurisdiction, number))


def _link(href: str, rel: str, media: str, title: str = "") -> Link:
    return {"href": href, "rel": rel, "type": media, **({"title": title} if title else {})}
