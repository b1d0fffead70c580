"""The document as others' programs get it: an answer of a later version of v1 fits it, too.

v1 may add fields to what it answers and values to its codes. Generated clients take `additionalProperties: false` and `enum` at
their word and refuse such an answer, so the published document has neither where the city answers. Ours has both, since nothing
else leaves: see serializers.AnswerSerializer.
"""

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]
# What isn't a schema.
DATA = ("example", "examples", "default", "const")
# GeoReport v2 adds no values.
FIXED = "Open311"


def published(document: Schema) -> Schema:
    """The same for programs: codes that are answered are texts, with the values of today as `x-extensible-enum`."""
    schemas = document["components"]["schemas"]
    answered = _answered(document)
    return {
        **document,
        "paths": {
            path: {
                method: {**operation, "responses": _opened(operation["responses"])}
                for method, operation in methods.items()
            }
            for path, methods in document["paths"].items()
        },
        "components": {
            **document["components"],
            "schemas": {name: _opened(one) if name in answered else one for name, one in schemas.items()},
        },
    }


def _answered(document: Schema) -> set[str]:
    """The names of the schemas that answers and webhooks are made of."""
    schemas = document["components"]["schemas"]
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    waiting = list(_names([*(one["responses"] for one in operations), document["webhooks"]]))
    names: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in names and not name.startswith(FIXED):
            names.add(name)
            waiting += _names(schemas[name])
    return names


def _names(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "/schemas/" in part.get("$ref", ""):
            yield part["$ref"].rpartition("/schemas/")[2]
        for value in part.values():
            yield from _names(value)
    elif isinstance(part, list):
        for value in part:
            yield from _names(value)


def _opened(part: Any) -> Any:
    if isinstance(part, list):
        return [_opened(value) for value in part]
    if not isinstance(part, dict):
        return part
    opened: Schema = {
        name: value
        if name in DATA
        else {field: _opened(one) for field, one in value.items()}
        if name == "properties"
        else _opened(value)
        for name, value in part.items()
        if (name, value) != ("additionalProperties", False)
    }
    values = [value for value in opened.get("enum", ()) if value is not None]
    # One of one is what a standard asks for, such as GeoJSON's types.
    if len(values) > 1:
        del opened["enum"]
        description = f"{opened.get('description', '')} One of {', '.join(map(str, values))}, or a new one.".strip()
        opened |= {"description": description, "x-extensible-enum": values}
    return opened
