"""Subscriptions to an area, service, place or asset: requested, confirmed by email, changed, stopped."""

from django.db import transaction

from requests_app.actions.shared import verify_email
from requests_app.clock import app_now
from requests_app.links import DigestLink
from requests_app.models import (
    DigestItem,
    Jurisdiction,
    OneTimeLink,
    Subscription,
)
from requests_app.rules.following.follow_target import FollowTarget
from requests_app.rules.people import blocked_addresses, my_requests


@transaction.atomic
def subscribe(
    jurisdiction: Jurisdiction, target: FollowTarget, *, email: str, cadence: str, language: str, visitor_hash: str = ""
) -> Subscription:
    """Sends a confirmation link, and nothing else until it is used. Subscribing twice makes one subscription.

    Raises verify_email.AddressBlocked.
    """
    if blocked_addresses.is_blocked(jurisdiction, email):
        raise verify_email.AddressBlocked
    contact_point = verify_email.get_contact_point(jurisdiction, email, language=language)
    same = Subscription.objects.filter(
        contact_point=contact_point,
        area=target.area,
        service=target.service,
        asset=target.asset,
        point=target.point,
        radius_m=target.radius_m,
        collection=target.collection,
        unsubscribed_at=None,
    ).first()
    subscription = same or Subscription(
        jurisdiction=jurisdiction,
        contact_point=contact_point,
        area=target.area,
        service=target.service,
        asset=target.asset,
        point=target.point,
        radius_m=target.radius_m,
        collection=target.collection,
    )
    if subscription.confirmed_at is None:
        # Someone else who enters the address must not change a confirmed subscription.
        subscription.label, subscription.cadence = target.label[:200], cadence
        subscription.save()
    verify_email.send_link(
        contact_point, OneTimeLink.Purpose.SUBSCRIBE, subscription=subscription, visitor_hash=visitor_hash
    )
    return subscription


@transaction.atomic
def confirm(link: OneTimeLink) -> Subscription | None:
    """Confirms. Raises verify_email.UsedUp. Returns None if the subscription was stopped meanwhile."""
    verify_email.use(link)
    if link.subscription_id is None:
        return None
    subscription = Subscription.objects.select_for_update(of=("self",)).filter(pk=link.subscription_id).first()
    if subscription is None or subscription.unsubscribed_at is not None:
        return None
    if subscription.confirmed_at is None:
        subscription.confirmed_at = app_now()
        subscription.save(update_fields=["confirmed_at"])
    return subscription


@transaction.atomic
def set_cadence(pk: int, *, cadence: str) -> None:
    """Sets the cadence for a signed-in holder of the address, which also confirms the subscription."""
    subscriptions = Subscription.objects.filter(pk=pk, unsubscribed_at=None)
    subscriptions.filter(confirmed_at=None).update(confirmed_at=app_now())
    subscriptions.update(cadence=cadence)


@transaction.atomic
def unsubscribe(pk: int) -> None:
    """Stops the subscription, including updates already in a digest."""
    Subscription.objects.filter(pk=pk, unsubscribed_at=None).update(unsubscribed_at=app_now())
    DigestItem.objects.filter(subscription_id=pk, sent_at=None).delete()


@transaction.atomic
def unsubscribe_by_email(link: DigestLink) -> None:
    """As unsubscribe(), by the link in an email. That of a collection day is one for all areas, so it stops all of these."""
    found = Subscription.objects.select_related("contact_point__person__jurisdiction").filter(pk=link.subscription or 0)
    subscription = found.first()
    if subscription is None or not link.is_of(subscription):
        return
    if subscription.collection:
        for other in my_requests.subscriptions(subscription.contact_point).filter(collection=True):
            unsubscribe(other.pk)
    unsubscribe(subscription.pk)
