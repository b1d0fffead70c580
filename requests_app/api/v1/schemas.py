"""The shapes of v1 as JSON Schema 2020-12, by name: the components of the OpenAPI document. Nothing else leaves.

A field is never removed, renamed or given another type within v1; new ones may come (docs/api-v1.md).
"""

from typing import Any

from requests_app.models import Disposition, PublicChange, Status
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


DEGREES = {"type": "number", "minimum": -180, "maximum": 180}
LATITUDE = {"type": "number", "minimum": -90, "maximum": 90, "description": "Degrees north (WGS84)."}
LONGITUDE = {**DEGREES, "description": "Degrees east (WGS84)."}
POINT = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "Point"},
        "coordinates": {"type": "array", "prefixItems": [DEGREES, DEGREES], "minItems": 2, "maxItems": 2},
    },
}
MULTIPOLYGON = {
    "type": "object",
    "required": ["type", "coordinates"],
    "properties": {
        "type": {"const": "MultiPolygon"},
        "coordinates": listed(listed(listed({"type": "array", "items": DEGREES, "minItems": 2, "maxItems": 2}))),
    },
}
NAMED = shape("A code and its name.", {"code": text("Never changes."), "name": text("In the requested language.")})

# In the order in which they are answered.
REQUEST_FIELDS: dict[str, Schema] = {
    "reference": text("The request’s number, which people write with a hyphen.", examples=["7K3M-9QWT"]),
    "url": uri("Its URL in this API."),
    "html_url": uri("Its web page."),
    "service": ref("Named"),
    "category": ref("Named"),
    "status": text("Its status.", enum=Status.values),
    "is_open": {"type": "boolean", "description": "Whether it is open or has ended."},
    "status_text": text("The status in a sentence for people."),
    "outcome": maybe(text("Its outcome.", enum=Disposition.values)),
    "description": maybe(text("What was reported, without what staff removed. Null while it is pending review.")),
    "language": text("The language of the description."),
    "department": maybe(ref("Named")),
    "submitted_at": moment("When it was sent."),
    "updated_at": moment("When something public last changed."),
    "resolved_at": maybe(moment("When the work ended.")),
    "due_at": maybe(moment("The target, which isn’t a promise.")),
    "expected_at": maybe(
        moment(
            "When it will probably be fixed: the target or, if most requests like it miss the target, the time by "
            "which 8 in 10 were fixed. Null if unknown."
        )
    ),
    "usual_half_hours": maybe(
        {
            "type": "integer",
            "minimum": 0,
            "description": "The hours within which half are fixed. Null if the target is usually met.",
        }
    ),
    "usual_most_hours": maybe(
        {
            "type": "integer",
            "minimum": 0,
            "description": "The same, for 8 in 10. Also null if too many are still open to say.",
        }
    ),
    "address": maybe(text("The public location, which may be only the block.")),
    "lat": maybe(LATITUDE),
    "long": maybe(LONGITUDE),
    "people_count": {"type": "integer", "minimum": 0, "description": "How many people reported it or joined."},
    "affected_count": {"type": "integer", "minimum": 0, "description": "The same, with those who selected “Me too.”"},
    "thanks_count": {"type": "integer", "minimum": 0, "description": "How many people thanked the crew."},
    "photos": listed(ref("Photo"), "The public photos."),
}
MORE_OF_ONE: dict[str, Schema] = {
    "is_reviewed": {"type": "boolean", "description": (
        "False while it is pending review, when only its status is public."
    )},
    "next_step": text("Who acts next and by when, in a sentence. Empty once it has ended."),
    "combined_with": maybe(text("The number of the earlier request that it was merged into.")),
    "areas": listed(ref("AreaName"), "The wards, districts and neighborhoods it lies in."),
    "asset": maybe(ref("Named")),
    "answers": listed(
        shape(
            "A question and its answer.",
            {"code": text("The question’s code."), "question": text("As asked."), "answer": text("As given.")},
        ),
        "The answers that are public.",
    ),
    "timeline": listed(
        shape(
            "Something that happened.",
            {
                "at": moment("When."),
                "text": text("What happened, in a sentence."),
                "comment": maybe(text("What the city wrote.")),
                "comment_language": maybe(text("Its language.")),
                "note": maybe(text("Says that staff removed part of the comment, and why.")),
            },
        ),
        "Newest first.",
    ),
}  # fmt: skip

REQUESTS: dict[str, Schema] = {
    "Problem": shape(
        "What went wrong (RFC 9457).",
        {
            "type": text("The URL of a page that explains this problem.", format="uri"),
            "title": text("The kind of problem, in the requested language."),
            "status": {"type": "integer", "minimum": 400, "maximum": 599},
            "detail": text("What to do about it, in the requested language."),
            "instance": text("The path of the call.", format="uri-reference"),
            "request_id": text("The same as the header X-Request-Id. Quote it when you ask for help."),
            "errors": listed(ref("FieldError"), "Each error, if there are several."),
            "possible_actions": listed(
                text("A verb."), ("Only for `action-not-possible`: the actions that are possible.")
            ),
            "changes": listed(
                shape(
                    "",
                    {
                        "at": text("When.", format="date-time"),
                        "text": text("What happened, in the requested language."),
                        "by": maybe(text("Who did it. Only staff read names.")),
                    },
                ),
                "Only for `precondition-failed`: what has changed since the version in If-Match, oldest first.",
            ),
            "emergency": {**ref("Emergency"), "description": "Only for `emergency`: whom to call."},
        },
        optional=("possible_actions", "changes", "emergency"),
    ),
    "FieldError": shape(
        "One mistake.",
        {
            "field": text("A parameter, or the path of a field of the body, like `place.lat`."),
            "code": text("The kind of error, for programs."),
            "message": text("For people, in the requested language."),
        },
    ),
    "Named": NAMED,
    "AreaName": shape(
        "An area.", {"layer": text("Its layer."), "code": text("Its code there."), "name": text("Its name.")}
    ),
    "Photo": shape(
        "A photo as the public sees it, without metadata, at most 2,048 pixels wide or high.",
        {
            "id": text("Its name."),
            "url": uri("The JPEG."),
            "small_url": uri("A thumbnail."),
            "width": {"type": "integer"},
            "height": {"type": "integer"},
            "alt": text("What it shows, if someone described it."),
            "kind": text("Sent with the report, or taken by those who did the work.", enum=["report", "work"]),
        },
    ),
    "Request": shape("One service request.", {**REQUEST_FIELDS, **MORE_OF_ONE}),
    "EditedRequest": shape(
        "One service request after its reporter’s edit, and any danger that the new text describes.",
        {"emergency": maybe(ref("Emergency")), **REQUEST_FIELDS, **MORE_OF_ONE},
    ),
    "RequestRow": shape("A service request in a list. With `fields`, only these.", REQUEST_FIELDS, optional=None),
    "RequestPage": page("One page of requests.", "RequestRow"),
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
