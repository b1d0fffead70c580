"""Setting, changing, renewing and ending safety notes of places, the log of who read them, and erasing them."""

import datetime as dt
from collections.abc import Iterable

from django.contrib.gis.geos import Point
from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_conflicts import need_last_change
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, SafetyNote, SafetyNoteReading, SafetyNoteText, ServiceRequest, User
from requests_app.rules.work import safety_notes

KIND = "safety_note"


class AlreadyOver(Exception):
    """It has ended, and can't be renewed: somebody has to set a new one."""


@transaction.atomic
def add(
    jurisdiction: Jurisdiction,
    *,
    kind: str,
    words: str,
    address: str,
    point: Point,
    ends_at: dt.datetime,
    actor: User,
) -> SafetyNote:
    note = SafetyNote.objects.create(
        jurisdiction=jurisdiction,
        kind=kind,
        words=words,
        address=address,
        point=point,
        created_by=actor,
        confirmed_at=app_now(),
        ends_at=ends_at,
    )
    _record(note, None, actor)
    return note


@transaction.atomic
def change(pk: int, *, words: str, ends_at: dt.datetime, actor: User, seen: int | None = None) -> SafetyNote:
    """Changes what it says and until when it counts; what it said before stays with it.

    seen: the last change that the form knew. Raises AlreadyOver, and ChangedMeanwhile.
    """
    note = _locked(pk)
    need_last_change(note.jurisdiction, KIND, note.pk, seen)
    before = _written(note)
    if words != note.words:
        SafetyNoteText.objects.create(note=note, words=note.words, changed_by=actor)
    note.words, note.ends_at, note.confirmed_at = words, ends_at, app_now()
    note.save(update_fields=["words", "ends_at", "confirmed_at"])
    _record(note, before, actor)
    return note


@transaction.atomic
def renew(pk: int, *, ends_at: dt.datetime, actor: User) -> SafetyNote:
    """Raises AlreadyOver."""
    note = _locked(pk)
    before = _written(note)
    note.confirmed_at, note.ends_at = app_now(), ends_at
    note.save(update_fields=["confirmed_at", "ends_at"])
    _record(note, before, actor)
    return note


@transaction.atomic
def end(pk: int, *, actor: User) -> SafetyNote:
    """Raises AlreadyOver."""
    note = _locked(pk)
    before = _written(note)
    note.ends_at = app_now()
    note.save(update_fields=["ends_at"])
    _record(note, before, actor, action="switched_off")
    return note


@transaction.atomic
def read(notes: Iterable[SafetyNote], *, service_request: ServiceRequest | None, actor: User) -> None:
    """Logs that somebody was shown the words of these notes; service_request: on which request's page."""
    SafetyNoteReading.objects.bulk_create(
        SafetyNoteReading(note=note, service_request=service_request, user=actor) for note in notes
    )


def delete_old() -> None:
    SafetyNote.objects.filter(ends_at__lt=app_now() - safety_notes.LOG_KEPT).delete()


def _locked(pk: int) -> SafetyNote:
    note = SafetyNote.objects.select_for_update().get(pk=pk)
    if note.ends_at <= app_now():
        raise AlreadyOver
    return note


def _written(note: SafetyNote) -> setup_changes.Written:
    """Neither its words nor its place: the audit is never erased. The text's number says that it was changed."""
    return {
        "kind": note.kind,
        "ends_at": note.ends_at.isoformat(timespec="minutes"),
        "text_number": note.earlier_texts.count() + 1,
    }


def _record(note: SafetyNote, before: setup_changes.Written | None, actor: User, action: str = "") -> None:
    setup_changes.record(
        note.jurisdiction, KIND, note.pk, actor=actor, before=before, after=_written(note), action=action
    )
