"""The addresses of requests."""

from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import OpenApiResponse
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
    """Lists recent reports and all open ones, newest first, with the filters of the website. With a period
    (`submitted_after` and so on), lists requests of any age. With `bbox` or `near`, leaves out services that aren’t listed
    by place."""

    tag, operation_id, summary = "Requests", "listRequests", "List requests"
    query_class = RequestsQuerySerializer
    responses = {
        (200, JSON): OpenApiResponse(RequestPageSerializer, "One page."),
        (200, GEOJSON): OpenApiResponse(RequestFeaturesSerializer, "One page."),
        **problems("invalid-cursor"),
    }

    def get(self, request: Request) -> Response:
        page = service_requests.page(self.jurisdiction, self.query)
        listed = service_requests.rows(self.jurisdiction, page.rows, self.query["fields"])
        if self.query["format"] == "geojson":
            return self.paged(service_requests.geojson(listed, page.rows), page, content_type=GEOJSON)
        return self.paged({"results": listed}, page)


class OneRequest(V1View):
    """One request with its timeline, areas and public answers. While a request is pending review, only its status is
    public. A private request returns 404, like one that doesn’t exist. A test key can also read its own test requests."""

    tag, operation_id, summary, response_text = "Requests", "getRequest", "Get a request", "The request."
    serializer_class = RequestSerializer

    def get(self, request: Request, reference: str) -> Response:
        service_request = service_requests.find(self.jurisdiction, reference, key_of(request))
        self.version = versions.of(service_request)
        answer = self.answer(service_requests.detail(self.jurisdiction, service_request))
        if service_request.is_test:
            answer["Cache-Control"] = "no-store"
        patch_vary_headers(answer, ["Authorization"])
        return answer
