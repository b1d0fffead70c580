"""Examples in the OpenAPI document. A test checks each against its schema."""

from typing import Any

from requests_app.models.public_change import NOT_FOLLOWED

SITE = "https://311.rivermark.example"
PHOTO = {
    "id": "0b1c2d3e4f5061728394a5b6c7d8e9f0",
    "url": f"{SITE}/photos/0b1c2d3e4f5061728394a5b6c7d8e9f0.jpg",
    "small_url": f"{SITE}/photos/0b1c2d3e4f5061728394a5b6c7d8e9f0-small.jpg",
    "width": 2048,
    "height": 1536,
    "alt": "A pothole two feet wide",
    "kind": "report",
}
REQUEST_ROW: dict[str, Any] = {
    "reference": "7K3M-9QWT",
    "url": f"{SITE}/api/v1/requests/7K3M9QWT/",
    "html_url": f"{SITE}/r/7K3M9QWT/",
    "service": {"code": "pothole", "name": "Pothole"},
    "category": {"code": "streets", "name": "Streets and sidewalks"},
    "status": "in_progress",
    "is_open": True,
    "status_text": "Scheduled for Tuesday, June 9",
    "outcome": None,
    "description": "A pothole two feet wide.",
    "language": "en",
    "department": {"code": "PW", "name": "Streets"},
    "submitted_at": "2026-06-03T14:30:00-04:00",
    "updated_at": "2026-06-04T09:12:41-04:00",
    "resolved_at": None,
    "due_at": "2026-06-10T16:00:00-04:00",
    "expected_at": "2026-06-10T16:00:00-04:00",
    "usual_half_hours": None,
    "usual_most_hours": None,
    "address": "12 Elm St",
    "lat": 40.5,
    "long": -69.0,
    "people_count": 2,
    "affected_count": 5,
    "thanks_count": 0,
    "photos": [PHOTO],
}
REQUEST = {
    **REQUEST_ROW,
    "is_reviewed": True,
    "next_step": "Streets plans to work on it that day. This is a plan, not a promise.",
    "combined_with": None,
    "areas": [{"layer": "ward", "code": "5", "name": "Ward 5"}],
    "asset": None,
    "answers": [{"code": "where", "question": "Where on the street is it?", "answer": "In the bike lane"}],
    "timeline": [
        {
            "at": "2026-06-04T09:12:41-04:00",
            "text": "Scheduled for Tuesday, June 9",
            "comment": None,
            "comment_language": None,
            "note": None,
        }
    ],
}
CHANGES: dict[str, Any] = {
    "results": [
        {
            "kind": "changed",
            "reference": "7K3M-9QWT",
            "request": {name: value for name, value in REQUEST_ROW.items() if name not in NOT_FOLLOWED},
        },
        {"kind": "removed", "reference": "FPMW-APC6", "request": None},
    ],
    "cursor": "WzQxNywgODAyMzE3XQ:7d1xQ0",
    "next": None,
}
SERVICE_ROW: dict[str, Any] = {
    "code": "pothole",
    "name": "Pothole",
    "description": "A hole in the street.",
    "url": f"{SITE}/api/v1/services/pothole/",
    "html_url": f"{SITE}/service/pothole/",
    "category": {"code": "streets", "name": "Streets and sidewalks"},
    "department": {"code": "PW", "name": "Streets"},
    "keywords": ["hole in road"],
    "is_private": False,
    "photos": "optional",
    "needs_place": True,
    "needs_confirmation": False,
    "asset_kinds": [],
    "offered": None,
    "is_offered_today": True,
}
SERVICE = {
    **SERVICE_ROW,
    "emergency_question": None,
    "identity_reason": None,
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
ARTICLE_ROW = {
    "code": "recycling",
    "title": "When is my recycling collected?",
    "language": "en",
    "url": f"{SITE}/api/v1/articles/recycling/",
    "html_url": f"{SITE}/articles/recycling/",
    "updated_at": "2026-05-02T10:00:00-04:00",
}
ARTICLE = {
    **ARTICLE_ROW,
    "body_markdown": "On the same day as your trash.",
    "body_html": "<p>On the same day as your trash.</p>",
    "services": ["missed-collection"],
}
AREA_ROW = {
    "layer": "ward",
    "code": "5",
    "name": "Ward 5",
    "url": f"{SITE}/api/v1/areas/ward/5/",
    "html_url": f"{SITE}/areas/ward/5/",
}
ASSET = {
    "number": "L00417",
    "kind": "street_light",
    "name": "Street light L00417",
    "lat": 40.5,
    "long": -69.0,
    "html_url": f"{SITE}/assets/L00417/",
}
CITY = {
    "name": "Rivermark",
    "jurisdiction_id": "rivermark.example",
    "html_url": f"{SITE}/",
    "is_demo": False,
    "languages": ["en", "es"],
    "time_zone": "America/New_York",
    "units": "us",
    "emergency_number": "911",
    "phone_numbers": ["311", "555-0100"],
    "map": {"center": [-69.0, 40.5], "zoom": 12.2, "bounds": [-69.1, 40.4, -68.9, 40.6]},
    "limits": {"description_characters": 4000, "photos": 5, "photo_bytes": 12582912, "page": 200},
}

# --- Writing ----------------------------------------------------------------------------------------------------------

TOKEN = "417-h3j5k7m9n2p4q6r8s3t5v7w9x2"  # noqa: S105 - it opens nothing
NEW_REPORT = {
    "service": "pothole",
    "description": "A pothole two feet wide.",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "bike_lane", "size": "plate"},
    "contact": {"email": "ana@example.org"},
}
RECEIPT = {
    "emergency": None,
    "reference": "7K3M-9QWT",
    "state": "public",
    "url": f"{SITE}/api/v1/requests/7K3M9QWT/",
    "html_url": f"{SITE}/r/7K3M9QWT/",
    "private_link": f"{SITE}/l/{TOKEN}/",
    "private_token": TOKEN,
    "notice": "Streets will review it by Thursday, June 4, 2:30 p.m.",
}
BATCHED = {"idempotency_key": "sensor-17-2026-06-04", "report": NEW_REPORT}
EDIT = {"private_token": TOKEN, "description": "A pothole two feet wide, in the bike lane."}
FOLLOW_RECEIPT = {
    "following": "Ward 5",
    "cadence": "weekly",
    "notice": "We sent an email with a link. Updates start once it is selected.",
}
NEW_WEBHOOK: dict[str, Any] = {
    "url": "https://example.org/hook",
    "events": ["request.submitted", "request.resolved"],
    "services": ["pothole"],
    "areas": ["ward:5"],
    "departments": [],
    "payload": "full",
}
WEBHOOK = {
    "id": "12",
    **NEW_WEBHOOK,
    "enabled": True,
    "end_reason": None,
    "failing_since": None,
    "previous_secret_until": None,
    "created_at": "2026-06-03T14:30:00-04:00",
}
WEBHOOK_WITH_SECRET = {**WEBHOOK, "secret": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"}
LISTENER = {**WEBHOOK_WITH_SECRET, "url": f"{SITE}/api/v1/webhooks/12/events/"}
LISTENER_EVENT: dict[str, Any] = {
    "headers": {
        "Content-Type": "application/json",
        "User-Agent": "Lamplighter-Webhooks/1",
        "webhook-id": "msg_0f3a1c5e7b9d4f60a1b2c3d4e5f60718",
        "webhook-timestamp": "1780578761",
        "webhook-signature": "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
    },
    "body": '{"type":"webhook.test","timestamp":"2026-06-04T09:12:41-04:00","data":{}}',
}
WEBHOOK_DELIVERY = {
    "id": "40312",
    "webhook_id": "msg_0f3a1c5e7b9d4f60a1b2c3d4e5f60718",
    "type": "request.resolved",
    "reference": "7K3M-9QWT",
    "state": "delivered",
    "attempts": 1,
    "status": 204,
    "error": None,
    "milliseconds": 84,
    "tried_at": "2026-06-04T09:12:41-04:00",
    "created_at": "2026-06-04T09:12:40-04:00",
}
