"""What went wrong, as REST framework's exceptions. Each API's own exception handler says it in that API's shape."""

import structlog
from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.exceptions import APIException, ErrorDetail, ParseError, Throttled

from requests_app.api.framework.parsers import NotText, Unreadable, not_a_form
from requests_app.photos import StorageFailed

OUTAGES = (OperationalError, InterfaceError, StorageFailed)
log = structlog.get_logger(__name__)


class Unavailable(APIException):
    """503. wait: seconds, for Retry-After."""

    status_code = 503

    def __init__(self, detail: str, *, wait: int | None = None) -> None:
        self.wait = wait
        super().__init__(detail)


def too_large() -> str:
    """Of a body: how much is read."""
    most = {
        "text": filesizeformat(settings.DATA_UPLOAD_MAX_MEMORY_SIZE),
        "files": filesizeformat(settings.BODY_MAX_BYTES),
    }
    return _("The body is too large. Send at most %(text)s of JSON or text, and %(files)s with files.") % most


def api_exception(error: Exception, request: HttpRequest) -> APIException:
    """The same error with words for the client. What no API knows is logged and says nothing of our insides."""
    match error:
        case RequestDataTooBig():
            return ParseError(too_large())
        case TooManyFilesSent():
            message = _("Too many files. Send at most %(most)s.")
            return ParseError(message % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FILES})
        case TooManyFieldsSent():
            message = _("Too many fields. Send at most %(most)s.")
            return ParseError(message % {"most": settings.DATA_UPLOAD_MAX_NUMBER_FIELDS})
        case NotText():
            message = _("%(name)s contains invalid characters.") % {"name": error.field}
            error.detail = ErrorDetail(message, code="not-text")
        case UnreadablePostError() | RawPostDataException():
            return ParseError(_("The connection broke before the whole body arrived. Send it again."))
        case ParseError() | BadRequest() | SuspiciousOperation() if not isinstance(error, Unreadable):
            # Of a form: what is wrong with JSON, its reader says.
            return not_a_form()
        case Throttled():
            seconds = int(getattr(error, "wait", None) or 1)
            message = ngettext(
                "Too many requests. Try again in %(seconds)s second.",
                "Too many requests. Try again in %(seconds)s seconds.",
                seconds,
            )
            error.detail = ErrorDetail(message % {"seconds": seconds}, code="throttled")
    if isinstance(error, APIException):
        return error
    log.error("api_failed", path=request.path, exc_info=error)
    return APIException(_("Something went wrong on our side. Try again later."))
