"""What happens to every HTTP request: an id for the logs, its jurisdiction, its language, and a lost database told kindly."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils import timezone, translation

from requests_app import limits
from requests_app.models import Jurisdiction
from requests_app.rules.jurisdictions import find_jurisdiction
from requests_app.web import errors
from requests_app.web.site import probes

GetResponse = Callable[[HttpRequest], HttpResponse]
# Paths that belong to the process or to the API's own rules, not to a city's pages.
WITHOUT_JURISDICTION = re.compile(r"^/(static|open311)/")
# In any language.
OF_ONE_PERSON = re.compile(r"^(/[a-z]{2,3}(-[a-z]+)*)?/(accounts|staff|my)/")
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(json|geo\+json|xml|manifest\+json)")
PROBES = {"/healthz": probes.healthz, "/readyz": probes.readyz, "/metrics": probes.metrics}


def trusted_proxy(get_response: GetResponse) -> GetResponse:
    """What came by https is for a proxy to say that TRUSTED_PROXIES names, and for nobody else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not limits.is_trusted_proxy(str(request.META.get("REMOTE_ADDR", ""))):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def probe(get_response: GetResponse) -> GetResponse:
    """A probe calls a machine by its address, over plain HTTP: neither host name, TLS nor city is asked for."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = PROBES.get(request.path_info)
        return asked(request) if asked else get_response(request)

    return middleware


class CompressText(GZipMiddleware):
    """gzip for text, with Django's random padding, so that a page's size doesn't tell what is on it (BREACH).

    Photos and map tiles are compressed already, and a stream would lose its length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not COMPRESSIBLE.match(response.get("Content-Type", "")):
            return response
        return super().process_response(request, response)


def body_limit(get_response: GetResponse) -> GetResponse:
    """A body larger than BODY_MAX_BYTES is refused before a byte of it is read, with what to do instead."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        # The API refuses it as well, in its own format.
        if length > settings.BODY_MAX_BYTES and not request.path_info.startswith("/open311/"):
            return HttpResponse(render_to_string("413.html"), status=413)
        return get_response(request)

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """An id that follows the request into the logs, the outbox and the mails; a proxy's own id is kept if it is one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-Id", "")
        trace_id = offered if re.fullmatch(r"[A-Za-z0-9-]{8,40}", offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        response = get_response(request)
        response["X-Request-Id"] = trace_id
        if settings.DEMO:
            response["X-Lamplighter-Demo"] = "true"
        return response

    return middleware


def unshared(get_response: GetResponse) -> GetResponse:
    """What is one reader's alone stays out of every cache that others read from.

    That is what the sign-ins, the staff's pages and one's own answer, and any page that sets a cookie: it was made for this
    browser, as when a message that waited for it stands on an otherwise public page. A page that does not say how long it may be
    kept would be kept as long as a cache guesses: what staff hide must be gone within half a minute.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if OF_ONE_PERSON.match(request.path_info):
            response["Cache-Control"] = "private, no-store"
        elif not said or (response.cookies and not re.search("private|no-store", said)):
            # Not "no-store": Back brings the page again with what was typed into it.
            response["Cache-Control"] = "private, no-cache"
        return response

    return middleware


def database_lost(get_response: GetResponse) -> GetResponse:
    """A database that a view lost is a 503 that gives back what was typed, never a 500 that eats it.

    (One that a middleware lost comes to errors.server_error, by Django's rules.)
    """

    class DatabaseLost:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
            if not isinstance(exception, OperationalError | InterfaceError):
                return None
            structlog.get_logger(__name__).error("database_lost", error=type(exception).__name__)
            return errors.database_lost(request)

    return DatabaseLost()


def jurisdiction(get_response: GetResponse) -> GetResponse:
    """Chooses the jurisdiction once, at the door, by the request's host; and the clock on the wall of its pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.jurisdiction = None  # type: ignore[attr-defined]
        if WITHOUT_JURISDICTION.match(request.path):
            return get_response(request)
        found = find_jurisdiction(request.get_host())
        if found is None:
            if Jurisdiction.objects.exists():
                return HttpResponseNotFound("No city answers at this address.", content_type="text/plain")
            return HttpResponse(
                "No city is set up yet. Run: bin/manage load_city FOLDER", content_type="text/plain", status=503
            )
        request.jurisdiction = found  # type: ignore[attr-defined]
        with timezone.override(found.zone):
            return get_response(request)

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """English at /…, Spanish at /es/…: the path says the language, so that a page can be cached and its link shared."""

    def middleware(request: HttpRequest) -> HttpResponse:
        code = translation.get_language_from_path(request.path_info) or settings.LANGUAGE_CODE
        city = getattr(request, "jurisdiction", None)
        if city is not None and code not in city.languages and code != settings.LANGUAGE_CODE:
            raise Http404
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = get_response(request)
            response.headers.setdefault("Content-Language", code)
            return response

    return middleware
