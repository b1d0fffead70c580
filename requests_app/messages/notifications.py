"""Who is notified of an event: people of the request and followers of its area, service, place or asset; and digests."""

import datetime as dt

from django.db import transaction
from django.db.models import Q

from requests_app import event_kinds, outbox
from requests_app.clock import app_now
from requests_app.models import (
    Cadence,
    ContactPoint,
    DigestItem,
    Event,
    Jurisdiction,
    OutboxRow,
    Participation,
    Subscription,
)
from requests_app.rules.following import subscriptions

# Event kind: the email about it (templates/emails/, and the outbox kind `email_…`).
EMAILS = {name: kind.email for name, kind in event_kinds.KINDS.items() if kind.email}
# Never put into a digest: the confirmation of a report, questions that hold up the work, and that it became public.
NEVER_IN_DIGEST = {"received", "asked", "reminded", "made_public"}
# People get no email about what they did themselves, except that their report arrived.
ALSO_TO_ACTOR = {"received"}
# The receipt waits this long for the routing, so that one email says both.
RECEIPT_WAITS = dt.timedelta(seconds=60)
# Digests go out from this hour on, by the city's clock; weekly ones on Mondays.
HOUR, WEEKDAY = 7, 0


def notify(row: OutboxRow) -> None:
    """Expands an event to one email for each address that took part in the request when it happened, or to its digest.

    The emails of one address about one request go out in the order of the events. None about what a program sent as a test.
    The receipt goes out with the next event, or after RECEIPT_WAITS.
    """
    service_request, event = row.service_request, row.event
    if service_request is None or event is None or (service_request.is_test and service_request.api_key_id is not None):
        return
    email = EMAILS[event.kind]
    if email != "received":
        outbox.release(service_request, {"email_received"})
        transaction.on_commit(lambda: outbox.wake("outside"), robust=True)
    if _is_first_routing(event):
        # The receipt says it.
        return
    # After a merge, someone who reported twice takes part twice, as two people with one address. Send one email, to the
    # one who came first (the reporter before those who joined).
    recipients = list(
        Participation.objects.filter(service_request=service_request, unsubscribed_at=None, created_at__lte=event.at)
        .filter(contact_point__kind="email", contact_point__bounced_at=None)
        .exclude(contact_point__normalized__in=[] if email in ALSO_TO_ACTOR else addresses_of_actor(event))
        .order_by("contact_point__normalized", "id")
        .distinct("contact_point__normalized")
        .values_list("contact_point_id", "cadence")
    )
    if email not in NEVER_IN_DIGEST:
        DigestItem.objects.bulk_create(
            [
                DigestItem(
                    contact_point_id=pk,
                    service_request=service_request,
                    event=event,
                    cadence=cadence,
                    created_at=event.at,
                )
                for pk, cadence in recipients
                if cadence != Cadence.AT_ONCE
            ],
            ignore_conflicts=True,
        )
        recipients = [(pk, cadence) for pk, cadence in recipients if cadence == Cadence.AT_ONCE]
    emails = [
        OutboxRow(
            kind=f"email_{email}",
            lane="outside",
            service_request=service_request,
            event=event,
            recipient_id=contact_point_id,
            dedupe_key=f"email_{email}:{event.pk}:{contact_point_id}",
            ordering_key=f"mail:{service_request.pk}:{contact_point_id}",
            **({"due_at": event.at + RECEIPT_WAITS} if email == "received" else {}),
        )
        for contact_point_id, _cadence in recipients
    ]
    if emails:
        # put() keeps the id of the HTTP request, so that the logs of the emails have it too.
        outbox.enqueue_rows(emails, lane="outside")


def _is_first_routing(event: Event) -> bool:
    """Whether the rules routed it for the first time. What staff do, and a later change of department, has its own email."""
    if event.kind != "routed" or event.user_id is not None:
        return False
    earlier = Event.objects.filter(service_request=event.service_request, pk__lt=event.pk)
    return not earlier.filter(kind__in=["routed", "triaged"]).exists()


def addresses_of_actor(event: Event) -> list[str]:
    """Email addresses of the resident who caused the event; none if it was staff or a scheduled task."""
    if event.person_id is None:
        return []
    known = ContactPoint.objects.filter(person=event.person_id, kind="email")
    return list(known.values_list("normalized", flat=True))


def match_subscriptions(row: OutboxRow) -> None:
    """Puts a public change into the next digest of everyone who follows its area, service, place or asset."""
    if row.service_request is None or row.event is None:
        return
    own = addresses_of_actor(row.event)
    followers = [
        subscription
        for subscription in subscriptions.matching(row.service_request).select_related("contact_point")
        if subscription.contact_point.normalized not in own
    ]
    DigestItem.objects.bulk_create(
        [
            DigestItem(
                contact_point_id=subscription.contact_point_id,
                service_request=row.service_request,
                event=row.event,
                subscription=subscription,
                cadence=subscription.cadence,
            )
            for subscription in followers
        ],
        ignore_conflicts=True,
    )
    for subscription in followers:
        if subscription.cadence == Cadence.AT_ONCE:
            _enqueue(subscription.contact_point_id, subscription.pk, Cadence.AT_ONCE, f"{row.event_id}")


def send_due_digests(city: Jurisdiction, *, at_most: int = 20_000) -> int:
    """Enqueues the daily and weekly digests that are due in the city, once a day. Returns how many."""
    local = app_now().astimezone(city.zone)
    if local.hour < HOUR:
        return 0
    day = dt.datetime.combine(local.date(), dt.time(HOUR), city.zone)
    # Since the last Monday, not "if today is Monday", so that an outage on Monday doesn't delay it by a week.
    week = day - dt.timedelta(days=(local.weekday() - WEEKDAY) % 7)
    waiting = (
        DigestItem.objects.filter(sent_at=None, contact_point__person__jurisdiction=city)
        .filter(Q(cadence=Cadence.DAILY, created_at__lt=day) | Q(cadence=Cadence.WEEKLY, created_at__lt=week))
        .order_by()
        .values_list("contact_point_id", "subscription_id", "cadence")
        .distinct()[:at_most]
    )
    count = 0
    for contact_point_id, subscription_id, cadence in waiting:
        with transaction.atomic():
            _enqueue(contact_point_id, subscription_id, cadence, local.date().isoformat())
        count += 1
    return count


def _enqueue(contact_point_id: int, subscription_id: int | None, cadence: str, when: str) -> None:
    """One email per address and subscription (None: its own reports), so that each can be unsubscribed separately."""
    outbox.enqueue(
        "send_digest",
        lane="outside",
        dedupe_key=f"send_digest:{contact_point_id}:{subscription_id or ''}:{cadence}:{when}",
        ordering_key=f"digest:{contact_point_id}:{subscription_id or ''}",
        recipient_id=contact_point_id,
    )


def digest_of(row: OutboxRow) -> tuple[ContactPoint | None, Subscription | None, str]:
    """The row's recipient, subscription and cadence. No recipient if they unsubscribed."""
    _kind, _pk, subscription_id, cadence, _when = row.dedupe_key.split(":", 4)
    if not subscription_id:
        return row.recipient, None, cadence
    subscription = (
        Subscription.objects.select_related("area", "service__current", "asset").filter(pk=subscription_id).first()
    )
    if subscription is None or subscription.unsubscribed_at is not None:
        return None, None, cadence
    return row.recipient, subscription, cadence
