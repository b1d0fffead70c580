"""Counting each day for the value report, every night: reports by channel, duplicates, first contacts, and what came of
reports that were begun on the website. The last days are counted again, as long as what they are counted from is kept."""

import datetime as dt
from collections import Counter

import structlog
from django.db import connection, transaction

from requests_app.clock import app_now
from requests_app.models import (
    Contact,
    Disposition,
    Draft,
    Event,
    Jurisdiction,
    Participation,
    PublicState,
    Service,
    ServiceRequest,
    ValueCount,
)
from requests_app.places.statement_timeout import TimeUpError, at_most

log = structlog.get_logger(__name__)

Measure = ValueCount.Measure
Outcome = Contact.Outcome
# Older days stay as they were counted.
CORRECTED_DAYS = 14
# Of a city without any.
FIRST_DAYS = 800
# A second contact about the same within this time: the first one wasn't enough. Days count when it is over.
REPEATED_WITHIN = dt.timedelta(days=7)
# Of a city without any, since callers' numbers are kept for 90 days.
FIRST_CONTACT_DAYS = 80
# Drafts that aren't sent are deleted after 7 days, so a day is counted again while all of its drafts are there.
INTAKE_DAYS = 6
# Somebody may still be writing.
LEFT_AFTER = dt.timedelta(minutes=30)
STATEMENT_MS = 60_000
# Closed at first touch: nobody has to do anything more about the contact itself.
CLOSED = (Outcome.ANSWERED, Outcome.STATUS_GIVEN, Outcome.REQUEST_MADE, Outcome.JOINED)
BY_CHANNEL = """
SELECT (submitted_at AT TIME ZONE %(zone)s)::date, channel, count(*) FROM requests_app_servicerequest
WHERE jurisdiction_id = %(city)s AND submitted_at >= %(since)s AND submitted_at < %(until)s
  AND NOT is_test AND public_state <> ALL(%(left_out)s)
GROUP BY 1, 2
"""
Key = tuple[dt.date, str]
Counts = Counter[Key]


def record(jurisdiction: Jurisdiction) -> int:
    """Stores the days up to yesterday, and returns the number of rows. Running twice replaces them."""
    today = app_now().astimezone(jurisdiction.zone).date()
    days = CORRECTED_DAYS if ValueCount.objects.filter(jurisdiction=jurisdiction).exists() else FIRST_DAYS
    since = today - dt.timedelta(days=days)
    settled = today - REPEATED_WITHIN
    contacts_since = settled - dt.timedelta(days=min(days, FIRST_CONTACT_DAYS))
    intake_since = today - dt.timedelta(days=INTAKE_DAYS)
    try:
        with at_most(STATEMENT_MS):
            counted = [
                (Measure.REPORT, since, _reports(jurisdiction, since, today)),
                (Measure.JOINED, since, _joined(jurisdiction, since, today)),
                (Measure.MERGED, since, _merged(jurisdiction, since, today)),
                (Measure.FIRST_CONTACT, contacts_since, _first_contacts(jurisdiction, contacts_since, settled)),
                (Measure.INTAKE, intake_since, _intake(jurisdiction, intake_since, today)),
            ]
    except TimeUpError:
        log.warning("value_counts_took_too_long", jurisdiction=jurisdiction.jurisdiction_id)
        return 0
    rows = []
    with transaction.atomic():
        for measure, first, counts in counted:
            ValueCount.objects.filter(jurisdiction=jurisdiction, measure=measure, day__gte=first).delete()
            rows += [
                ValueCount(jurisdiction=jurisdiction, measure=measure, day=day, part=part, value=value)
                for (day, part), value in counts.items()
            ]
        ValueCount.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _midnight(jurisdiction: Jurisdiction, day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), jurisdiction.zone)


def _reports(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(
            BY_CHANNEL,
            {
                "city": jurisdiction.pk,
                "zone": jurisdiction.time_zone,
                "since": _midnight(jurisdiction, since),
                "until": _midnight(jurisdiction, until),
                "left_out": [str(PublicState.ERASED), str(PublicState.UNCONFIRMED)],
            },
        )
        return Counter({(day, channel): count for day, channel, count in cursor.fetchall()})


def _by_day(jurisdiction: Jurisdiction, moments: list[dt.datetime]) -> Counts:
    return Counter((at.astimezone(jurisdiction.zone).date(), "") for at in moments)


def _joined(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> Counts:
    """Who said that an open report is theirs, too, instead of sending another."""
    events = Event.objects.filter(
        jurisdiction=jurisdiction,
        kind="joined",
        at__gte=_midnight(jurisdiction, since),
        at__lt=_midnight(jurisdiction, until),
        data__role=Participation.Role.AFFECTED,
    )
    return _by_day(jurisdiction, list(events.values_list("at", flat=True)))


def _merged(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> Counts:
    """By service, which has an index of what ended recently."""
    services = list(Service.objects.filter(jurisdiction=jurisdiction).values_list("pk", flat=True))
    merged = ServiceRequest.objects.filter(
        service__in=services,
        disposition=Disposition.DUPLICATE,
        resolved_at__gte=_midnight(jurisdiction, since),
        resolved_at__lt=_midnight(jurisdiction, until),
        is_test=False,
    )
    moments = merged.order_by().values_list("resolved_at", flat=True)
    return _by_day(jurisdiction, [at for at in moments if at is not None])


def _first_contacts(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> Counts:
    """What came of the contacts of these days, by whether the same person, number or address came again about the same.

    Who can't be recognized can't be said to have stayed away. An empty topic may be the same as any.
    """
    last = _midnight(jurisdiction, until)
    contacts = Contact.objects.filter(
        jurisdiction=jurisdiction,
        started_at__gte=_midnight(jurisdiction, since),
        started_at__lt=last + REPEATED_WITHIN,
        closed_at__isnull=False,
        is_practice=False,
    ).exclude(outcome=Outcome.TEST)
    # The next contact of each, by topic; "*" for any topic.
    following: dict[tuple[tuple[str, object], str], dt.datetime] = {}
    counts: Counts = Counter()
    columns = ("started_at", "topic", "outcome", "person_id", "caller_phone", "address")
    for at, topic, outcome, person, phone, address in contacts.order_by("-started_at", "-id").values_list(*columns):
        who = [("person", person), ("phone", phone), ("address", address.strip().casefold())]
        keys = [key for key in who if key[1]]
        if at < last:
            again = [
                following[key, about]
                for key in keys
                for about in ((topic, "") if topic else ("*",))
                if (key, about) in following
            ]
            if outcome not in CLOSED:
                part = "passed_on"
            elif any(later <= at + REPEATED_WITHIN for later in again):
                part = "repeat"
            else:
                part = "resolved" if keys else "cant_tell"
            counts[at.astimezone(jurisdiction.zone).date(), part] += 1
        for key in keys:
            following[key, topic] = at
            following[key, "*"] = at
    return counts


def _intake(jurisdiction: Jurisdiction, since: dt.date, until: dt.date) -> Counts:
    """Reports begun on the website. What an article answered was deleted and counted (models/counters.py, AnsweredCount).

    A second report of the same visit isn't another one.
    """
    drafts = Draft.objects.filter(
        jurisdiction=jurisdiction,
        created_at__gte=_midnight(jurisdiction, since),
        created_at__lt=_midnight(jurisdiction, until),
        updated_at__lte=app_now() - LEFT_AFTER,
        tester=None,
        taker=None,
    ).exclude(typed__has_key="together")
    counts: Counts = Counter()
    for at, request, saw_answer, referred in drafts.values_list(
        "created_at", "service_request", "saw_answer", "typed__referred"
    ):
        left = "left_after_answer" if saw_answer else "left"
        part = "sent" if request is not None else "referred" if referred is not None else left
        counts[at.astimezone(jurisdiction.zone).date(), part] += 1
    return counts
