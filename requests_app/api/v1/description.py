"""Operations as OpenAPI 3.1, for drf-spectacular, which finds the addresses and puts the document together."""

import json
from pathlib import Path
from typing import Any

from drf_spectacular.openapi import AutoSchema

from requests_app.api.framework.parameters import Names, Parameter, Several
from requests_app.api.framework.problems import MEDIA_TYPE, PROBLEMS, type_of
from requests_app.api.v1.examples import SITE
from requests_app.api.v1.operations import JSON, Answer, Operation

# What an address is made of.
IN_PATHS: dict[str, tuple[str, dict[str, Any], str]] = {
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
HEADERS: dict[str, dict[str, Any]] = {
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
PROBLEM_EXAMPLES: dict[str, dict[str, Any]] = json.loads(
    Path(__file__).with_name("problem_examples.json").read_text(encoding="utf-8")
)
# On every answer of an operation.
OF_LIMITS = ("RateLimit-Policy", "RateLimit")
REQUEST_HEADERS: dict[str, tuple[str, dict[str, Any], bool]] = {
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
    "If-Match": (
        "The ETag of the request as you read it. Returns 412 if it has changed.",
        {"type": "string"},
        True,
    ),
}
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


class Described(AutoSchema):
    """A view's operations by their own description, or none."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: Any
    ) -> dict[str, Any] | None:
        handler = getattr(self.view, method.lower())
        described = getattr(handler, "operation", None)
        return as_openapi(described, path, method) if described else None


def ref(schema: Any) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{schema}"} if isinstance(schema, str) else schema


def as_openapi(described: Operation, path: str, method: str) -> dict[str, Any]:
    reads = method.upper() == "GET"
    parameters = [_in_path(name) for name in IN_PATHS if f"{{{name}}}" in path]
    parameters += [_in_query(parameter) for parameter in described.parameters]
    scopes = described.scope.split()
    parameters += [_in_header(name) for name in (*described.headers, *(["If-None-Match"] if reads else []))]
    codes = [*ANY, *described.problems]
    codes += (WITH_BODY if described.body else ()) + (WITH_KEY if described.scope else ())
    responses = {str(described.status): _answer(described.answer, reads=reads), **_problems(codes)}
    if reads:
        headers = _headers(["ETag", *OF_LIMITS])
        responses["304"] = {"description": "The response you have is still current.", "headers": headers}
    operation: dict[str, Any] = {
        "operationId": described.id,
        "tags": [described.tag],
        "summary": described.summary,
        "description": described.description + _needed(scopes),
        "parameters": parameters,
        "responses": dict(sorted(responses.items())),
        "security": [{"key": scopes}] if scopes else [{}, {"key": []}],
    }
    if described.body is not None:
        operation["requestBody"] = {
            "required": True,
            "content": {
                media: {"schema": ref(name), **({"example": described.body.example} if media == JSON else {})}
                for media, name in described.body.content.items()
            },
        }
    if described.deprecation is not None:
        operation["deprecated"] = True
        operation["responses"][str(described.status)]["headers"] |= _headers(["Link"])
    return operation


def _needed(scopes: list[str]) -> str:
    if not scopes:
        return ""
    named = " and ".join(f"`{scope}`" for scope in scopes)
    return f"\n\nNeeds a key with the scope{'s' if len(scopes) > 1 else ''} {named}."


def _in_path(name: str) -> dict[str, Any]:
    words, schema, example = IN_PATHS[name]
    return {"name": name, "in": "path", "required": True, "description": words, "schema": schema, "example": example}


def _in_query(parameter: Parameter) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.required:
        described["required"] = True
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    if parameter.example is not None:
        is_list = isinstance(parameter, Names | Several)
        described["example"] = parameter.example.split(",") if is_list else parameter.example
    return described


def _in_header(declared: str) -> dict[str, Any]:
    """declared: a name, with "?" at its end where the header isn't needed."""
    name = declared.removesuffix("?")
    words, schema, required = REQUEST_HEADERS[name]
    required = required and name == declared
    return {"name": name, "in": "header", "description": words, "schema": schema, "required": required}


def _headers(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _answer(answer: Answer, *, reads: bool) -> dict[str, Any]:
    headers = _headers([*answer.headers, *(["ETag"] if reads else []), "Content-Language", *OF_LIMITS])
    found: dict[str, Any] = {"description": answer.description, "headers": headers}
    if answer.schema is not None:
        example = {} if answer.example is None else {"example": answer.example}
        found["content"] = {answer.media: {"schema": ref(answer.schema), **example}}
        found["content"] |= {media: {"schema": ref(schema)} for media, schema in answer.also.items()}
    return found


def _problems(codes: list[str]) -> dict[str, Any]:
    """By status: several problems may share one."""
    by_status: dict[int, list[str]] = {}
    for code in dict.fromkeys(codes):
        by_status.setdefault(PROBLEMS[code][0], []).append(code)
    return {
        str(status): {
            "description": " · ".join(f"{PROBLEMS[code][1]} (`{code}`)" for code in several),
            "headers": _headers([*OF_STATUS.get(status, ()), *OF_LIMITS]),
            "content": {
                MEDIA_TYPE: {
                    "schema": ref("Problem"),
                    "examples": {code: {"value": example_of(code, SITE)} for code in several},
                }
            },
        }
        for status, several in by_status.items()
    }


def example_of(code: str, site: str) -> dict[str, Any]:
    """A real answer, as this site would give it."""
    answer: dict[str, Any] = PROBLEM_EXAMPLES[code]["answer"]
    return {**answer, "type": type_of(code, site)}
