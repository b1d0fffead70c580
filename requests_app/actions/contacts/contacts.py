"""The desk's contacts: begun, changed, parked, linked to requests, and closed with their outcome."""

from typing import Any

from django.contrib.gis.geos import Point
from django.db import IntegrityError, transaction

from requests_app import references
from requests_app.actions.alarms import hand_overs
from requests_app.actions.contacts import call_backs, caller_views, counts
from requests_app.actions.people.reporters import normalized_phone
from requests_app.actions.report import drafts
from requests_app.clock import app_now
from requests_app.models import (
    Article,
    Channel,
    Contact,
    ContactRequest,
    Draft,
    Jurisdiction,
    Participation,
    Person,
    PhoneCall,
    ServiceRequest,
    ServiceVersion,
    User,
)
from requests_app.rules.alarms.hand_overs import TO_911
from requests_app.rules.shared import intake

# Calls that one taker may have parked at a time.
PARKED_MAX = 3
NUMBER_MAX, NOTE_MAX = 60, 4000
_NUMBER_TRIES = 5
Role = ContactRequest.Role


class Closed(Exception):
    """Its outcome was written down already."""


class TooManyParked(Exception):
    """The taker has three calls parked."""


def start(
    jurisdiction: Jurisdiction,
    *,
    taker: User,
    channel: str = Channel.PHONE,
    line: str = "",
    caller_number: str = "",
    call_id: str = "",
    language: str = "en",
    is_practice: bool = False,
) -> Contact:
    """Begins a conversation that the taker has answered. line: the number that was dialed; caller_number: as it was shown."""
    now = app_now()
    contact = Contact(
        jurisdiction=jurisdiction,
        channel=channel,
        line=line[:40],
        call_id=call_id[:80],
        language=language,
        is_practice=is_practice,
        taker=taker,
        started_at=now,
        answered_at=now,
        **_number(caller_number),
    )
    for tried in range(1, _NUMBER_TRIES + 1):
        contact.number = references.new_contact_number()
        try:
            with transaction.atomic():
                contact.save(force_insert=True)
        except IntegrityError:
            # Another contact has the number.
            if tried == _NUMBER_TRIES:
                raise
        else:
            break
    if contact.caller_phone:
        caller_views.log_shown(contact, actor=taker)
    return contact


def _number(typed: str) -> dict[str, str]:
    typed = intake.clean_text(typed)[:NUMBER_MAX]
    return {"caller_number": typed, "caller_phone": normalized_phone(typed)}


def lock_open(contact: Contact) -> Contact:
    """Raises Closed."""
    locked = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if locked.closed_at is not None:
        raise Closed
    return locked


def _set(contact: Contact, **columns: Any) -> None:
    """In the row and in the caller's object."""
    Contact.objects.filter(pk=contact.pk).update(**columns)
    for name, value in columns.items():
        setattr(contact, name, value)


@transaction.atomic
def change(contact: Contact, **columns: Any) -> None:
    """Sets columns that the taker writes. Raises Closed; the note may be finished later."""
    if columns.keys() - {"note"}:
        lock_open(contact)
    if "caller_number" in columns:
        columns |= _number(columns["caller_number"])
    _set(contact, **columns)
    if columns.get("caller_phone") and contact.taker is not None:
        caller_views.log_shown(contact, actor=contact.taker)


def set_place(contact: Contact, address: str, point: Point | None) -> None:
    change(contact, address=address[:300], point=point)


@transaction.atomic
def park(contact: Contact) -> None:
    """Raises Closed and TooManyParked. Parking a parked call changes nothing."""
    # Its other calls are counted one at a time.
    if contact.taker_id is not None:
        User.objects.select_for_update().get(pk=contact.taker_id)
    if lock_open(contact).parked_at is not None:
        return
    others = Contact.objects.filter(
        taker=contact.taker_id, jurisdiction=contact.jurisdiction_id, closed_at=None, parked_at__isnull=False
    )
    if others.count() >= PARKED_MAX:
        raise TooManyParked
    _set(contact, parked_at=app_now())


@transaction.atomic
def resume(contact: Contact, *, taker: User) -> None:
    """The call goes on, with this taker. Raises Closed."""
    locked = lock_open(contact)
    parked_s = locked.parked_s
    if locked.parked_at is not None:
        parked_s += max(0, int((app_now() - locked.parked_at).total_seconds()))
    if locked.draft_id is not None:
        Draft.objects.filter(pk=locked.draft_id, service_request=None).update(taker=taker)
    _set(contact, parked_at=None, parked_s=parked_s, taker=taker)
    # It may be another one, who sees whose reports these are, too.
    caller_views.log_shown(contact, actor=taker)


@transaction.atomic
def hang_up(contact: Contact) -> None:
    """The caller is gone; the contact stays open until its outcome is written down. A second time changes nothing."""
    if lock_open(contact).ended_at is None:
        _set(contact, ended_at=app_now())


def link(contact: Contact, service_request: ServiceRequest, role: str = Role.ASKED) -> None:
    """Links a request once in each role."""
    ContactRequest.objects.get_or_create(contact=contact, service_request=service_request, role=role)


@transaction.atomic
def begin_draft(contact: Contact, **typed: Any) -> Draft:
    """The report of this contact's caller, with what was typed; an earlier one that wasn't sent is deleted. Raises Closed."""
    before = lock_open(contact).draft
    if before is not None and before.service_request_id is None:
        drafts.delete([before])
    if contact.is_practice:
        typed["is_practice"] = True
    draft = drafts.create(
        contact.jurisdiction,
        # Nobody knows it, so that no browser opens the draft by its cookie.
        visitor=references.random_symbols(32),
        language=contact.language,
        taker=contact.taker,
        channel=contact.channel,
        **typed,
    )
    _set(contact, draft=draft)
    return draft


def use_version(draft: Draft, version: ServiceVersion) -> None:
    """The report keeps to the version that is on the sheet which was filled in, if who may read it hasn't changed since."""
    if version.pk != draft.typed.get("version"):
        drafts.save(draft, version=version.pk)


@transaction.atomic
def made(contact: Contact, draft: Draft, service_request: ServiceRequest, role: str = Role.MADE) -> None:
    """The draft became this request, or joined it: its caller is the contact's person. What follows in the draft is next."""
    link(contact, service_request, role)
    # Who was checked stays who is calling.
    person = contact.person if contact.checked else _caller_of(contact, draft, service_request)
    following = _following(draft)
    if following is not None:
        # Its number is said before the next one is asked about.
        drafts.save(following, after=service_request.reference)
    _set(contact, person=person, draft=following)


@transaction.atomic
def answer(contact: Contact, article: Article) -> None:
    """What was answered, kept with its version; the call goes on. Raises Closed."""
    lock_open(contact)
    _set(contact, **_answered(article))


@transaction.atomic
def go_on_to_next(contact: Contact, draft: Draft) -> None:
    """Nothing is sent of this draft, but what follows in it is next. Raises Closed."""
    lock_open(contact)
    following = drafts.begin_next(draft)
    _set(contact, draft=following)
    drafts.delete([draft])


@transaction.atomic
def transfer_to_911(contact: Contact, *, reason: str, is_warm: bool, event_number: str, actor: User) -> None:
    """The caller is with 911 now, which closes the contact. reason: one of rules/alarms/hand_overs.py; else nobody said.
    Raises Closed."""
    close(
        contact,
        Contact.Outcome.TRANSFERRED,
        transferred_to=contact.jurisdiction.emergency_number,
        transfer_reason=TO_911,
        is_warm_transfer=is_warm,
    )
    hand_overs.record_from_contact(contact, event_number=event_number, reason=reason, is_warm=is_warm, actor=actor)


def _answered(article: Article) -> dict[str, str | int]:
    return {
        "article_code": article.code,
        "article_version": article.version,
        "topic": article.topic.code if article.topic is not None else "",
    }


def _caller_of(contact: Contact, draft: Draft, service_request: ServiceRequest) -> Person | None:
    """None if the report is of whom they call for, who never called."""
    if contact.relation and contact.updates_to == Contact.Updates.OTHER:
        return contact.person
    if (own := drafts.private_link(draft)) is not None:
        return own.person
    callers = service_request.participations.filter(role=Participation.Role.CALLER).select_related("person")
    return next((one.person for one in callers.order_by("-id")[:1]), None)


def _following(draft: Draft) -> Draft | None:
    return Draft.objects.filter(pk=draft.typed.get("next_draft")).first()


@transaction.atomic
def close(contact: Contact, outcome: str, *, article: Article | None = None, **columns: Any) -> None:
    """Writes down how it ended, and counts it. An unsent report is deleted. Raises Closed.

    article: what was answered, kept with its version. columns: of the outcome, such as transferred_to.
    """
    waiting = call_backs.locked_of(contact)
    locked = lock_open(contact)
    now = app_now()
    if article is not None:
        columns |= _answered(article)
    if not locked.keep_number:
        columns |= {"caller_number": "", "caller_phone": "", "call_id": ""}
        PhoneCall.objects.filter(contact=contact).update(caller_number="")
    if locked.parked_at is not None:
        columns |= {"parked_at": None, "parked_s": locked.parked_s + int((now - locked.parked_at).total_seconds())}
    if locked.draft is not None and locked.draft.service_request_id is None:
        drafts.delete([locked.draft])
    _set(contact, outcome=outcome, closed_at=now, ended_at=locked.ended_at or now, draft=None, **columns)
    counts.count(contact)
    if waiting is not None:
        call_backs.end_call(waiting, contact)
