"""A taker takes somebody who waits, calls them, and says what came of it. Nobody is called by two takers."""

import datetime as dt

from django.db import transaction

from requests_app.actions.contacts import call_backs, contacts
from requests_app.clock import app_now
from requests_app.models import CallBack, Contact, User

Kind, Outcome = CallBack.Kind, CallBack.Outcome


class Taken(Exception):
    """Somebody else has it. owner: who; at: since when."""

    def __init__(self, owner: User, at: dt.datetime | None) -> None:
        self.owner, self.at = owner, at
        super().__init__(f"Taken by {owner.pk}")


class Closed(Exception):
    """It doesn't wait anymore."""


def _locked(pk: int) -> CallBack:
    """Raises Closed."""
    # Without a join: the one who waited for the lock would see the rows that it led to before.
    row = CallBack.objects.select_for_update().get(pk=pk)
    if row.closed_at is not None:
        raise Closed
    return row


def _own(pk: int, actor: User) -> CallBack:
    """Raises Closed, and Taken if it's somebody else's."""
    row = _locked(pk)
    if row.owner is not None and row.owner_id != actor.pk:
        raise Taken(row.owner, row.taken_at)
    return row


@transaction.atomic
def take(pk: int, *, taker: User) -> CallBack:
    """It's the taker's now, with a contact for the call (row.call); what a 911 center passed on has no call. A second click changes
    nothing. Raises Taken and Closed.
    """
    row = _own(pk, taker)
    if row.owner_id == taker.pk:
        return row
    row.owner, row.taken_at = taker, app_now()
    if row.kind != Kind.TRANSFER_911:
        row.call = contacts.start(
            row.jurisdiction, taker=taker, line=row.line, caller_number=row.phone, language=row.language
        )
        if row.service_request is not None:
            contacts.link(row.call, row.service_request)
    row.save(update_fields=["owner", "taken_at", "call"])
    return row


@transaction.atomic
def no_answer(pk: int, *, actor: User, again_at: dt.datetime) -> None:
    """Nobody picked up: it waits for anybody until the next try. Raises Taken and Closed."""
    row = _own(pk, actor)
    call = _open_call(row)
    call_backs.try_again(row, at=again_at)
    if call is not None:
        contacts.close(call, Contact.Outcome.NO_ANSWER)


@transaction.atomic
def close(pk: int, outcome: str, *, actor: User) -> Contact | None:
    """It waits no more. Raises Taken and Closed.

    If they were reached, the call goes on, and its contact is returned; otherwise it's closed, too.
    """
    row = _own(pk, actor)
    call = _open_call(row)
    call_backs.finish(row, outcome)
    if call is None or outcome == Outcome.REACHED:
        return call
    contacts.close(call, Contact.Outcome.NO_ANSWER)
    return None


@transaction.atomic
def give_back(pk: int, *, actor: User) -> None:
    """It was taken by mistake: it waits for anybody, as before. A contact in which something was written goes on. Raises Taken and
    Closed."""
    row = _own(pk, actor)
    call = _open_call(row)
    row.owner, row.taken_at, row.call = None, None, None
    row.save(update_fields=["owner", "taken_at", "call"])
    if call is not None and not (call.note or call.draft_id or call.contact_requests.exists()):
        call.delete()


def _open_call(row: CallBack) -> Contact | None:
    return row.call if row.call is not None and row.call.closed_at is None else None
