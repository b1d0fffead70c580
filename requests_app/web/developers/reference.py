"""The reference of both APIs, made from the OpenAPI document: operations by tag, with parameters, answers and examples."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext_lazy

from requests_app.api.framework.problems import PROBLEMS
from requests_app.api.framework.schema import JPEG
from requests_app.api.openapi import document
from requests_app.core import markdown
from requests_app.web.developers.example_code import FROM_ENVIRONMENT, VARIABLES, Call, in_each_language
from requests_app.web.developers.samples import Samples

# What the city's own examples can't name, since it is the reader's: from the environment.
OWN = {
    "photo_id": "$PHOTO",
    "webhook_id": "$WEBHOOK",
    "listener_id": "$LISTENER",
    "delivery_id": "$DELIVERY",
    "task_id": "$TASK",
}
# Optional parameters that an example shows; required ones are always there.
SHOWN = {"listRequests": ("status", "limit"), "findPlaces": ("q",), "open311ListRequests": ("status", "page_size")}


# By the document's word for where a parameter is.
PLACES: dict[str, Promise] = {
    "path": gettext_lazy("In the address"),
    "query": gettext_lazy("In the query"),
    "header": gettext_lazy("Headers"),
}
# Objects within objects are shown so many levels deep.
DEEPEST = 3
# In any answer, and explained once on the page for developers.
USUAL_HEADERS = {"Content-Language", "ETag", "RateLimit-Policy", "RateLimit"}


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body or an answer. name: with those of the objects that hold it, as an error names it
    ("place.lat"); a list's objects have "[]". limits: what a value may be, in a few words; values: all that it may be."""

    name: str
    kind: str
    required: bool
    description: SafeString
    limits: str
    values: tuple[str, ...]
    deprecated: bool


@dataclass(frozen=True)
class Group:
    """Fields at one place. media: the type of a body; empty for parameters. is_one_of: whether the body is this or another one."""

    title: Promise | str
    media: str
    fields: tuple[Field, ...]
    is_one_of: bool = False


@dataclass(frozen=True)
class Outcome:
    """An answer. problems: code and title of those that have this status. media: its types, the usual one first."""

    status: str
    description: SafeString
    problems: tuple[tuple[str, str], ...]
    example: str
    media: tuple[str, ...]
    headers: tuple[str, ...]
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class Described:
    id: str
    method: str
    path: str
    summary: str
    description: SafeString
    scopes: tuple[str, ...]
    deprecated: bool
    parameters: tuple[Group, ...]
    bodies: tuple[Group, ...]
    answer: Outcome
    errors: tuple[Outcome, ...]
    raw: dict[str, Any]


@dataclass(frozen=True)
class Tag:
    slug: str
    name: str
    description: str
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
        description=_rendered(operation["description"]),
        scopes=tuple(scope for way in operation["security"] for scope in way.get("key", ())),
        deprecated=operation.get("deprecated", False),
        parameters=tuple(_parameters(operation["parameters"])),
        bodies=tuple(
            Group(title, media, tuple(_fields(schema)), is_one_of=schema is not one["schema"])
            for media, one in operation.get("requestBody", {}).get("content", {}).items()
            for title, schema in _bodies(one["schema"])
        ),
        answer=answer,
        errors=tuple(one for one in outcomes if one is not answer),
        raw=operation,
    )


def _bodies(schema: dict[str, Any]) -> Iterator[tuple[Promise | str, dict[str, Any]]]:
    """The body with its title; or each of those it may be, by the name of its component."""
    of_one = resolved(schema).get("anyOf", ())
    if not of_one:
        yield gettext_lazy("Body"), schema
    for one in of_one:
        yield one["$ref"].rpartition("/")[2], one


def _outcome(status: str, answer: dict[str, Any]) -> Outcome:
    content: dict[str, Any] = answer.get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    example = first.get("example")
    return Outcome(
        status=status,
        description=_rendered(answer["description"]),
        problems=tuple((code, PROBLEMS[code][1]) for code in first.get("examples", ())),
        example="" if example is None else as_json(example),
        media=tuple(content),
        headers=tuple(name for name in answer.get("headers", ()) if name not in USUAL_HEADERS),
        fields=tuple(_fields(first["schema"])) if status.startswith("2") and first else (),
    )


def as_json(example: Any) -> str:
    return json.dumps(example, ensure_ascii=False, indent=2)


def _parameters(sent: list[dict[str, Any]]) -> Iterator[Group]:
    for place, title in PLACES.items():
        fields = [
            _field(
                one["name"],
                {**one["schema"], "deprecated": one.get("deprecated", False)},
                one.get("required", False),
                one["description"],
            )
            for one in sent
            if one["in"] == place
        ]
        if fields:
            yield Group(title, "", tuple(fields))


def _fields(schema: dict[str, Any], within: str = "", deep: int = 1) -> Iterator[Field]:
    """Those of an object, and after each that is an object itself or a list of them, its own."""
    whole, is_list = inside(schema)
    within = f"{within}[]." if is_list and not within else within
    for name, one in whole.get("properties", {}).items():
        inner, is_list = inside(one)
        words = one.get("description") or resolved(one).get("description") or inner.get("description", "")
        yield _field(f"{within}{name}", one, name in whole.get("required", ()), words)
        if deep < DEEPEST:
            yield from _fields(inner, f"{within}{name}{'[]' if is_list else ''}.", deep + 1)


def _field(name: str, schema: dict[str, Any], required: bool, description: str) -> Field:
    of_one, _is_list = inside(schema)
    values = tuple(str(value) for value in of_one.get("enum", ()) if value is not None)
    limits, is_old = _limits(resolved(schema), of_one), schema.get("deprecated", False)
    return Field(name, kind_of(schema), required, _rendered(description), limits, values, is_old)


@cache
def _rendered(description: str) -> SafeString:
    return markdown.render(description)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What the schema names."""
    if "$ref" in schema:
        found: dict[str, Any] = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def inside(schema: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    """What a value is where there is one, or each of a list's; and whether it is a list."""
    schema = resolved(schema)
    several = schema.get("anyOf") or schema.get("oneOf") or []
    values = [one for one in several if one != {"type": "null"}]
    # Of several objects, the first has all fields.
    if values and (len(values) < len(several) or all("$ref" in one for one in values)):
        schema = resolved(values[0])
    is_list = "items" in schema
    return (inside(schema["items"])[0] if is_list else schema), is_list


def kind_of(schema: dict[str, Any]) -> str:
    """In a word or a few: "string", "list of strings", "file", "date-time or null"."""
    schema = resolved(schema)
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(dict.fromkeys(kind_of(one) for one in schema.get("anyOf") or schema["oneOf"]))
    if schema.get("format") == "binary":
        return "file"
    if "const" in schema:
        return json.dumps(schema["const"])
    kinds = schema.get("type", "object")
    named = [_kind(kind, schema) for kind in (kinds if isinstance(kinds, list) else [kinds])]
    return " or ".join(named)


def _kind(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"list of {kind_of(schema['items'])}s" if "items" in schema else "list"
    if "contentMediaType" in schema:
        return "JSON"
    return str(schema.get("format", kind)) if kind == "string" else kind


def _limits(schema: dict[str, Any], of_one: dict[str, Any]) -> str:
    """schema: of the value. of_one: of each, where it is a list."""
    limits = []
    if "maxItems" in schema and "items" in schema:
        limits.append(f"at most {schema['maxItems']}")
    if "maxLength" in of_one:
        limits.append(f"at most {of_one['maxLength']:,} characters")
    if "minimum" in of_one and "maximum" in of_one:
        limits.append(f"from {of_one['minimum']} to {of_one['maximum']}")
    elif "minimum" in of_one:
        limits.append(f"{of_one['minimum']} or more")
    if "default" in schema:
        limits.append(f"default: {schema['default']}")
    return ", ".join(limits)


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
        for field in described.bodies[0].fields:
            if field.required:
                if field.kind == "file":
                    files.append(field.name)
                else:
                    form[field.name] = "$TOKEN"
    elif media:
        sent = samples.body(described.id, contents[media]["example"])
        form, body = (sent, None) if media != "application/json" else ({}, sent)
    own = "$TOKEN" in (*form.values(), *(body.values() if body else ()))
    url = samples.site + described.path
    query: dict[str, str] = {}
    headers: dict[str, str] = {}
    for parameter in described.raw["parameters"]:
        name, needed = parameter["name"], parameter.get("required") or parameter["name"] in SHOWN.get(described.id, ())
        if parameter["in"] == "path":
            is_own = (own or "/sandbox/" in described.path or "/staff/" in described.path) and name == "reference"
            value = "$REFERENCE" if is_own else OWN.get(name) or samples.of(name, parameter["example"])
            url = url.replace(f"{{{name}}}", value)
        elif parameter["in"] == "query" and needed:
            shown = parameter["example"]
            # Several values are comma-separated.
            query[name] = samples.of(name, ",".join(map(str, shown)) if isinstance(shown, list) else str(shown))
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
