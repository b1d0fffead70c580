"""The addresses of requests. A method's description is what it checks by, and what the OpenAPI document says."""

from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.authentication import key_of
from requests_app.api.framework.schema import GEOJSON, JSON, problems
from requests_app.api.v1 import service_requests, versions
from requests_app.api.v1.base import V1View
from requests_app.api.v1.request_filters import RequestsQuerySerializer
from requests_app.api.v1.request_serializers import (
    RequestFeaturesSerializer,
    RequestPageSerializer,
    RequestSerializer,
)


class Requests(V1View):
    @extend_schema(
        operation_id="listRequests",
        tags=["Requests"],
        summary="List requests",
        description="Lists recent reports and all open ones, newest first, with the filters of the website. With a period "
        "(`submitted_after` and so on), lists requests of any age. With `bbox` or `near`, leaves out services that aren’t "
        "listed by place.",
        parameters=[RequestsQuerySerializer],
        request=None,
        responses={
            (200, JSON): OpenApiResponse(RequestPageSerializer, "One page."),
            (200, GEOJSON): OpenApiResponse(RequestFeaturesSerializer, "One page."),
            **problems("invalid-cursor"),
        },
    )
    def get(self, request: Request) -> Response:
        found = service_requests.page(self.jurisdiction, self.query)
        listed = service_requests.rows(self.jurisdiction, found.rows, self.query["fields"])
        cursors = found.next_cursor, found.previous_cursor
        if self.query["format"] == "geojson":
            return self.paged(service_requests.geojson(listed, found.rows), *cursors, content_type=GEOJSON)
        return self.paged({"results": listed}, *cursors)


class OneRequest(V1View):
    @extend_schema(
        operation_id="getRequest",
        tags=["Requests"],
        summary="Get a request",
        description="One request with its timeline, areas and public answers. While a request is pending review, only "
        "its status is public. A private request returns 404, like one that doesn’t exist. A test key can "
        "also read its own test requests.",
        request=None,
        responses=OpenApiResponse(RequestSerializer, "The request."),
    )
    def get(self, request: Request, reference: str) -> Response:
        service_request = service_requests.find(self.jurisdiction, reference, key_of(request))
        self.version = versions.of(service_request)
        answer = self.answer(service_requests.detail(self.jurisdiction, service_request))
        if service_request.is_test:
            answer["Cache-Control"] = "no-store"
        patch_vary_headers(answer, ["Authorization"])
        return answer
