"""The shapes of OGC API Features. A feature's properties are flat, since programs for maps make a column of each."""

from typing import Any

from requests_app.api.framework.schema import SITE, components_of, example_of_serializer
from requests_app.api.v1.place_serializers import MULTIPOLYGON, AreaRowSerializer, AssetSerializer
from requests_app.api.v1.request_serializers import DEGREES, POINT, REQUEST_ROW, RequestRowSerializer

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
CONFORMS_TO = [
    f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{name}" for name in ("core", "oas30", "geojson")
]
Schema = dict[str, Any]


def text(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


def maybe(schema: Schema) -> Schema:
    """Or null."""
    kind = schema.get("type")
    if isinstance(kind, str):
        or_null = {**schema, "type": [kind, "null"]}
        return {**or_null, "enum": [*schema["enum"], None]} if "enum" in schema else or_null
    return {"anyOf": [schema, {"type": "null"}]}


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def listed(schema: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": schema, **({"description": description} if description else {})}


def shape(description: str, fields: dict[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """An object of these fields. optional: fields that may be missing."""
    return {
        "type": "object",
        "description": description,
        "properties": fields,
        "additionalProperties": False,
        "required": [name for name in fields if name not in optional],
    }


def uri(description: str) -> Schema:
    return text(description, format="uri")


REQUEST_FIELDS: dict[str, Schema] = components_of(RequestRowSerializer)["RequestRow"]["properties"]
# `status` is what the filter of this name takes, so it is no column's name.
REQUEST_PROPERTIES: dict[str, Schema] = {
    "reference": REQUEST_FIELDS["reference"],
    "html_url": REQUEST_FIELDS["html_url"],
    "service": text("The service’s code."),
    "service_name": text("Its name."),
    "category": text("The category’s code."),
    "category_name": text("Its name."),
    "status_code": REQUEST_FIELDS["status"],
    "is_open": REQUEST_FIELDS["is_open"],
    "status_text": REQUEST_FIELDS["status_text"],
    "outcome": REQUEST_FIELDS["outcome"],
    "description": REQUEST_FIELDS["description"],
    "language": REQUEST_FIELDS["language"],
    "department": maybe(text("The department’s code.")),
    "department_name": maybe(text("Its name.")),
    "submitted_at": REQUEST_FIELDS["submitted_at"],
    "updated_at": REQUEST_FIELDS["updated_at"],
    "resolved_at": REQUEST_FIELDS["resolved_at"],
    **{name: REQUEST_FIELDS[name] for name in ("due_at", "expected_at", "usual_half_hours", "usual_most_hours")},
    "address": REQUEST_FIELDS["address"],
    "people_count": REQUEST_FIELDS["people_count"],
    "affected_count": REQUEST_FIELDS["affected_count"],
    "thanks_count": REQUEST_FIELDS["thanks_count"],
}
_OF_PLACES = components_of(AreaRowSerializer, AssetSerializer)
AREA_PROPERTIES: dict[str, Schema] = _OF_PLACES["AreaRow"]["properties"]
ASSET_PROPERTIES = {
    name: schema for name, schema in _OF_PLACES["Asset"]["properties"].items() if name not in ("lat", "long")
}
LINKS = listed(ref("OgcLink"), "Links to the rest of the API.")


def _feature(description: str, geometry: Schema, properties: dict[str, Schema]) -> Schema:
    """A feature of a list; asked for alone, it has links."""
    return shape(
        description,
        {
            "type": {"const": "Feature"},
            "id": text("Its number or code."),
            "geometry": geometry,
            "properties": shape("Its columns.", properties),
            "links": LINKS,
        },
        optional=("links",),
    )


def _page(description: str, name: str) -> Schema:
    return shape(
        description,
        {
            "type": {"const": "FeatureCollection"},
            "features": listed(ref(name)),
            "links": LINKS,
            "numberReturned": {"type": "integer", "minimum": 0, "description": "How many features this page has."},
        },
    )


OGC: dict[str, Schema] = {
    "OgcLink": shape(
        "A link.",
        {
            "href": uri("The address."),
            "rel": text("Its relation to this response."),
            "type": text("The media type of the target."),
            "title": text("Its name."),
        },
        optional=("title",),
    ),
    "OgcLanding": shape(
        "Where a client starts.", {"title": text("The city."), "description": text("The collections."), "links": LINKS}
    ),
    "OgcConformance": shape(
        "The parts of the standard that it conforms to.", {"conformsTo": listed(uri("A conformance class."))}
    ),
    "OgcExtent": shape(
        "Where and when it applies.",
        {
            "spatial": shape(
                "The city’s area.",
                {
                    "bbox": listed({"type": "array", "items": DEGREES, "minItems": 4, "maxItems": 4}),
                    "crs": {"const": CRS84},
                },
            ),
            "temporal": shape(
                "Open at both ends.",
                {
                    "interval": listed(
                        {
                            "type": "array",
                            "items": {"type": ["string", "null"], "format": "date-time"},
                            "minItems": 2,
                            "maxItems": 2,
                        }
                    ),
                    "trs": {"const": GREGORIAN},
                },
            ),
        },
        optional=("temporal",),
    ),
    "OgcCollection": shape(
        "A layer of a map.",
        {
            "id": text("Its name in URLs."),
            "title": text("Its display name."),
            "description": text("What it contains."),
            "extent": ref("OgcExtent"),
            "itemType": {"const": "feature"},
            "crs": listed({"const": CRS84}),
            "links": LINKS,
        },
    ),
    "OgcCollections": shape("All layers.", {"collections": listed(ref("OgcCollection")), "links": LINKS}),
    "OgcRequest": _feature("A service request.", maybe(POINT), REQUEST_PROPERTIES),
    "OgcRequests": _page("One page of service requests.", "OgcRequest"),
    "OgcArea": _feature("An area.", MULTIPOLYGON, AREA_PROPERTIES),
    "OgcAreas": _page("One page of areas.", "OgcArea"),
    "OgcAsset": _feature("City property with a number on it.", POINT, ASSET_PROPERTIES),
    "OgcAssets": _page("One page of assets.", "OgcAsset"),
}

# --- Examples ---------------------------------------------------------------------------------------------------------

_ROOT = f"{SITE}/api/v1/ogc"
_ASSET = example_of_serializer(AssetSerializer(), is_answer=True)


def _link(path: str, rel: str, media: str = "application/json") -> dict[str, str]:
    return {"href": f"{_ROOT}{path}", "rel": rel, "type": media}


LANDING = {
    "title": "Rivermark",
    "description": "Service requests, areas and assets of the city, for maps.",
    "links": [_link("/", "self"), _link("/collections", "data")],
}
COLLECTION: dict[str, Any] = {
    "id": "requests",
    "title": "Requests",
    "description": "Recent reports and all open ones.",
    "extent": {
        "spatial": {"bbox": [[-69.1, 40.4, -68.9, 40.6]], "crs": CRS84},
        "temporal": {"interval": [[None, None]], "trs": GREGORIAN},
    },
    "itemType": "feature",
    "crs": [CRS84],
    "links": [_link("/collections/requests/items", "items", "application/geo+json")],
}
REQUEST_FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": REQUEST_ROW["reference"],
    "geometry": {"type": "Point", "coordinates": [-69.0, 40.5]},
    "properties": {
        **{name: REQUEST_ROW[name] for name in REQUEST_PROPERTIES if name in REQUEST_ROW},
        "service": "pothole",
        "service_name": "Pothole",
        "category": "streets",
        "category_name": "Streets and sidewalks",
        "status_code": REQUEST_ROW["status"],
        "department": "PW",
        "department_name": "Streets",
    },
}
AREA_FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": "5",
    "geometry": {"type": "MultiPolygon", "coordinates": [[[[-69.1, 40.4], [-69, 40.4], [-69, 40.5], [-69.1, 40.4]]]]},
    "properties": example_of_serializer(AreaRowSerializer(), is_answer=True),
}
ASSET_FEATURE: dict[str, Any] = {
    "type": "Feature",
    "id": "L00417",
    "geometry": {"type": "Point", "coordinates": [-69.0, 40.5]},
    "properties": {name: _ASSET[name] for name in ASSET_PROPERTIES},
}


def page_of(example: dict[str, Any]) -> dict[str, Any]:
    links = [_link("/collections/requests/items", "self", "application/geo+json")]
    return {"type": "FeatureCollection", "features": [example], "links": links, "numberReturned": 1}
