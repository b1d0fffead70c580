"""News by mail of an area, a service, a place or a thing: asked for, confirmed by its mail, gathered, stopped by one press."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.gis.geos import Point
from django.db import transaction
from django.db.models import Q

from requests_app import outbox
from requests_app.actions import verify_email
from requests_app.clock import app_now
from requests_app.models import (
    Area,
    Asset,
    Cadence,
    ContactPoint,
    DigestItem,
    Jurisdiction,
    OneTimeLink,
    OutboxRow,
    Service,
    Subscription,
)
from requests_app.rules import blocked_addresses, subscriptions

# Gathered mails go out from this hour on, by the city's clock; weekly ones on Mondays.
HOUR, WEEKDAY = 7, 0


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


def match_row(row: OutboxRow) -> None:
    """A change that everybody may read: into the next mail of each who follows its area, service, place or thing."""
    if row.service_request is None or row.event is None:
        return
    own = outbox.addresses_of_actor(row.event)
    wanting = [
        one
        for one in subscriptions.matching(row.service_request).select_related("contact_point")
        if one.contact_point.normalized not in own
    ]
    DigestItem.objects.bulk_create(
        [
            DigestItem(
                contact_point_id=one.contact_point_id,
                service_request=row.service_request,
                event=row.event,
                subscription=one,
                cadence=one.cadence,
            )
            for one in wanting
        ],
        ignore_conflicts=True,
    )
    for one in wanting:
        if one.cadence == Cadence.AT_ONCE:
            _enqueue(one.contact_point_id, one.pk, Cadence.AT_ONCE, f"{row.event_id}")


def send_due_digests(*, at_most: int = 20_000) -> int:
    """What waits for a daily or weekly mail whose hour has come in its city; how many mails. Twice in a day is once."""
    mails = 0
    for city in Jurisdiction.objects.all():
        local = app_now().astimezone(city.zone)
        if local.hour < HOUR:
            continue
        day = dt.datetime.combine(local.date(), dt.time(HOUR), city.zone)
        # The last Monday and not "if it is Monday": a machine that was down that day must not cost a week.
        week = day - dt.timedelta(days=(local.weekday() - WEEKDAY) % 7)
        waiting = (
            DigestItem.objects.filter(sent_at=None, contact_point__person__jurisdiction=city)
            .filter(Q(cadence=Cadence.DAILY, created_at__lt=day) | Q(cadence=Cadence.WEEKLY, created_at__lt=week))
            .order_by()
            .values_list("contact_point_id", "subscription_id", "cadence")
            .distinct()[:at_most]
        )
        for contact_point_id, subscription_id, cadence in waiting:
            with transaction.atomic():
                _enqueue(contact_point_id, subscription_id, cadence, local.date().isoformat())
            mails += 1
    return mails


def _enqueue(contact_point_id: int, subscription_id: int | None, cadence: str, when: str) -> None:
    """One mail for one address about one thing it follows (or, none, about its reports), so that one press can stop it."""
    outbox.enqueue(
        "send_digest",
        lane="outside",
        dedupe_key=f"send_digest:{contact_point_id}:{subscription_id or ''}:{cadence}:{when}",
        ordering_key=f"digest:{contact_point_id}:{subscription_id or ''}",
        recipient_id=contact_point_id,
    )


def digest_of(row: OutboxRow) -> tuple[ContactPoint | None, Subscription | None, str]:
    """Whose mail the row is, about which subscription, how often. None: it is gone."""
    _kind, _pk, subscription_id, cadence, _when = row.dedupe_key.split(":", 4)
    if not subscription_id:
        return row.recipient, None, cadence
    wished = Subscription.objects.select_related("area", "service__current", "asset").filter(pk=subscription_id).first()
    if wished is None or wished.unsubscribed_at is not None:
        return None, None, cadence
    return row.recipient, wished, cadence
