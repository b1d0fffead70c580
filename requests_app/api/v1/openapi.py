"""v1's part of the OpenAPI document. drf-spectacular finds the addresses and their methods."""

from functools import lru_cache
from typing import Any

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from requests_app.api.framework.schema import HEADERS
from requests_app.api.v1.components import COMPONENTS

INFO = {
    "title": "Lamplighter API",
    "version": "1",
    "summary": "Service requests of a city: read them, report, follow.",
    "description": (
        "You can read without a key. Sending reports needs one, as `Authorization: Bearer KEY`. Errors are problem "
        "details (RFC 9457), lists use cursor pagination, and each GET has an ETag.\n\nWithin v1, no URL, field or "
        "code is removed or changes its meaning. New ones may be added: ignore those you don’t know."
    ),
    "license": {"name": "BSD 3-Clause", "identifier": "BSD-3-Clause"},
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    with override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return {
        "openapi": made["openapi"],
        "info": INFO,
        "paths": made["paths"],
        "components": {
            "schemas": {**COMPONENTS, **made.get("components", {}).get("schemas", {})},
            "headers": HEADERS,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, which begins with `lk_`."}
            },
        },
    }
