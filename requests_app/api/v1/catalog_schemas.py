"""The shapes of the catalog, of places and of the city: see schemas.py."""

from requests_app.api.v1.schemas import (
    LATITUDE,
    LONGITUDE,
    MULTIPOLYGON,
    Schema,
    feature,
    features,
    listed,
    maybe,
    page,
    ref,
    shape,
    text,
    uri,
)

AREA_FIELDS: dict[str, Schema] = {
    "layer": text("Its layer: `ward`, `neighborhood` …"),
    "code": text("Its code in the layer."),
    "name": text("Its name."),
    "url": uri("Its URL in this API."),
    "html_url": uri("Its web page."),
}
PLACE_FIELDS: dict[str, Schema] = {
    "label": text("The address, corner, landmark or asset."),
    "kind": text("What it is: `address`, `about` (between two known house numbers), `intersection`, `asset`, `town` …"),
    "lat": LATITUDE,
    "long": LONGITUDE,
    "confidence": {"type": "number", "minimum": 0, "maximum": 1, "description": "How well it matches the query."},
}
ASSET_FIELDS: dict[str, Schema] = {
    "number": text("As on its tag."),
    "kind": text("What it is, as a code."),
    "name": text("What it is called."),
    "lat": LATITUDE,
    "long": LONGITUDE,
    "html_url": uri("Its web page."),
}
COUNT = {"type": ["integer", "null"], "minimum": 0, "description": "Null if it is too small to show."}
TALLY = shape(
    "The answers to one question.",
    {
        "yes": COUNT,
        "partly": COUNT,
        "no": COUNT,
        "answered": {"type": "integer", "minimum": 0, "description": "The sum of the numbers shown."},
        "is_whole": {"type": "boolean", "description": "Whether that is all of them."},
    },
)

CATALOG: dict[str, Schema] = {
    "AreaRow": shape("An area.", AREA_FIELDS),
    "Areas": shape("Areas, by layer and code.", {"results": listed(ref("AreaRow"))}),
    "AreaFeature": feature("An area with its polygon.", MULTIPOLYGON, ref("AreaRow")),
    "AreaFeatures": features("Areas with their polygons.", "AreaFeature"),
    "Place": shape("A place.", PLACE_FIELDS),
    "Places": shape("Places, best first.", {"results": listed(ref("Place"))}),
    "Asset": shape("City property with a number on it.", ASSET_FIELDS),
    "AssetPage": page("One page of assets.", "Asset"),
    "City": shape(
        "The city.",
        {
            "name": text("Its name."),
            "jurisdiction_id": text("Its name in Open311."),
            "html_url": uri("Its website."),
            "is_demo": {"type": "boolean", "description": "Nobody acts on reports to a demo."},
            "languages": listed({"type": "string"}, "The first one is the city’s own."),
            "time_zone": text("Used for all times in this API.", examples=["America/New_York"]),
            "units": text("The languages of its residents.", enum=["us", "metric"]),
            "emergency_number": text("The number to call in an emergency."),
            "phone_numbers": listed({"type": "string"}, "The city’s 311 desk."),
            "map": {
                "type": "object",
                "description": "The initial map view: center and bounds (longitude first), and zoom.",
                "properties": {
                    "center": listed({"type": "number"}),
                    "zoom": {"type": "number"},
                    "bounds": listed({"type": "number"}),
                },
                "additionalProperties": False,
            },
            "limits": shape(
                "The maximum accepted.",
                {
                    "description_characters": {"type": "integer"},
                    "photos": {"type": "integer"},
                    "photo_bytes": {"type": "integer"},
                    "page": {"type": "integer"},
                },
            ),
        },
    ),
    "Statistics": shape(
        "What people answered after their reports ended.",
        {
            "since": text("The first month."),
            "until": text("The last month."),
            "smallest_number": {"type": "integer", "description": "Smaller numbers are null."},
            "months": listed(
                shape(
                    "A month with answers.",
                    {"month": text("Like 2026-06."), "total": ref("Answered"), "services": listed(ref("Answered"))},
                ),
                "Newest first.",
            ),
        },
    ),
    "Answered": shape(
        "The answers about one service. Null for all services with too few answers, taken together.",
        {"service": maybe(ref("Named")), "fixed": TALLY, "treated_well": TALLY},
    ),
}
