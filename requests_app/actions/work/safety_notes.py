"""Setting, changing, renewing and ending safety notes of places, the log of who read them, and erasing them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import SetupRow, State, moment
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, SafetyNote, SafetyNoteReading, SafetyNoteText, ServiceRequest, User
from requests_app.rules.work import safety_notes


class AlreadyOver(Exception):
    """It has ended, and can't be renewed: somebody has to set a new one."""


def _state(note: SafetyNote) -> State:
    """Neither its words nor its place: the audit is never erased. The text's number says that it was changed."""
    return {
        "kind": note.kind,
        "ends_at": moment(note.ends_at, note.jurisdiction),
        "text_number": note.earlier_texts.count() + 1,
    }


# Nothing is undone, since the log doesn't hold the words.
NOTE = SetupRow("safety_note", gettext_lazy("Safety note"), SafetyNote, _state, name=lambda _note: "", stays=True)


def add(jurisdiction: Jurisdiction, *, actor: User, **columns: Any) -> SafetyNote:
    """columns: kind, words, address, point, ends_at."""
    note = SafetyNote(jurisdiction=jurisdiction, confirmed_at=app_now())
    return NOTE.add(note, actor=actor, **columns)


@transaction.atomic
def change(pk: int, *, text: str, ends_at: dt.datetime, actor: User, seen: str | None = None) -> SafetyNote:
    """Changes what it says and until when it counts; what it said before stays with it.

    seen: the fingerprint that the form carried. Raises AlreadyOver, and ChangedMeanwhile.
    """
    note = _locked(pk)
    NOTE.check_seen(note, seen)
    before = _state(note)
    if text != note.words:
        SafetyNoteText.objects.create(note=note, words=note.words, changed_by=actor)
    note.words, note.ends_at, note.confirmed_at = text, ends_at, app_now()
    note.save(update_fields=["words", "ends_at", "confirmed_at"])
    NOTE.record(note, actor=actor, before=before, after=_state(note))
    return note


@transaction.atomic
def renew(pk: int, *, ends_at: dt.datetime, actor: User) -> SafetyNote:
    """Raises AlreadyOver."""
    _locked(pk)
    return NOTE.change(pk, actor=actor, confirmed_at=app_now(), ends_at=ends_at)


@transaction.atomic
def end(pk: int, *, actor: User) -> SafetyNote:
    """Raises AlreadyOver."""
    _locked(pk)
    return NOTE.change(pk, actor=actor, action="switched_off", ends_at=app_now())


@transaction.atomic
def read(notes: Iterable[SafetyNote], *, service_request: ServiceRequest | None, actor: User) -> None:
    """Logs that somebody was shown the words of these notes; service_request: on which request's page."""
    SafetyNoteReading.objects.bulk_create(
        SafetyNoteReading(note=note, service_request=service_request, user=actor) for note in notes
    )


def delete_old() -> None:
    SafetyNote.objects.filter(ends_at__lt=app_now() - safety_notes.LOG_KEPT).delete()


def _locked(pk: int) -> SafetyNote:
    note = NOTE.locked(pk)
    if note.ends_at <= app_now():
        raise AlreadyOver
    return note
