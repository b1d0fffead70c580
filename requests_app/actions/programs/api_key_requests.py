"""Asking for an API key by a proved address, and the answer. The key is made known by a link that works once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from requests_app import api_keys, outbox
from requests_app.actions.programs import api_keys as key_actions
from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.models import ApiKey, ApiKeyRequest, Jurisdiction, OneTimeLink, User
from requests_app.rules.people import blocked_addresses

State = ApiKeyRequest.State
UNPROVED_KEPT = dt.timedelta(days=7)
DECIDED_KEPT = dt.timedelta(days=365)


class NotWaiting(Exception):
    """It was answered, or can't be answered like this."""


@transaction.atomic
def ask(
    jurisdiction: Jurisdiction, *, email: str, name: str, purpose: str, scopes: Sequence[str], language: str
) -> ApiKeyRequest:
    """Emails a link; staff see it once the link is used. Raises verify_email.AddressBlocked."""
    if blocked_addresses.is_blocked(jurisdiction, email):
        raise verify_email.AddressBlocked
    contact_point = verify_email.get_contact_point(jurisdiction, email, language=language)
    asked = ApiKeyRequest.objects.create(
        jurisdiction=jurisdiction, contact_point=contact_point, name=name, purpose=purpose, scopes=list(scopes)
    )
    verify_email.send_link(contact_point, OneTimeLink.Purpose.API_KEY, key_request=asked)
    return asked


@transaction.atomic
def prove(link: OneTimeLink) -> None:
    """Raises verify_email.LinkExpired and AddressBlocked."""
    verify_email.use(link)
    if link.key_request_id is not None:
        unproved = ApiKeyRequest.objects.filter(pk=link.key_request_id, state=State.UNPROVED)
        unproved.update(state=State.WAITING, proved_at=app_now())


@transaction.atomic
def approve(request_id: int, terms: dict[str, Any], *, actor: User) -> ApiKey:
    """Makes the key, whose secret nobody knows, and emails the link that gives it a new one. Raises NotWaiting and NameTaken."""
    asked = _locked(request_id, State.WAITING)
    key, _unknown = key_actions.create(asked.jurisdiction, actor=actor, **terms)
    _decide(asked, State.APPROVED, actor, key=key)
    verify_email.send_link(asked.contact_point, OneTimeLink.Purpose.SHOW_KEY, key_request=asked)
    return key


@transaction.atomic
def decline(request_id: int, reply: str, *, actor: User) -> None:
    """Raises NotWaiting."""
    asked = _locked(request_id, State.WAITING)
    _decide(asked, State.DECLINED, actor, reply=reply)
    outbox.enqueue(
        "mail_key_declined",
        lane="outside",
        dedupe_key=f"mail_key_declined:{asked.pk}",
        recipient_id=asked.contact_point_id,
    )


@transaction.atomic
def send_again(request_id: int) -> None:
    """Another link to an approved key. Earlier links end. Raises NotWaiting."""
    asked = _locked(request_id, State.APPROVED)
    if asked.key is None or asked.key.revoked_at is not None:
        raise NotWaiting
    now = app_now()
    OneTimeLink.objects.filter(key_request=asked, purpose=OneTimeLink.Purpose.SHOW_KEY, used_at=None).update(
        used_at=now
    )
    verify_email.send_link(asked.contact_point, OneTimeLink.Purpose.SHOW_KEY, key_request=asked)


@transaction.atomic
def show(link: OneTimeLink) -> tuple[ApiKey, str] | None:
    """Uses the link up, and returns the key and its new secret; None if the key was revoked. Raises verify_email.LinkExpired."""
    verify_email.use(link)
    key_id = link.key_request.key_id if link.key_request is not None else None
    keys = ApiKey.objects.select_for_update().filter(revoked_at=None)
    key = keys.filter(pk=key_id).first() if key_id is not None else None
    return None if key is None else (key, api_keys.replace_secret(key, earlier_until=None))


def delete_old(now: dt.datetime) -> set[int]:
    """Requests that were never proved, and those that were answered long ago. Returns the people who asked."""
    unproved = ApiKeyRequest.objects.filter(state=State.UNPROVED, created_at__lt=now - UNPROVED_KEPT)
    old = unproved | ApiKeyRequest.objects.filter(decided_at__lt=now - DECIDED_KEPT)
    found = list(old.values_list("pk", "contact_point__person_id"))
    ApiKeyRequest.objects.filter(pk__in=[pk for pk, _person in found]).delete()
    return {person for _pk, person in found}


def _locked(request_id: int, state: str) -> ApiKeyRequest:
    asked = (
        ApiKeyRequest.objects.select_for_update(of=("self",))
        .select_related("jurisdiction", "contact_point__person", "key")
        .filter(pk=request_id, state=state)
        .first()
    )
    if asked is None:
        raise NotWaiting
    return asked


def _decide(key_request: ApiKeyRequest, state: str, actor: User, *, reply: str = "", key: ApiKey | None = None) -> None:
    key_request.state, key_request.reply, key_request.key = state, reply, key
    key_request.decided_by, key_request.decided_at = actor, app_now()
    key_request.save(update_fields=["state", "reply", "key", "decided_by", "decided_at"])
