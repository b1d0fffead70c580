"""The document of OGC API Features alone, in OpenAPI 3.0: its standard asks for this version, and GDAL and QGIS read it.

It is made from v1's document, whose schemas are those of OpenAPI 3.1.
"""

import json
import re
from functools import lru_cache
from typing import Any

from requests_app.api.v1 import openapi

MEDIA_TYPE = "application/vnd.oai.openapi+json;version=3.0"
_REF = re.compile(r'"#/components/schemas/([^"]+)"')


@lru_cache(maxsize=1)
def document(root: str) -> dict[str, Any]:
    """root: the landing page's path without its slash. The paths of the document are below it."""
    whole = openapi.document()
    paths = {
        path.removeprefix(root): {method: _operation(described) for method, described in methods.items()}
        for path, methods in whole["paths"].items()
        if path.startswith(f"{root}/")
    }
    schemas: dict[str, Any] = {}
    wanted = _refs(paths)
    while wanted:
        schemas |= {name: _schema(whole["components"]["schemas"][name]) for name in wanted}
        wanted = _refs(schemas) - schemas.keys()
    info = {name: whole["info"][name] for name in ("title", "version", "description")}
    return {
        "openapi": "3.0.3",
        "info": {**info, "license": {"name": whole["info"]["license"]["name"]}},
        "servers": [{"url": root}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "headers": whole["components"]["headers"],
            "securitySchemes": whole["components"]["securitySchemes"],
        },
    }


def _refs(part: Any) -> set[str]:
    return set(_REF.findall(json.dumps(part)))


def _operation(described: dict[str, Any]) -> dict[str, Any]:
    # A key only raises the limits. The scopes of such a scheme are empty in 3.0.
    responses = {status: _response(answer) for status, answer in described["responses"].items()}
    parameters = [{**one, "schema": _schema(one["schema"])} for one in described["parameters"]]
    return {**described, "parameters": parameters, "responses": responses}


def _response(answer: dict[str, Any]) -> dict[str, Any]:
    if "content" not in answer:
        return answer
    content = {media: {**said, "schema": _schema(said["schema"])} for media, said in answer["content"].items()}
    return {**answer, "content": content}


def _schema(schema: dict[str, Any]) -> dict[str, Any]:
    """The same in OpenAPI 3.0, which has `nullable` for null and no `const`."""
    converted: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            converted[name] = {key: _schema(one) for key, one in value.items()}
        elif name == "items":
            converted[name] = _schema(value)
        elif name == "const":
            converted |= {"type": "string", "enum": [value]}
        elif name == "examples":
            converted["example"] = value[0]
        elif name == "type" and isinstance(value, list):
            converted |= {"type": next(one for one in value if one != "null"), "nullable": True}
        elif name == "anyOf":
            converted |= {"allOf": [_schema(one) for one in value if one != {"type": "null"}], "nullable": True}
        else:
            converted[name] = value
    return converted
