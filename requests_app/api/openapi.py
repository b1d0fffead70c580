"""The OpenAPI 3.1 document of both APIs, made once in a process; as a file, it is the one for others' programs (extensible.py)."""

import hashlib
import json
from functools import lru_cache
from typing import Any

import yaml
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.views import View

from requests_app.api.extensible import published
from requests_app.api.framework.problems import answer
from requests_app.api.framework.throttling import counted
from requests_app.api.framework.views import OPEN_TO_BROWSERS
from requests_app.api.open311 import description as open311
from requests_app.api.v1 import openapi as v1

MEDIA_TYPES = {"json": "application/json", "yaml": "application/yaml"}
KEEP_S = 300
TAGS = {
    "Requests": "Public reports and their status.",
    "Reporting": "Sending reports, photos and messages, and following.",
    "Catalog": (
        "What can be reported: categories, services and their questions, and articles that may already answer it."
    ),
    "Places": "Areas, addresses and the city’s assets.",
    "City": "The city itself and its figures.",
    "OGC API Features": "Layers for QGIS, GDAL and other map programs (part 1: Core, OpenAPI 3.0, GeoJSON).",
    "Sandbox": (
        "For test keys: moves your test requests through each status. Only you see them, and nobody is emailed."
    ),
    "Webhooks": "Events sent to your URL as POST requests, signed as described by Standard Webhooks 1.0.",
    "Staff": "Work on requests for a member of staff: the queue, actions, contacts, tasks, and transfers from a 911 center.",
    "Open311": "GeoReport v2, for programs that support it.",
}


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    made = v1.document()
    paths = {**made["paths"], **open311.paths()}
    used = {tag for path in paths.values() for operation in path.values() for tag in operation["tags"]}
    return {
        "openapi": made["openapi"],
        "info": made["info"],
        "servers": [{"url": "/", "description": "This city."}],
        "tags": [{"name": name, "description": words} for name, words in TAGS.items() if name in used],
        "paths": paths,
        "webhooks": made["webhooks"],
        "components": {
            **made["components"],
            "schemas": {**made["components"]["schemas"], **open311.COMPONENTS},
        },
    }


@lru_cache(maxsize=len(MEDIA_TYPES))
def as_file(format: str) -> tuple[bytes, str]:
    """The document as a file, and its ETag."""
    whole = published(document())
    if format == "json":
        text = json.dumps(whole, ensure_ascii=False)
    else:
        # Through JSON, so that no node is an alias of another.
        plain = json.loads(json.dumps(whole))
        text = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=120)
    return text.encode(), f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


class Document(View):
    def http_method_not_allowed(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = counted(request, answer, 404 if kwargs["format"] not in MEDIA_TYPES else 405)
        response["Allow"] = "GET, HEAD, OPTIONS"
        return response

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        if format not in MEDIA_TYPES:
            return counted(request, answer, 404)
        body, etag = as_file(format)
        headers = {
            **OPEN_TO_BROWSERS,
            "Content-Type": f"{MEDIA_TYPES[format]}; charset=utf-8",
            "Cache-Control": f"public, max-age={KEEP_S}",
            "ETag": etag,
        }
        response = HttpResponse(body, headers=headers)
        return get_conditional_response(request, etag, None, response) or response
