"""The addresses of writing: reports, photos, comments, edits and follows."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.actions.people.reporters import Reporter
from requests_app.api.emergency import emergency_in
from requests_app.api.framework import idempotency
from requests_app.api.framework.authentication import key_of
from requests_app.api.framework.bodies import json_part
from requests_app.api.framework.parsers import JSONParser, MultiPartParser
from requests_app.api.framework.permissions import HasScopeOrReadOnly
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.framework.schema import FORM, IDEMPOTENCY_KEY, IF_MATCH, JSON, LOCATION, problems
from requests_app.api.framework.throttling import CallThrottle, ReportThrottle, WriteThrottle
from requests_app.api.v1 import service_requests, versions, writing
from requests_app.api.v1.base import V1View
from requests_app.api.v1.report_serializers import NewReportSerializer, NewReportWithPhotosSerializer, ReceiptSerializer
from requests_app.api.v1.reporting_serializers import (
    CommentReceiptSerializer,
    EditedRequestSerializer,
    EditSerializer,
    FollowerReceiptSerializer,
    FollowReceiptSerializer,
    NewCommentSerializer,
    NewFollowerSerializer,
    NewFollowSerializer,
    NewPhotoOfRequestSerializer,
    NewPhotoSerializer,
    PhotoReceiptSerializer,
)
from requests_app.api.v1.request_views import OneRequest, Requests
from requests_app.core import limits
from requests_app.models.api_key import Scope
from requests_app.rules.shared import rate_limits


class RequestsAndReports(Requests):
    permission_classes = [HasScopeOrReadOnly]
    required_scopes = [Scope.REPORT]
    throttle_classes = [CallThrottle, WriteThrottle, ReportThrottle]

    @extend_schema(
        operation_id="sendReport",
        tags=["Reporting"],
        summary="Send a report",
        description="Creates a service request. Answers are validated against the service’s questions, as in the "
        "website’s form. Send photos with the report (multipart) or upload them first (`/api/v1/photos/`).",
        parameters=[IDEMPOTENCY_KEY, LOCATION],
        request={JSON: NewReportSerializer, FORM: NewReportWithPhotosSerializer},
        responses={
            201: OpenApiResponse(ReceiptSerializer, "Report created."),
            **problems("idempotency-conflict", "emergency"),
        },
    )
    def post(self, request: Request) -> Response:
        data, files = json_part(request, "report"), request.FILES.getlist("photos")
        only_known(request, {"photos"})
        body = writing.hash_of(self.jurisdiction, data, files)
        again = idempotency.of_body(self.key, idempotency.sent_key(request), body)
        receipt, is_repeated = writing.report(self.jurisdiction, data, files, key=self.key, idempotency=again)
        location = receipt["url"] or receipt["private_link"] or request.path
        headers = {"Location": location, **idempotency.replayed(is_repeated)}
        return self.answer(receipt, 201, headers)


class OneRequestAndEdit(OneRequest):
    parser_classes = [JSONParser]

    @extend_schema(
        operation_id="editReport",
        tags=["Reporting"],
        summary="Edit your own report",
        description="Changes the reporter’s text until someone starts working on it. Send the ETag of the request as "
        "you read it as If-Match.",
        parameters=[IF_MATCH],
        request=EditSerializer,
        responses={
            200: OpenApiResponse(EditedRequestSerializer, "The updated request."),
            **problems("forbidden", "conflict", "precondition-failed", "precondition-required"),
        },
    )
    def patch(self, request: Request, reference: str) -> Response:
        sent = self.validated(request.data)
        own = writing.access(self.jurisdiction, reference, sent["private_token"])
        if "If-Match" not in request.headers:
            raise Problem("precondition-required", _("Send the ETag of the request in If-Match."))
        # Of what nobody may read, nothing is edited here.
        service_requests.find(self.jurisdiction, reference, key_of(request))
        seen = versions.check(request, own)
        count(request, "words", rate_limits.WORDS_AN_HOUR)
        writing.edit(own, sent["description"], seen=seen)
        # The new words may have made it private.
        changed = service_requests.own(self.jurisdiction, own.service_request.pk)
        emergency = emergency_in(self.jurisdiction, sent["description"])
        return self.answer({"emergency": emergency, **service_requests.detail(self.jurisdiction, changed)})


class ReportingView(V1View):
    tag = "Reporting"
    parser_classes = [JSONParser]
    throttle_classes = [CallThrottle, WriteThrottle]


class Photos(ReportingView):
    parser_classes = [MultiPartParser]
    required_scopes = [Scope.REPORT]

    @extend_schema(
        operation_id="uploadPhoto",
        summary="Upload a photo",
        description="Uploads a photo for a report that you send within a day. It is stored without metadata and isn’t "
        "shown before then.",
        request=NewPhotoSerializer,
        responses={201: OpenApiResponse(PhotoReceiptSerializer, "Photo stored.")},
    )
    def post(self, request: Request) -> Response:
        sent = self.validated(request.data)
        count(request, "photo", rate_limits.PHOTOS_AN_HOUR)
        return self.answer(writing.upload(self.jurisdiction, sent["photo"], sent["alt"]), 201)


class Comments(ReportingView):
    @extend_schema(
        operation_id="comment",
        summary="Send a comment",
        description="Sends a message to the people working on the request, or answers their question. Uses the private "
        "link’s token, so you don’t need a key.",
        parameters=[IDEMPOTENCY_KEY],
        request=NewCommentSerializer,
        responses={
            201: OpenApiResponse(CommentReceiptSerializer, "Comment sent."),
            **problems("forbidden", "conflict", "idempotency-conflict"),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        count(request, "words", rate_limits.WORDS_AN_HOUR)
        key, sent = idempotency.sent_key(request), self.validated(request.data)
        own = writing.access(self.jurisdiction, reference, sent["private_token"])
        receipt, is_repeated = writing.comment(own, sent["text"], key)
        return self.answer(receipt, 201, idempotency.replayed(is_repeated))


class PhotosOfRequest(ReportingView):
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="addPhoto",
        summary="Add a photo to a request",
        description="Adds the reporter’s photo while the request is open. Uses the private link’s token, so you don’t "
        "need a key.",
        parameters=[IDEMPOTENCY_KEY],
        request=NewPhotoOfRequestSerializer,
        responses={
            201: OpenApiResponse(PhotoReceiptSerializer, "Photo stored."),
            **problems("forbidden", "conflict", "idempotency-conflict"),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        sent = self.validated(request.data)
        count(request, "photo", rate_limits.PHOTOS_AN_HOUR)
        own = writing.access(self.jurisdiction, reference, sent["private_token"])
        photo, is_repeated = writing.add_photo(own, sent["photo"], idempotency.sent_key(request))
        return self.answer(photo, 201, idempotency.replayed(is_repeated))


class Followers(ReportingView):
    required_scopes = [Scope.REPORT]

    @extend_schema(
        operation_id="joinRequest",
        summary="Join a request",
        description="Adds another person whom a public request affects. They are counted and get its updates. Sending "
        "the same address again changes nothing.",
        request=NewFollowerSerializer,
        responses={201: OpenApiResponse(FollowerReceiptSerializer, "They joined."), **problems("conflict")},
    )
    def post(self, request: Request, reference: str) -> Response:
        reporter = Reporter(**self.validated(request.data))
        about = service_requests.find(self.jurisdiction, reference)
        return self.answer(writing.join(about, reporter, key=self.key), 201)


class Follows(ReportingView):
    @extend_schema(
        operation_id="follow",
        summary="Follow an area, a service, an asset or a place",
        description="Sends an email with a link. Updates start once it is selected. The response doesn’t reveal "
        "whether the address is known. You don’t need a key.",
        request=NewFollowSerializer,
        responses={202: OpenApiResponse(FollowReceiptSerializer, "The email is being sent.")},
    )
    def post(self, request: Request) -> Response:
        def may_send(email: str) -> bool:
            return limits.allow_email(
                request._request,
                "follow",
                email,
                an_hour=rate_limits.FOLLOWS_AN_HOUR,
                to_one=rate_limits.FOLLOWS_TO_ONE_A_DAY,
                per_s=limits.DAY,
            )

        sent = self.validated(request.data)
        how = {name: sent[name] for name in ("email", "cadence", "radius")}
        receipt = writing.follow(self.jurisdiction, sent["target"], **how, may_send=may_send)
        if not receipt:
            raise Throttled(limits.retry_after_s())
        return self.answer(receipt, 202)


def count(request: Request, name: str, an_hour: int) -> None:
    """The same limits by network as on the website."""
    if not limits.allow(request._request, name, an_hour):
        raise Throttled(limits.retry_after_s())


def only_known(request: Request, files: set[str]) -> None:
    unknown = set(request.FILES) - files
    if unknown:
        raise invalid_body(
            [
                FieldError(name[:60], "unknown", _("Unknown field: %(name)s.") % {"name": name[:60]})
                for name in sorted(unknown)
            ]
        )
