"""Asking for an API key by a proved address. A test key is made at once; a live one once staff approve it, as it was asked for."""

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
from requests_app.rules.programs import api_keys as rules

State = ApiKeyRequest.State
UNPROVED_KEPT = dt.timedelta(days=7)
DECIDED_KEPT = dt.timedelta(days=365)


class NotWaiting(Exception):
    """It was answered, or can't be answered like this."""


class TooMany(Exception):
    """The address has as many test keys as it may have."""


def ask(
    jurisdiction: Jurisdiction, *, email: str, name: str, purpose: str, scopes: Sequence[str], language: str
) -> ApiKeyRequest:
    """For a live key. Emails a link; staff see it once the link is used. Raises verify_email.AddressBlocked."""
    asked: dict[str, Any] = {"name": name, "purpose": purpose, "scopes": list(scopes)}
    return _ask(jurisdiction, email, language, OneTimeLink.Purpose.API_KEY, **asked)


def ask_for_test(
    jurisdiction: Jurisdiction, *, email: str, name: str, language: str, visitor_hash: str
) -> ApiKeyRequest:
    """Emails a link that makes the key. Raises verify_email.AddressBlocked."""
    asked = {"name": name, "scopes": rules.TEST_TERMS["scopes"], "is_test": True}
    return _ask(jurisdiction, email, language, OneTimeLink.Purpose.TEST_KEY, visitor_hash=visitor_hash, **asked)


@transaction.atomic
def _ask(
    jurisdiction: Jurisdiction, email: str, language: str, link_purpose: str, *, visitor_hash: str = "", **asked: Any
) -> ApiKeyRequest:
    if blocked_addresses.is_blocked(jurisdiction, email):
        raise verify_email.AddressBlocked
    contact_point = verify_email.get_contact_point(jurisdiction, email, language=language)
    key_request = ApiKeyRequest.objects.create(jurisdiction=jurisdiction, contact_point=contact_point, **asked)
    verify_email.send_link(contact_point, link_purpose, key_request=key_request, visitor_hash=visitor_hash)
    return key_request


@transaction.atomic
def make_test_key(link: OneTimeLink) -> tuple[ApiKey, str]:
    """Returns the key and its secret.

    Raises verify_email.LinkExpired and AddressBlocked, NotWaiting, and TooMany, which leaves the link as it was.
    """
    contact_point = verify_email.use(link)
    # Only tests: whatever a link is made for, nobody approved more.
    if link.key_request_id is None:
        raise NotWaiting
    asked = _locked(link.key_request_id, State.UNPROVED, is_test=True)
    city, address = asked.jurisdiction, contact_point.value
    # Of two links at once, the second counts the key of the first.
    verify_email.lock_address(city, address)
    if rules.keys_of(city, address).filter(is_test=True, revoked_at=None).count() >= rules.TEST_KEYS_MOST:
        raise TooMany
    # Not in the log of setup, where a stranger's words could never be erased.
    key, plain = api_keys.create(city, asked.name, contact=address, is_test=True, **rules.TEST_TERMS)
    asked.state, asked.key, asked.proved_at, asked.decided_at = State.APPROVED, key, app_now(), app_now()
    asked.save(update_fields=["state", "key", "proved_at", "decided_at"])
    return key, plain


@transaction.atomic
def send_own_keys_link(jurisdiction: Jurisdiction, email: str, *, language: str, visitor_hash: str) -> None:
    """Sends a link to an address with keys or requests for one; nothing to others. The response doesn't reveal which it was."""
    asked = ApiKeyRequest.objects.filter(
        jurisdiction=jurisdiction, contact_point__normalized=email.strip().lower(), proved_at__isnull=False
    )
    if rules.keys_of(jurisdiction, email).exists() or asked.exists():
        contact_point = verify_email.get_contact_point(jurisdiction, email, language=language)
        verify_email.send_link(contact_point, OneTimeLink.Purpose.OWN_KEYS, visitor_hash=visitor_hash)


@transaction.atomic
def prove(link: OneTimeLink) -> None:
    """Raises verify_email.LinkExpired and AddressBlocked."""
    verify_email.use(link)
    if link.key_request_id is not None:
        unproved = ApiKeyRequest.objects.filter(pk=link.key_request_id, state=State.UNPROVED, is_test=False)
        unproved.update(state=State.WAITING, proved_at=app_now())


@transaction.atomic
def approve(request_id: int, terms: dict[str, Any], *, actor: User) -> ApiKey:
    """Makes the key that was asked for, whose secret nobody knows, and emails the link that gives it a new one.

    terms: its name, limits, networks and end. Raises NotWaiting and NameTaken.
    """
    asked = _locked(request_id, State.WAITING)
    granted: dict[str, Any] = {"scopes": asked.scopes, "is_test": asked.is_test, "contact": asked.contact_point.value}
    key, _unknown = key_actions.create(asked.jurisdiction, actor=actor, **terms, **granted)
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
    asked = _locked(request_id, State.APPROVED, is_test=False)
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


def _locked(request_id: int, state: str, **more: Any) -> ApiKeyRequest:
    """Raises NotWaiting."""
    asked = (
        ApiKeyRequest.objects.select_for_update(of=("self",))
        .select_related("jurisdiction", "contact_point__person", "key")
        .filter(pk=request_id, state=state, **more)
        .first()
    )
    if asked is None:
        raise NotWaiting
    return asked


def _decide(key_request: ApiKeyRequest, state: str, actor: User, *, reply: str = "", key: ApiKey | None = None) -> None:
    key_request.state, key_request.reply, key_request.key = state, reply, key
    key_request.decided_by, key_request.decided_at = actor, app_now()
    key_request.save(update_fields=["state", "reply", "key", "decided_by", "decided_at"])
