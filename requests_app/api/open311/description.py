"""Open311's JSON addresses in the OpenAPI document. Its XML says the same by GeoReport's own rule of conversion."""

from typing import Any

Schema = dict[str, Any]

_TEXT: Schema = {"type": "string"}
_MAYBE_TEXT: Schema = {"type": ["string", "null"]}
_MAYBE_NUMBER: Schema = {"type": ["number", "null"]}


def _listed(name: str) -> Schema:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _object(description: str, fields: dict[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "required": [name for name in fields if name not in optional],
    }


COMPONENTS: dict[str, Schema] = {
    "Open311Error": _object("A mistake.", {"code": {"type": "integer"}, "description": _TEXT}),
    "Open311Service": _object(
        "A service.",
        {
            **dict.fromkeys(("service_code", "service_name", "description", "keywords", "group"), _TEXT),
            "metadata": {"type": "boolean", "description": "Whether it asks questions."},
            "type": {"type": "string", "enum": ["realtime", "batch", "blackbox"]},
        },
    ),
    "Open311Definition": _object(
        "The questions of a service.",
        {"service_code": _TEXT, "attributes": {"type": "array", "items": {"type": "object"}}},
    ),
    "Open311Request": _object(
        "A request, as the public sees it.",
        {
            **dict.fromkeys(("service_request_id", "status_notes", "service_name", "service_code"), _TEXT),
            "status": {"type": "string", "enum": ["open", "closed"]},
            "agency_responsible": _TEXT,
            **dict.fromkeys(("description", "service_notice", "expected_datetime", "address"), _MAYBE_TEXT),
            **dict.fromkeys(("address_id", "zipcode", "media_url"), _MAYBE_TEXT),
            "requested_datetime": {"type": "string", "format": "date-time"},
            "updated_datetime": {"type": "string", "format": "date-time"},
            "lat": _MAYBE_NUMBER,
            "long": _MAYBE_NUMBER,
        },
    ),
    "Open311Receipt": _object(
        "The receipt for the sender.",
        {
            "service_request_id": _MAYBE_TEXT,
            "token": _MAYBE_TEXT,
            "service_notice": _MAYBE_TEXT,
            "account_id": {"type": "null"},
        },
        optional=("token",),
    ),
    "Open311Token": _object("The request number for a token.", {"service_request_id": _MAYBE_TEXT, "token": _TEXT}),
    "Open311Update": _object(
        "Something that happened to a request.",
        {
            **dict.fromkeys(("update_id", "service_request_id", "description"), _TEXT),
            "status": {"type": "string", "enum": ["OPEN", "CLOSED"]},
            "updated_datetime": {"type": "string", "format": "date-time"},
            "media_url": {"type": "null"},
        },
    ),
    "Open311UpdateReceipt": _object("Our number for the update.", {"update_id": _TEXT}),
    "Open311Discovery": _object(
        "Where the API is.",
        {
            **dict.fromkeys(("changeset", "contact", "key_service"), _TEXT),
            "endpoints": {"type": "array", "items": {"type": "object"}},
        },
    ),
}


def _query(name: str, description: str, example: Any = None, schema: Schema | None = None) -> Schema:
    example = {} if example is None else {"example": example}
    return {"name": name, "in": "query", "description": description, "schema": schema or _TEXT, **example}


def _form(fields: dict[str, str], required: tuple[str, ...]) -> Schema:
    properties = {name: {"type": "string", "description": words} for name, words in fields.items()}
    return {"type": "object", "properties": properties, "required": list(required)}


_CITY = [
    _query("jurisdiction_id", "The city, if this server has several."),
    _query("locale", "The language of names and texts."),
]
_CALLBACK = _query(
    "callback",
    "Answers JSONP: a call of the function with this name, a single identifier.",
    "show",
    {"type": "string", "pattern": "^([A-Za-z_$][A-Za-z0-9_$]{0,99})?$"},
)
_FILTERS = [
    _query("service_request_id", "Comma-separated numbers. Overrides all other parameters."),
    _query("service_code", "Comma-separated."),
    _query("status", "`open`, `closed` or both.", "open"),
    _query("start_date", "Sent at or after this time. The range with end_date is at most 90 days."),
    _query("end_date", "Sent at or before this time."),
    _query("updated_after", "Changed at or after this time."),
    _query("updated_before", "Changed at or before this time."),
    _query("q", "Words."),
    _query("lat", "Used with long and radius: requests around a place."),
    _query("long", "Degrees east."),
    _query("radius", "Meters, at most 50,000."),
    _query("bbox", "`west,south,east,north` in degrees."),
    _query("page", "Starts at 1."),
    _query("page_size", "At most 1,000.", "20"),
    _query("extensions", "`true` adds answers, areas and the timeline."),
]


def _path(name: str, description: str, example: str) -> Schema:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": _TEXT,
        "example": example,
    }


_LIMITS: Schema = {name: {"$ref": f"#/components/headers/{name}"} for name in ("RateLimit-Policy", "RateLimit")}


def _operation(
    id: str,
    summary: str,
    description: str,
    schema: Schema,
    example: Any,
    parameters: list[Schema],
    *,
    key: bool = False,
) -> Schema:
    errors = {"400": "The request is not valid.", "404": "Not found.", "429": "Too many requests."}
    if key:
        errors["403"] = "The key is missing, not valid, or doesn’t give access to this."
    # As a call of a function, where `callback` names one.
    jsonp = {} if key else {"application/javascript": {"schema": _TEXT}}
    content = {
        "application/json": {"schema": _listed("Open311Error"), "example": [{"code": 400, "description": "status …"}]},
        **jsonp,
    }
    return {
        "operationId": id,
        "tags": ["Open311"],
        "summary": summary,
        "description": f"{description} The same URL with `.xml` returns XML.",
        "parameters": [*parameters, *_CITY, *([] if key else [_CALLBACK])],
        "security": [{"key": ["report"]}] if key else [{}],
        "responses": {
            "200": {
                "description": "The answer.",
                "headers": _LIMITS,
                "content": {
                    "application/json": {"schema": schema, "example": example},
                    **jsonp,
                },
            },
            **(
                {}
                if key
                else {
                    "304": {
                        "description": "The response whose ETag you sent as If-None-Match is still current.",
                        "headers": _LIMITS,
                    }
                }
            ),
            **{
                status: {"description": said, "headers": _LIMITS, "content": content}
                for status, said in sorted(errors.items())
            },
            "default": {"description": "Any other error.", "headers": _LIMITS, "content": content},
        },
    }


_REQUEST = {
    "service_request_id": "FPMW-APC6", "status": "open", "status_notes": "Sent to Public Works (Streets)",
    "service_name": "Pothole", "service_code": "pothole", "description": "A pothole by the bus stop.",
    "agency_responsible": "Public Works (Streets)", "service_notice": None, "requested_datetime": "2026-11-24T21:40:14-05:00",
    "updated_datetime": "2026-11-24T21:40:16-05:00", "expected_datetime": "2026-12-02T07:00:00-05:00", "address": "8 Elm Rd",
    "address_id": None, "zipcode": None, "lat": 40.484269, "long": -69.033838, "media_url": None,
}  # fmt: skip
_RECEIPT = {
    "service_request_id": "FPMW-APC6",
    "service_notice": "Streets will review it by Monday.",
    "account_id": None,
}
_SERVICE = {
    "service_code": "pothole", "service_name": "Pothole", "description": "A hole in the street.", "metadata": True,
    "type": "realtime", "keywords": "pothole,hole in road", "group": "Streets and sidewalks",
}  # fmt: skip
_UPDATE = {
    "update_id": "93412", "service_request_id": "FPMW-APC6", "status": "CLOSED",
    "updated_datetime": "2026-11-25T09:12:40-05:00", "description": "We filled the hole.", "media_url": None,
}  # fmt: skip
_DISCOVERY = {"changeset": "2026-11-24T21:40:14Z", "contact": "Call 311.", "key_service": "Call 311.", "endpoints": []}


def _update() -> Schema:
    operation = _operation(
        "open311SendUpdate",
        "Send an update (Open311)",
        "What a resident wrote on another site, for staff to read. The key needs the scope `updates`.",
        _listed("Open311UpdateReceipt"),
        [{"update_id": "12"}],
        [],
        key=True,
    )
    operation["security"] = [{"key": ["updates"]}]
    form = _form(
        {
            "service_request_id": "The number of the request.",
            "description": "What the resident wrote, up to 4,000 characters.",
            "update_id": "Your own number for the update. Sending it again doesn’t create a second update.",
            "updated_datetime": "When it was written.",
            "status": "`OPEN` or `CLOSED`, if your site says so. Staff see it; the request doesn’t change.",
            "first_name": "The resident’s. Only staff see it.",
            "last_name": "The resident’s. Only staff see it.",
            "email": "Checked against addresses that the city has blocked. Not stored.",
        },
        ("service_request_id", "description"),
    )
    example = {"service_request_id": "FPMW-APC6", "description": "It is deeper now.", "update_id": "501"}
    operation["requestBody"] = {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": form, "example": example}},
    }
    return operation


def paths() -> dict[str, Schema]:
    report = _operation(
        "open311SendRequest",
        "Send a report (Open311)",
        (
            "A form as defined by GeoReport v2, with answers as `attribute[CODE]` and photos as files of a multipart "
            "form."
        ),
        _listed("Open311Receipt"),
        [_RECEIPT],
        [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "A new value for each report.",
                "schema": {**_TEXT, "maxLength": 128},
            }
        ],
        key=True,
    )
    answers = {
        "patternProperties": {
            r"^attribute\[.+\]$": {"type": "string", "description": "The answer to a question, by its code."}
        }
    }
    form = {
        "schema": answers
        | _form(
            {
                "service_code": "From the list of services.",
                "lat": "Degrees north (WGS84).",
                "long": "Degrees east (WGS84).",
                "address_string": "An address, a corner or a place by name.",
                "address_id": "An address exactly as in the city’s list.",
                "description": "What is wrong, up to 4,000 characters.",
                "email": "For updates. Only staff see it.",
                "phone": "Only staff see it.",
                "first_name": "Only staff see it.",
                "last_name": "Only staff see it.",
                "media_url": "URL of a photo, kept as a link for staff.",
                "emergency_confirmed": "`true` sends the report even though an answer indicates danger. Send it only "
                "after a person has read whom to call and confirmed that no one is in danger.",
            },
            ("service_code",),
        ),
        "example": {
            "service_code": "pothole",
            "lat": "40.5",
            "long": "-69.0",
            "description": "A pothole two feet wide.",
            "attribute[where]": "bike_lane",
            "attribute[size]": "plate",
        },
    }
    report["requestBody"] = {
        "required": True,
        "content": {"application/x-www-form-urlencoded": form, "multipart/form-data": form, "application/json": form},
    }
    number = _path("service_request_id", "The number.", "FPMW-APC6")
    return {
        "/open311/discovery.json": {
            "get": _operation(
                "open311Discovery", "Discover (Open311)", "API endpoints and contacts.",
                {"$ref": "#/components/schemas/Open311Discovery"}, _DISCOVERY, [],
            )
        },
        "/open311/v2/services.json": {
            "get": _operation(
                "open311ListServices", "List services (Open311)", "What can be reported.",
                _listed("Open311Service"), [_SERVICE], [],
            )
        },
        "/open311/v2/services/{service_code}.json": {
            "get": _operation(
                "open311GetService", "Get a service’s questions (Open311)", (
                    "Conditional questions aren’t marked here. API v1 marks them."
                ),
                {"$ref": "#/components/schemas/Open311Definition"}, {"service_code": "pothole", "attributes": []},
                [_path("service_code", "The code of a service.", "pothole")],
            )
        },
        "/open311/v2/requests.json": {
            "get": _operation(
                "open311ListRequests", "List requests (Open311)", (
                    "Newest first. Without dates, from the last 90 days."
                ),
                _listed("Open311Request"), [_REQUEST], _FILTERS,
            ),
            "post": report,
        },
        "/open311/v2/requests/{service_request_id}.json": {
            "get": _operation(
                "open311GetRequest", "Get a request (Open311)", "An array of one.",
                _listed("Open311Request"), [_REQUEST], [number, _FILTERS[-1]],
            )
        },
        "/open311/v2/servicerequestupdates.json": {
            "get": _operation(
                "open311ListUpdates", "List updates (Open311)", "What happened to requests, oldest first: FixMyStreet’s extension.",
                _listed("Open311Update"), [_UPDATE],
                [_query("start_date", "Happened at or after this time. Without it, in the last 90 days.", "2026-11-01T00:00:00Z"),
                 _query("end_date", "Happened at or before this time.")],
            ),
            "post": _update(),
        },
        "/open311/v2/tokens/{token}.json": {
            "get": _operation(
                "open311GetToken", "Get the request number for a token (Open311)", "Null until there is one.",
                _listed("Open311Token"), [{"service_request_id": None, "token": "abc"}],
                [_path("token", "From the receipt.", "abc")],
            )
        },
    }  # fmt: skip
