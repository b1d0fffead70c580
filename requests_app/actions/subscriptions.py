"""News by mail of an area, a service, a place or a thing: asked for, confirmed by its mail, gathered, stopped by one press."""

from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db import transaction

from requests_app.actions import verify_email
from requests_app.clock import app_now
from requests_app.models import (
    Area,
    Asset,
    DigestItem,
    Jurisdiction,
    OneTimeLink,
    Service,
    Subscription,
)
from requests_app.rules import blocked_addresses


@dataclass(frozen=True)
class FollowTarget:
    """What is followed: one of these, or a service within one of the others. label: what the reader calls it."""

    label: str
    area: Area | None = None
    service: Service | None = None
    asset: Asset | None = None
    point: Point | None = None
    radius_m: int | None = None


@transaction.atomic
def subscribe(
    jurisdiction: Jurisdiction, what: FollowTarget, *, email: str, cadence: str, language: str, visitor_hash: str = ""
) -> Subscription:
    """Nothing is sent but the mail that asks whether it was meant. The same wish twice is one subscription.

    Raises proving.Banned.
    """
    if blocked_addresses.is_blocked(jurisdiction, email):
        raise verify_email.AddressBlocked
    contact_point = verify_email.address_of(jurisdiction, email, language=language)
    same = Subscription.objects.filter(
        jurisdiction=jurisdiction,
        contact_point=contact_point,
        area=what.area,
        service=what.service,
        asset=what.asset,
        point=what.point,
        radius_m=what.radius_m,
        unsubscribed_at=None,
    ).first()
    wished = same or Subscription(
        jurisdiction=jurisdiction,
        contact_point=contact_point,
        area=what.area,
        service=what.service,
        asset=what.asset,
        point=what.point,
        radius_m=what.radius_m,
    )
    if wished.confirmed_at is None:
        # A stranger who types the address again must not change what its holder confirmed.
        wished.label, wished.cadence = what.label[:200], cadence
        wished.save()
    verify_email.mail_link(contact_point, OneTimeLink.Purpose.SUBSCRIBE, subscription=wished, visitor_hash=visitor_hash)
    return wished


@transaction.atomic
def confirm(link: OneTimeLink) -> Subscription | None:
    """Raises proving.UsedUp. None: it was stopped meanwhile."""
    verify_email.use(link)
    if link.subscription_id is None:
        return None
    wished = Subscription.objects.select_for_update(of=("self",)).filter(pk=link.subscription_id).first()
    if wished is None or wished.unsubscribed_at is not None:
        return None
    if wished.confirmed_at is None:
        wished.confirmed_at = app_now()
        wished.save(update_fields=["confirmed_at"])
    return wished


@transaction.atomic
def want(pk: int, *, cadence: str) -> None:
    """By the address's own holder, who signed in: how often, and with that that it was meant."""
    wished = Subscription.objects.filter(pk=pk, unsubscribed_at=None)
    wished.filter(confirmed_at=None).update(confirmed_at=app_now())
    wished.update(cadence=cadence)


@transaction.atomic
def stop(pk: int) -> None:
    """Nothing more of it is sent, also not what is gathered already."""
    Subscription.objects.filter(pk=pk, unsubscribed_at=None).update(unsubscribed_at=app_now())
    DigestItem.objects.filter(subscription_id=pk, sent_at=None).delete()
