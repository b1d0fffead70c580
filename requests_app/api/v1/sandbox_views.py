"""The addresses of the sandbox, for test keys alone."""

from typing import Any, cast

from django.http import FileResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.permissions import HasScope, IsTestKey
from requests_app.api.framework.schema import JPEG, PHOTO, problems
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import sandbox, service_requests
from requests_app.api.v1.base import PageQuerySerializer, PhotoQuerySerializer, V1View
from requests_app.api.v1.request_serializers import RequestPageSerializer, RequestSerializer
from requests_app.api.v1.sandbox_serializers import TestStepSerializer
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope
from requests_app.photos import file_response

TAGS = ["Sandbox"]


class OwnTests(V1View):
    """Of the test key that asks, and so for nobody else to keep."""

    parser_classes = [JSONParser]
    permission_classes = [HasScope, IsTestKey]
    required_scopes = [Scope.REPORT]
    throttle_classes = [CallThrottle, WriteThrottle]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return super().finalize_response(request, response, *args, **kwargs)


class SandboxRequests(OwnTests):
    @extend_schema(
        operation_id="listTestRequests",
        tags=TAGS,
        summary="List your test requests",
        description="Lists the requests that this test key sent, newest first. The same key also reads each at "
        "`/api/v1/requests/{reference}/`, with its photos.",
        parameters=[PageQuerySerializer],
        request=None,
        responses={200: OpenApiResponse(RequestPageSerializer, "One page."), **problems("invalid-cursor")},
    )
    def get(self, request: Request) -> Response:
        page = sandbox.page(cast(ApiKey, request.auth), self.query)
        rows = service_requests.rows(self.jurisdiction, page.rows, None)
        return self.paged({"results": rows}, page.next_cursor, page.previous_cursor)


class SandboxAdvance(OwnTests):
    @extend_schema(
        operation_id="advanceTestRequest",
        tags=TAGS,
        summary="Advance a test request",
        description="Does to your test request what staff would do to a real one. Its status, timeline and updates "
        "change, and your webhooks get the events. Nobody is emailed. Without `action`, it takes the usual "
        "next step: routed, accepted, resolved, closed.",
        request=TestStepSerializer,
        responses={200: OpenApiResponse(RequestSerializer, "The updated request."), **problems("conflict")},
    )
    def post(self, request: Request, reference: str) -> Response:
        data, key = request.data, cast(ApiKey, request.auth)
        own = sandbox.find(key, reference)
        return self.answer(sandbox.advance(self.jurisdiction, key, own, self.validated(data)))


class SandboxPhoto(OwnTests):
    @extend_schema(
        operation_id="getTestPhoto",
        tags=TAGS,
        summary="Get a photo of a test request",
        description="A JPEG, as the public would see it if the request weren’t a test.",
        parameters=[PhotoQuerySerializer],
        request=None,
        responses={(200, JPEG): OpenApiResponse(PHOTO, "The photo.")},
    )
    def get(self, request: Request, reference: str, photo_id: str) -> FileResponse:
        photo = sandbox.find_photo(cast(ApiKey, request.auth), reference, photo_id)
        return file_response(photo, small=self.query["size"] == "small")
