"""What went wrong, in the format that was asked for: always an array of code and description, always with a body."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import views
from rest_framework.response import Response

from requests_app import api_errors
from requests_app.api.framework import throttling
from requests_app.api.framework.errors import OUTAGES, api_exception
from requests_app.api.framework.problems import is_endpoint
from requests_app.api.framework.renderers import JSONRenderer, XMLRenderer
from requests_app.api.framework.views import OPEN_TO_BROWSERS
from requests_app.models import ApiKey


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's hook. An outage is left to the middleware, which answers through answer()."""
    if isinstance(error, OUTAGES):
        return None
    known = api_exception(error, context["request"])
    response = views.exception_handler(known, context)
    if response is not None:
        details = known.detail if isinstance(known.detail, list) else [known.detail]
        response.data = _errors(response.status_code, details)
        request = context["request"]
        key = request.auth
        if isinstance(key, ApiKey):
            api_errors.note(key, request, response.status_code, response.data)
    return response


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """Replaces Django's error pages in the API, for a request that reached no view or whose view failed."""
    words = {
        400: _("The request could not be read."),
        403: _("This is not allowed."),
        404: no_such_url(request.path),
        429: _("Too many requests. Wait a minute."),
        503: _("The service is temporarily unavailable. Try again soon."),
    }
    description = words.get(status) or _("Something went wrong on our side. Try again later.")
    # XML, which every client of the standard reads, where the address names no format.
    renderer = JSONRenderer() if request.path.endswith(".json") else XMLRenderer()
    return HttpResponse(
        renderer.render(_errors(status, [description])),
        status=status,
        headers={
            "Content-Type": f"{renderer.media_type}; charset={renderer.charset}",
            "Cache-Control": "no-store",
            **OPEN_TO_BROWSERS,
        },
    )


def no_such_url(path: str) -> str:
    """With the endpoint that was probably meant: URLs end with .json or .xml, and not with a slash."""
    bare = re.sub(r"\.[a-z]{1,5}$", "", path.rstrip("/"))
    meant = f"{bare}.json" if path.rstrip("/").endswith(".json") else f"{bare}.xml"
    if meant != path and is_endpoint(meant):
        return _("This URL doesn’t exist. Use %(url)s.") % {"url": meant}
    return _("This URL doesn’t exist. /open311/discovery.json lists the endpoints, and /developers/ explains them.")


@csrf_exempt
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Every other address below /open311/."""
    return throttling.counted(request, answer, 404)


def _errors(status: int, descriptions: list[Any]) -> list[dict[str, Any]]:
    return [{"code": status, "description": description} for description in descriptions]
