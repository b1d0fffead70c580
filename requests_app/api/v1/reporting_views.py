"""The addresses of writing: reports, photos, comments, edits and follows."""

from typing import Any, cast

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.emergency import emergency_in
from requests_app.api.framework import idempotency
from requests_app.api.framework.authentication import key_of
from requests_app.api.framework.bodies import Body, canonical, json_part
from requests_app.api.framework.parsers import JSONParser, MultiPartParser
from requests_app.api.framework.permissions import HasScope
from requests_app.api.framework.problems import FieldError, Problem, invalid_body
from requests_app.api.framework.throttling import CallThrottle, ReportThrottle, WriteThrottle
from requests_app.api.v1 import examples, service_requests, versions, writing
from requests_app.api.v1.base import V1View
from requests_app.api.v1.operations import JSON, Answer, Operation, operation
from requests_app.api.v1.operations import Body as Taken
from requests_app.api.v1.request_views import OneRequest, Requests
from requests_app.core import limits
from requests_app.models import ApiKey
from requests_app.models.api_key import Scope
from requests_app.rules.shared import intake, rate_limits

FORM = "multipart/form-data"


class RequestsAndReports(Requests):
    # Anyone may read.
    permission_classes = [HasScope(Scope.REPORT, reading_is_open=True)]
    throttle_classes = [CallThrottle, WriteThrottle, ReportThrottle]

    @operation(
        Operation(
            id="sendReport",
            tag="Reporting",
            summary="Send a report",
            description="Creates a service request. Answers are validated against the service’s questions, as in the "
            "website’s form. Send photos with the report (multipart) or upload them first (`/api/v1/photos/`).",
            status=201,
            body=Taken({JSON: "NewReport", FORM: "NewReportWithPhotos"}, examples.NEW_REPORT),
            answer=Answer("Receipt", "Report created.", examples.RECEIPT, headers=("Location", "Idempotent-Replayed")),
            headers=("Idempotency-Key",),
            problems=("idempotency-conflict", "emergency"),
            scope="report",
        )
    )
    def post(self, request: Request) -> Response:
        data, key = json_part(request, "report"), cast(ApiKey, request.auth)
        files = request.FILES.getlist("photos")
        only_known(request, {"photos"})
        body = idempotency.body_hash("v1", self.jurisdiction.pk, canonical(data), files=files)
        again = idempotency.of_body(key, idempotency.sent_key(request), body)
        receipt, is_repeated = writing.report(self.jurisdiction, data, files, key=key, idempotency=again)
        location = receipt["url"] or receipt["private_link"] or request.path
        headers = {"Location": location, **idempotency.replayed(is_repeated)}
        return Response(receipt, status=201, headers=headers)


class OneRequestAndEdit(OneRequest):
    parser_classes = [JSONParser]

    @operation(
        Operation(
            id="editReport",
            tag="Reporting",
            summary="Edit your own report",
            description="Changes the reporter’s text until someone starts working on it. Send the ETag of the request as "
            "you read it as If-Match.",
            body=Taken({JSON: "Edit"}, examples.EDIT),
            answer=Answer("EditedRequest", "The updated request.", {"emergency": None, **examples.REQUEST}),
            headers=("If-Match",),
            problems=("forbidden", "conflict", "precondition-failed", "precondition-required"),
        )
    )
    def patch(self, request: Request, reference: str) -> Response:
        body = Body(request.data)
        token = body.text("private_token", 100, required=True)
        description = body.text("description", intake.DESCRIPTION_MAX, required=True, lines=True)
        body.no_others()
        body.check()
        found = writing.access(self.jurisdiction, reference, token)
        if "If-Match" not in request.headers:
            raise Problem("precondition-required", _("Send the ETag of the request in If-Match."))
        # Of what nobody may read, nothing is edited here.
        service_requests.find(self.jurisdiction, reference, key_of(request))
        seen = versions.check(request, found)
        count(request, "words", rate_limits.WORDS_AN_HOUR)
        writing.edit(found, description, seen=seen)
        # The new words may have made it private.
        changed = service_requests.own(self.jurisdiction, found.service_request.pk)
        emergency = emergency_in(self.jurisdiction, description)
        return Response({"emergency": emergency, **service_requests.detail(self.jurisdiction, changed)})


class Photos(V1View):
    parser_classes = [MultiPartParser]
    permission_classes = [HasScope(Scope.REPORT)]
    throttle_classes = [CallThrottle, WriteThrottle]

    @operation(
        Operation(
            id="uploadPhoto",
            tag="Reporting",
            summary="Upload a photo",
            description=(
                "Uploads a photo for a report that you send within a day. It is stored without metadata and isn’t "
                "shown before then."
            ),
            status=201,
            body=Taken({FORM: "NewPhoto"}, None),
            answer=Answer("PhotoReceipt", "Photo stored.", examples.PHOTO_RECEIPT),
            scope="report",
        )
    )
    def post(self, request: Request) -> Response:
        file, fields = sent_file(request, {"alt"})
        count(request, "photo", rate_limits.PHOTOS_AN_HOUR)
        alt = Body(fields)
        words = alt.text("alt", writing.ALT_MOST)
        alt.check()
        return Response(writing.upload(self.jurisdiction, file, words), status=201)


class Comments(V1View):
    parser_classes = [JSONParser]
    throttle_classes = [CallThrottle, WriteThrottle]

    @operation(
        Operation(
            id="comment",
            tag="Reporting",
            summary="Send a comment",
            description="Sends a message to the people working on the request, or answers their question. Uses the private "
            "link’s token, so you don’t need a key.",
            status=201,
            body=Taken({JSON: "NewComment"}, examples.NEW_COMMENT),
            answer=Answer(
                "CommentReceipt", "Comment sent.", examples.COMMENT_RECEIPT, headers=("Idempotent-Replayed",)
            ),
            headers=("Idempotency-Key",),
            problems=("forbidden", "conflict", "idempotency-conflict"),
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        count(request, "words", rate_limits.WORDS_AN_HOUR)
        key = idempotency.sent_key(request)
        receipt, is_repeated = writing.comment(self.jurisdiction, reference, request.data, key)
        return Response(receipt, status=201, headers=idempotency.replayed(is_repeated))


class PhotosOfRequest(V1View):
    parser_classes = [MultiPartParser]
    throttle_classes = [CallThrottle, WriteThrottle]

    @operation(
        Operation(
            id="addPhoto",
            tag="Reporting",
            summary="Add a photo to a request",
            description=(
                "Adds the reporter’s photo while the request is open. Uses the private link’s token, so you don’t "
                "need a key."
            ),
            status=201,
            body=Taken({FORM: "NewPhotoOfRequest"}, None),
            answer=Answer("PhotoReceipt", "Photo stored.", examples.PHOTO_RECEIPT, headers=("Idempotent-Replayed",)),
            headers=("Idempotency-Key",),
            problems=("forbidden", "conflict", "idempotency-conflict"),
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        file, fields = sent_file(request, {"private_token"})
        count(request, "photo", rate_limits.PHOTOS_AN_HOUR)
        body = Body(fields)
        token = body.text("private_token", 100, required=True)
        body.check()
        key = idempotency.sent_key(request)
        receipt, is_repeated = writing.add_photo(self.jurisdiction, reference, token, file, key)
        return Response(receipt, status=201, headers=idempotency.replayed(is_repeated))


class Followers(V1View):
    parser_classes = [JSONParser]
    permission_classes = [HasScope(Scope.REPORT)]
    throttle_classes = [CallThrottle, WriteThrottle]

    @operation(
        Operation(
            id="joinRequest",
            tag="Reporting",
            summary="Join a request",
            description="Adds another person whom a public request affects. They are counted and get its updates. Sending "
            "the same address again changes nothing.",
            status=201,
            body=Taken({JSON: "NewFollower"}, examples.NEW_FOLLOWER),
            answer=Answer("FollowerReceipt", "They joined.", examples.FOLLOWER_RECEIPT),
            problems=("conflict",),
            scope="report",
        )
    )
    def post(self, request: Request, reference: str) -> Response:
        key = cast(ApiKey, request.auth)
        return Response(writing.join(self.jurisdiction, reference, request.data, key=key), status=201)


class Follows(V1View):
    parser_classes = [JSONParser]
    throttle_classes = [CallThrottle, WriteThrottle]

    @operation(
        Operation(
            id="follow",
            tag="Reporting",
            summary="Follow an area, a service, an asset or a place",
            description="Sends an email with a link. Updates start once it is selected. The response doesn’t reveal "
            "whether the address is known. You don’t need a key.",
            status=202,
            body=Taken({JSON: "NewFollow"}, examples.NEW_FOLLOW),
            answer=Answer("FollowReceipt", "The email is being sent.", examples.FOLLOW_RECEIPT),
        )
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

        receipt = writing.follow(self.jurisdiction, request.data, may_send=may_send)
        if not receipt:
            raise Throttled(limits.retry_after_s())
        return Response(receipt, status=202)


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


def sent_file(request: Request, fields: set[str]) -> tuple[Any, dict[str, Any]]:
    """The file `photo` of a form, and its other fields."""
    only_known(request, {"photo"})
    # An empty form is read as an empty object.
    sent = request.data if isinstance(request.data, QueryDict) else QueryDict()
    texts = {name: values for name, values in sent.lists() if name not in request.FILES}
    body = Body({name: values[0] for name, values in texts.items()})
    body.read |= fields
    body.no_others()
    for name, values in texts.items():
        if len(values) > 1:
            body.refuse(name, "repeated", _("Send %(name)s only once.") % {"name": name})
    if len(request.FILES.getlist("photo")) != 1:
        body.refuse("photo", "missing", _("Send one file as %(name)s.") % {"name": "photo"})
    body.check()
    return request.FILES["photo"], body.data
