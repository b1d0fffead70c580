"""Demo data for an administrator's to-do: a service that isn't ready, an approval that ends, a gap on call, a map file, texts that
have no Spanish yet."""

import csv
import datetime as dt
import io
from typing import Any

from django.db import transaction

from requests_app.actions.alarms.rosters import ON_CALL
from requests_app.actions.setup import go_live, service_drafts
from requests_app.demo.staff import demo_user
from requests_app.imports import layer_import
from requests_app.imports.layer_fields import fields_of, guessed
from requests_app.models import Department, GazetteerEntry, Jurisdiction, LayerImport, OnCall, Service, User
from requests_app.rules.people.leaves import today
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_services

# It has neither an article nor a test yet.
SERVICE = "leafpickup"
WRITTEN: dict[str, Any] = {
    "service_code": SERVICE,
    "category": "trash",
    "department": "SW",
    "name": {"en": "Leaf pickup", "es": "Recogida de hojas"},
    "description": {
        "en": "Rake your leaves into a pile at the curb. We pick it up from October to December.",
        "es": "Junte las hojas en un montón junto a la acera. Las recogemos de octubre a diciembre.",
    },
    "keywords": {"en": ["leaves", "leaf pile"], "es": ["hojas", "montón de hojas"]},
    "priority": 4,
    "offered": {"from": "10-15", "to": "12-15"},
    "targets": {"resolve": {"value": 10, "unit": "business_days", "calendar": "department"}},
    "outcome_words": {"fixed": {"en": "Picked up", "es": "Recogidas"}},
    "questions": [
        {
            "code": "where",
            "kind": "single",
            "required": True,
            "visibility": "public",
            "text": {"en": "Where is the pile?", "es": "¿Dónde está el montón?"},
            "options": [
                {"value": "curb", "label": {"en": "At the curb", "es": "Junto a la acera"}},
                {"value": "road", "label": {"en": "On the road", "es": "En la calle"}},
            ],
        }
    ],
}
# Somebody has begun to ask for more, and nobody has translated it yet.
QUESTION: dict[str, Any] = {
    "code": "size",
    "kind": "single",
    "required": False,
    "visibility": "staff",
    "text": {"en": "How large is it?"},
    "help": {"en": "A guess is fine."},
    "options": [
        {"value": "bags", "label": {"en": "A few bags"}},
        {"value": "car", "label": {"en": "As large as a car"}},
        {"value": "more", "label": {"en": "Larger"}},
    ],
}
# The service whose approval ends, in how many days, and who has read it.
APPROVED, ENDS_IN_DAYS, APPROVER = "treehazard", 4, "Lt. Dana Ruiz, Rivermark 911 Center"
# A roster that lacks Sunday from 2 to 6 a.m.: days, hours.
ROSTER = "PE"
DISPATCHER = {"name": "Parking dispatcher on call", "phone": "555-0133", "email": "parking-on-call@rivermark.example"}
SUNDAY = 6
SHIFTS: list[tuple[list[int], dt.time | None, dt.time | None]] = [
    (list(range(SUNDAY)), None, None),
    ([SUNDAY], dt.time(0), dt.time(2)),
    ([SUNDAY], dt.time(6), dt.time(0)),
]
FILE, LAYER, SHELTERS = "bus-shelters.csv", "bus_shelter", 24


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    administrator = demo_user(jurisdiction, "administrator")
    if administrator is None or Service.objects.filter(jurisdiction=jurisdiction, service_code=SERVICE).exists():
        return
    with transaction.atomic():
        _draft_service(jurisdiction, administrator)
        _approve(jurisdiction, administrator)
        _put_on_call(jurisdiction, administrator)
    _upload(jurisdiction, administrator)


def _draft_service(jurisdiction: Jurisdiction, administrator: User) -> None:
    draft = service_drafts.create(jurisdiction, WRITTEN, actor=administrator)
    service_drafts.publish(jurisdiction, SERVICE, revision=draft.revision, actor=administrator)
    service = Service.objects.select_related("current__category", "current__department").get(
        jurisdiction=jurisdiction, service_code=SERVICE
    )
    written = written_services([service])[service.pk]
    more = {**written, "questions": [*written["questions"], QUESTION]}
    service_drafts.save(jurisdiction, SERVICE, more, revision=0, base=1, actor=administrator)


def _approve(jurisdiction: Jurisdiction, administrator: User) -> None:
    service = (
        Service.objects.select_related("jurisdiction", "current__category", "current__department", "current__service")
        .filter(jurisdiction=jurisdiction, service_code=APPROVED)
        .first()
    )
    if service is not None:
        seen = rules.emergency_words(written_services([service])[service.pk], jurisdiction)
        review_by = today(jurisdiction) + dt.timedelta(days=ENDS_IN_DAYS)
        go_live.approve_emergency(service, approver=APPROVER, review_by=review_by, seen=seen, actor=administrator)


def _put_on_call(jurisdiction: Jurisdiction, administrator: User) -> None:
    department = Department.objects.filter(jurisdiction=jurisdiction, code=ROSTER).first()
    if department is None:
        return
    for order, (weekdays, starts_at, ends_at) in enumerate(SHIFTS, start=1):
        ON_CALL.add(
            OnCall(jurisdiction=jurisdiction, department=department, order=order),
            actor=administrator,
            weekdays=weekdays,
            starts_at=starts_at,
            ends_at=ends_at,
            **DISPATCHER,
        )


def _upload(jurisdiction: Jurisdiction, administrator: User) -> None:
    """The worker checks it when the demo starts."""
    corners = GazetteerEntry.objects.filter(jurisdiction=jurisdiction).order_by("id")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["id", "name", "longitude", "latitude"])
    for number, place in enumerate(corners[: SHELTERS * 40 : 40], start=1):
        writer.writerow([f"BS-{number:03}", f"Bus shelter at {place.label}", place.point.x, place.point.y])
    content = text.getvalue().encode()
    uploaded = layer_import.upload(
        jurisdiction,
        LayerImport.Kind.ASSETS,
        LAYER,
        io.BytesIO(content),
        name=FILE,
        size=len(content),
        actor=administrator,
    )
    columns = guessed(fields_of(uploaded), uploaded.found["columns"])
    layer_import.map_columns(uploaded.pk, {"columns": columns})
