"""The base of the views for programs that work as staff: a key with the scope `staff`, which acts for one person."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from requests_app.access import NUMBERED, get_request_or_404
from requests_app.actions.report import submission
from requests_app.actions.report.submission import Idempotency, IdempotencyConflict
from requests_app.api.framework import idempotency
from requests_app.api.framework.bodies import canonical
from requests_app.api.framework.parsers import JSONParser
from requests_app.api.framework.permissions import HasScope
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.throttling import CallThrottle, WriteThrottle
from requests_app.api.v1 import writing
from requests_app.api.v1.base import V1View
from requests_app.core.prepared import Prepared
from requests_app.models import ApiKey, ServiceRequest, User
from requests_app.models.api_key import Scope
from requests_app.rules.people import permissions

# For `parameters` of @extend_schema: the answer to a change has the ETag of what was changed.
ETAG = OpenApiParameter("ETag", str, OpenApiParameter.HEADER, response=[200])


@dataclass(frozen=True)
class Done:
    """What was done to which request. to_repeat: of the answer, what only the first call knows; ids and times, as JSON."""

    service_request: ServiceRequest
    to_repeat: Mapping[str, Any]
    is_repeated: bool = False

    @property
    def headers(self) -> dict[str, str]:
        return idempotency.replayed(self.is_repeated)


class WorksHere(BasePermission):
    """For whom the key acts still works for this city. After HasScope."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method == "OPTIONS":
            return True
        if cast(ApiKey, request.auth).is_test:
            raise PermissionDenied(
                _("This is a test key. Requests are real: use a live key with the scope “staff”."), code="test_key"
            )
        if not any(one.jurisdiction_id == view.jurisdiction.pk for one in permissions.memberships_of(request.user)):
            raise PermissionDenied(
                _("The staff member this API key acts for no longer works here. Ask the city for a new one."),
                code="staff_gone",
            )
        return True


class StaffView(V1View):
    """What it answers is for this key alone."""

    keep_s = None
    parser_classes = [JSONParser]
    permission_classes = [HasScope, WorksHere]
    required_scopes = [Scope.STAFF]
    throttle_classes = [CallThrottle, WriteThrottle]
    tag = "Staff"

    @property
    def user(self) -> User:
        return cast(User, self.request.user)

    def find(
        self, reference: str, action: str = "view", *, statement: Prepared[ServiceRequest] = NUMBERED
    ) -> ServiceRequest:
        """Raises a 404 problem where the member of staff may not know of it, 403 where they may not do this."""
        try:
            return get_request_or_404(self.user, reference, action, jurisdiction=self.jurisdiction, statement=statement)
        except Http404:
            raise no_such_request() from None
        except permissions.Denied:
            raise denied(action) from None

    def body(self, data: Any, **context: Any) -> Any:
        """The valid serializer of what was sent. context: what it needs besides. Raises a 422 problem that names every mistake."""
        context |= {"view": self, "request": self.request, "user": self.user}
        body: Any = self.described.body_serializer(data=data, context=context)
        body.is_valid(raise_exception=True)
        return body

    def once(self, request: Request, act: Callable[[], Done], data: Any) -> Done:
        """Does it, unless the same Idempotency-Key came with the same body before: then it returns what was done then. Raises a
        409 problem for another body."""
        sent = idempotency.sent_key(request)
        if not sent:
            return act()
        files = [file for _name, several in sorted(request.FILES.lists()) for file in several]
        body = idempotency.body_hash(request.method, request.path, canonical(data), files=files)
        again = Idempotency(f"staff:{self.key.pk}", sent, body)
        with transaction.atomic():
            try:
                before = submission.earlier_use(again)
            except IdempotencyConflict:
                raise writing.conflict() from None
            if before is not None:
                return Done(before.service_request, before.answer, is_repeated=True)
            done = act()
            submission.store_use(again, done.service_request, done.to_repeat)
            return done


def no_such_request() -> Problem:
    return Problem("not-found", _("Request not found, or you don’t have access to it."))


def denied(action: str) -> Problem:
    words = _("The staff member this API key acts for doesn’t have the permission “%(permission)s” here.")
    return Problem("forbidden", words % {"permission": action})
