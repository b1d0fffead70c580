"""Proving an address: a link is mailed to it, and whoever presses the button on the link's page has read the mail."""

import datetime as dt

from django.db import transaction

from requests_app import outbox
from requests_app.clock import app_now
from requests_app.models import ContactPoint, Jurisdiction, OneTimeLink, Person, ServiceRequest, Subscription

WITHIN = {
    OneTimeLink.Purpose.SIGN_IN: dt.timedelta(minutes=30),
    OneTimeLink.Purpose.CONFIRM: dt.timedelta(days=7),
    OneTimeLink.Purpose.SUBSCRIBE: dt.timedelta(days=2),
}


class UsedUp(Exception):
    """The link was pressed before, or its time is over."""


def address_of(jurisdiction: Jurisdiction, email: str, *, language: str) -> ContactPoint:
    """The address, for what belongs to no report: the confirmed one, or else one of nobody who reported anything.

    An address that nobody confirmed must not join two requests into one person.
    """
    normalized = email.strip().lower()
    known = ContactPoint.objects.filter(kind="email", normalized=normalized, person__jurisdiction=jurisdiction)
    confirmed = known.exclude(verified_at=None).order_by("id").first()
    if confirmed is not None:
        return confirmed
    of_nobody = known.filter(person__participations=None).order_by("id").first()
    if of_nobody is not None:
        return of_nobody
    person = Person.objects.create(jurisdiction=jurisdiction, language=language)
    return ContactPoint.objects.create(person=person, kind="email", value=email.strip(), normalized=normalized)


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
    """The address is proved, wherever it stands in this city. Raises UsedUp: a link is used once."""
    # Lock first: two presses must not both count.
    locked = OneTimeLink.objects.select_for_update(of=("self",)).select_related("contact_point").get(pk=link.pk)
    now = app_now()
    if locked.used_at is not None or locked.expires_at <= now:
        raise UsedUp
    locked.used_at = now
    locked.save(update_fields=["used_at"])
    proved = locked.contact_point
    ContactPoint.objects.filter(
        kind=proved.kind,
        normalized=proved.normalized,
        person__jurisdiction_id=locked.jurisdiction_id,
        verified_at=None,
    ).update(verified_at=now)
    proved.verified_at = proved.verified_at or now
    return proved
