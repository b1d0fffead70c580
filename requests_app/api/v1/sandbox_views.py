"""The addresses of the sandbox, for test keys alone."""

from typing import Any, cast

from django.http import FileResponse
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.permissions import HasScope, IsTestKey
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import examples, sandbox, service_requests
from requests_app.api.v1.base import CURSOR, LIMIT, SIZE, V1View
from requests_app.api.v1.operations import JPEG, JSON, PHOTO, Answer, Body, Operation, operation
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope
from requests_app.photos import file_response

TAG = "Sandbox"


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
    @operation(
        Operation(
            id="listTestRequests",
            tag=TAG,
            summary="List your test requests",
            description="Lists the requests that this test key sent, newest first. The same key also reads each at "
            "`/api/v1/requests/{reference}/`, with its photos.",
            query=(CURSOR, LIMIT),
            answer=Answer(
                "RequestPage",
                "One page.",
                {"results": [examples.REQUEST_ROW], "next": None, "previous": None},
                headers=("Link",),
            ),
            problems=("invalid-cursor",),
            scope="report",
        )
    )
    def get(self, request: Request) -> Response:
        found = sandbox.page(cast(ApiKey, request.auth), self.query)
        listed = service_requests.rows(self.jurisdiction, found.rows, None)
        return self.paged({"results": listed}, found.next_cursor, found.previous_cursor)


class SandboxAdvance(OwnTests):
    @operation(
        Operation(
            id="advanceTestRequest",
            tag=TAG,
            summary="Advance a test request",
            description="Does to your test request what staff would do to a real one. Its status, timeline and updates "
            "change, and your webhooks get the events. Nobody is emailed. Without `action`, it takes the usual "
            "next step: routed, accepted, resolved, closed.",
            body=Body({JSON: "TestStep"}, examples.TEST_STEP),
            answer=Answer("Request", "The updated request.", examples.REQUEST),
            problems=("conflict",),
            scope="report",
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        return Response(sandbox.advance(self.jurisdiction, cast(ApiKey, request.auth), reference, request.data))


class SandboxPhoto(OwnTests):
    @operation(
        Operation(
            id="getTestPhoto",
            tag=TAG,
            summary="Get a photo of a test request",
            description="A JPEG, as the public would see it if the request weren’t a test.",
            query=(SIZE,),
            answer=Answer(PHOTO, "The photo.", media=JPEG),
            scope="report",
        )
    )
    def get(self, request: Request, reference: str, photo_id: str) -> FileResponse:
        found = sandbox.find_photo(cast(ApiKey, request.auth), reference, photo_id)
        return file_response(found, small=self.query["size"] == "small")
