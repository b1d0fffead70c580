"""Demo data for safety notes: what is dangerous at places that somebody is about to go to, one changed since, and who read it."""

import datetime as dt

from django.db import transaction

from requests_app.actions.work import safety_notes
from requests_app.clock import app_now
from requests_app.demo.staff import demo_user
from requests_app.models import Jurisdiction, SafetyNote, ServiceRequest

Kind = SafetyNote.Kind
# The department of the request at whose place it is, what kind, what it says, and for how many days.
NOTES: list[tuple[str, Kind, str, int]] = [
    ("PW", Kind.DOG, "Large dog behind the fence, not on a chain. Ring before you open the gate.", 180),
    ("PK", Kind.STRUCTURE, "The back steps are rotten. Use the ramp.", 90),
    ("PK", Kind.NEEDLES, "Needles in the bushes along the driveway. Bring the box and tongs.", 30),
    ("PW", Kind.OTHER, "Wasp nest in the meter box at the curb.", 60),
]
CHANGED = "Two large dogs behind the fence, not on a chain. Ring before you open the gate."
DEPARTMENTS = ("PW", "PK")


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    supervisor, reader = demo_user(jurisdiction, "supervisor"), demo_user(jurisdiction, "crew")
    if supervisor is None or SafetyNote.objects.filter(jurisdiction=jurisdiction).exists():
        return
    places = {code: iter(_places(jurisdiction, code)) for code in DEPARTMENTS}
    with transaction.atomic():
        for code, kind, words, days in NOTES:
            place = next(places[code], None)
            if place is None or place.point is None:
                continue
            ends_at = app_now() + dt.timedelta(days=days)
            note = safety_notes.add(
                jurisdiction,
                actor=supervisor,
                kind=kind,
                words=words,
                address=place.address,
                point=place.point,
                ends_at=ends_at,
            )
            safety_notes.read([note], service_request=place, actor=(reader if code == "PW" else None) or supervisor)
            if kind == Kind.DOG:
                safety_notes.change(note.pk, text=CHANGED, ends_at=ends_at, actor=supervisor)


def _places(jurisdiction: Jurisdiction, code: str) -> list[ServiceRequest]:
    """Of the department's open requests at a house: those on somebody's day first."""
    rows = ServiceRequest.objects.in_jurisdiction(jurisdiction).open().public()
    rows = rows.filter(department__code=code, point__isnull=False, address__regex=r"^\d+ ")
    return list(rows.order_by("assignee", "-submitted_at", "-id")[: len(NOTES)])
