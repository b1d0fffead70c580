"""What contacts lose with time and with the person: numbers, notes and takers. When they were, on which line, and how they ended
stays."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q

from requests_app.actions.contacts import contacts
from requests_app.clock import app_now
from requests_app.models import Contact, ContactRequest, Participation, Person, PhoneCall
from requests_app.rules.contacts import contacts as rules

TAKER_KEPT = dt.timedelta(days=30)
NUMBER_KEPT = dt.timedelta(days=90)
NOTE_KEPT = dt.timedelta(days=365)
# A call without an end: its taker's computer broke down, or the telephone system never said that they hung up.
LEFT_OPEN = dt.timedelta(days=1)
_NUMBER: dict[str, Any] = {"caller_number": "", "caller_phone": "", "call_id": ""}
_NOTE: dict[str, Any] = {"note": "", "address": "", "point": None, "event_911_number": ""}


def forget() -> None:
    """Closes what was left open for a day, and deletes what has been kept for its time."""
    now = app_now()
    for contact in Contact.objects.filter(closed_at=None, started_at__lte=now - LEFT_OPEN):
        _close_left_open(contact)
    Contact.objects.filter(started_at__lte=now - TAKER_KEPT).exclude(taker=None).update(taker=None)
    has_number = ~Q(caller_number="", caller_phone="", call_id="")
    Contact.objects.filter(has_number, started_at__lte=now - NUMBER_KEPT).update(**_NUMBER)
    has_note = ~Q(note="", address="", point=None, event_911_number="")
    Contact.objects.filter(has_note, started_at__lte=now - NOTE_KEPT).update(**_NOTE)


@transaction.atomic
def _close_left_open(contact: Contact) -> None:
    """As what its requests say. Its end stays unknown, so it has no length."""
    roles = set(contact.contact_requests.values_list("role", flat=True))
    outcome = rules.outcome_of(roles) or Contact.Outcome.DROPPED
    is_known = contact.ended_at is not None
    try:
        contacts.close(contact, outcome)
    except contacts.Closed:
        return
    if not is_known:
        Contact.objects.filter(pk=contact.pk).update(ended_at=None)


def forget_people(people: Iterable[Person]) -> None:
    """Erases what they said and how they were reached, also where somebody called for them. Other calls from their number may be
    anybody's."""
    own = ContactRequest.objects.filter(
        role=ContactRequest.Role.MADE,
        service_request__participations__person__in=people,
        service_request__participations__role__in=Participation.OWN,
    )
    theirs = Contact.objects.filter(Q(person__in=people) | Q(pk__in=own.values("contact")))
    PhoneCall.objects.filter(contact__in=theirs.values("pk")).update(caller_number="")
    theirs.update(**_NUMBER, **_NOTE, relation="", has_consent=None, may_leave_message=None)
