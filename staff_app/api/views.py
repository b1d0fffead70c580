"""The addresses of the queue, of one request, its actions and its people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app import references
from requests_app.actions.privacy import reporter_views
from requests_app.actions.work import staff_actions
from requests_app.api.framework.bodies import json_part
from requests_app.api.framework.conditional import last_read, tag_of, version_of
from requests_app.api.framework.parsers import JSONParser, MultiPartParser
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.query_fields import ChoiceParameter
from requests_app.api.framework.renderers import JSONRenderer
from requests_app.api.framework.schema import (
    FORM,
    IDEMPOTENCY_KEY,
    IF_MATCH,
    IF_MATCH_OR_NOT,
    JPEG,
    JSON,
    LOCATION,
    PHOTO,
    problems,
)
from requests_app.api.framework.serializers import QuerySerializer
from requests_app.api.v1.base import PhotoQuerySerializer
from requests_app.api.v1.generics import ListView
from requests_app.api.v1.report_serializers import NewTransferSerializer
from requests_app.api.v1.reporting_views import only_known
from requests_app.messages.request_shape import moment
from requests_app.models import Event, Participation, ServiceRequest
from requests_app.models.api_key import Scope
from requests_app.photos import file_response
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory
from requests_app.rules.work.staff_actions import UNDO_FOR, UNDOABLE
from staff_app.api import actions, queue, serializers, shapes, transfers
from staff_app.api.action_serializers import (
    CHECKED,
    EDITS,
    StaffActionBodySerializer,
    StaffRequestEditSerializer,
    body_of,
)
from staff_app.api.base import ETAG, Done, StaffView, denied, no_such_request
from staff_app.request.actions import ACTION_BY_VERB


class ContactsQuerySerializer(QuerySerializer):
    reason = ChoiceParameter(
        choices=list(reporter_views.VIEW_REASONS),
        required=True,
        help_text="Why you need it. It is recorded on the request.",
        example="reply",
    )


class StaffRequests(StaffView):
    """Lists the requests that the staff member may see, as in their queue, urgent first. Filters have the same names as in
    the queue’s URL; several values are comma-separated."""

    operation_id, summary, response_text = "listStaffRequests", "List the queue", "One page."
    query_class, serializer_class = queue.StaffQueueQuerySerializer, serializers.StaffRequestPageSerializer
    problem_codes = ("invalid-cursor",)
    parser_classes = [JSONParser, MultiPartParser]

    def get(self, request: Request) -> Response:
        by_contact = self.key.allows(Scope.CONTACTS)
        page, names = queue.page(self.user, self.jurisdiction, self.query, by_contact=by_contact)
        listed = shapes.rows(self.jurisdiction, self.user, page.rows, names, self.query["fields"])
        return self.paged({"results": listed}, page)

    @extend_schema(
        operation_id="sendTransfer",
        summary="Transfer a call from a 911 center",
        description="Creates a request from a call that isn’t an emergency. The center’s own number makes retries safe, and city "
        "staff can find the request by it. The caller gets the updates. Send photos with the call (multipart) or as links for "
        "staff. Needs the permission to send reports for others.",
        parameters=[LOCATION],
        request={JSON: NewTransferSerializer, FORM: serializers.NewTransferWithPhotosSerializer},
        responses={
            201: OpenApiResponse(serializers.TransferReceiptSerializer, "Request created."),
            **problems("idempotency-conflict", "emergency"),
        },
    )
    def post(self, request: Request) -> Response:
        data, files = json_part(request, "transfer"), request.FILES.getlist("photos")
        only_known(request, {"photos"})
        receipt = transfers.receive(self.jurisdiction, data, files, key=self.key, user=self.user)
        return self.answer(receipt, 201, {"Location": receipt["url"]})


class OneOfStaff(StaffView):
    """A request, and what is done to it."""

    def find_whole(self, reference: str) -> ServiceRequest:
        return self.find(reference, statement=shapes.WHOLE)

    def shaped(self, service_request: ServiceRequest) -> dict[str, Any]:
        self.version = version_of(service_request.pk, service_request.version_event_id or 0)
        return shapes.whole(self.jurisdiction, self.user, service_request, directory.of(self.jurisdiction))

    def check_version(self, request: Request, service_request: ServiceRequest) -> int | None:
        """The event up to which the caller has read it; None if If-Match doesn't say. Raises 412 if it has changed since."""
        if "If-Match" not in request.headers:
            return None
        events = actions.version_events(service_request)
        read = last_read(request, [version_of(service_request.pk, pk) for pk in [0, *(event.pk for event in events)]])
        if read is not None and events[read:]:
            raise actions.changed(self.user, service_request, events[read:])
        return None if read is None else service_request.last_event_id

    def run(
        self, request: Request, reference: str, data: Any, act: Callable[[ServiceRequest], tuple[Event | None, str]]
    ) -> Response:
        """act: returns the event that undoes it, and a warning."""
        warnings: list[str] = []

        def run_once() -> Done:
            found = self.find_whole(reference)
            event, warning = act(found)
            # It may quote what was written, so it isn't kept for a repeated call.
            warnings.append(warning)
            until = moment(event.at + UNDO_FOR, self.jurisdiction.zone) if event else None
            return Done(found, {"undo": {"event": str(event.pk), "until": until} if event else None})

        return self.answer_done(self.once(request, run_once, data), "".join(warnings))

    def answer_done(self, done: Done, warning: str = "") -> Response:
        """With what the request is now, if the member of staff may still see it."""
        found = ServiceRequest.objects.get(pk=done.service_request.pk)
        seen = permissions.can(self.user, "view", found)
        whole = self.shaped(self.find_whole(found.reference)) if seen else None
        answer = {
            "reference": found.display_reference,
            "request": whole,
            "undo": done.to_repeat["undo"],
            "warning": warning or None,
        }
        # Of the request, for the next If-Match.
        tag = {"ETag": tag_of(JSONRenderer().render(whole), self.version)} if whole else {}
        return Response(answer, headers={**tag, **done.headers})


class StaffRequest(OneOfStaff):
    """Everything that the staff member may see, except the people, who have their own endpoint. `actions` lists what can be
    done now."""

    operation_id, summary, response_text = "getStaffRequest", "Get a request as staff", "The request."
    serializer_class = serializers.StaffRequestSerializer

    def get(self, request: Request, reference: str) -> Response:
        return Response(self.shaped(self.find_whole(reference)))

    @extend_schema(
        operation_id="changeStaffRequest",
        summary="Change a request",
        description="Changes its priority, service, assignee or place: either all fields that you send or none. Send the ETag of "
        "the request as you read it as If-Match.",
        parameters=[IF_MATCH, IDEMPOTENCY_KEY, ETAG],
        request=StaffRequestEditSerializer,
        responses={
            200: OpenApiResponse(serializers.StaffChangeSerializer, "Request changed."),
            **problems("action-not-possible", "idempotency-conflict", "precondition-failed", "precondition-required"),
        },
    )
    def patch(self, request: Request, reference: str) -> Response:
        def change(service_request: ServiceRequest) -> tuple[Event | None, str]:
            if "If-Match" not in request.headers:
                raise Problem("precondition-required", _("Send the ETag of the request in If-Match."))
            seen = self.check_version(request, service_request)
            for name, verb in EDITS.items():
                if isinstance(request.data, Mapping) and name in request.data:
                    actions.check(service_request, self.user, verb)
            body = self.body(request.data, service_request=service_request)
            filled, checked = body.filled, bool(body.validated_data[CHECKED])
            if not filled:
                return None, ""
            return actions.perform(service_request, filled, user=self.user, last_event_id=seen, checked=checked), ""

        return self.run(request, reference, request.data, change)


class StaffPhoto(StaffView):
    """A JPEG, even if it is private, hidden or pending review: anyone who may open the request sees its photos."""

    operation_id, summary = "getStaffPhoto", "Get a photo as staff"
    query_class = PhotoQuerySerializer
    responses = {(200, JPEG): OpenApiResponse(PHOTO, "The photo.")}

    def get(self, request: Request, reference: str, photo_id: str) -> FileResponse:
        shown = self.find(reference).photos.filter(name=photo_id).first()
        if shown is None:
            raise Problem("not-found", _("Photo not found."))
        return file_response(shown, small=self.query["size"] == "small")


class StaffActions(StaffView, ListView):
    """What the status and the member of staff’s permissions allow now, with the fields of each body and the values that
    they may have."""

    operation_id, summary, response_text = "listStaffActions", "List possible actions", "The actions."
    serializer_class = serializers.StaffActionsSerializer

    def get_queryset(self) -> list[dict[str, Any]]:
        return actions.described(self.find(self.kwargs["reference"]), self.user)


class StaffAction(OneOfStaff):
    parser_classes = [JSONParser, MultiPartParser]

    @extend_schema(
        operation_id="doStaffAction",
        summary="Do an action",
        description="Does what the button on the request’s page does, by the same rules: `accept`, `assign`, `transfer`, `hold`, "
        "`resume`, `resolve`, `reopen`, `comment`, `note` and every other action of the list of possible actions. Each has a body "
        "of its own. If-Match is optional: with it, nothing is done if the request has changed. You can undo the action for 30 "
        "seconds, and no email is sent before that.",
        parameters=[IF_MATCH_OR_NOT, IDEMPOTENCY_KEY, ETAG],
        request={JSON: StaffActionBodySerializer, FORM: serializers.StaffActionWithPhotosSerializer},
        responses={
            200: OpenApiResponse(serializers.StaffChangeSerializer, "Action done."),
            **problems("action-not-possible", "idempotency-conflict", "precondition-failed"),
        },
    )
    def post(self, request: Request, reference: str, verb: str) -> Response:
        data = json_part(request, "action")
        only_known(request, {"photos", "photos_before"})

        def act(service_request: ServiceRequest) -> tuple[Event | None, str]:
            if verb not in ACTION_BY_VERB:
                raise Problem("not-found", _("Unknown action."))
            action = actions.check(service_request, self.user, verb)
            seen = self.check_version(request, service_request)
            context = {"service_request": service_request, "user": self.user, "files": request.FILES}
            body = body_of(action)(data=data, context=context)
            body.is_valid(raise_exception=True)
            asked, checked = body.filled, bool(body.validated_data[CHECKED])
            event = actions.perform(service_request, [asked], user=self.user, last_event_id=seen, checked=checked)
            return event, asked.form.warning()

        return self.run(request, reference, data, act)


class StaffUndo(OneOfStaff):
    @extend_schema(
        operation_id="undoStaffAction",
        summary="Undo an action",
        description="Undoes what the staff member did in the last 30 seconds, if nothing else has happened since. No email "
        "was sent.",
        parameters=[ETAG],
        request=serializers.UndoSerializer,
        responses={
            200: OpenApiResponse(serializers.StaffChangeSerializer, "Action undone."),
            **problems("conflict"),
        },
    )
    def post(self, request: Request, reference: str) -> Response:
        number = self.validated(request.data)["event"]
        own = Event.objects.filter(jurisdiction=self.jurisdiction, kind__in=UNDOABLE, user=self.user)
        parsed = references.parse(reference) or ""
        if not number.isdecimal() or not own.filter(pk=int(number), service_request__reference=parsed).exists():
            raise no_such_request()
        try:
            found = staff_actions.undo(int(number), actor=self.user)
        except staff_actions.TooLateToUndo:
            raise Problem("conflict", _("It’s too late to undo this.")) from None
        except staff_actions.Changed:
            raise Problem("conflict", _("Something else has happened since, so nothing was undone.")) from None
        return self.answer_done(Done(found, {"undo": None}))


class StaffContacts(StaffView, ListView):
    """Names and contact details of the people on the request. Each call is recorded on the request, with the staff member,
    the program and the reason."""

    required_scopes = [Scope.STAFF, Scope.CONTACTS]
    operation_id, summary, response_text = "readContacts", "Read the people of a request", "The people."
    query_class, serializer_class = ContactsQuerySerializer, serializers.ContactsSerializer

    def get_queryset(self) -> QuerySet[Participation]:
        service_request = self.find(self.kwargs["reference"], "view_reporter")
        if not permissions.may_read_reporter(self.user, service_request):
            raise denied("view_reporter")
        reporter_views.view_reporter(service_request, reason=self.query["reason"], actor=self.user)
        taking_part = service_request.participations.select_related("person")
        return taking_part.prefetch_related("person__contact_points").order_by("created_at", "id")
