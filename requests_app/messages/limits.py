"""How many mails an address that never confirmed may get through us, whoever typed it into whatever form."""

import datetime as dt

from requests_app.clock import app_now
from requests_app.models import ContactPoint, Message

AN_HOUR = 5
A_DAY = 10


def is_over(contact_point: ContactPoint) -> bool:
    """Counted over the address, not the person: each unconfirmed submission makes a new person."""
    if contact_point.verified_at is not None:
        return False
    now = app_now()
    sent = Message.objects.filter(
        contact_point__kind=contact_point.kind, contact_point__normalized=contact_point.normalized
    ).exclude(sent_at=None)
    if ContactPoint.objects.filter(
        kind=contact_point.kind, normalized=contact_point.normalized, verified_at__isnull=False
    ).exists():
        return False
    return (
        sent.filter(sent_at__gt=now - dt.timedelta(hours=1))[:AN_HOUR].count() >= AN_HOUR
        or sent.filter(sent_at__gt=now - dt.timedelta(days=1))[:A_DAY].count() >= A_DAY
    )
