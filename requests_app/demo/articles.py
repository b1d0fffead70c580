"""Demo data for articles: who keeps them right and looks next when, a draft that waits, and how often they answered."""

import datetime as dt
import random
from typing import Any

from django.db import transaction

from requests_app.actions.answers import articles
from requests_app.demo.staff import demo_user
from requests_app.models import AnsweredCount, Article, ArticleVote, Jurisdiction, ReferralCount, UnansweredSearch
from requests_app.rules.people.leaves import today

# Who keeps the articles of which topics; as many of each.
OWNERS = {
    "triage": ("streets", "trash"),
    "supervisor": ("parks",),
    "call_taker": ("government", "not-ours"),
    "administrator": ("records",),
}
OF_A_TOPIC = 4
# Days until the next look, in turn. The first ones are due.
LOOK_IN_DAYS = (-6, 20, 75, 160)
DRAFT, ADDED = "collection-days", {"en": "Put your bins out by 6 a.m.", "es": "Saque los botes antes de las 6 a.m."}
# What answered most, with the service that residents were about to choose.
ANSWERED = {
    "collection-days": "missedtrash", "bulky-items": "bulky", "72-hour-rule": "abandveh", "quiet-hours": "noise",
    "pruning-cycle": "treeprune", "city-or-private-light": "streetlight", "who-maintains-the-sidewalk": "sidewalk",
    "high-water-bill": "waterbill", "lost-pets": "stray", "parking-permits": "",
}  # fmt: skip
# What nobody has written about yet, and how often people searched for it in a week.
SEARCHED = {"electric scooters": 9, "leaf blowers": 6, "drone permit": 5, "little free library": 4, "bird feeders": 3}
WEEKS = 10
SEED = 311


def load(jurisdiction: Jurisdiction) -> None:
    """A second call adds nothing."""
    if Article.objects.filter(jurisdiction=jurisdiction, owner__isnull=False).exists():
        return
    with transaction.atomic():
        _give_owners(jurisdiction)
        _count(jurisdiction)


def _give_owners(jurisdiction: Jurisdiction) -> None:
    administrator = demo_user(jurisdiction, "administrator")
    if administrator is None:
        return
    for role, topics in OWNERS.items():
        owner = demo_user(jurisdiction, role)
        for topic in topics:
            of_topic = Article.objects.filter(jurisdiction=jurisdiction, topic__code=topic).order_by("code")
            for article, days in zip(of_topic[:OF_A_TOPIC], LOOK_IN_DAYS, strict=False):
                draft = articles.draft_of(article)
                review_on = today(jurisdiction) + dt.timedelta(days=days)
                articles.save_draft(article.pk, draft, owner=owner, review_on=review_on, seen=None, actor=administrator)
    edited = Article.objects.filter(jurisdiction=jurisdiction, code=DRAFT).first()
    if edited is not None:
        draft = articles.draft_of(edited)
        body = {language: f"{text.rstrip()}\n\n{ADDED.get(language, '')}\n" for language, text in draft["body"].items()}
        articles.save_draft(
            edited.pk,
            {**draft, "body": body},
            owner=edited.owner,
            review_on=edited.review_on,
            seen=None,
            actor=administrator,
        )


def _count(jurisdiction: Jurisdiction) -> None:
    """By day, as residents' pages count them, without anybody's visit."""
    rng = random.Random(SEED)  # noqa: S311 - a story, no secret
    day = today(jurisdiction)
    days = [day - dt.timedelta(weeks=week, days=rng.randrange(7)) for week in range(WEEKS)]
    AnsweredCount.objects.bulk_create(
        AnsweredCount(
            jurisdiction=jurisdiction, day=one, article_code=code, service_code=service, value=rng.randrange(1, 14)
        )
        for code, service in ANSWERED.items()
        for one in days
    )
    ArticleVote.objects.bulk_create(
        ArticleVote(jurisdiction=jurisdiction, day=one, article_code=code, helped=helped, value=rng.randrange(1, most))
        for code in ANSWERED
        for one in days[:4]
        for helped, most in ((True, 9), (False, 4))
    )
    of_others = Article.objects.filter(jurisdiction=jurisdiction, contact__takes_reports=True).order_by("code")
    contacts: list[dict[str, Any]] = [one.contact for one in of_others if one.contact]
    receivers = list(dict.fromkeys(contact["email"].lower() for contact in contacts))
    ReferralCount.objects.bulk_create(
        ReferralCount(jurisdiction=jurisdiction, day=one, receiver=receiver, value=rng.randrange(1, 4))
        for receiver in receivers[:3]
        for one in days[:3]
    )
    monday = day - dt.timedelta(days=day.weekday())
    UnansweredSearch.objects.bulk_create(
        UnansweredSearch(
            jurisdiction=jurisdiction, week=monday - dt.timedelta(weeks=number % 3), words=words, value=value
        )
        for number, (words, value) in enumerate(SEARCHED.items())
    )
