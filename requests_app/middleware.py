"""Middleware: request ids, jurisdiction, language, caching, compression, and 503 pages during an outage."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.middleware.gzip import GZipMiddleware
from django.template.loader import render_to_string
from django.utils import timezone, translation

from requests_app import error_pages
from requests_app.api import answers
from requests_app.core import limits, metrics, once, units
from requests_app.models import Jurisdiction
from requests_app.rules.shared.jurisdictions import find_jurisdiction
from requests_app.web.site import probes
from requests_app.web.site.metrics import metrics as metrics_page

GetResponse = Callable[[HttpRequest], HttpResponse]
# Paths of the process and the API, not of a city's pages.
WITHOUT_JURISDICTION = re.compile(r"^/(static|open311|api)/")
# Before there is a city, in every language: the page that makes the first one.
FIRST_RUN = re.compile(r"^(/[a-z]{2,3}(-[a-z]+)*)?/staff/first-run/")
# In every language.
OF_ONE_PERSON = re.compile(r"^(/[a-z]{2,3}(-[a-z]+)*)?/(accounts|staff|my)/")
COMPRESSIBLE = re.compile(r"text/|image/svg\+xml|application/(json|geo\+json|problem\+json|xml|yaml|manifest\+json)")
PROBES = {"/healthz": probes.healthz, "/readyz": probes.readyz, "/metrics": metrics_page}


def trusted_proxy(get_response: GetResponse) -> GetResponse:
    """Trusts X-Forwarded-Proto only from proxies in TRUSTED_PROXIES."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if not limits.is_trusted_proxy(str(request.META.get("REMOTE_ADDR", ""))):
            request.META.pop("HTTP_X_FORWARDED_PROTO", None)
        return get_response(request)

    return middleware


def probe(get_response: GetResponse) -> GetResponse:
    """Answers probes before host, TLS and jurisdiction are checked, since they use plain HTTP and an IP address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info)
        return probe(request) if probe else get_response(request)

    return middleware


class Statements:
    """How many statements were sent while it wraps a connection, and for how many seconds they were waited for."""

    def __init__(self) -> None:
        self.number, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - began


def measured(get_response: GetResponse) -> GetResponse:
    """Counts what an answer took, by the name of its address: never by the address, which a visitor may make up."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path_info in PROBES:
            return get_response(request)
        began, statements = time.perf_counter(), Statements()
        with connection.execute_wrapper(statements):
            response = get_response(request)
        seconds = time.perf_counter() - began
        match = request.resolver_match
        labels = (match.view_name if match else metrics.OTHER, f"{response.status_code // 100}xx")
        metrics.observe(metrics.REQUEST_SECONDS, seconds, *labels)
        metrics.observe(metrics.REQUEST_STATEMENTS, statements.number, *labels)
        metrics.observe(metrics.REQUEST_DATABASE_SECONDS, statements.seconds, *labels)
        return response

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
    """Rejects bodies larger than BODY_MAX_BYTES before reading them, with a page that says what to do instead."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            length = 0
        # An API rejects it too, in its own format.
        if length > settings.BODY_MAX_BYTES and not answers.is_for_machines(request):
            return HttpResponse(render_to_string("413.html"), status=413)
        return get_response(request)

    return middleware


def request_id(get_response: GetResponse) -> GetResponse:
    """Gives the request an id for logs, outbox and emails; keeps a valid id from a proxy."""

    def middleware(request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-Id", "")
        trace_id = offered if re.fullmatch(r"[A-Za-z0-9-]{8,40}", offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(trace_id=trace_id)
        response = get_response(request)
        response["X-Request-Id"] = response["Request-Id"] = trace_id
        if settings.DEMO:
            response["X-Lamplighter-Demo"] = "true"
        return response

    return middleware


def read_once(get_response: GetResponse) -> GetResponse:
    """Lets requests_app.core.once keep what is read until the response is made."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with once.web_request(only_reads=request.method in ("GET", "HEAD")):
            return get_response(request)

    return middleware


def unshared(get_response: GetResponse) -> GetResponse:
    """Keeps personal pages out of shared caches.

    Personal are sign-ins, the dashboard, "My reports", and any page that sets a cookie, such as a public page with a
    message for this browser. Pages without Cache-Control get one too: a cache would guess how long to keep them, but
    what staff hide must be gone within half a minute.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if OF_ONE_PERSON.match(request.path_info):
            response["Cache-Control"] = "private, no-store"
        elif not said or (response.cookies and not re.search("private|no-store", said)):
            # Not "no-store": the Back button shows the page with what was typed.
            response["Cache-Control"] = "private, no-cache"
        return response

    return middleware


def outage(get_response: GetResponse) -> GetResponse:
    """Turns a failure of the database or the photo storage in a view into a 503 that keeps what was typed, not a 500.

    (Django sends failures in middleware to errors.server_error.)
    """

    class Outage:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
            if not isinstance(exception, error_pages.OUTAGES):
                return None
            structlog.get_logger(__name__).error("outage", error=type(exception).__name__)
            return error_pages.unavailable(request)

    return Outage()


def jurisdiction(get_response: GetResponse) -> GetResponse:
    """Sets the request's jurisdiction by its host, and the time zone of its pages."""

    def middleware(request: HttpRequest) -> HttpResponse:
        request.jurisdiction = None  # type: ignore[attr-defined]
        if WITHOUT_JURISDICTION.match(request.path):
            return get_response(request)
        city = find_jurisdiction(request.get_host())
        if city is None:
            if Jurisdiction.objects.exists():
                return HttpResponseNotFound("No city is served at this address.", content_type="text/plain")
            if FIRST_RUN.match(request.path):
                return get_response(request)
            return HttpResponse(
                "No city is set up yet. To set one up in your browser, run: bin/manage first_run_link\n"
                "To load one from files, run: bin/manage load_city FOLDER\n",
                content_type="text/plain",
                status=503,
            )
        request.jurisdiction = city  # type: ignore[attr-defined]
        with timezone.override(city.zone), units.override(city.units):
            return get_response(request)

    return middleware


def wrong_method(get_response: GetResponse) -> GetResponse:
    """A page instead of Django's empty 405, for a person who opens an address that only a form uses."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content or answers.is_for_machines(request):
            return response
        page = error_pages.wrong_method(request)
        page["Allow"] = response["Allow"]
        return page

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """English at /…, Spanish at /es/…. The path sets the language, so that pages can be cached and links shared."""

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
