"""The OpenAPI 3.1 document of an operation, for drf-spectacular: what its view says, and what all operations share.

A generic view says its own by attributes (v1/generics.py), any other by @extend_schema: request, responses (with problems()), the
query's serializer and headers (IDEMPOTENCY_KEY, IF_MATCH, LOCATION).
Added here: lang, the names in the address, the problems that any may answer, headers, ETags, the key and its scopes, and an example
made of the fields' own.
"""

import inspect
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.drainage import warn
from drf_spectacular.openapi import AutoSchema as SpectacularSchema
from drf_spectacular.plumbing import ComponentRegistry, ResolvedComponent, force_instance
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.views import APIView

from requests_app.api.framework import fields, query_fields
from requests_app.api.framework.deprecation import Deprecation, fields_in
from requests_app.api.framework.parsers import NOT_BLANK, TEXT
from requests_app.api.framework.permissions import HasOneScope, scopes_of
from requests_app.api.framework.problems import MEDIA_TYPE, PROBLEMS, type_of
from requests_app.api.framework.serializers import QuerySerializer, TextSerializer

Schema = dict[str, Any]
SITE = "https://311.rivermark.example"
JSON = "application/json"
GEOJSON = "application/geo+json"
FORM = "multipart/form-data"
JPEG = "image/jpeg"
PHOTO: Schema = {"type": "string", "format": "binary"}

# What an address is made of.
IN_PATHS: dict[str, tuple[str, Schema, str]] = {
    "reference": (
        "The number of a request, with or without its hyphen.",
        {"type": "string", "maxLength": 40},
        "7K3M-9QWT",
    ),
    "layer": ("The layer of areas.", {"type": "string", "maxLength": 40}, "ward"),
    "area_code": ("The area’s code in its layer.", {"type": "string", "maxLength": 80}, "5"),
    "service_code": ("The code of a service.", {"type": "string", "maxLength": 60}, "pothole"),
    "number": ("The number of an asset, as on its tag.", {"type": "string", "maxLength": 60}, "L00417"),
    "collection": ("The name of a layer.", {"type": "string", "maxLength": 60}, "requests"),
    "webhook_id": ("The number of a webhook.", {"type": "string", "pattern": "^[0-9]{1,18}$"}, "12"),
    "listener_id": ("The number of a listener.", {"type": "string", "pattern": "^[0-9]{1,18}$"}, "12"),
    "delivery_id": ("The number of a delivery.", {"type": "string", "pattern": "^[0-9]{1,18}$"}, "40312"),
    "verb": ("An action of the list of possible actions.", {"type": "string", "maxLength": 40}, "accept"),
    "photo_id": ("The id of a photo.", {"type": "string", "maxLength": 40}, "0f3a1c5e7b9d4f60a1b2c3d4e5f60718"),
    "task_id": ("The number of a task.", {"type": "string", "pattern": "^[0-9]{1,18}$"}, "31"),
    "article_code": ("The code of an article.", {"type": "string", "maxLength": 60}, "recycling"),
}
HEADERS: dict[str, Schema] = {
    "ETag": {
        "description": "Changes when the response does. Send it back as If-None-Match.",
        "schema": {"type": "string"},
    },
    "Link": {"description": "The next and previous pages (RFC 8288).", "schema": {"type": "string"}},
    "Location": {"description": "The URL of the created object.", "schema": {"type": "string"}},
    "Content-Language": {"description": "The language of names and sentences.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "Allow": {"description": "The methods that this endpoint supports.", "schema": {"type": "string"}},
    "Idempotent-Replayed": {
        "description": "`true` if this call repeats an earlier one and changed nothing.",
        "schema": {"type": "string"},
    },
    "RateLimit-Policy": {
        "description": "The limits that count this call: `q` calls in `w` seconds (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string"},
        "example": '"calls";q=300;w=60',
    },
    "RateLimit": {
        "description": "What is left: `r` calls for `t` seconds. Only in responses that no shared cache may keep: "
        "with a key, after a write, and with an error.",
        "schema": {"type": "string"},
        "example": '"calls";r=299;t=42',
    },
}
# By code: `call` and `body`, what was sent, and `answer`. tests/requests_app/api/framework/test_problems.py writes it.
PROBLEM_EXAMPLES: dict[str, Schema] = json.loads(
    Path(__file__).with_name("problem_examples.json").read_text(encoding="utf-8")
)
# On every answer of an operation.
OF_LIMITS = ("RateLimit-Policy", "RateLimit")
REQUEST_HEADERS: dict[str, tuple[str, Schema, bool]] = {
    "Idempotency-Key": (
        (
            "A random string of at most 128 characters. Calls with the same key and body take effect once within 14 "
            "days."
        ),
        {"type": "string", "minLength": 1, "maxLength": 128},
        False,
    ),
    "If-None-Match": (
        "The ETag of the response you have. Returns 304 if it is still current.",
        {"type": "string"},
        False,
    ),
    "If-Match": ("The ETag of the request as you read it. Returns 412 if it has changed.", {"type": "string"}, True),
}


def _header(name: str, *, required: bool | None = None) -> OpenApiParameter:
    words, schema, is_required = REQUEST_HEADERS[name]
    return OpenApiParameter(
        name, schema, OpenApiParameter.HEADER, description=words, required=is_required if required is None else required
    )


# For `parameters` of @extend_schema. With the first, answers have Idempotent-Replayed.
IDEMPOTENCY_KEY, IF_MATCH = _header("Idempotency-Key"), _header("If-Match")
IF_MATCH_OR_NOT = _header("If-Match", required=False)
LOCATION = OpenApiParameter("Location", str, OpenApiParameter.HEADER, response=[201])
# What says already which texts there may be.
NOT_ANY_TEXT = {"enum", "format", "pattern", "oneOf", "items"}
# What drf-spectacular says of a text that may be empty, and how an email address looks.
EMPTY, EMAIL = {"type": "string", "maxLength": 0}, r"^[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+$"
OF_STATUS = {405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",)}
# What any operation may answer.
ANY = (
    "invalid-parameter",
    "unauthorized",
    "not-found",
    "method-not-allowed",
    "too-many-requests",
    "server-error",
    "unavailable",
)
WITH_BODY = ("unreadable", "too-large", "unsupported-media-type", "invalid-body")
WITH_KEY = ("forbidden",)


@dataclass(frozen=True)
class Problems:
    codes: tuple[str, ...]


def problems(*codes: str) -> dict[int, Problems]:
    """For `responses` of @extend_schema: what it may answer besides what any operation may."""
    by_status: dict[int, tuple[str, ...]] = {}
    for code in codes:
        status = PROBLEMS[code][0]
        by_status[status] = (*by_status.get(status, ()), code)
    return {status: Problems(several) for status, several in by_status.items()}


class AutoSchema(SpectacularSchema):
    """REST_FRAMEWORK's DEFAULT_SCHEMA_CLASS. An operation without @extend_schema or an operation_id isn't in the document."""

    # One of framework/views.py.
    view: Any

    def get_operation(self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any) -> Schema | None:
        if "schema" not in getattr(self._handler(method), "kwargs", {}) and not (
            method == "GET" and self.view.operation_id
        ):
            return None
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        one_is_enough = HasOneScope in self.view.permission_classes
        operation["description"] += needed(scopes_of(self.view, self.method), one_is_enough=one_is_enough)
        if "requestBody" in operation:
            operation["requestBody"]["required"] = True
        if self.deprecation is not None:
            operation["deprecated"] = True
            operation["responses"][self._success_status()]["headers"] |= headers(["Link"])
        return operation

    def _handler(self, method: str) -> Any:
        return getattr(self.view, method.lower(), None)

    @property
    def deprecation(self) -> Deprecation | None:
        return getattr(self._handler(self.method), "deprecation", None)

    # --- What a view says by its attributes, where @extend_schema doesn't ---

    def get_operation_id(self) -> str:
        return str(self.view.operation_id)

    def get_summary(self) -> str:
        return str(self.view.summary)

    def get_description(self, path: str = "", method: str = "") -> str:
        """The view's docstring, as one line."""
        return " ".join((inspect.getdoc(type(self.view)) or "").split())

    def get_tags(self) -> list[str]:
        return [self.view.tag]

    def get_override_parameters(self) -> list[Any]:
        return [self.view.query_class] if self.method == "GET" and self.view.query_class else []

    def get_request_serializer(self) -> Any:
        return None

    def get_response_serializers(self) -> Any:
        if self.view.responses:
            return self.view.responses
        answer = OpenApiResponse(self.view.serializer_class, self.view.response_text)
        return {200: answer, **problems(*self.view.problem_codes)}

    # --- What a view asks while it answers ---

    @property
    def query_serializer(self) -> type[QuerySerializer]:
        """What the query is checked by."""
        parameters: list[Any] = self.get_override_parameters()
        return next((one for one in parameters if isinstance(one, type)), QuerySerializer)

    @property
    def body_serializer(self) -> type[serializers.Serializer[Any]]:
        """What a JSON body is checked by, or the form where it takes no JSON."""
        request = self.get_request_serializer()
        return next(iter(request.values())) if isinstance(request, Mapping) else request

    def answer_serializer(self, status: int) -> type[serializers.Serializer[Any]]:
        answer = self._answers()[str(status)][0][1]
        return answer.response if isinstance(answer, OpenApiResponse) else answer

    def deprecated_in(self, status: int, data: Any) -> list[Deprecation]:
        """Fields of an answer that will go."""
        answers = self._answers().get(str(status))
        answer = answers[0][1] if answers else None
        return fields_in(answer.response if isinstance(answer, OpenApiResponse) else answer, data)

    # --- What the document says ---

    def _answers(self) -> dict[str, list[tuple[list[str] | None, Any]]]:
        """By status, without problems: media types, and the serializer or OpenApiResponse."""
        found: dict[str, list[tuple[list[str] | None, Any]]] = {}
        for code, answer in self._responses().items():
            if not isinstance(answer, Problems):
                status, media = (code[0], list(code[1:])) if isinstance(code, tuple) else (code, None)
                found.setdefault(str(status), []).append((media, answer))
        return found

    def _responses(self) -> Mapping[Any, Any]:
        responses: Any = self.get_response_serializers()
        return responses if isinstance(responses, Mapping) else {200: responses}

    def _success_status(self) -> str:
        return min(self._answers())

    def get_auth(self) -> list[Schema]:
        scopes = scopes_of(self.view, self.method)
        if HasOneScope in self.view.permission_classes:
            return [{"key": [scope]} for scope in scopes]
        return [{"key": scopes}] if scopes else [{}, {"key": []}]

    def _get_parameters(self) -> list[Schema]:
        described = [in_path(name) for name in IN_PATHS if f"{{{name}}}" in self.path]
        query = self.query_serializer()
        mapped = self._map_serializer(query, "request")
        described += [
            in_query(name, schema, query.fields[name], is_required=name in mapped.get("required", ()))
            for name, schema in mapped["properties"].items()
        ]
        header_parameters = [
            one for one in self.get_override_parameters() if isinstance(one, OpenApiParameter) and not one.response
        ]
        described += [
            {
                "name": one.name,
                "in": "header",
                "description": one.description,
                "schema": one.type,
                "required": one.required,
            }
            for one in [*header_parameters, *([_header("If-None-Match")] if self.method == "GET" else [])]
        ]
        return described

    def _get_request_body(self, direction: Any = "request") -> Any:
        body = super()._get_request_body(direction)
        request = self.get_request_serializer()
        by_media = request if isinstance(request, Mapping) else dict.fromkeys(self.map_parsers(), request)
        for media, content in (body or {}).get("content", {}).items():
            content.pop("examples", None)
            if media == JSON:
                content["example"] = example_of_serializer(force_instance(by_media[media]), is_answer=False)
        return body

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        reads, codes = self.method == "GET", [*ANY]
        for answer in self._responses().values():
            codes += answer.codes if isinstance(answer, Problems) else ()
        codes += (WITH_BODY if self.get_request_serializer() is not None else ()) + (
            WITH_KEY if scopes_of(self.view, self.method) else ()
        )
        responses = {status: self._answer(status, several) for status, several in self._answers().items()}
        responses |= problem_responses(codes)
        if reads:
            still = {"description": "The response you have is still current.", "headers": headers(["ETag", *OF_LIMITS])}
            responses["304"] = still
        return dict(sorted(responses.items()))

    def _answer(self, status: str, several: list[tuple[list[str] | None, Any]]) -> Schema:
        whole: Schema = {}
        for media, answer in several:
            made = self._get_response_for_code(answer, status, media)
            serializer = force_instance(answer.response if isinstance(answer, OpenApiResponse) else answer)
            for content in made.get("content", {}).values():
                examples = content.pop("examples", {})
                if examples:
                    content["example"] = next(iter(examples.values()))["value"]
                elif isinstance(serializer, serializers.BaseSerializer) and not whole:
                    content["example"] = example_of_serializer(serializer, is_answer=True)
            whole = {**made, "content": {**whole.get("content", {}), **made.get("content", {})}} if whole else made
        described: list[Any] = [one for one in self.get_override_parameters() if isinstance(one, OpenApiParameter)]
        names = [one.name for one in described if one.response and int(status) in one.response]
        names += ["Link"] if "cursor" in self.query_serializer().fields else []
        names += ["Idempotent-Replayed"] if IDEMPOTENCY_KEY in described else []
        names += ["ETag"] if self.method == "GET" else []
        whole["headers"] = headers([*names, "Content-Language", *OF_LIMITS])
        return whole

    def _unwrap_list_serializer(self, serializer: Any, direction: Any) -> Any:
        schema: Any = super()._unwrap_list_serializer(serializer, direction)
        child = getattr(serializer, "child", None)
        if getattr(child, "is_sparse", False):
            return {**schema, "items": {"anyOf": [schema["items"], self._some_of(child, direction)]}}
        return schema

    def _some_of(self, serializer: Any, direction: Any) -> Schema:
        """The same with any of its fields, as with the parameter `fields`."""
        whole = self.resolve_serializer(serializer, direction)
        schema = {name: value for name, value in whole.schema.items() if name != "required"}
        schema["description"] += " With `fields`: only these."
        part = ResolvedComponent(f"Some{whole.name}Fields", ResolvedComponent.SCHEMA, schema, f"some of {whole.name}")
        self.registry.register_on_missing(part)
        reference: Schema = part.ref
        return reference

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema = super()._map_basic_serializer(serializer, direction)
        schema["additionalProperties"] = False
        more = getattr(force_instance(serializer), "schema", {})
        return {**schema, **more}

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if schema is None or "$ref" in schema:
            return schema
        # For a hook of drf-spectacular that isn't used; and JSON has one kind of number.
        schema.pop("x-spec-enum-id", None)
        if isinstance(schema.get("items"), dict):
            schema["items"].pop("x-spec-enum-id", None)
        if schema.get("format") == "double":
            del schema["format"]
        if isinstance(field, query_fields.TextParameter) and schema["type"] == "string":
            schema["pattern"] = NOT_BLANK
        has_pattern = schema.keys() & NOT_ANY_TEXT or any(isinstance(one, RegexValidator) for one in field.validators)
        if direction == "request" and isinstance(field, serializers.CharField) and not has_pattern:
            schema["pattern"] = TEXT
        if isinstance(field, query_fields.ChoicesParameter):
            schema["minItems"] = 1
        if isinstance(field, fields.ChoiceField) and "null" in schema["type"]:
            schema["enum"] = [*dict.fromkeys([*schema["enum"], None])]
        if isinstance(field, fields.FileField):
            schema["format"] = "binary"
        return schema

    def _insert_field_validators(self, field: Any, schema: Any) -> None:
        """As drf-spectacular's, but what may be empty is one pattern, which programs read more easily than two schemas."""
        super()._insert_field_validators(field, schema)
        filled, *others = schema.get("oneOf", [{}])
        if others == [EMPTY]:
            del schema["oneOf"]
            pattern = filled.get("pattern", "")
            if filled.pop("format", "") == "email":
                pattern = EMAIL
            schema |= {**filled, "pattern": f"^$|{pattern}"}

    def _get_serializer_field_meta(self, field: Any, direction: Any) -> Schema:
        meta: Schema = super()._get_serializer_field_meta(field, direction)
        if (going := getattr(field, "deprecation", None)) is not None:
            meta["deprecated"] = True
            meta["description"] = f"{meta.get('description', '')} Deprecated: see `{going.address}`.".strip()
        if direction != "request" or not isinstance(field, fields.Strict | serializers.BaseSerializer):
            return meta
        # A text has no way to say null.
        if not field.required and not isinstance(field.root, TextSerializer):
            meta["nullable"] = True
        if isinstance(field, fields.TextField) and not field.allow_blank:
            meta["minLength"] = 1
            if not isinstance(field, fields.EmailField):
                meta["pattern"] = NOT_BLANK
        return meta


def components_of(*classes: type[serializers.Serializer[Any]], direction: Any = "response") -> dict[str, Schema]:
    """Schemas by name, with those they refer to: for what is described without serializers. direction: "request" for bodies."""
    view, made = APIView(), AutoSchema()
    view.request = None  # type: ignore[assignment]
    made.registry, made.view, made.method = ComponentRegistry(), view, "POST"
    for one in classes:
        made.resolve_serializer(one, direction)
    schemas: dict[str, Schema] = made.registry.build({})["schemas"]
    return schemas


def needed(scopes: Iterable[str], *, one_is_enough: bool = False) -> str:
    named = [f"`{scope}`" for scope in scopes]
    if not named:
        return ""
    if one_is_enough:
        return f"\n\nNeeds a key with the scope {' or '.join(named)}."
    return f"\n\nNeeds a key with the scope{'s' if len(named) > 1 else ''} {' and '.join(named)}."


def in_path(name: str) -> Schema:
    words, schema, example = IN_PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema, "example": example}


def in_query(name: str, schema: Schema, field: Any, *, is_required: bool) -> Schema:
    described: Schema = {"name": name, "in": "query", "description": schema.pop("description", ""), "schema": schema}
    if is_required:
        described["required"] = True
    if schema.get("type") == "array":
        described |= {"style": "form", "explode": False}
    if getattr(field, "example", None) is not None:
        described["example"] = field.example
    if schema.pop("deprecated", False):
        described["deprecated"] = True
    return described


def headers(names: Iterable[str]) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def problem_responses(codes: Iterable[str]) -> Schema:
    """By status: several problems may share one."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    return {
        str(status): {
            "description": " · ".join(f"{PROBLEMS[code][1]} (`{code}`)" for code in several),
            "headers": headers([*OF_STATUS.get(status, ()), *OF_LIMITS]),
            "content": {
                MEDIA_TYPE: {
                    "schema": {"$ref": "#/components/schemas/Problem"},
                    "examples": {code: {"value": example_of(code, SITE)} for code in several},
                }
            },
        }
        for status, several in by_status.items()
    }


# --- Examples ---------------------------------------------------------------------------------------------------------


def example_of_serializer(serializer: Any, *, is_answer: bool) -> Any:
    """Made of the fields' own. Of a body, what may be left out and has none is left out; of an answer, what may be null is null."""
    if isinstance(serializer, serializers.ListSerializer):
        return [_example_of_field(serializer.child, is_answer=is_answer)]
    made = {}
    for name, field in serializer.fields.items():
        example = _example_of_field(field, is_answer=is_answer)
        if example is not None or (is_answer and field.allow_null):
            made[name] = example
        elif field.required:
            warn(f"{type(serializer).__name__}.{name} has no example.")
    return made


def _example_of_field(field: Any, *, is_answer: bool) -> Any:
    if getattr(field, "example", None) is not None:
        return field.example
    if isinstance(field, serializers.BaseSerializer) and not (is_answer and field.allow_null):
        return example_of_serializer(field, is_answer=is_answer) or None
    return None


def example_of(code: str, site: str) -> Schema:
    """A real answer, as this site would give it."""
    answer: Schema = PROBLEM_EXAMPLES[code]["answer"]
    return {**answer, "type": type_of(code, site)}
