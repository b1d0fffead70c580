"""How many contacts a day had, by channel, topic, article and outcome; corrected every night. Practice counts nowhere."""

import datetime as dt
from collections import Counter

import structlog
from django.db import connection, transaction

from requests_app.clock import app_now
from requests_app.models import Contact, ContactCount, Jurisdiction

log = structlog.get_logger(__name__)

# Older days stay as they were counted.
CORRECTED_DAYS = 35
COUNT = """
INSERT INTO requests_app_contactcount AS counted (jurisdiction_id, day, channel, topic, article_code, outcome, value)
VALUES (%s, %s, %s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, channel, topic, article_code, outcome) DO UPDATE SET value = counted.value + 1
"""
COLUMNS = ("channel", "topic", "article_code", "outcome")
Key = tuple[dt.date, str, str, str, str]


def count(contact: Contact) -> None:
    """In the transaction that closes it."""
    if contact.is_practice:
        return
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [contact.jurisdiction_id, *_key(contact, contact.jurisdiction)])


def _key(contact: Contact, jurisdiction: Jurisdiction) -> Key:
    day = contact.started_at.astimezone(jurisdiction.zone).date()
    return (day, contact.channel, contact.topic, contact.article_code, contact.outcome)


@transaction.atomic
def recount(jurisdiction: Jurisdiction) -> int:
    """Counts the last days again, and returns how many counts were wrong (which should be none)."""
    today = app_now().astimezone(jurisdiction.zone).date()
    since = today - dt.timedelta(days=CORRECTED_DAYS)
    with connection.cursor() as cursor:
        # Closing waits, so that each contact is in what is counted here or adds itself later.
        cursor.execute("LOCK TABLE requests_app_contactcount IN SHARE ROW EXCLUSIVE MODE")
    closed = Contact.objects.filter(
        jurisdiction=jurisdiction,
        started_at__gte=dt.datetime.combine(since, dt.time(), jurisdiction.zone),
        closed_at__isnull=False,
        is_practice=False,
    )
    right = Counter(_key(contact, jurisdiction) for contact in closed.only("started_at", *COLUMNS).iterator())
    stored = ContactCount.objects.filter(jurisdiction=jurisdiction, day__gte=since)
    counted = {tuple(key): value for *key, value in stored.values_list("day", *COLUMNS, "value")}
    wrong = {key for key in counted.keys() | right.keys() if counted.get(key, 0) != right[key]}
    if wrong:
        log.error("contact_counts_differed", jurisdiction=jurisdiction.jurisdiction_id, counts=len(wrong))
        stored.delete()
        ContactCount.objects.bulk_create(
            ContactCount(jurisdiction=jurisdiction, day=day, value=value, **dict(zip(COLUMNS, key, strict=True)))
            for (day, *key), value in right.items()
        )
    return len(wrong)
