"""The base of every API view: no session, no CSRF, no browsable pages, and open to any site's page."""

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from requests_app import api_usage
from requests_app.api.framework import throttling
from requests_app.api.framework.conditional import conditional
from requests_app.core.limits import Quota
from requests_app.models import ApiKey, Jurisdiction

# Any site's page may read the answer. No cookie counts here, so none is allowed.
OPEN_TO_BROWSERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": (
        "Deprecation, ETag, Idempotent-Replayed, Link, Location, RateLimit, RateLimit-Policy, Request-Id, Retry-After, Sunset, "
        "X-Request-Id, X-Lamplighter-Demo"
    ),
}


class ApiView(APIView):
    """A subclass says its jurisdiction and language. What it doesn’t say is in REST_FRAMEWORK (config/settings.py)."""

    # What the document says of it: see schema.AutoSchema. tag: under which its operations are listed.
    tag = operation_id = summary = ""
    # Of a GET: what it takes and answers, and the codes of the problems that only some answer. What else it answers with is in
    # `responses`, as @extend_schema has it.
    query_class: type[serializers.Serializer[Any]] | None = None
    serializer_class: type[serializers.Serializer[Any]] | None = None
    response_text = ""
    problem_codes: Sequence[str] = ()
    responses: Mapping[Any, Any] = MappingProxyType({})
    # Of models.api_key.Scope: each that a key needs here. None: it's open to everybody.
    required_scopes: Sequence[str] = ()
    # Of what If-Match protects (conditional.version_of), where the answer's ETag is one for it.
    version = ""
    # What is left for this client, by limit.
    quotas: list[Quota]

    @property
    def jurisdiction(self) -> Jurisdiction:
        raise NotImplementedError

    @property
    def language(self) -> str:
        raise NotImplementedError

    @property
    def default_response_headers(self) -> dict[str, str]:
        # Not "Vary: Accept", which is REST framework's default: the header changes nothing here.
        return {"Allow": ", ".join(self.allowed_methods), **OPEN_TO_BROWSERS}

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        # What a header claims ("charset=utf-16") would break the reading of body and query.
        request.encoding = "utf-8"
        self.quotas = []
        return super().initialize_request(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        began, status = time.perf_counter(), 503
        try:
            # Both end with this block, whatever initial() activates; so the answer is rendered here, too.
            with translation.override(translation.get_language()), timezone.override(None):
                response = super().dispatch(request, *args, **kwargs)
                if isinstance(response, Response):
                    response.render()
                response = conditional(request, response, self.version)
                status = response.status_code
                return response
        finally:
            key = getattr(self.request, "auth", None)
            if isinstance(key, ApiKey):
                api_usage.note_call(key, request, status=status, seconds=time.perf_counter() - began)

    def perform_authentication(self, request: Request) -> None:
        try:
            if request.method not in self.allowed_methods:
                # Before anything about the key, the city and the body.
                self.http_method_not_allowed(request)
            super().perform_authentication(request)
        except Exception:
            # A key that could not be read isn't looked for again.
            request.auth = None
            raise

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """As REST framework's, but limits are checked first, as soon as it's known who calls: refused calls count, too."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        try:
            self.perform_authentication(request)
        finally:
            self.check_throttles(request)
        self.check_permissions(request)
        if request.method in self.allowed_methods and request.method != "OPTIONS":
            translation.activate(self.language)
            timezone.activate(self.jurisdiction.zone)

    def http_method_not_allowed(self, request: HttpRequest | Request, *args: Any, **kwargs: Any) -> Response:
        methods = ", ".join(method for method in self.allowed_methods if method != "OPTIONS")
        raise MethodNotAllowed(request.method or "", detail=_("Use %(methods)s here.") % {"methods": methods})

    def options(self, request: HttpRequest | Request, *args: Any, **kwargs: Any) -> Response:
        """A browser's question before it calls from another site's page."""
        headers = {
            "Access-Control-Allow-Methods": ", ".join(self.allowed_methods),
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status=204, headers=headers)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "no-store")
        response["Content-Language"] = translation.get_language()
        patch_vary_headers(response, ["Authorization"])
        if isinstance(request.auth, ApiKey) and throttling.is_shared(response):
            # It says what is left of this key.
            response["Cache-Control"] = response["Cache-Control"].replace("public", "private")
        throttling.with_headers(response, self.quotas)
        return response
