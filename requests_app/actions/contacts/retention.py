"""What contacts and call-backs lose with time and with the person: numbers, notes, recordings, scans and takers. When they were,
on which line, and how they ended stays."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from requests_app.actions.contacts import contacts, letter_pages, voicemail
from requests_app.clock import app_now
from requests_app.models import (
    CallBack,
    Contact,
    ContactRequest,
    EmergencyHandOver,
    Participation,
    Person,
    PhoneCall,
    ServiceRequest,
    SharedPhone,
)
from requests_app.models.contact import HAS_NOTE, HAS_NUMBER
from requests_app.rules.contacts import contacts as rules

TAKER_KEPT = dt.timedelta(days=30)
NUMBER_KEPT = dt.timedelta(days=90)
NOTE_KEPT = dt.timedelta(days=365)
# A call without an end: its taker's computer broke down, or the telephone system never said that they hung up.
LEFT_OPEN = dt.timedelta(days=1)
RECORDING_KEPT = dt.timedelta(days=30)
# Much longer than an email takes from its file to its row.
UNKNOWN_FILE_KEPT = dt.timedelta(days=1)
_NUMBER: dict[str, Any] = {"caller_number": "", "caller_phone": "", "call_id": ""}
_CALL_BACK: dict[str, Any] = {"phone": "", "normalized_phone": "", "reason": ""}
_NOTE: dict[str, Any] = {"note": "", "address": "", "point": None, "event_911_number": ""}


def forget() -> None:
    """Closes what was left open for a day, and deletes what has been kept for its time."""
    now = app_now()
    for contact in Contact.objects.filter(closed_at=None, started_at__lte=now - LEFT_OPEN):
        _close_left_open(contact)
    Contact.objects.filter(taker__isnull=False, started_at__lte=now - TAKER_KEPT).update(taker=None)
    Contact.objects.filter(HAS_NUMBER, started_at__lte=now - NUMBER_KEPT).update(**_NUMBER)
    Contact.objects.filter(HAS_NOTE, started_at__lte=now - NOTE_KEPT).update(**_NOTE)
    of_calls = EmergencyHandOver.objects.filter(contact__isnull=False)
    of_calls.filter(by__isnull=False, at__lte=now - TAKER_KEPT).update(by=None)
    of_calls.filter(at__lte=now - NOTE_KEPT).exclude(event_number="").update(event_number="")
    SharedPhone.objects.filter(unmarked_at__lte=now - NUMBER_KEPT).delete()
    letter_pages.delete_unused()
    _forget_call_backs(now)


def _forget_call_backs(now: dt.datetime) -> None:
    recorded = CallBack.objects.filter(~Q(audio_name="") | ~Q(transcript=""), created_at__lte=now - RECORDING_KEPT)
    for row in recorded:
        _delete_recording(row)
    closed = CallBack.objects.exclude(closed_at=None)
    closed.filter(created_at__lte=now - TAKER_KEPT).exclude(owner=None).update(owner=None)
    old = CallBack.objects.filter(created_at__lte=now - NUMBER_KEPT)
    # Nobody can be called without a number.
    waiting = old.filter(closed_at=None).exclude(kind=CallBack.Kind.TRANSFER_911)
    waiting.update(closed_at=now, outcome=CallBack.Outcome.NOT_REACHED)
    old.exclude(phone="", normalized_phone="", reason="").update(**_CALL_BACK)
    _delete_unknown_files()


def _delete_recording(row: CallBack) -> None:
    CallBack.objects.filter(pk=row.pk).update(audio_name="", audio_type="", audio_bytes=0, transcript="")
    if row.audio_name:
        # After the commit, so that a rollback loses no file. What a crash leaves has no row.
        path = voicemail.path_of(row)
        transaction.on_commit(lambda: default_storage.delete(path))


def _delete_unknown_files() -> None:
    """Recordings without a row, left by an interruption."""
    try:
        folders = default_storage.listdir(voicemail.FOLDER)[0]
    except FileNotFoundError:
        # No voicemail has ever come.
        return
    for folder in folders:
        in_use = set(CallBack.objects.filter(audio_name__startswith=folder).values_list("audio_name", flat=True))
        for name in default_storage.listdir(f"{voicemail.FOLDER}/{folder}")[1]:
            path = f"{voicemail.FOLDER}/{folder}/{name}"
            # File times are the machine's, so compare with its clock.
            is_old = default_storage.get_modified_time(path) < timezone.now() - UNKNOWN_FILE_KEPT
            if name.partition(".")[0] not in in_use and is_old:
                default_storage.delete(path)


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
    for row in CallBack.objects.filter(Q(contact__in=theirs.values("pk")) | Q(call__in=theirs.values("pk"))):
        _forget_call_back(row)
    letter_pages.erase_of(list(theirs.values_list("pk", flat=True)))
    EmergencyHandOver.objects.filter(contact__in=theirs.values("pk")).update(event_number="")
    theirs.update(**_NUMBER, **_NOTE, relation="", has_consent=None, may_leave_message=None)


def forget_request(service_request: ServiceRequest) -> None:
    """Erases the recording of which an erased report was made, and the number of a call to 911 about it."""
    calls = EmergencyHandOver.objects.filter(service_request=service_request)
    calls.filter(direction=EmergencyHandOver.Direction.OUT).update(event_number="")
    for row in CallBack.objects.filter(service_request=service_request, kind=CallBack.Kind.VOICEMAIL):
        _forget_call_back(row)


def _forget_call_back(row: CallBack) -> None:
    _delete_recording(row)
    CallBack.objects.filter(pk=row.pk).update(**_CALL_BACK)
