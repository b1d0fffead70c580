"""Eight months of the demo desk: counts of contacts and calls by half hour, call-backs, and what the channels cost.

The last weeks are also contacts, which the night counts again; nobody's number is a real one.
"""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from requests_app import references
from requests_app.actions.contacts.counts import CORRECTED_DAYS
from requests_app.actions.figures import value_counts
from requests_app.actions.people.reporters import normalized_phone
from requests_app.clock import app_now
from requests_app.models import (
    AnsweredCount,
    Article,
    CallBack,
    CallCount,
    Channel,
    Contact,
    ContactCost,
    ContactCount,
    DeskLine,
    Jurisdiction,
    ValueCount,
)

SEED = 311
DAYS = 240
# With a day more than is counted again, since contacts begin late on some days.
CONTACT_DAYS = CORRECTED_DAYS + 1
DAY = dt.timedelta(days=1)
# Calls in each half hour from 7 a.m. to 7 p.m. on a usual day, and the weekdays' factors.
CALLS = (1, 2, 4, 6, 8, 9, 9, 8, 7, 6, 6, 6, 6, 7, 7, 6, 6, 5, 4, 3, 2, 2, 1, 1)
OPENS_AT = 14
WEEKDAYS = (1.35, 1.1, 1.0, 1.0, 0.95, 0.25, 0.0)
OUTCOMES = {
    "answered": 52, "status_given": 14, "request_made": 18, "joined": 3, "transferred": 6, "call_back": 2, "dropped": 4, "abuse": 1,
}  # fmt: skip
ARTICLES = 12
HANDLE_S, TARGET_S = 210, 20
COSTS = {Channel.PHONE: 186_000, Channel.COUNTER: 64_000, Channel.WEB: 31_000}
VISITS_PERCENT = 30


@dataclass(frozen=True)
class _Contact:
    at: dt.datetime
    channel: str
    outcome: str
    topic: str
    article_code: str


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing if there are counts of calls already."""
    if CallCount.objects.filter(jurisdiction=jurisdiction).exists():
        return
    rng = random.Random(SEED)  # noqa: S311 - a story, no secret
    now = app_now().astimezone(jurisdiction.zone)
    line = DeskLine.objects.filter(jurisdiction=jurisdiction).order_by("id").first() or DeskLine.objects.create(
        jurisdiction=jurisdiction, number="311", phone=normalized_phone("311"), name={"en": "311", "es": "311"}
    )
    articles = list(
        Article.objects.filter(jurisdiction=jurisdiction, published=True)
        .select_related("topic")
        .order_by("code")[:ARTICLES]
    )
    calls = list(_calls(rng, line, now))
    CallCount.objects.bulk_create(calls, batch_size=1000)
    contacts = list(_contacts(rng, jurisdiction, calls, articles))
    first_recent = now.date() - CONTACT_DAYS * DAY
    _store_contacts(rng, jurisdiction, [one for one in contacts if one.at.date() >= first_recent])
    _store_counts(jurisdiction, contacts)
    _store_website(rng, jurisdiction, articles, now.date())
    value_counts.record(jurisdiction)
    _store_older(rng, jurisdiction, contacts, now.date())
    _store_call_backs(rng, jurisdiction, now)
    _store_costs(jurisdiction, now.year)


def _calls(rng: random.Random, line: DeskLine, now: dt.datetime) -> Iterator[CallCount]:
    for back in range(DAYS, 0, -1):
        day = now.date() - back * DAY
        factor = WEEKDAYS[day.weekday()] * rng.uniform(0.85, 1.15)
        for number, usual in enumerate(CALLS if factor else ()):
            half = OPENS_AT + number
            offered = round(usual * factor * rng.uniform(0.7, 1.3))
            abandoned = sum(rng.random() < 0.07 for _call in range(offered))
            answered = offered - abandoned
            yield CallCount(
                jurisdiction=line.jurisdiction,
                line=line,
                starts_at=dt.datetime.combine(day, dt.time(half // 2, half % 2 * 30), now.tzinfo),
                offered=offered,
                answered=answered,
                abandoned=abandoned,
                abandoned_early=sum(rng.random() < 0.3 for _call in range(abandoned)),
                answered_in_time=sum(rng.random() < 0.84 for _call in range(answered)),
                target_s=TARGET_S,
                wait_s=answered * rng.randrange(6, 30),
                handle_s=answered * rng.randrange(HANDLE_S - 40, HANDLE_S + 40),
            )


def _contacts(
    rng: random.Random, jurisdiction: Jurisdiction, calls: list[CallCount], articles: list[Article]
) -> Iterator[_Contact]:
    """One for each call that was answered, and one at the counter for every fifth."""
    for count in calls:
        for number in range(count.answered + rng.randrange(count.answered // 3 + 1)):
            outcome = rng.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
            article = rng.choice(articles) if outcome == "answered" and articles else None
            yield _Contact(
                (count.starts_at + dt.timedelta(seconds=rng.randrange(1800))).astimezone(jurisdiction.zone),
                Channel.PHONE if number < count.answered else Channel.COUNTER,
                outcome,
                article.topic.code if article and article.topic else "",
                article.code if article else "",
            )


def _store_contacts(rng: random.Random, jurisdiction: Jurisdiction, contacts: list[_Contact]) -> None:
    rows = []
    for contact in contacts:
        ended = contact.at + dt.timedelta(seconds=rng.randrange(60, 400))
        shown = contact.channel == Channel.PHONE and rng.random() < 0.85
        # Numbers that nobody has: 555-0100 to 555-0199 in each area code.
        phone = f"({rng.randrange(201, 990)}) 555-01{rng.randrange(100):02}" if shown else ""
        rows.append(
            Contact(
                jurisdiction=jurisdiction,
                number=references.new_contact_number(),
                channel=contact.channel,
                line="311" if contact.channel == Channel.PHONE else "",
                caller_number=phone,
                caller_phone=normalized_phone(phone) if phone else "",
                started_at=contact.at,
                answered_at=contact.at,
                ended_at=ended,
                closed_at=ended,
                outcome=contact.outcome,
                topic=contact.topic,
                article_code=contact.article_code,
            )
        )
    Contact.objects.bulk_create(rows, batch_size=1000, ignore_conflicts=True)


def _store_counts(jurisdiction: Jurisdiction, contacts: list[_Contact]) -> None:
    counts = Counter((one.at.date(), one.channel, one.topic, one.article_code, one.outcome) for one in contacts)
    stored = ContactCount.objects.filter(jurisdiction=jurisdiction)
    for day, channel, topic, article_code, outcome, value in stored.values_list(
        "day", "channel", "topic", "article_code", "outcome", "value"
    ):
        counts[day, channel, topic, article_code, outcome] += value
    stored.delete()
    names = ("day", "channel", "topic", "article_code", "outcome")
    ContactCount.objects.bulk_create(
        (
            ContactCount(jurisdiction=jurisdiction, value=value, **dict(zip(names, key, strict=True)))
            for key, value in counts.items()
        ),
        batch_size=1000,
    )


def _store_website(rng: random.Random, jurisdiction: Jurisdiction, articles: list[Article], today: dt.date) -> None:
    AnsweredCount.objects.bulk_create(
        (
            AnsweredCount(
                jurisdiction=jurisdiction, day=today - back * DAY, article_code=article.code, value=rng.randrange(1, 4)
            )
            for back in range(1, DAYS + 1)
            for article in rng.sample(articles, min(4, len(articles)))
        ),
        batch_size=1000,
        ignore_conflicts=True,
    )


def _store_older(rng: random.Random, jurisdiction: Jurisdiction, contacts: list[_Contact], today: dt.date) -> None:
    """First contacts of days whose contacts aren't stored, and what came of reports begun on the website."""
    counted = set(
        ValueCount.objects.filter(jurisdiction=jurisdiction, measure="first_contact").values_list("day", flat=True)
    )
    counts: Counter[tuple[str, dt.date, str]] = Counter()
    for contact in contacts:
        if contact.at.date() not in counted and contact.at.date() < today - value_counts.REPEATED_WITHIN:
            if contact.outcome not in value_counts.CLOSED:
                part = "passed_on"
            else:
                part = rng.choices(["resolved", "repeat", "cant_tell"], [72, 12, 16])[0]
            counts["first_contact", contact.at.date(), part] += 1
    for back in range(1, DAYS + 1):
        for part, most in (("sent", 14), ("referred", 2), ("left_after_answer", 5), ("left", 8)):
            counts["intake", today - back * DAY, part] += rng.randrange(most // 2, most + 1)
    ValueCount.objects.filter(jurisdiction=jurisdiction, measure="intake").delete()
    ValueCount.objects.bulk_create(
        (
            ValueCount(jurisdiction=jurisdiction, measure=measure, day=day, part=part, value=value)
            for (measure, day, part), value in counts.items()
        ),
        batch_size=1000,
    )


def _store_call_backs(rng: random.Random, jurisdiction: Jurisdiction, now: dt.datetime) -> None:
    """Of days that are over, so that nobody waits."""
    rows = []
    for back in range(DAYS, 0, -1):
        for _number in range(rng.randrange(1, 4)):
            day = now.date() - back * DAY
            promised = dt.datetime.combine(day, dt.time(rng.randrange(9, 17)), now.tzinfo)
            tried = promised + dt.timedelta(minutes=rng.choices([-25, -5, 20], [50, 38, 12])[0])
            rows.append(
                CallBack(
                    jurisdiction=jurisdiction,
                    kind=CallBack.Kind.CALL_BACK,
                    promised_at=promised,
                    due_at=promised,
                    created_at=promised - dt.timedelta(hours=3),
                    tries=1,
                    first_tried_at=tried,
                    last_tried_at=tried,
                    closed_at=tried,
                    outcome=CallBack.Outcome.REACHED,
                )
            )
    CallBack.objects.bulk_create(rows, batch_size=1000)


def _store_costs(jurisdiction: Jurisdiction, year: int) -> None:
    ContactCost.objects.bulk_create(
        ContactCost(jurisdiction=jurisdiction, channel=channel, year=one, amount=amount)
        for channel, amount in COSTS.items()
        for one in (year - 1, year)
    )
    jurisdiction.visits_avoided_percent = VISITS_PERCENT
    jurisdiction.save(update_fields=["visits_avoided_percent"])
