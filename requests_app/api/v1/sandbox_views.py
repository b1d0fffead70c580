"""The addresses of the sandbox, for test keys alone."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.permissions import HasScope, IsTestKey
from requests_app.api.framework.schema import JPEG, PHOTO, problems
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import sandbox, service_requests
from requests_app.api.v1.base import PhotoQuerySerializer, V1View
from requests_app.api.v1.generics import PageView
from requests_app.api.v1.request_serializers import RequestPageSerializer, RequestSerializer
from requests_app.api.v1.sandbox_serializers import TestStepSerializer
from requests_app.models import ServiceRequest
from requests_app.models.api_key import Scope
from requests_app.photos import file_response


class OwnTests(V1View):
    """Of the test key that asks."""

    keep_s = None
    parser_classes = [JSONParser]
    permission_classes = [HasScope, IsTestKey]
    required_scopes = [Scope.REPORT]
    throttle_classes = [CallThrottle, WriteThrottle]
    tag = "Sandbox"


class SandboxRequests(OwnTests, PageView):
    """Lists the requests that this test key sent, newest first. The same key also reads each at
    `/api/v1/requests/{reference}/`, with its photos."""

    operation_id, summary = "listTestRequests", "List your test requests"
    serializer_class = RequestPageSerializer
    ordering = [("id", "desc")]

    def get_queryset(self) -> QuerySet[ServiceRequest]:
        own = ServiceRequest.objects.tests_of(self.key).only(*service_requests.COLUMNS)
        return own.prefetch_related(*service_requests.RELATIONS)

    def shown(self, rows: Sequence[ServiceRequest]) -> list[dict[str, Any]]:
        return service_requests.rows(self.jurisdiction, rows, None)


class SandboxAdvance(OwnTests):
    @extend_schema(
        operation_id="advanceTestRequest",
        summary="Advance a test request",
        description="Does to your test request what staff would do to a real one. Its status, timeline and updates "
        "change, and your webhooks get the events. Nobody is emailed. Without `action`, it takes the usual "
        "next step: routed, accepted, resolved, closed.",
        request=TestStepSerializer,
        responses={200: OpenApiResponse(RequestSerializer, "The updated request."), **problems("conflict")},
    )
    def post(self, request: Request, reference: str) -> Response:
        own = sandbox.find(self.key, reference)
        return self.answer(sandbox.advance(self.jurisdiction, self.key, own, self.validated(request.data)))


class SandboxPhoto(OwnTests):
    """A JPEG, as the public would see it if the request weren’t a test."""

    operation_id, summary = "getTestPhoto", "Get a photo of a test request"
    query_class = PhotoQuerySerializer
    responses = {(200, JPEG): OpenApiResponse(PHOTO, "The photo.")}

    def get(self, request: Request, reference: str, photo_id: str) -> FileResponse:
        photo = sandbox.find_photo(self.key, reference, photo_id)
        return file_response(photo, small=self.query["size"] == "small")
