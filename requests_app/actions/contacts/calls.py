"""Calls as a telephone system tells of them: they ring, are answered and end, twice, in any order or never.

The contact of a call begins when a taker answers it, by the telephone or on the page, whichever comes first.
"""

import datetime as dt
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from requests_app import outbox
from requests_app.actions.contacts import call_backs, contacts, lines
from requests_app.actions.people.reporters import normalized_phone
from requests_app.clock import app_now
from requests_app.models import CallBack, Contact, DeskPhone, Jurisdiction, OutboxRow, PhoneCall, User
from requests_app.rules.shared import intake

CALL_ID_MAX, LINE_MAX = 80, 40
KEPT = dt.timedelta(days=1)
# What an answer may be late by until a call that ended counts as missed.
MISSED_AFTER = dt.timedelta(seconds=30)
MISSED = "missed_call"
# Somebody else has such a call, or nobody was meant to.
NOT_MISSED = {"forwarded", "notFound"}
# What telephone systems send instead of a number that isn't shown.
WITHHELD = {"anonymous", "private", "restricted", "unavailable", "unknown", "withheld", "blocked", "none", "null"}
# 711 reaches the relay service, and some telephone systems put it before the number of who calls through it.
RELAY = re.compile(r"\+?1?711(\d*)")
_EXTENSION = re.compile(r"(?:;\s*ext=|\s*(?:ext\.?|x|#)\s*)(\d{1,8})\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Caller:
    """number: as people read it; empty if it isn't shown."""

    number: str = ""
    is_withheld: bool = False
    by_relay: bool = False


def read_caller(sent: str) -> Caller:
    """What a telephone system says of who is calling: a number in any spelling, a SIP address, or a word for none."""
    text = _user_part(sent)[:200]
    if text.casefold() in WITHHELD:
        return Caller(is_withheld=True)
    extension = _EXTENSION.search(text)
    number = text[: extension.start()] if extension else text
    digits = re.sub(r"\D", "", number)
    if not digits:
        return Caller(is_withheld=True)
    relay = RELAY.fullmatch(re.sub(r"[\s().-]", "", number))
    if relay:
        number = relay[1]
        if not number:
            return Caller(by_relay=True)
    shown = _written(number) + (f" ext. {extension[1]}" if extension else "")
    return Caller(shown[: contacts.NUMBER_MAX], by_relay=bool(relay))


def _user_part(sent: str) -> str:
    """ "Ana" <sip:+16175550142@pbx.example;user=phone> is +16175550142."""
    text = intake.clean_text(sent)
    inside = re.search(r"<([^>]*)>", text)
    text = (inside[1] if inside else text).strip().strip('"')
    text = re.sub(r"^(sips?|tel):", "", text, flags=re.IGNORECASE)
    return text.partition("@")[0].strip()


def _written(number: str) -> str:
    """US numbers as they are read aloud, 617-555-0142; others as they were sent."""
    phone = normalized_phone(number)
    us = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", phone)
    return "-".join(us.groups()) if us else number.strip()


def known_id(sent: str) -> str:
    """A call's id as it's stored: a longer one by its hash."""
    call_id = intake.clean_text(sent)
    return call_id if len(call_id) <= CALL_ID_MAX else hashlib.sha256(call_id.encode()).hexdigest()


def takers_of(jurisdiction: Jurisdiction, names: Sequence[str] = ()) -> list[User]:
    """The takers whom a telephone system means by these names: an extension, an email address, its first part, or a name.

    Without names, all takers of the city.
    """
    takers = User.objects.filter(
        memberships__jurisdiction=jurisdiction,
        memberships__role__permissions__contains=["submit_for_others"],
        is_active=True,
    ).distinct()
    wanted = {_user_part(name).casefold() for name in names} - {""}
    # An address is a name as a whole, too.
    wanted |= {intake.clean_text(name).casefold() for name in names} - {""}
    if not wanted:
        return list(takers)
    phones = dict(DeskPhone.objects.filter(jurisdiction=jurisdiction).values_list("user", "extension"))
    return [user for user in takers if wanted & _names_of(user, phones.get(user.pk, ""))]


def _names_of(user: User, extension: str) -> set[str]:
    email = user.email.casefold()
    return {extension.casefold(), email, email.partition("@")[0], user.name.casefold()} - {""}


@transaction.atomic
def set_phone(jurisdiction: Jurisdiction, user: User, extension: str) -> None:
    """Where the taker sits now. A colleague who sat there before has no telephone then. Empty: the taker has none."""
    phones = DeskPhone.objects.filter(jurisdiction=jurisdiction)
    # One at a time, so that two at one telephone don't collide.
    Jurisdiction.objects.select_for_update(of=("self",)).only("pk").get(pk=jurisdiction.pk)
    phones.filter(user=user).delete()
    if extension:
        phones.filter(extension__iexact=extension).delete()
        DeskPhone.objects.create(jurisdiction=jurisdiction, user=user, extension=extension)


def _locked(jurisdiction: Jurisdiction, call_id: str, sent_caller: str, sent_line: str) -> PhoneCall:
    """The call's row; what it didn't know before is filled in, until it has a contact, which may forget it."""
    now = app_now()
    caller, line = intake.clean_text(sent_caller)[: contacts.NUMBER_MAX], intake.clean_text(sent_line)[:LINE_MAX]
    new = PhoneCall(jurisdiction=jurisdiction, call_id=call_id, caller_number=caller, line=line, rung_at=now)
    PhoneCall.objects.bulk_create([new], ignore_conflicts=True)
    call = PhoneCall.objects.select_for_update(of=("self",)).get(jurisdiction=jurisdiction, call_id=call_id)
    call.jurisdiction = jurisdiction
    if call.contact_id is None:
        call.caller_number, call.line = call.caller_number or caller, call.line or line
    return call


@transaction.atomic
def ring(
    jurisdiction: Jurisdiction,
    call_id: str,
    *,
    caller: str,
    line: str,
    takers: Sequence[User],
    is_practice: bool = False,
    story: str = "",
) -> PhoneCall:
    """It rings at these takers, besides those where it rang before. One that was answered or has ended stays so."""
    call = _locked(jurisdiction, call_id, caller, line)
    call.rings_at = sorted({*call.rings_at, *(user.pk for user in takers)})
    call.is_practice, call.story = call.is_practice or is_practice, call.story or story
    call.save()
    return call


@transaction.atomic
def answer(jurisdiction: Jurisdiction, call_id: str, *, caller: str, line: str, taker: User | None) -> PhoneCall:
    """taker: None if the telephone is nobody's here. Answered by another one later, it was transferred to them."""
    call = _locked(jurisdiction, call_id, caller, line)
    call.answered_at = call.answered_at or app_now()
    if taker is not None:
        if call.contact is None:
            _begin(call, taker)
        elif call.contact.taker_id != taker.pk and call.ended_at is None and call.contact.closed_at is None:
            contacts.resume(call.contact, taker=taker)
    call.save()
    return call


@transaction.atomic
def take(jurisdiction: Jurisdiction, call_id: str, *, caller: str, line: str, taker: User) -> Contact:
    """The call's contact; it begins with this taker unless it began before."""
    call = _locked(jurisdiction, call_id, caller, line)
    contact = call.contact
    if contact is None:
        call.answered_at = call.answered_at or app_now()
        contact = _begin(call, taker)
    call.save()
    return contact


def _begin(call: PhoneCall, taker: User) -> Contact:
    caller = read_caller(call.caller_number)
    dialed = lines.find(call.jurisdiction, call.line)
    contact = contacts.start(
        call.jurisdiction,
        taker=taker,
        line=dialed.number if dialed is not None else call.line,
        caller_number=caller.number,
        call_id=call.call_id,
        language=call.jurisdiction.languages[0],
        is_practice=call.is_practice,
    )
    if caller.by_relay:
        contacts.change(contact, by_relay=True)
    if caller.is_withheld:
        contacts.change(contact, no_person=Contact.NoPerson.WITHHELD)
    if call.ended_at is not None:
        contacts.hang_up(contact)
    call.contact = contact
    return contact


@transaction.atomic
def hang_up(
    jurisdiction: Jurisdiction, call_id: str, *, caller: str, line: str, cause: str = "", was_answered: bool = False
) -> PhoneCall:
    """cause: as the telephone system calls it. was_answered: it says by whom, whether or not it said so before."""
    call = _locked(jurisdiction, call_id, caller, line)
    if call.ended_at is None:
        call.ended_at, call.cause = app_now(), intake.clean_text(cause)[:40]
        if call.contact is not None and call.contact.closed_at is None:
            contacts.hang_up(call.contact)
        if was_answered:
            call.answered_at = call.answered_at or call.ended_at
        _expect_answer(call)
    call.save()
    return call


def _expect_answer(call: PhoneCall) -> None:
    """Nobody answered, as far as is known by now: what says otherwise may still come."""
    if call.answered_at is None and not call.is_practice and call.cause not in NOT_MISSED:
        outbox.enqueue(
            MISSED,
            lane=OutboxRow.Lane.DATABASE,
            dedupe_key=f"{MISSED}:{call.pk}",
            jurisdiction_id=call.jurisdiction_id,
            due_at=app_now() + MISSED_AFTER,
        )


def miss_row(row: OutboxRow) -> None:
    """Puts who wasn't answered on the list of who waits. Does nothing if an answer came after all, or the number isn't shown."""
    call = PhoneCall.objects.select_related("jurisdiction").filter(pk=int(row.dedupe_key.rpartition(":")[2])).first()
    if call is None or call.answered_at is not None or call.contact_id is not None:
        return
    caller = read_caller(call.caller_number)
    if caller.number and not caller.by_relay:
        kind = CallBack.Kind.MISSED_CALL
        language = call.jurisdiction.languages[0]
        call_backs.promise(call.jurisdiction, kind=kind, phone=caller.number, language=language, line=call.line)


def forget() -> None:
    """Deletes what the telephone system said of calls for a day, how long they may last."""
    PhoneCall.objects.filter(rung_at__lte=app_now() - KEPT).delete()
