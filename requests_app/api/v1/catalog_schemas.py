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
    "url": uri("Its address in this API, with its questions."),
    "html_url": uri("Its page for people."),
    "category": ref("Named"),
    "department": ref("Named"),
    "keywords": listed({"type": "string"}, "Other words for it."),
    "is_private": {"type": "boolean", "description": "Its reports are never public."},
    "photos": text("Whether photos are taken.", enum=ServiceVersion.PhotoPolicy.values),
    "needs_place": {"type": "boolean", "description": "Whether a report must say where."},
    "needs_confirmation": {
        "type": "boolean",
        "description": "Whether a report counts only once its reporter selects the link in an email.",
    },
    "asset_kinds": listed({"type": "string"}, "The kinds of the city’s assets it is about."),
    "offered": maybe(text("When it can be reported, in words; null: always.")),
    "is_offered_today": {"type": "boolean", "description": "Whether it can be reported today."},
}
QUESTION = shape(
    "A question, for a form.",
    {
        "code": text("The name of its answer."),
        "kind": text("`display` is only to be read.", enum=QuestionVersion.Kind.values),
        "text": text("The question."),
        "help": maybe(text("What helps to answer it.")),
        "is_required": {"type": "boolean", "description": "Where it is asked."},
        "asks_asset": {
            "type": "boolean",
            "description": "It asks for the number on an asset: not asked if `place` is an asset of one of the `asset_kinds`.",
        },
        "options": listed(shape("A choice.", {"value": text("To be sent."), "label": text("To be shown.")})),
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
    "url": uri("Its address in this API."),
    "html_url": uri("Its page for people."),
    "updated_at": moment("When it was last edited."),
}
AREA_FIELDS: dict[str, Schema] = {
    "layer": text("Its layer: `ward`, `neighborhood` …"),
    "code": text("Its code in the layer."),
    "name": text("Its name."),
    "url": uri("Its address in this API."),
    "html_url": uri("Its page for people."),
}
PLACE_FIELDS: dict[str, Schema] = {
    "label": text("The address, corner, landmark or asset."),
    "kind": text("What it is: `address`, `about` (between two known house numbers), `intersection`, `asset`, `town` …"),
    "lat": LATITUDE,
    "long": LONGITUDE,
    "confidence": {"type": "number", "minimum": 0, "maximum": 1, "description": "How well it fits the words."},
}
ASSET_FIELDS: dict[str, Schema] = {
    "number": text("As on its tag."),
    "kind": text("What it is, as a code."),
    "name": text("What it is called."),
    "lat": LATITUDE,
    "long": LONGITUDE,
    "html_url": uri("Its page for people."),
}
COUNT = {"type": ["integer", "null"], "minimum": 0, "description": "Null where it is too small to be shown."}
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
            "emergency_question": maybe(text("To be asked first: who says yes should call, not report.")),
            "identity_reason": maybe(text("Why name and postal address are demanded; null: they are not.")),
            "questions": listed(ref("Question"), "In the order in which they are asked."),
            "answers_schema": {
                "type": "object",
                "description": "What `answers` of a report must be, as JSON Schema 2020-12: with `if` and `then` for questions "
                "that are asked only after certain answers. It can’t see the place, so it demands no answer that `asks_asset`.",
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
        "What fits the words, best first; nothing where they surely tell of danger.",
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
    "Asset": shape("Something the city owns that has a number on it.", ASSET_FIELDS),
    "AssetPage": page("One page of assets.", "Asset"),
    "City": shape(
        "The city.",
        {
            "name": text("Its name."),
            "jurisdiction_id": text("Its name in Open311."),
            "html_url": uri("Its website."),
            "is_demo": {"type": "boolean", "description": "Nobody acts on a demo’s reports."},
            "languages": listed({"type": "string"}, "The first one is the city’s own."),
            "time_zone": text("Of all times in this API.", examples=["America/New_York"]),
            "units": text("What people there read.", enum=["us", "metric"]),
            "emergency_number": text("Whom to call in danger."),
            "phone_numbers": listed({"type": "string"}, "Of the city’s desk."),
            "map": {
                "type": "object",
                "description": "Where a map begins: center and bounds (longitude first), zoom.",
                "properties": {
                    "center": listed({"type": "number"}),
                    "zoom": {"type": "number"},
                    "bounds": listed({"type": "number"}),
                },
                "additionalProperties": False,
            },
            "limits": shape(
                "The most that is taken.",
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
                    "A month in which somebody answered.",
                    {"month": text("Like 2026-06."), "total": ref("Answered"), "services": listed(ref("Answered"))},
                ),
                "Newest first.",
            ),
        },
    ),
    "Answered": shape(
        "The answers about one service; null: about those with too few answers, together.",
        {"service": maybe(ref("Named")), "fixed": TALLY, "treated_well": TALLY},
    ),
}
