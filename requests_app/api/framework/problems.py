"""What went wrong, as RFC 9457 problem details: always `application/problem+json`, always with a `type` that can be looked up."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, override
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions, views
from rest_framework.response import Response

from requests_app import api_errors
from requests_app.api.framework import throttling
from requests_app.api.framework.errors import OUTAGES, api_exception, too_large
from requests_app.api.framework.languages import asked_language
from requests_app.api.framework.parsers import NotText
from requests_app.api.framework.renderers import JSONRenderer
from requests_app.api.framework.views import OPEN_TO_BROWSERS
from requests_app.core.paging import BadCursor
from requests_app.models import ApiKey

MEDIA_TYPE = "application/problem+json"
# Status and title by code, the last part of the type's address. A code is never renamed.
PROBLEMS: dict[str, tuple[int, str]] = {
    "invalid-parameter": (400, gettext_noop("A parameter is not valid")),
    "invalid-cursor": (400, gettext_noop("The cursor is not valid")),
    "unreadable": (400, gettext_noop("The request could not be read")),
    "unauthorized": (401, gettext_noop("A valid API key is needed")),
    "forbidden": (403, gettext_noop("This is not allowed")),
    "not-found": (404, gettext_noop("Not found")),
    "method-not-allowed": (405, gettext_noop("This method is not allowed here")),
    "conflict": (409, gettext_noop("The request has changed")),
    "action-not-possible": (409, gettext_noop("This action isn’t possible now")),
    "idempotency-conflict": (409, gettext_noop("The Idempotency-Key was used for something else")),
    "changes-expired": (410, gettext_noop("These changes are no longer kept")),
    "precondition-failed": (412, gettext_noop("It has changed since you read it")),
    "too-large": (413, gettext_noop("The body is too large")),
    "unsupported-media-type": (415, gettext_noop("This type of body is not supported")),
    "invalid-body": (422, gettext_noop("The body is not valid")),
    "emergency": (422, gettext_noop("This needs a call, not a report")),
    "precondition-required": (428, gettext_noop("If-Match is needed")),
    "too-many-requests": (429, gettext_noop("Too many requests")),
    "server-error": (500, gettext_noop("Something went wrong on our side")),
    "unavailable": (503, gettext_noop("The service is temporarily unavailable")),
}
# The names of the addresses that only answer 404.
NOT_FOUND = ("api_not_found", "open311_not_found")
# What an exception without a code of its own is.
BY_STATUS = {
    400: "unreadable",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    412: "precondition-failed",
    415: "unsupported-media-type",
    429: "too-many-requests",
    503: "unavailable",
}


@dataclass(frozen=True)
class FieldError:
    """One mistake. field: a parameter's name, or the path of a field of the body, like place.lat. code: never renamed."""

    field: str
    code: str
    message: str


class Problem(exceptions.APIException):
    """code: of PROBLEMS. more: members that only some problems have."""

    def __init__(
        self, code: str, detail: str, errors: list[FieldError] | None = None, more: Mapping[str, Any] | None = None
    ) -> None:
        self.code, self.errors, self.more = code, errors or [], more or {}
        self.status_code = PROBLEMS[code][0]
        super().__init__(detail)


# The others are in the member `changes` alone.
CHANGES_IN_DETAIL = 3


def invalid_parameter(errors: list[FieldError]) -> Problem:
    return Problem("invalid-parameter", " ".join(error.message for error in errors), errors)


def unknown_values(names: Iterable[str]) -> Problem:
    """Of parameters that name nothing that there is."""
    return invalid_parameter(
        [FieldError(name, "unknown-value", _("%(name)s was not found.") % {"name": name}) for name in names]
    )


def invalid_cursor() -> Problem:
    message = _("This cursor has expired or was changed. Start again without it.")
    return Problem("invalid-cursor", message, [FieldError("cursor", "invalid", message)])


def invalid_body(errors: list[FieldError]) -> Problem:
    return Problem("invalid-body", " ".join(error.message for error in errors), errors)


def changed(changes: Sequence[Mapping[str, Any]]) -> Problem:
    """changes: what has happened to the request since, oldest first: each has `at`, `text`, and `by`, which may be None."""
    newest = changes[-CHANGES_IN_DETAIL:]
    listed = "; ".join(f"{change['text']} ({change['by']})" if change["by"] else change["text"] for change in newest)
    detail = _("The request has changed since you read it. Read it again.")
    if listed:
        detail = _("The request has changed since you read it: %(changes)s. Read it again.") % {"changes": listed}
    return Problem("precondition-failed", detail, more={"changes": list(changes)})


def type_of(code: str, site: str) -> str:
    """The address of the page that explains the problem. site: without a slash at its end."""
    return f"{site}/developers/problems/{code}/"


def _site(request: HttpRequest) -> str:
    try:
        return f"{request.scheme}://{request.get_host()}"
    except DisallowedHost:
        return str(settings.SITE_URL)


def problem(code: str, detail: str, request: HttpRequest, errors: list[FieldError] | None = None) -> dict[str, Any]:
    status, title = PROBLEMS[code]
    return {
        "type": type_of(code, _site(request)),
        "title": _(title),
        "status": status,
        "detail": detail,
        "instance": escape_uri_path(request.path),
        "request_id": structlog.contextvars.get_contextvars().get("trace_id", ""),
        "errors": [{"field": one.field, "code": one.code, "message": one.message} for one in errors or []],
    }


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """REST framework's hook. An outage is left to the middleware, which answers through answer()."""
    if isinstance(error, OUTAGES):
        return None
    request = context["request"]
    if isinstance(error, RequestDataTooBig):
        error = Problem("too-large", too_large())
    if isinstance(error, BadCursor):
        error = invalid_cursor()
    exception = api_exception(error, request)
    # A link that is missing, of another jurisdiction or not public is the same 404.
    response = views.exception_handler(exception, dict(context))
    if response is None:
        return None
    code = exception.code if isinstance(exception, Problem) else BY_STATUS.get(response.status_code, "server-error")
    detail = _first(exception.detail)
    if isinstance(exception, exceptions.NotFound) and detail == exceptions.NotFound.default_detail:
        detail = no_such_url(request.path)
    if isinstance(exception, exceptions.UnsupportedMediaType):
        detail = _unsupported(request)
    errors = exception.errors if isinstance(exception, Problem) else []
    if isinstance(exception, NotText):
        errors = [FieldError(exception.field, "not-text", detail)]
    response.data = problem(code, detail, request, errors)
    response.data |= exception.more if isinstance(exception, Problem) else {}
    response.status_code = response.data["status"]
    response.content_type = MEDIA_TYPE
    key = request.auth
    if isinstance(key, ApiKey):
        api_errors.note(key, request, response.status_code, response.data)
    return response


def _unsupported(request: Any) -> str:
    """request: of REST framework, with the parsers of its view."""
    types = ", ".join(parser.media_type for parser in request.parsers)
    if not request.content_type:
        return _("The header Content-Type is missing. Send: %(types)s.") % {"types": types}
    return _("This endpoint can’t read %(type)s. Send: %(types)s.") % {
        "type": request.content_type[:100],
        "types": types,
    }


def no_such_url(path: str) -> str:
    """With the endpoint that was probably meant: most URLs end with a slash, those of OGC API Features don't."""
    meant = f"{path}/" if not path.endswith("/") else path.rstrip("/")
    if is_endpoint(meant):
        return _("This URL doesn’t exist. Use %(url)s.") % {"url": meant}
    return _("This URL doesn’t exist. /api/openapi.json lists the endpoints, and /developers/ explains them.")


def is_endpoint(path: str) -> bool:
    """Whether a view answers there, not a 404 of the API's own."""
    try:
        return resolve(path).url_name not in NOT_FOUND
    except Resolver404:
        return False


def _first(detail: Any) -> str:
    while isinstance(detail, list | dict):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail), "")
    return str(detail)


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """Replaces Django's error pages below /api/, for a request that reached no view or whose view failed."""
    code = BY_STATUS.get(status, "too-large" if status == 413 else "server-error")
    language = asked_language(request) or settings.LANGUAGE_CODE
    with override(language):
        body = problem(code, _detail(status, request.path), request)
    return HttpResponse(
        JSONRenderer().render(body),
        status=PROBLEMS[code][0],
        headers={
            "Content-Type": MEDIA_TYPE,
            "Content-Language": language,
            "Vary": "Accept-Language",
            "Cache-Control": "no-store",
            **OPEN_TO_BROWSERS,
        },
    )


def _detail(status: int, path: str) -> str:
    return {
        400: _("The request could not be read."),
        404: no_such_url(path),
        405: _("Use GET or HEAD here."),
        413: too_large(),
        429: _("Too many requests. Wait a minute."),
        503: _("The service is temporarily unavailable. Try again soon."),
    }.get(status) or _("Something went wrong on our side. Try again later.")


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below /api/."""
    return throttling.counted(request, answer, 404)
