"""The shapes of v1 as JSON Schema 2020-12, by name: the components of the OpenAPI document. Nothing else leaves.

A field is never removed, renamed or given another type within v1; new ones may come (docs/api-v1.md).
"""

from typing import Any

from requests_app.api.framework.schema import components_of
from requests_app.api.v1.place_serializers import POSITION
from requests_app.api.v1.request_serializers import RequestPageSerializer, RequestSerializer
from requests_app.models import PublicChange
from requests_app.models.public_change import FOLLOWED

Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    kind = schema.get("type")
    if isinstance(kind, str):
        found = {**schema, "type": [kind, "null"]}
        return {**found, "enum": [*schema["enum"], None]} if "enum" in schema else found
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": schema, **({"description": description} if description else {})}


def shape(description: str, fields: dict[str, Schema], *, optional: tuple[str, ...] | None = ()) -> Schema:
    """An object of these fields. optional: fields that may be missing; None: any of them."""
    required = [] if optional is None else [name for name in fields if name not in optional]
    found: Schema = {"type": "object", "description": description, "properties": fields, "additionalProperties": False}
    return {**found, "required": required} if required else found


def feature(description: str, geometry: Schema, properties: Schema) -> Schema:
    return shape(
        description,
        {
            "type": {"const": "Feature"},
            "id": text("Its number or code."),
            "geometry": geometry,
            "properties": properties,
        },
    )


def features(description: str, name: str) -> Schema:
    links = {"next": maybe(uri("The next page.")), "previous": maybe(uri("The previous page."))}
    return shape(
        description,
        {"type": {"const": "FeatureCollection"}, "features": listed(ref(name)), **links},
        optional=tuple(links),
    )


def page(description: str, name: str) -> Schema:
    return shape(
        description,
        {
            "results": listed(ref(name)),
            "next": maybe(uri("The next page, or null on the last one.")),
            "previous": maybe(uri("The previous page, or null on the first one.")),
        },
    )


def uri(description: str) -> Schema:
    return text(description, format="uri")


def moment(description: str) -> Schema:
    return text(f"{description} In the city’s time, to the second.", format="date-time")


POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {"type": {"const": "Point"}, "coordinates": POSITION},
}
_OF_SERIALIZERS = components_of(RequestSerializer, RequestPageSerializer)
NAMED = _OF_SERIALIZERS["Named"]
# In the order in which they are answered.
REQUEST_FIELDS: dict[str, Schema] = _OF_SERIALIZERS["RequestRow"]["properties"]

REQUESTS: dict[str, Schema] = {
    **_OF_SERIALIZERS,
    "ChangedRequest": shape(
        "A request as it is now. With `fields`, only these.",
        {name: REQUEST_FIELDS[name] for name in FOLLOWED},
        optional=None,
    ),
    "Change": shape(
        "One or several changes of one request.",
        {
            "kind": text(
                "`created` and `changed`: store `request`. `removed`: delete your copy, if you have one.",
                enum=PublicChange.Kind.values,
            ),
            "reference": REQUEST_FIELDS["reference"],
            "request": maybe(ref("ChangedRequest")),
        },
    ),
    "ChangePage": shape(
        "One page of changes.",
        {
            "results": listed(ref("Change"), "Oldest first. Changes of one request may be combined into the last one."),
            "cursor": text("Where to go on. Store it together with what this page changed."),
            "next": maybe(uri("The next page, or null if there is nothing new yet: come back later with `cursor`.")),
        },
    ),
    "RequestFeature": feature(
        "A request in GeoJSON (RFC 7946).",
        maybe(POINT),
        shape(
            "As in RequestRow, without the position.",
            {name: schema for name, schema in REQUEST_FIELDS.items() if name not in ("lat", "long")},
            optional=None,
        ),
    ),
    "RequestFeatures": features("One page of requests in GeoJSON.", "RequestFeature"),
}
