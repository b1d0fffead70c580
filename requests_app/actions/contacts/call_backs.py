"""Who waits for the desk: call-backs are promised, missed calls noted, and both end with the call to them."""

import datetime as dt

from django.db import transaction

from requests_app.actions.people.reporters import normalized_phone
from requests_app.clock import app_now
from requests_app.models import CallBack, Contact, Jurisdiction
from requests_app.rules.contacts.call_backs import TRY_AGAIN_AFTER, UNPROMISED_WITHIN
from requests_app.rules.shared import intake

Kind, Outcome = CallBack.Kind, CallBack.Outcome
PHONE_MAX, REASON_MAX, LINE_MAX = 60, 300, 40


@transaction.atomic
def promise(
    jurisdiction: Jurisdiction,
    *,
    kind: str,
    phone: str,
    at: dt.datetime | None = None,
    contact: Contact | None = None,
    language: str = "en",
    reason: str = "",
    line: str = "",
) -> CallBack | None:
    """Puts somebody on the list of who waits. at: by when a call was promised; None for a missed call.

    None if there is no number to call, or the contact is practice. One contact has one call-back that waits: another time for it
    replaces the first. On the city's page, anyone can enter somebody else's number, so there the first one stays as it is. A
    missed call from a number that waits already is the same row.
    """
    phone = intake.clean_text(phone)[:PHONE_MAX]
    normalized = normalized_phone(phone)
    if not normalized or (contact is not None and contact.is_practice):
        return None
    now = app_now()
    row = CallBack(
        jurisdiction=jurisdiction,
        kind=kind,
        contact=contact,
        phone=phone,
        normalized_phone=normalized,
        language=language,
        reason=intake.clean_text(reason)[:REASON_MAX],
        line=line[:LINE_MAX],
        created_at=now,
        promised_at=at,
        due_at=at or now + UNPROMISED_WITHIN,
    )
    before = _same(row)
    if before is None:
        row.save(force_insert=True)
        return row
    if at is not None and contact is not None:
        columns = {
            "phone",
            "normalized_phone",
            "language",
            "promised_at",
            "due_at",
            *(["reason"] if row.reason else []),
        }
        for name in columns:
            setattr(before, name, getattr(row, name))
        before.save(update_fields=columns)
    return before


def _same(row: CallBack) -> CallBack | None:
    """The row that waits already for the same reason, locked."""
    waiting = CallBack.objects.select_for_update(of=("self",)).filter(jurisdiction=row.jurisdiction_id, closed_at=None)
    if row.kind == Kind.MISSED_CALL:
        # Two calls at once from one number: the second waits here for the first.
        Jurisdiction.objects.select_for_update(no_key=True).only("pk").get(pk=row.jurisdiction_id)
        return waiting.filter(normalized_phone=row.normalized_phone).order_by("due_at", "id").first()
    if row.contact is None:
        # They asked themselves, on the city's page.
        own = waiting.filter(normalized_phone=row.normalized_phone, kind=row.kind, contact=None, owner=None)
        return own.first() if row.kind == Kind.CALL_BACK else None
    return waiting.filter(contact=row.contact, kind=row.kind, owner=None).first()


def locked_of(contact: Contact) -> CallBack | None:
    """Who is called in this contact, locked. Always before the contact, or two could wait for each other."""
    return CallBack.objects.select_for_update().filter(call=contact, closed_at=None, owner__isnull=False).first()


def end_call(row: CallBack, contact: Contact) -> None:
    """The contact is closed: they were reached, or it was cut off or nobody answered, and is tried again.

    Call it in the transaction that closes the contact, with the row locked.
    """
    if contact.outcome in (Contact.Outcome.NO_ANSWER, Contact.Outcome.DROPPED, Contact.Outcome.TEST):
        try_again(row, at=app_now() + TRY_AGAIN_AFTER)
    else:
        finish(row, Outcome.REACHED)


def try_again(row: CallBack, *, at: dt.datetime) -> None:
    """Nobody was reached: it waits until the next try, for anybody. Call it with the row locked."""
    _count_try(row)
    row.owner, row.taken_at, row.due_at = None, None, at
    row.save(update_fields=["owner", "taken_at", "due_at", "tries", "first_tried_at", "last_tried_at"])


def finish(row: CallBack, outcome: str) -> None:
    """Call it with the row locked."""
    if outcome not in (Outcome.NOT_NEEDED, Outcome.REVIEWED):
        _count_try(row)
    row.closed_at, row.outcome = app_now(), outcome
    row.save(update_fields=["closed_at", "outcome", "tries", "first_tried_at", "last_tried_at"])


def _count_try(row: CallBack) -> None:
    at = row.taken_at or app_now()
    row.tries += 1
    row.first_tried_at, row.last_tried_at = row.first_tried_at or at, at
