"""Demo data for the staff's desk: answers to send, macros, views of the queue, snoozed requests, notes to a colleague."""

import datetime as dt
from typing import Any

from django.db import transaction

from requests_app.actions.work import conversation, saved_views, snoozes
from requests_app.demo.moderation import submit_report
from requests_app.demo.staff import DEMO_BAR, demo_user
from requests_app.imports import catalog_desk
from requests_app.imports.catalog_file import read_catalog
from requests_app.imports.starter import DESK_FILE, name_rows
from requests_app.models import (
    AnswerTemplate,
    GazetteerEntry,
    Jurisdiction,
    SavedView,
    SavedViewPin,
    ServiceRequest,
    Status,
    Team,
    User,
)
from requests_app.rules.people import permissions
from requests_app.rules.work.saved_views import SharedWith
from requests_app.rules.work.snoozes import morning, tomorrow

# What the starter catalog's services are called in Rivermark. The others have the same code.
SERVICES = {
    "missed-trash": "missedtrash", "street-light": "streetlight", "fallen-tree": "treehazard", "dead-animal": "stray",
    "abandoned-vehicle": "abandveh", "illegal-dumping": "dumping", "water-leak": "watermain", "traffic-signal": "signalout",
}  # fmt: skip
# Likewise its reasons.
REASONS = {"not_city": "private_land"}
Audience = SavedView.Audience
# Whose view, its name, with whom it is shared, and what it asks for.
VIEWS: list[tuple[str, str, Audience, list[tuple[str, str]]]] = [
    (
        "triage",
        "Potholes, oldest promise first",
        Audience.ME,
        [("tab", "all"), ("service", "pothole"), ("sort", "due")],
    ),
    (
        "triage",
        "Crew 1: not accepted",
        Audience.TEAM,
        [("tab", "new"), ("service", "pothole"), ("service", "sidewalk")],
    ),
    ("supervisor", "Trees that wait", Audience.DEPARTMENT, [("tab", "waiting"), ("service", "treeprune")]),
    ("call_taker", "In Spanish, new", Audience.ME, [("tab", "new"), ("language", "es")]),
    ("administrator", "Danger", Audience.ME, [("tab", "all"), ("flag", "danger")]),
    ("crew", "Mine by priority", Audience.ME, [("tab", "mine"), ("sort", "priority")]),
]
# Who snoozes requests of which department, and for how many days.
SNOOZED = {"triage": "PW", "supervisor": "PK"}
SNOOZE_DAYS = (0, 3, 7)
# Who writes to whom about a request of which department.
NOTES = [
    (
        "triage",
        "supervisor",
        "PK",
        "@{name} the resident called again. Can your crew take this one with the next round?",
    ),
    ("supervisor", "triage", "PW", "@{name} our roots are in the way here. Tell us before you pour, please."),
    ("call_taker", "triage", "PW", "@{name} she asks whether somebody will ring the bell first."),
    ("triage", "crew", "PW", "@{name} the key to the gate is at the yard."),
    ("triage", "call_taker", "PW", "@{name} please tell her that we come on Thursday."),
    ("supervisor", "administrator", "PK", "@{name} the answer “planned pruning” still has last year's month."),
]
# What two neighbors wrote about the same thing, by service: to be merged.
TWICE = [
    (
        "pothole",
        "A deep hole in the right lane, after the crosswalk.",
        "Big pothole after the crosswalk, please fill it.",
    ),
    ("dumping", "A sofa and two mattresses on the sidewalk.", "Someone left two old mattresses and a couch here."),
    (
        "streetlight",
        "The street light in front of us has been out since Sunday.",
        "The light is out, it is pitch dark here.",
    ),
    (
        "graffiti",
        "Black letters sprayed on the wall along the alley.",
        "Black spray paint all over the alley wall again.",
    ),
    (
        "sidewalk",
        "The sidewalk is lifted by roots, a stroller can’t get over it.",
        "Roots have raised the sidewalk, you can trip on it.",
    ),
    (
        "drain",
        "The storm drain is full of leaves and the corner floods.",
        "Water stands at the corner, the drain is blocked.",
    ),
]


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    administrator = demo_user(jurisdiction, "administrator")
    if administrator is None or AnswerTemplate.objects.filter(jurisdiction=jurisdiction).exists():
        return
    with transaction.atomic():
        for part, entries in _entries().items():
            catalog_desk.PARTS[part](jurisdiction, entries, administrator)
        _save_views(jurisdiction)
        _snooze(jurisdiction)
        _write_notes(jurisdiction)
        _report_twice(jurisdiction)


def _entries() -> dict[str, list[dict[str, Any]]]:
    """Of the starter catalog, with this city's services and reasons."""
    catalog = read_catalog([DESK_FILE])
    name_rows(catalog, "en")
    for template in catalog["templates"]:
        if "service" in template:
            template["service"] = SERVICES.get(template["service"], template["service"])
    for step in [step for macro in catalog["macros"] for step in macro["steps"]]:
        if "reason" in step:
            step["reason"] = REASONS.get(step["reason"], step["reason"])
    return {part: catalog[part] for part in catalog_desk.PARTS}


def _save_views(jurisdiction: Jurisdiction) -> None:
    """Each has their own at the top of their queue, before two of the city's."""
    for role, name, audience, query in VIEWS:
        user = demo_user(jurisdiction, role)
        if user is not None and (shared_with := _shared_with(jurisdiction, user, audience)):
            view = saved_views.save(jurisdiction, name=name, query=query, shared_with=shared_with, actor=user)
            SavedViewPin.objects.get_or_create(user=user, view=view)
    shared = SavedView.objects.filter(jurisdiction=jurisdiction, audience=Audience.CITY).order_by("id")
    users = [user for role in DEMO_BAR if (user := demo_user(jurisdiction, role))]
    SavedViewPin.objects.bulk_create(SavedViewPin(user=user, view=view) for user in users for view in shared[:2])


def _shared_with(jurisdiction: Jurisdiction, user: User, audience: Audience) -> SharedWith | None:
    if audience == Audience.TEAM:
        team = Team.objects.filter(department__jurisdiction=jurisdiction, active=True).order_by("id").first()
        return SharedWith(audience, team=team) if team else None
    if audience == Audience.DEPARTMENT:
        own = [one.department for one in permissions.memberships_of(user) if one.department is not None]
        return SharedWith(audience, department=own[0]) if own else None
    return SharedWith(audience)


def _snooze(jurisdiction: Jurisdiction) -> None:
    for role, code in SNOOZED.items():
        user = demo_user(jurisdiction, role)
        if user is not None:
            for days, service_request in zip(SNOOZE_DAYS, _waiting(jurisdiction, code), strict=False):
                day = tomorrow(jurisdiction) + dt.timedelta(days=days)
                snoozes.snooze(service_request, until=morning(jurisdiction, day), actor=user)


def _write_notes(jurisdiction: Jurisdiction) -> None:
    for number, (writer, reader, code, text) in enumerate(NOTES, start=len(SNOOZE_DAYS)):
        actor, named = demo_user(jurisdiction, writer), demo_user(jurisdiction, reader)
        requests = _waiting(jurisdiction, code)
        if actor is not None and named is not None and len(requests) > number:
            handle = named.email.partition("@")[0]
            conversation.note(requests[number].pk, text=text.format(name=handle), actor=actor, audience="city")


def _report_twice(jurisdiction: Jurisdiction) -> None:
    addresses = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="address").order_by("-id")
    places = addresses[:: max(1, addresses.count() // len(TWICE))]
    for (service_code, *both), place in zip(TWICE, places, strict=False):
        for text in both:
            submit_report(jurisdiction, service_code, "en", text, place)


def _waiting(jurisdiction: Jurisdiction, code: str) -> list[ServiceRequest]:
    """The newest that nobody has accepted or holds."""
    rows = (
        ServiceRequest.objects.in_jurisdiction(jurisdiction)
        .public()
        .filter(department__code=code, status=Status.ROUTED)
    )
    return list(rows.filter(assignee=None).order_by("-submitted_at", "-id")[: len(SNOOZE_DAYS) + len(NOTES) + 1])
