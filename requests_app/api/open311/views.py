"""GeoReport v2's addresses as views. Each answers with the data; its `root` is the name of XML's outermost element."""

from functools import cached_property
from typing import Any, cast

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.parsers import FormParser
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app import links
from requests_app.api.framework import idempotency, paging
from requests_app.api.framework.authentication import ApiKeyAuthentication, OptionalApiKeyAuthentication, key_of
from requests_app.api.framework.errors import Unavailable
from requests_app.api.framework.negotiation import FormatByEnding
from requests_app.api.framework.parsers import MultiPartParser, NoParser, form_fields
from requests_app.api.framework.permissions import HasScopeOrReadOnly
from requests_app.api.framework.renderers import XMLRenderer
from requests_app.api.framework.throttling import CallThrottle, ReportThrottle, WriteThrottle
from requests_app.api.framework.views import ApiView
from requests_app.api.open311 import catalog, jsonp, reading, updates, writing
from requests_app.api.open311.errors import exception_handler
from requests_app.api.open311.jsonp import JSONPRenderer
from requests_app.api.open311.parameters import Parameters
from requests_app.api.open311.parsers import JSONFormParser
from requests_app.models import ApiKey, Jurisdiction
from requests_app.models.api_key import Scope
from requests_app.rules.shared.jurisdictions import find_jurisdiction

# How long anybody may keep an answer, in seconds.
KEEP_CATALOG = {"Cache-Control": "public, max-age=300"}
KEEP_REQUESTS = {"Cache-Control": "public, max-age=30", "Vary": "Authorization"}
KEEP_TESTS = {"Cache-Control": "no-store", "Vary": "Authorization"}


def kept(request: Request) -> dict[str, str]:
    """What a test key reads is for nobody else to keep."""
    key = key_of(request)
    return KEEP_TESTS if key is not None and key.is_test else KEEP_REQUESTS


class Open311View(ApiView):
    root: str
    parser_classes = [JSONFormParser, FormParser, MultiPartParser, NoParser]
    renderer_classes = [XMLRenderer, JSONPRenderer]
    content_negotiation_class = FormatByEnding
    # The function to call with the answer (JSONP); "" for none.
    callback = ""

    def get_exception_handler(self) -> Any:
        return exception_handler

    def get_authenticators(self) -> list[BaseAuthentication]:
        match self.request.method:
            case "POST":
                return [ApiKeyAuthentication()]
            case "OPTIONS":
                return []
        # A wrong key does not matter for reading.
        return [OptionalApiKeyAuthentication()]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method == "GET" and isinstance(request.accepted_renderer, JSONPRenderer):
            self.callback = jsonp.check_name(self.parameters.first("callback"))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        if self.callback:
            response.content_type = jsonp.MEDIA_TYPE
        return response

    @cached_property
    def parameters(self) -> Parameters:
        query = dict(self.request.query_params.lists())
        return Parameters(form_fields(self.request), query) if self.request.method == "POST" else Parameters(query)

    @cached_property
    def jurisdiction(self) -> Jurisdiction:
        """The one that jurisdiction_id names; without it the host's, or the only one."""
        named = self.parameters.first("jurisdiction_id")
        if named:
            found = Jurisdiction.objects.defer("boundary").filter(jurisdiction_id__iexact=named).first()
            if found is None:
                raise NotFound(_("jurisdiction_id was not found."))
            return found
        found = find_jurisdiction(self.request.get_host())
        if found is not None:
            return found
        if Jurisdiction.objects.exists():
            raise ValidationError(_("jurisdiction_id was not provided. This address serves several jurisdictions."))
        raise Unavailable(_("No city is set up here yet."))

    @property
    def language(self) -> str:
        """What `locale` asks for, if the city speaks it."""
        wanted = self.parameters.first("locale").lower().split("-")[0]
        languages = self.jurisdiction.languages
        if wanted in languages:
            return wanted
        return "en" if "en" in languages else languages[0]

    def next_link(self, name: str, **changed: object) -> str:
        address = f"{links.base_url(self.jurisdiction)}/open311/v2/{name}"
        return paging.link(address, self.request.query_params, "next", **changed)


class Discovery(Open311View):
    root = "discovery"

    def get(self, request: Request, format: str) -> Response:
        return Response(catalog.discovery(self.jurisdiction), headers=KEEP_CATALOG)


class Services(Open311View):
    root = "services"

    def get(self, request: Request, format: str) -> Response:
        return Response(catalog.services(self.jurisdiction), headers=KEEP_CATALOG)


class ServiceDefinition(Open311View):
    root = "service_definition"

    def get(self, request: Request, service_code: str, format: str) -> Response:
        return Response(catalog.definition(self.jurisdiction, service_code), headers=KEEP_CATALOG)


class ServiceRequests(Open311View):
    root = "service_requests"
    # Anyone may read. Writing needs a key, checked before the rest of the request.
    permission_classes = [HasScopeOrReadOnly]
    required_scopes = [Scope.REPORT]
    throttle_classes = [CallThrottle, WriteThrottle, ReportThrottle]

    def get(self, request: Request, format: str) -> Response:
        found = reading.many(self.jurisdiction, self.parameters, key_of(request))
        response = Response(found, headers=kept(request))
        if page := reading.next_page(self.parameters, len(found)):
            response["Link"] = self.next_link(f"requests.{format}", page=page)
        return response

    def post(self, request: Request, format: str) -> Response:
        files = [file for _name, several in request.FILES.lists() for file in several]
        key, sent_key = cast(ApiKey, request.auth), idempotency.sent_key(request)
        created = writing.create(self.jurisdiction, self.parameters, files, key=key, idempotency_key=sent_key)
        return Response([created])


class ServiceRequest(Open311View):
    root = "service_requests"

    def get(self, request: Request, number: str, format: str) -> Response:
        found = reading.service_request(self.jurisdiction, self.parameters, number, key_of(request))
        return Response(found, headers=kept(request))


class ServiceRequestUpdates(Open311View):
    root = "service_request_updates"
    permission_classes = [HasScopeOrReadOnly]
    required_scopes = [Scope.UPDATES]
    throttle_classes = [CallThrottle, WriteThrottle]

    def get(self, request: Request, format: str) -> Response:
        found = updates.many(self.jurisdiction, self.parameters, key_of(request))
        response = Response(found, headers=kept(request))
        if after := updates.next_start(found):
            response["Link"] = self.next_link(f"servicerequestupdates.{format}", start_date=after)
        return response

    def post(self, request: Request, format: str) -> Response:
        key, sent_key = cast(ApiKey, request.auth), idempotency.sent_key(request)
        return Response([updates.create(self.jurisdiction, self.parameters, key=key, sent_key=sent_key)])


class Token(Open311View):
    root = "service_requests"

    def get(self, request: Request, token: str, format: str) -> Response:
        return Response(reading.by_token(self.jurisdiction, token))
