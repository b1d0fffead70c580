"""v1's part of the OpenAPI document. drf-spectacular finds the addresses and their methods."""

from functools import lru_cache
from typing import Any

from django.utils.translation import override
from drf_spectacular.generators import SchemaGenerator

from requests_app.api.framework.schema import HEADERS, components_of
from requests_app.api.v1.ogc_schemas import OGC
from requests_app.api.v1.problem_serializers import ProblemSerializer
from requests_app.api.v1.request_serializers import REQUEST_ROW
from requests_app.rules.programs import webhook_events

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


# What a call of a webhook has, as Standard Webhooks 1.0 names it.
WEBHOOK_HEADERS = {
    "webhook-id": "Of the event, the same at each try: skip one that you have already.",
    "webhook-timestamp": "Seconds since 1970, when this try was made.",
    "webhook-signature": "`v1,` and the signature of id, timestamp and body. Check it with your secret.",
}


def webhooks() -> dict[str, Any]:
    """What the city sends, by type of event."""
    request = {"reference": REQUEST_ROW["reference"], "url": REQUEST_ROW["url"]}
    parameters = [
        {"name": name, "in": "header", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in WEBHOOK_HEADERS.items()
    ]
    return {
        event.name: {
            "post": {
                "operationId": event.name.replace(".", "_"),
                "tags": ["Webhooks"],
                "summary": event.name,
                "description": event.description,
                "parameters": parameters,
                "requestBody": {
                    "required": True,
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/WebhookMessage"},
                            "example": webhook_events.body(
                                event.name,
                                at=REQUEST_ROW["updated_at"],
                                **({} if event.name == webhook_events.TEST else request),
                            ),
                        }
                    },
                },
                "responses": {
                    "2XX": {"description": "You have it. Anything else, or nothing within the time, is tried again."},
                    "410": {"description": "You want no more: the webhook is turned off."},
                },
                "security": [],
            }
        }
        for event in webhook_events.CATALOG
    }


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    with override("en"):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return {
        "openapi": made["openapi"],
        "info": INFO,
        "paths": made["paths"],
        "webhooks": webhooks(),
        "components": {
            "schemas": {**components_of(ProblemSerializer), **OGC, **made["components"]["schemas"]},
            "headers": HEADERS,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "An API key, which begins with `lk_`."}
            },
        },
    }
