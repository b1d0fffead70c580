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
    moment,
    page,
    ref,
    shape,
    text,
    uri,
)
from requests_app.models import QuestionVersion, ServiceVersion

SERVICE_FIELDS: dict[str, Schema] = {
    "code": text("Never changes."),
    "name": text("Its name."),
    "description": text("What it is for."),
    "url": uri("Its URL in this API, with its questions."),
    "html_url": uri("Its web page."),
    "category": ref("Named"),
    "department": ref("Named"),
    "keywords": listed({"type": "string"}, "Other words for it."),
    "is_private": {"type": "boolean", "description": "Its reports are never public."},
    "photos": text("Whether the service accepts photos.", enum=ServiceVersion.PhotoPolicy.values),
    "needs_place": {"type": "boolean", "description": "Whether a report needs a location."},
    "needs_confirmation": {
        "type": "boolean",
        "description": "Whether a report is submitted only once its reporter selects the link in an email.",
    },
    "asset_kinds": listed({"type": "string"}, "The kinds of the city’s assets it is about."),
    "offered": maybe(text("When it can be reported, as text. Null means always.")),
    "is_offered_today": {"type": "boolean", "description": "Whether it can be reported today."},
}
QUESTION = shape(
    "A question, for a form.",
    {
        "code": text("The key for its answer."),
        "kind": text("`display` is text to show, with no answer.", enum=QuestionVersion.Kind.values),
        "text": text("The question."),
        "help": maybe(text("Help text.")),
        "is_required": {"type": "boolean", "description": "Where it is asked."},
        "asks_asset": {
            "type": "boolean",
            "description": (
                "Asks for the number on an asset. Skip it if `place` is an asset of one of the `asset_kinds`."
            ),
        },
        "options": listed(
            shape("A choice.", {"value": text("The value to send."), "label": text("The label to show.")})
        ),
        "only_if": maybe(
            shape(
                "Asked only after one of these answers.",
                {"question": text("The code of the other question."), "values": listed({"type": "string"})},
            )
        ),
    },
)
ARTICLE_FIELDS: dict[str, Schema] = {
    "code": text("Never changes."),
    "title": text("The question it answers."),
    "language": text("The language of its text."),
    "url": uri("Its URL in this API."),
    "html_url": uri("Its web page."),
    "updated_at": moment("When it was last edited."),
}
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
    "Category": shape(
        "A group of services.",
        {"code": text("Never changes."), "name": text("Its name."), "icon": maybe(text("The name of its icon."))},
    ),
    "Categories": shape("All categories.", {"results": listed(ref("Category"))}),
    "ServiceRow": shape("Something that can be reported.", SERVICE_FIELDS),
    "Services": shape("All services.", {"results": listed(ref("ServiceRow"))}),
    "Service": shape(
        "Something that can be reported, with its questions.",
        {
            **SERVICE_FIELDS,
            "emergency_question": maybe(
                text("Ask this first. Someone who answers yes should call instead of reporting.")
            ),
            "identity_reason": maybe(text("Why name and postal address are required. Null if they aren’t.")),
            "questions": listed(ref("Question"), "In the order in which they are asked."),
            "answers_schema": {
                "type": "object",
                "description": "The JSON Schema 2020-12 that `answers` of a report must match, with `if` and `then` "
                "for questions that are asked only after certain answers. It doesn’t know the place, "
                "so it never requires an answer that `asks_asset`.",
            },
        },
    ),
    "Question": QUESTION,
    "ArticleRow": shape("An article.", ARTICLE_FIELDS),
    "Articles": shape("All articles.", {"results": listed(ref("ArticleRow"))}),
    "Article": shape(
        "An article with its text.",
        {
            **ARTICLE_FIELDS,
            "body_markdown": text("The text as Markdown."),
            "body_html": text("The text as safe HTML."),
            "services": listed({"type": "string"}, "The codes of the services it is about."),
        },
    ),
    "Suggestions": shape(
        "The best matches first. Empty if the text clearly describes danger.",
        {
            "emergency": maybe(ref("Emergency")),
            "services": listed(ref("ServiceRow")),
            "articles": listed(ref("ArticleRow")),
        },
    ),
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
