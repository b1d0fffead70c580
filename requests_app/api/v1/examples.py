"""Examples in the OpenAPI document that are of no one field. A test checks each against its schema."""

TOKEN = "417-h3j5k7m9n2p4q6r8s3t5v7w9x2"  # noqa: S105 - it opens nothing
NEW_REPORT = {
    "service": "pothole",
    "description": "A pothole two feet wide.",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "bike_lane", "size": "plate"},
    "contact": {"email": "ana@example.org"},
}
READING = {"asset": "P0017", "measure": "water_level", "value": 1.9, "at": "2026-06-04T12:30:00Z"}
CALL_COUNT = {
    "line": "311",
    "starts_at": "2026-12-01T10:30",
    "seconds": 900,
    "offered": 12,
    "answered": 10,
    "abandoned": 1,
    "abandoned_early": 1,
    "answered_in_time": 8,
    "target_s": 20,
    "wait_s": 240,
    "handle_s": 2100,
}
BATCHED = {"idempotency_key": "sensor-17-2026-06-04", "report": NEW_REPORT}
SERVICE = {
    "questions": [
        {
            "code": "where",
            "kind": "single",
            "text": "Where on the street is it?",
            "help": None,
            "is_required": True,
            "asks_asset": False,
            "options": [
                {"value": "travel_lane", "label": "Where cars drive"},
                {"value": "bike_lane", "label": "In the bike lane"},
            ],
            "only_if": None,
        },
        {
            "code": "size",
            "kind": "single",
            "text": "How big is it?",
            "help": None,
            "is_required": True,
            "asks_asset": False,
            "options": [{"value": "hand", "label": "Like a hand"}, {"value": "plate", "label": "Like a dinner plate"}],
            "only_if": None,
        },
        {
            "code": "damage",
            "kind": "text",
            "text": "What was damaged?",
            "help": None,
            "is_required": True,
            "asks_asset": False,
            "options": [],
            "only_if": {"question": "where", "values": ["travel_lane"]},
        },
    ],
    "answers_schema": {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "where": {
                "title": "Where on the street is it?",
                "type": "string",
                "oneOf": [
                    {"const": "travel_lane", "title": "Where cars drive"},
                    {"const": "bike_lane", "title": "In the bike lane"},
                ],
            },
            "size": {
                "title": "How big is it?",
                "type": "string",
                "oneOf": [
                    {"const": "hand", "title": "Like a hand"},
                    {"const": "plate", "title": "Like a dinner plate"},
                ],
            },
            "damage": {"title": "What was damaged?", "type": "string", "maxLength": 1000},
        },
        "additionalProperties": False,
        "allOf": [
            {
                "required": ["where", "size"],
                "properties": {"where": {"minLength": 1}, "size": {"minLength": 1}},
            },
            {
                "if": {"allOf": [{"properties": {"where": {"enum": ["travel_lane"]}}, "required": ["where"]}]},
                "then": {"required": ["damage"], "properties": {"damage": {"minLength": 1}}},
            },
        ],
    },
}
