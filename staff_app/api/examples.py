"""Examples in the OpenAPI document. A test checks each against its schema."""

from typing import Any

from requests_app.api.v1.examples import SITE

NEW_TRANSFER: dict[str, Any] = {
    "number": "26-0417733",
    "service": "pothole",
    "description": "A hole across the whole lane. Nobody is hurt.",
    "place": {"lat": 40.5, "long": -69.0, "note": "In front of the school"},
    "answers": {"where": "travel_lane", "size": "plate"},
    "contact": {"name": "Ana Ortiz", "phone": "(555) 010-0199"},
    "priority": 2,
}
TRANSFER_RECEIPT: dict[str, Any] = {
    "reference": "7K3M-9QWT",
    "url": f"{SITE}/api/v1/staff/requests/7K3M9QWT/",
    "html_url": f"{SITE}/staff/r/7K3M9QWT/",
    "outside_number": "26-0417733",
    "is_new": True,
    "notice": "Public Works (Streets) will review it by Monday, November 30, 7 a.m.",
}
