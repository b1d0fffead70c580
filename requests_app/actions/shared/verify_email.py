"""Verifying an email address with a link. Only the button on the link's page, a POST, uses it up."""

import datetime as dt

from django.db import connection, transaction

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import (
    ApiKeyRequest,
    ContactPoint,
    Jurisdiction,
    OneTimeLink,
    Person,
    ServiceRequest,
    Subscription,
)
from requests_app.rules.people import blocked_addresses, my_requests

VALID_FOR = {
    OneTimeLink.Purpose.SIGN_IN: dt.timedelta(minutes=30),
    OneTimeLink.Purpose.CONFIRM: dt.timedelta(days=7),
    OneTimeLink.Purpose.SUBSCRIBE: dt.timedelta(days=2),
    OneTimeLink.Purpose.CHANGE: dt.timedelta(minutes=30),
    OneTimeLink.Purpose.TEST_KEY: dt.timedelta(hours=2),
    OneTimeLink.Purpose.OWN_KEYS: dt.timedelta(minutes=30),
    OneTimeLink.Purpose.API_KEY: dt.timedelta(days=2),
    OneTimeLink.Purpose.SHOW_KEY: dt.timedelta(days=7),
}

# A blocked address may still sign in, because its earlier reports are its own.
BLOCKED_PURPOSES = {
    OneTimeLink.Purpose.CONFIRM,
    OneTimeLink.Purpose.SUBSCRIBE,
    OneTimeLink.Purpose.CHANGE,
    OneTimeLink.Purpose.TEST_KEY,
    OneTimeLink.Purpose.API_KEY,
}


class LinkExpired(Exception):
    """The link has been used or has expired."""


class AddressBlocked(Exception):
    """The city blocked the address (see rules.blocked_addresses)."""


def get_contact_point(jurisdiction: Jurisdiction, email: str, *, language: str) -> ContactPoint:
    """The address, for anything not part of a report: the verified contact point, or else one of a person without reports.

    An unverified address must not link two requests to one person.
    """
    # Two requests for the same address at once must share one row.
    lock_address(jurisdiction, email)
    known = my_requests.contact_points(jurisdiction, email)
    confirmed = known.exclude(verified_at=None).order_by("id").first()
    if confirmed is not None:
        return confirmed
    unattached = known.filter(person__participations=None).order_by("id").first()
    if unattached is not None:
        return unattached
    person = Person.objects.create(jurisdiction=jurisdiction, language=language)
    return ContactPoint.objects.create(
        person=person, kind="email", value=email.strip(), normalized=email.strip().lower()
    )


def lock_address(jurisdiction: Jurisdiction, email: str) -> None:
    """Until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 312))", [f"{jurisdiction.pk}|{email.strip().lower()}"]
        )


@transaction.atomic
def send_sign_in_link(jurisdiction: Jurisdiction, email: str, *, visitor_hash: str) -> None:
    """Sends a sign-in link to a known address. Nothing is sent to others, and the response does not reveal which it was."""
    known = my_requests.contact_points(jurisdiction, email).select_related("person").filter(bounced_at=None)
    contact_point = known.exclude(verified_at=None).order_by("id").first() or known.order_by("-id").first()
    if contact_point is not None:
        send_link(contact_point, OneTimeLink.Purpose.SIGN_IN, visitor_hash=visitor_hash)


@transaction.atomic
def send_link(
    contact_point: ContactPoint,
    purpose: str,
    *,
    service_request: ServiceRequest | None = None,
    subscription: Subscription | None = None,
    key_request: ApiKeyRequest | None = None,
    visitor_hash: str = "",
) -> OneTimeLink:
    link = OneTimeLink.objects.create(
        jurisdiction_id=contact_point.person.jurisdiction_id,
        purpose=purpose,
        contact_point=contact_point,
        service_request=service_request,
        subscription=subscription,
        key_request=key_request,
        visitor_hash=visitor_hash,
        expires_at=app_now() + VALID_FOR[OneTimeLink.Purpose(purpose)],
    )
    # The row has only the link's id; its secret is derived when the email is written.
    outbox.enqueue("mail_link", lane="outside", dedupe_key=f"mail_link:{link.pk}", recipient_id=contact_point.pk)
    return link


def is_expired(link: OneTimeLink) -> bool:
    return link.expires_at <= app_now()


@transaction.atomic
def use(link: OneTimeLink) -> ContactPoint:
    """Verifies the address everywhere in this city. Raises UsedUp (links are single-use) and AddressBlocked."""
    if link.purpose in BLOCKED_PURPOSES and blocked_addresses.is_blocked(
        link.jurisdiction, link.contact_point.normalized
    ):
        raise AddressBlocked
    locked = _use_up(link)
    contact_point = locked.contact_point
    now = app_now()
    ContactPoint.objects.filter(
        kind=contact_point.kind,
        normalized=contact_point.normalized,
        person__jurisdiction_id=locked.jurisdiction_id,
        verified_at=None,
    ).update(verified_at=now)
    contact_point.verified_at = contact_point.verified_at or now
    return contact_point


@transaction.atomic
def decline(link: OneTimeLink) -> None:
    """ "That wasn't me": ends the link and whatever was requested with it. Raises UsedUp."""
    locked = _use_up(link)
    now = app_now()
    if locked.subscription_id is not None:
        pending = Subscription.objects.filter(pk=locked.subscription_id, confirmed_at=None, unsubscribed_at=None)
        pending.update(unsubscribed_at=now)
    if locked.key_request_id is not None:
        ApiKeyRequest.objects.filter(pk=locked.key_request_id, state=ApiKeyRequest.State.UNPROVED).delete()


def _use_up(link: OneTimeLink) -> OneTimeLink:
    # Lock first, so that a double click counts once. None: it was deleted with its subject.
    links = OneTimeLink.objects.select_for_update(of=("self",)).select_related("contact_point").filter(pk=link.pk)
    locked, now = links.first(), app_now()
    if locked is None or locked.used_at is not None or locked.expires_at <= now:
        raise LinkExpired
    locked.used_at = now
    locked.save(update_fields=["used_at"])
    return locked
