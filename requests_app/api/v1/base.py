"""The base of v1's views: the host's city, the reader's language, queries, bodies and answers by what the document says."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache, cached_property
from typing import Any, cast

from django.conf import settings
from django.http import QueryDict
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from requests_app.api.framework import deprecation
from requests_app.api.framework.deprecation import Deprecation
from requests_app.api.framework.errors import Unavailable
from requests_app.api.framework.languages import asked_language
from requests_app.api.framework.problems import FieldError, Problem, invalid_parameter
from requests_app.api.framework.query_fields import ChoiceParameter, IntegerParameter, TextParameter
from requests_app.api.framework.schema import AutoSchema
from requests_app.api.framework.serializers import QuerySerializer
from requests_app.api.framework.views import ApiView
from requests_app.core.paging import Page
from requests_app.models import ApiKey, Jurisdiction
from requests_app.rules.shared.jurisdictions import find_jurisdiction

LIMIT_DEFAULT, LIMIT_MAX = 50, 200


class PageQuerySerializer(QuerySerializer):
    """A page of a list."""

    last = ("cursor", "limit", "lang")
    cursor = TextParameter(
        max_length=400, help_text="Where the page starts. Taken from `next` or `previous` of another page."
    )
    limit = IntegerParameter(
        min_value=1, max_value=LIMIT_MAX, default=LIMIT_DEFAULT, help_text="How many to return.", example=20
    )


class PhotoQuerySerializer(QuerySerializer):
    size = ChoiceParameter(
        choices=["large", "small"], default="large", help_text="`small`: a thumbnail.", example="small"
    )


@cache
def instance_of(serializer: type[Serializer[Any]]) -> Any:
    """One for all calls: to make it takes longer than to use it."""
    return serializer()


class V1View(ApiView):
    # How long anybody may keep an answer, in seconds. None: it's for one client alone, so nobody else may.
    keep_s: int | None = 30
    # What was sent in the query, checked, by name.
    query: Mapping[str, Any]

    @cached_property
    def jurisdiction(self) -> Jurisdiction:
        found = find_jurisdiction(self.request.get_host())
        if found is not None:
            return found
        if Jurisdiction.objects.exists():
            raise Problem("not-found", _("No city is served at this address."))
        raise Unavailable(_("No city is set up here yet."))

    @cached_property
    def language(self) -> str:
        """What `lang` or else Accept-Language asks for, if the city speaks it."""
        languages = self.jurisdiction.languages
        return asked_language(self.request, languages) or ("en" if "en" in languages else languages[0])

    @property
    def key(self) -> ApiKey:
        """The key of the call, where a view has required_scopes."""
        return cast(ApiKey, self.request.auth)

    @property
    def handler(self) -> Any:
        """The method that answers."""
        return getattr(self, "get" if self.request.method == "HEAD" else (self.request.method or "").lower())

    @cached_property
    def described(self) -> Any:
        """What the document says of the method that answers, by @extend_schema or by the view's attributes."""
        schema: AutoSchema = getattr(self.handler, "kwargs", {}).get("schema", AutoSchema)()
        schema.view, schema.method = self, self.handler.__name__.upper()
        return schema

    def validated(self, data: Any, *, partial: bool = False) -> Any:
        """What was sent, checked by the serializer that the document names as the request. Raises a 422 problem that names every
        mistake. partial: without what was left out."""
        context = {"view": self, "request": self.request}
        serializer = self.described.body_serializer(data=data, partial=partial, context=context)
        self.deprecated_fields += deprecation.fields_in(type(serializer), data)
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def answer(self, data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
        """Through the serializer that the document names for this status."""
        serializer = self.described.answer_serializer(status)
        if getattr(serializer, "is_shared", False):
            return Response(instance_of(serializer).to_representation(data), status=status, headers=headers)
        made = serializer(data, context={"view": self, "request": self.request})
        return Response(made.data, status=status, headers=headers)

    def _checked_query(self, sent: QueryDict) -> Mapping[str, Any]:
        query = self.described.query_serializer
        self.deprecated_fields += deprecation.fields_in(query, sent)
        checked: Mapping[str, Any] = instance_of(query).checked(sent)
        return checked

    @cached_property
    def deprecated_fields(self) -> list[Deprecation]:
        """Those that were sent."""
        return []

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        asks = request.method in self.allowed_methods and request.method != "OPTIONS"
        if asks:
            # Before anything can be refused.
            translation.activate(self.language)
        else:
            # Which city's it is, isn't asked for what no view answers.
            translation.activate(asked_language(request) or settings.LANGUAGE_CODE)
        super().initial(request, *args, **kwargs)
        if asks:
            self.query = self._checked_query(request.query_params)
            self._check_lang()

    def _check_lang(self) -> None:
        languages = self.jurisdiction.languages
        if self.query["lang"] and self.query["lang"] not in languages:
            message = _("%(name)s must be one of: %(values)s.") % {"name": "lang", "values": ", ".join(languages)}
            raise invalid_parameter([FieldError("lang", "invalid", message)])

    def paged(self, body: dict[str, Any], page: Page[Any], *, content_type: str | None = None) -> Response:
        """The body with the addresses of the next and the previous page, which are also in the header Link."""
        links = {"next": page.next_cursor, "prev": page.previous_cursor}
        urls = {rel: self.with_cursor(cursor) if cursor else None for rel, cursor in links.items()}
        response = Response({**body, "next": urls["next"], "previous": urls["prev"]}, content_type=content_type)
        if header := ", ".join(f'<{url}>; rel="{rel}"' for rel, url in urls.items() if url):
            response["Link"] = header
        return response

    def with_cursor(self, cursor: str, without: Collection[str] = ()) -> str:
        """The address of another page. without: names of parameters."""
        query = QueryDict(mutable=True)
        sent = {name: value for name, value in self.request.query_params.dict().items() if name not in without}
        query.update(sent | {"cursor": cursor})
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        if self.keep_s is None:
            response.headers["Cache-Control"] = "no-store"
        elif request.method in ("GET", "HEAD") and not getattr(response, "exception", False):
            response.headers.setdefault("Cache-Control", f"public, max-age={self.keep_s}")
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ["Accept-Language"])
        if request.method in self.allowed_methods and request.method != "OPTIONS":
            deprecation.announce(response, self._deprecated(response))
        return response

    def _deprecated(self, response: Response) -> Iterator[Deprecation]:
        """What will go: the operation, and fields that were sent or are answered."""
        if (going := getattr(self.handler, "deprecation", None)) is not None:
            yield going
        yield from self.deprecated_fields
        if not getattr(response, "exception", False):
            yield from self.described.deprecated_in(response.status_code, getattr(response, "data", None))
