"""Proving an address: a link is mailed to it, and whoever presses the button on the link's page has read the mail."""

import datetime as dt

from django.db import connection, transaction

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import (
    ContactPoint,
    Jurisdiction,
    OneTimeLink,
    Person,
    ServiceRequest,
    Subscription,
)
from requests_app.rules import blocked_addresses, my_requests

WITHIN = {
    OneTimeLink.Purpose.SIGN_IN: dt.timedelta(minutes=30),
    OneTimeLink.Purpose.CONFIRM: dt.timedelta(days=7),
    OneTimeLink.Purpose.SUBSCRIBE: dt.timedelta(days=2),
    OneTimeLink.Purpose.CHANGE: dt.timedelta(minutes=30),
}

# A listed address may still sign in: what it reported before is its own.
NOT_BY_BANNED = {OneTimeLink.Purpose.CONFIRM, OneTimeLink.Purpose.SUBSCRIBE, OneTimeLink.Purpose.CHANGE}


class UsedUp(Exception):
    """The link was pressed before, or its time is over."""


class AddressBlocked(Exception):
    """The city listed the address (see rules.banning)."""


def address_of(jurisdiction: Jurisdiction, email: str, *, language: str) -> ContactPoint:
    """The address, for what belongs to no report: the confirmed one, or else one of nobody who reported anything.

    An address that nobody confirmed must not join two requests into one person.
    """
    # Lock first: two who ask for the same at once must find one row, and what hangs on it.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 312))", [f"{jurisdiction.pk}|{email.strip().lower()}"]
        )
    known = my_requests.known(jurisdiction, email)
    confirmed = known.exclude(verified_at=None).order_by("id").first()
    if confirmed is not None:
        return confirmed
    of_nobody = known.filter(person__participations=None).order_by("id").first()
    if of_nobody is not None:
        return of_nobody
    person = Person.objects.create(jurisdiction=jurisdiction, language=language)
    return ContactPoint.objects.create(
        person=person, kind="email", value=email.strip(), normalized=email.strip().lower()
    )


@transaction.atomic
def ask_to_sign_in(jurisdiction: Jurisdiction, email: str, *, visitor_hash: str) -> None:
    """A link to an address that we know. To another one nothing goes, and nobody is told which it was."""
    known = my_requests.known(jurisdiction, email).select_related("person").filter(bounced_at=None)
    contact_point = known.exclude(verified_at=None).order_by("id").first() or known.order_by("-id").first()
    if contact_point is not None:
        mail_link(contact_point, OneTimeLink.Purpose.SIGN_IN, visitor_hash=visitor_hash)


@transaction.atomic
def mail_link(
    contact_point: ContactPoint,
    purpose: str,
    *,
    service_request: ServiceRequest | None = None,
    subscription: Subscription | None = None,
    visitor_hash: str = "",
) -> OneTimeLink:
    link = OneTimeLink.objects.create(
        jurisdiction_id=contact_point.person.jurisdiction_id,
        purpose=purpose,
        contact_point=contact_point,
        service_request=service_request,
        subscription=subscription,
        visitor_hash=visitor_hash,
        expires_at=app_now() + WITHIN[OneTimeLink.Purpose(purpose)],
    )
    # The row names the link alone: its secret is derived when the mail is written.
    outbox.enqueue("mail_link", lane="outside", dedupe_key=f"mail_link:{link.pk}", recipient_id=contact_point.pk)
    return link


def is_over(link: OneTimeLink) -> bool:
    return link.expires_at <= app_now()


@transaction.atomic
def use(link: OneTimeLink) -> ContactPoint:
    """The address is proved, wherever it stands in this city. Raises UsedUp (a link is used once) and Banned."""
    if link.purpose in NOT_BY_BANNED and blocked_addresses.is_blocked(link.jurisdiction, link.contact_point.normalized):
        raise AddressBlocked
    locked = _used_up(link)
    proved = locked.contact_point
    now = app_now()
    ContactPoint.objects.filter(
        kind=proved.kind,
        normalized=proved.normalized,
        person__jurisdiction_id=locked.jurisdiction_id,
        verified_at=None,
    ).update(verified_at=now)
    proved.verified_at = proved.verified_at or now
    return proved


@transaction.atomic
def refuse(link: OneTimeLink) -> None:
    """ "That was not me": the link ends, and so does what was asked for in the name of this address. Raises UsedUp."""
    locked = _used_up(link)
    now = app_now()
    if locked.subscription_id is not None:
        asked = Subscription.objects.filter(pk=locked.subscription_id, confirmed_at=None, unsubscribed_at=None)
        asked.update(unsubscribed_at=now)


def _used_up(link: OneTimeLink) -> OneTimeLink:
    # Lock first: two presses must not both count.
    # None: it went with what it was about.
    found = OneTimeLink.objects.select_for_update(of=("self",)).select_related("contact_point").filter(pk=link.pk)
    locked, now = found.first(), app_now()
    if locked is None or locked.used_at is not None or locked.expires_at <= now:
        raise UsedUp
    locked.used_at = now
    locked.save(update_fields=["used_at"])
    return locked
