"""The email on the evening before a collection day, to everyone who asked for it: one for each address and evening.

The day is computed again when the email is written, so that a change of the city's holds at once.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links, outbox
from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.messages import email
from requests_app.messages.collection_words import change_words
from requests_app.models import Area, Jurisdiction, Message, OutboxRow, Subscription
from requests_app.places.address_card import Field, Part, parts_of
from requests_app.rules.answers.collection_days import Pickup
from requests_app.rules.people import my_requests

# By the city's clock: from the evening on, and after an outage also on the day itself, until the trucks come.
EVENING, MORNING = 18, 7
# Subscriptions that are enqueued in one transaction.
AT_ONCE = 1000
KIND = "collection_reminder"


@dataclass(frozen=True)
class Line:
    """A collection that takes place on the day, or that a holiday moved away from it."""

    label: str
    area: str
    pickup: Pickup
    # What a holiday changes, on this day or the next time.
    holiday_note: str


def announced_day(local: dt.datetime) -> dt.date | None:
    """The day that is announced at this time of the city's: tomorrow, or today before the trucks come."""
    if local.hour >= EVENING:
        return local.date() + dt.timedelta(days=1)
    return local.date() if local.hour < MORNING else None


def enqueue_due(city: Jurisdiction) -> int:
    """Enqueues the emails that are due. Run it as often as you like: each subscription remembers its last day. Returns how many."""
    day = announced_day(app_now().astimezone(city.zone))
    areas = _areas_with(city, day) if day is not None else []
    count = 0
    while day is not None and areas and (added := _enqueue(city, areas, day)):
        count += added
    return count


def _areas_with(city: Jurisdiction, day: dt.date) -> list[int]:
    """The areas that somebody follows and of which something is to be said about this day."""
    followed = Area.objects.filter(pk__in=_active(city).values("area")).defer("polygon")
    return [part.area.pk for part in parts_of(city, followed, day) if _announced(part, day)]


def _active(city: Jurisdiction) -> QuerySet[Subscription]:
    return Subscription.objects.filter(
        jurisdiction=city, collection=True, unsubscribed_at=None, contact_point__bounced_at=None
    ).exclude(confirmed_at=None)


@transaction.atomic
def _enqueue(city: Jurisdiction, areas: list[int], day: dt.date) -> int:
    """Up to AT_ONCE subscriptions. The row and what the subscription remembers are one transaction: both or neither."""
    due = list(
        _active(city)
        .filter(area__in=areas)
        .exclude(reminded_for=day)
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("pk")
        .values_list("pk", "contact_point_id", "contact_point__normalized")[:AT_ONCE]
    )
    # By address, as a hash: anyone who subscribed twice gets one email.
    recipients = {limits.hashed(address): contact_point for _pk, contact_point, address in reversed(due)}
    rows = [
        outbox.new_row(KIND, lane="outside", dedupe_key=f"{KIND}:{city.pk}:{day}:{key}", recipient_id=contact_point)
        for key, contact_point in recipients.items()
    ]
    if rows:
        outbox.enqueue_rows(rows, lane="outside")
    Subscription.objects.filter(pk__in=[pk for pk, _contact, _address in due]).update(reminded_for=day)
    return len(due)


def _announced(part: Part, day: dt.date) -> list[tuple[Field, Pickup]]:
    """What takes place on this day, and what would if there were no holiday."""
    return [
        (field, pickup) for field in part.collections if field.days is not None for pickup in field.days.announced(day)
    ]


def send_reminder(row: OutboxRow) -> None:
    """Nothing, if they unsubscribed, if the city changed the day, or if it's too late."""
    contact_point = row.recipient
    if contact_point is None:
        return
    day = dt.date.fromisoformat(row.dedupe_key.split(":")[2])
    jurisdiction = contact_point.person.jurisdiction
    subscriptions = list(
        _active(jurisdiction)
        .filter(contact_point__in=my_requests.same_address(contact_point))
        .select_related("contact_point__person")
        .order_by("pk")
    )
    now = app_now().astimezone(jurisdiction.zone)
    if not subscriptions or announced_day(now) != day:
        return
    contact_point = subscriptions[0].contact_point
    areas = (
        Area.objects.filter(pk__in={one.area_id for one in subscriptions}).defer("polygon").order_by("layer", "code")
    )
    with override(contact_point.person.language), timezone.override(jurisdiction.zone):
        lines = [
            Line(field.label, part.area.label, pickup, _change_of(field, pickup, day))
            for part in parts_of(jurisdiction, areas, day)
            for field, pickup in _announced(part, day)
        ]
        if not lines:
            return
        mail = _compose(jurisdiction, subscriptions[0], lines, day, is_today=now.date() == day)
    mail.extra_headers["Message-ID"] = email.message_id(None, contact_point.pk, row.dedupe_key, jurisdiction)
    email.send(mail, contact_point)
    Message.objects.create(
        jurisdiction=jurisdiction,
        person=contact_point.person,
        contact_point=contact_point,
        kind=KIND,
        message_id=mail.extra_headers["Message-ID"],
        sent_at=app_now(),
    )


def _change_of(field: Field, pickup: Pickup, day: dt.date) -> str:
    """What changes now; otherwise what changes the next time."""
    if pickup.is_changed:
        return change_words(pickup)
    later = field.days.coming(day + dt.timedelta(days=1)) if field.days is not None else []
    return " ".join(change_words(one) for one in later if one.is_changed)


def _compose(
    jurisdiction: Jurisdiction, subscription: Subscription, lines: list[Line], day: dt.date, *, is_today: bool
) -> EmailMultiAlternatives:
    """Subject, plain text and HTML, in the active language."""
    site = links.base_url(jurisdiction)
    token = links.digest_token(subscription.contact_point, subscription)
    stop_url = site + reverse("requests_app:unsubscribe_digest_link", args=[token])
    comes = [line for line in lines if line.pickup.on == day]
    context: dict[str, Any] = {
        "city": jurisdiction,
        "day": day,
        "is_today": is_today,
        "comes": comes,
        "moved": [line for line in lines if line.pickup.on != day],
        "what": ", ".join(dict.fromkeys(line.label for line in comes or lines)),
        "street_url": site + reverse("requests_app:my_street"),
        "stop_url": stop_url,
        "demo": settings.DEMO,
    }
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"emails/{KIND}.subject.txt", context).split()),
        body=render_to_string(f"emails/{KIND}.txt", context),
        from_email=email.sender(jurisdiction),
        reply_to=email.reply_to(jurisdiction),
        to=[subscription.contact_point.value],
        headers={
            "List-Unsubscribe": f"<{stop_url}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Lamplighter-Event": KIND,
        },
    )
    mail.attach_alternative(render_to_string(f"emails/{KIND}.html", context), "text/html")
    return mail
