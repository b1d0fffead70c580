"""The reference of both APIs, made from the OpenAPI document: operations by tag, with parameters, answers and examples."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import slugify

from requests_app import markdown
from requests_app.api.v1.openapi import document
from requests_app.api.v1.operations import JPEG
from requests_app.web.developers.example_code import FROM_ENVIRONMENT, VARIABLES, Call, in_each_language
from requests_app.web.developers.samples import Samples

# Optional parameters that an example shows; required ones are always there.
# What the city's own examples can't name, since it is the reader's: from the environment.
OWN = {"photo_id": "$PHOTO", "webhook_id": "$WEBHOOK", "delivery_id": "$DELIVERY", "task_id": "$TASK"}
SHOWN = {"listRequests": ("status", "limit"), "findPlaces": ("q",), "open311ListRequests": ("status", "page_size")}


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body. where: "query", "header", "path" or "body"."""

    name: str
    where: str
    kind: str
    required: bool
    words: SafeString


@dataclass(frozen=True)
class Outcome:
    """An answer. problems: the codes of the problems that have this status."""

    status: str
    words: SafeString
    problems: tuple[str, ...]
    example: str


@dataclass(frozen=True)
class Described:
    id: str
    method: str
    path: str
    summary: str
    words: SafeString
    scopes: tuple[str, ...]
    deprecated: bool
    fields: tuple[Field, ...]
    answer: Outcome
    errors: tuple[Outcome, ...]
    raw: dict[str, Any]


@dataclass(frozen=True)
class Tag:
    slug: str
    name: str
    words: str
    operations: tuple[Described, ...]


@lru_cache(maxsize=1)
def tags() -> dict[str, Tag]:
    """By slug, in the document's order. The same in each language, as the document is."""
    made = document()
    by_tag: dict[str, list[Described]] = {tag["name"]: [] for tag in made["tags"]}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append(_described(path, method.upper(), operation))
    return {
        slugify(tag["name"]): Tag(slugify(tag["name"]), tag["name"], tag["description"], tuple(by_tag[tag["name"]]))
        for tag in made["tags"]
    }


def _described(path: str, method: str, operation: dict[str, Any]) -> Described:
    outcomes = [_outcome(status, answer) for status, answer in operation["responses"].items()]
    answer = next(one for one in outcomes if one.status.startswith("2"))
    return Described(
        id=operation["operationId"],
        method=method,
        path=path,
        summary=operation["summary"],
        words=markdown.render(operation["description"]),
        scopes=tuple(scope for way in operation["security"] for scope in way.get("key", ())),
        deprecated=operation.get("deprecated", False),
        fields=(*(_parameter(one) for one in operation["parameters"]), *_body_fields(operation)),
        answer=answer,
        errors=tuple(one for one in outcomes if one is not answer),
        raw=operation,
    )


def _outcome(status: str, answer: dict[str, Any]) -> Outcome:
    content: dict[str, Any] = next(iter(answer.get("content", {}).values()), {})
    example = content.get("example")
    return Outcome(
        status=status,
        words=markdown.render(answer["description"]),
        problems=tuple(content.get("examples", ())),
        example="" if example is None else written(example),
    )


def written(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _parameter(one: dict[str, Any]) -> Field:
    words = markdown.render(one["description"])
    return Field(one["name"], one["in"], kind_of(one["schema"]), one.get("required", False), words)


def _body_fields(operation: dict[str, Any]) -> list[Field]:
    """Of the first type of body; others hold the same."""
    if "requestBody" not in operation:
        return []
    schema = resolved(next(iter(operation["requestBody"]["content"].values()))["schema"])
    required = schema.get("required", ())
    return [
        Field(name, "body", kind_of(one), name in required, markdown.render(resolved(one).get("description", "")))
        for name, one in schema.get("properties", {}).items()
    ]


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def kind_of(schema: dict[str, Any]) -> str:
    """In a word or two: "string", "array of string", "file"."""
    schema = resolved(schema)
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("format") == "binary" or "contentMediaType" in schema:
        return "file"
    kinds = schema.get("type", "object")
    kind = " | ".join(kinds) if isinstance(kinds, list) else kinds
    return f"array of {kind_of(schema.get('items', {}))}" if kind == "array" else str(kind)


# --- Examples ---------------------------------------------------------------------------------------------------------


def examples(described: Described, samples: Samples) -> list[tuple[str, str, str]]:
    """Programs that run as they are, since what they name is this city's own."""
    return in_each_language(call_of(described, samples))


def call_of(described: Described, samples: Samples) -> Call:
    contents: dict[str, dict[str, Any]] = described.raw.get("requestBody", {}).get("content", {})
    media = next(iter(contents), "")
    form: dict[str, Any] = {}
    files: list[str] = []
    body: dict[str, Any] | None = None
    if media == "multipart/form-data":
        for one in described.fields:
            if one.where == "body" and one.required:
                if one.kind == "file":
                    files.append(one.name)
                else:
                    form[one.name] = "$TOKEN"
    elif media:
        sent = samples.body(described.id, contents[media]["example"])
        form, body = (sent, None) if media != "application/json" else ({}, sent)
    own = "$TOKEN" in (*form.values(), *(body.values() if body else ()))
    url = samples.site + described.path
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    for one in described.raw["parameters"]:
        name, needed = one["name"], one.get("required") or one["name"] in SHOWN.get(described.id, ())
        if one["in"] == "path":
            is_own = (own or "/sandbox/" in described.path or "/staff/" in described.path) and name == "reference"
            value = "$REFERENCE" if is_own else OWN.get(name) or samples.of(name, one["example"])
            url = url.replace(f"{{{name}}}", value)
        elif one["in"] == "query" and needed:
            query[name] = samples.of(name, str(one["example"]))
        elif name == "If-Match" and needed:
            headers[name] = "$ETAG"
    if described.scopes:
        headers["Authorization"] = "Bearer $KEY"
    answers = described.raw["responses"][described.answer.status].get("content", {})
    comes = "photo" if JPEG in answers else "json" if answers else ""
    return Call(described.method, url, query, headers, body, form, tuple(files), comes)


def variables(programs: Iterable[str]) -> list[tuple[str, Promise]]:
    """Those that the programs read from the environment, with what they are."""
    used = {name for program in programs for name in FROM_ENVIRONMENT.findall(program)}
    return [(f"${name}", words) for name, words in VARIABLES.items() if name in used]
