"""Examples in the OpenAPI document. A test checks each against its schema."""

from typing import Any

from requests_app.api.v1.examples import SITE

WORK_ORDER: dict[str, Any] = {
    "number": "WO-4711",
    "url": "https://orders.example.org/4711",
    "status": "In progress",
}
DEPARTMENT: dict[str, Any] = {"code": "PW", "name": "Streets", "teams": [{"id": "4", "name": "Day crew"}]}
TASK: dict[str, Any] = {
    "id": "31",
    "url": f"{SITE}/api/v1/staff/tasks/31/",
    "request": "7K3M-9QWT",
    "department": {"code": "PW", "name": "Streets"},
    "team": {"id": "4", "name": "Day crew"},
    "what": "Fill the hole.",
    "state": "open",
    "due_on": "2026-06-10",
    "after": None,
    "work_order": WORK_ORDER,
    "created_at": "2026-06-04T09:12:41-04:00",
    "ended_at": None,
}
ONE_TASK: dict[str, Any] = {
    **TASK,
    "service": {"code": "pothole", "name": "Pothole"},
    "address": "12 Elm St",
    "lat": 40.5,
    "long": -69.0,
    "description": "A pothole two feet wide.",
}
NEW_TASK: dict[str, Any] = {"department": "PW", "what": "Fill the hole.", "work_order": WORK_ORDER}
TASK_EDIT: dict[str, Any] = {"work_order": {**WORK_ORDER, "status": "Closed"}}
ROW: dict[str, Any] = {
    "reference": "7K3M-9QWT",
    "url": f"{SITE}/api/v1/staff/requests/7K3M9QWT/",
    "html_url": f"{SITE}/staff/r/7K3M9QWT/",
    "service": {"code": "pothole", "name": "Pothole"},
    "status": "in_progress",
    "is_open": True,
    "outcome": None,
    "priority": 3,
    "priority_reason": "service",
    "flags": ["several_people"],
    "public_state": "public",
    "description": "A pothole two feet wide.",
    "language": "en",
    "channel": "web",
    "department": {"code": "PW", "name": "Streets"},
    "team": None,
    "assignee": {"id": "12", "name": "Tom Reyes"},
    "address": "12 Elm St",
    "lat": 40.5,
    "long": -69.0,
    "areas": [{"layer": "ward", "code": "5", "name": "Ward 5"}],
    "people_count": 2,
    "affected_count": 5,
    "thanks_count": 0,
    "submitted_at": "2026-06-03T14:30:00-04:00",
    "updated_at": "2026-06-04T09:12:41-04:00",
    "acknowledge_due_at": "2026-06-04T14:30:00-04:00",
    "acknowledged_at": "2026-06-04T09:12:41-04:00",
    "due_at": "2026-06-10T16:00:00-04:00",
    "expected_at": "2026-06-10T16:00:00-04:00",
    "usual_half_hours": None,
    "usual_most_hours": None,
    "resolved_at": None,
    "hold_reason": None,
    "hold_until": None,
    "outside_number": None,
}
REQUEST: dict[str, Any] = {
    **ROW,
    "place_note": "By the bus stop",
    "asset": None,
    "answers": [{"code": "where", "question": "Where on the street is it?", "answer": "Where cars drive"}],
    "photos": [],
    "sent_by": None,
    "owner": None,
    "owner_number": None,
    "combined_with": None,
    "scheduled_for": None,
    "reopened_count": 0,
    "tasks": [TASK],
    "timeline": [
        {
            "at": "2026-06-04T09:12:41-04:00",
            "text": "Accepted",
            "by": "Tom Reyes, through Crew app",
            "comment": None,
            "is_internal": False,
            "is_undone": False,
        }
    ],
    "actions": ["resolve", "assign", "ask", "transfer", "hold", "comment", "note"],
}
REQUEST_EDIT: dict[str, Any] = {"priority": 2, "assignee": "me"}
CHANGE: dict[str, Any] = {
    "reference": "7K3M-9QWT",
    "request": REQUEST,
    "undo": {"event": "40312", "until": "2026-06-04T09:13:11-04:00"},
    "warning": None,
}
ACTION: dict[str, Any] = {
    "action": "assign",
    "name": "Assign",
    "hint": None,
    "fields": [
        {
            "name": "assignee",
            "type": "string",
            "is_required": False,
            "label": "Assign to",
            "choices": [{"value": "12", "name": "Tom Reyes"}],
        }
    ],
}
ACTION_BODY: dict[str, Any] = {}
CONTACT: dict[str, Any] = {
    "role": "reporter",
    "name": "Ana Ortiz",
    "language": "en",
    "postal_address": None,
    "may_be_called": True,
    "gets_updates": True,
    "is_erased": False,
    "points": [{"kind": "email", "value": "ana@example.org", "is_verified": True, "bounces": False}],
}
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
