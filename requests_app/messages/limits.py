"""Limits on emails to an unverified address, no matter who entered it in which form."""

import datetime as dt

from django.db.models import QuerySet

from requests_app.clock import app_now
from requests_app.models import ContactPoint, Message


class Full(Exception):
    """The address has reached its limit, so this email has to wait."""


AN_HOUR = 5
A_DAY = 10


def is_over(contact_point: ContactPoint) -> bool:
    """Counts by address, not by person, since each unconfirmed submission makes a new person."""
    if contact_point.verified_at is not None:
        return False
    if ContactPoint.objects.filter(
        kind=contact_point.kind, normalized=contact_point.normalized, verified_at__isnull=False
    ).exists():
        return False
    return _is_full(_sent_to(contact_point))


def had_links(contact_point: ContactPoint) -> bool:
    """Limits verification links, also to verified addresses, since anyone can request them by typing the address."""
    return _is_full(_sent_to(contact_point).filter(kind__startswith="link_"))


def _sent_to(contact_point: ContactPoint) -> QuerySet[Message]:
    return Message.objects.filter(
        contact_point__kind=contact_point.kind, contact_point__normalized=contact_point.normalized
    ).exclude(sent_at=None)


def _is_full(sent: QuerySet[Message]) -> bool:
    now = app_now()
    return (
        sent.filter(sent_at__gt=now - dt.timedelta(hours=1))[:AN_HOUR].count() >= AN_HOUR
        or sent.filter(sent_at__gt=now - dt.timedelta(days=1))[:A_DAY].count() >= A_DAY
    )
