"""Suggests services and articles for a resident's own words: a choice to offer, never a decision.

The words are compared with what the catalog says (word_search.py). Once the city has a model trained on earlier requests, it adds
to the scores of services, of answers if the words ask, and of what no city serves, which matches nothing (suggestion_model.py).
Whatever the model says, an answer that fits best by its words stays first and what nobody serves stays nobody's, since requests
don't tell of either.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import Q

from requests_app.models import Article, Jurisdiction, Service, ServiceVersion
from requests_app.rules.answers import word_search
from requests_app.rules.answers.suggestion_model import NOBODYS, QUESTION, likely
from requests_app.rules.answers.word_search import ARTICLE, NOBODY, SERVICE, Match
from requests_app.rules.setup.offer_dates import offered_today

SERVICES, ARTICLES = 3, 2
# How many of the best articles are read, since some may be unpublished or have expired by now.
MOST_ARTICLES = 20
# The weight of the model's probabilities; the lowest that counts, and the lowest that does if the words fit nothing.
LEARNED, LEAST_LIKELY, LIKELY_ALONE = 1.5, 0.15, 0.65
# Letters of the longest word of a text that the model may be asked about alone.
LEAST_LETTERS = 4
# A lower score is chance; so is a lower share of the best score, and one that what nobody serves outdoes so far.
LEAST = 1.5
SHARE = 0.4
ELSEWHERE = 1.1
# "I don't know" is always offered, so it is never suggested.
UNKNOWN = "unknown"

Item = TypeVar("Item")


@dataclass(frozen=True)
class Suggestions:
    """ranked: services and articles together, best first."""

    ranked: list[ServiceVersion | Article] = field(default_factory=list)

    @property
    def services(self) -> list[ServiceVersion]:
        return [one for one in self.ranked if isinstance(one, ServiceVersion)]

    @property
    def articles(self) -> list[Article]:
        return [one for one in self.ranked if isinstance(one, Article)]

    @property
    def answer(self) -> Article | None:
        """The article that fits better than any service."""
        return next((one for one in self.ranked[:1] if isinstance(one, Article)), None)


def suggest(
    jurisdiction: Jurisdiction, text: str, language: str, *, services: int = SERVICES, articles: int = ARTICLES
) -> Suggestions:
    """The services and published articles that best match the text, best first, up to these limits; none if nothing does.

    language: the reader's. Texts in the city's other languages are understood, too.
    """
    scores = word_search.scores(jurisdiction, text, language)
    learned = {code: share for code, share in likely(jurisdiction, text).items() if share >= LEAST_LIKELY}
    versions, answers = _services(jurisdiction, scores, learned), _articles(jurisdiction, scores)
    service, answer = (max((score for score, _ in scored), default=0.0) for scored in (versions, answers))
    elsewhere = max((score for (kind, _), score in scores.items() if kind.startswith(NOBODY)), default=0.0)
    if elsewhere >= LEAST and elsewhere > ELSEWHERE * max(service, answer):
        return Suggestions()
    if max(service, answer) < LEAST:
        # Of "no," the model knows letters alone.
        says_something = any(len(word) >= LEAST_LETTERS for word in word_search.words_of(text))
        learned = {code: share for code, share in learned.items() if says_something and share >= LIKELY_ALONE}
        versions = [(score, one) for score, one in versions if one.service.service_code in learned]
        if not versions:
            return Suggestions()
    more = {code: LEARNED * share for code, share in learned.items()}
    versions = _best_first((score + more.get(one.service.service_code, 0.0), one) for score, one in versions)
    answers = [(score + more.get(QUESTION, 0.0), article) for score, article in answers if score >= LEAST]
    best = max(score for score, _ in [*versions[:1], *answers[:1]])
    if answers and answer >= service:
        answers[0] = (best, answers[0][1])
    elif elsewhere + more.get(NOBODYS, 0.0) > ELSEWHERE * best:
        return Suggestions()
    found: list[tuple[float, ServiceVersion | Article]] = [*answers[:articles], *versions[:services]]
    # An answer goes before a service that fits as well.
    ranked = _best_first(pair for pair in found if pair[0] >= SHARE * best)
    return Suggestions([one for _, one in ranked])


def _services(
    jurisdiction: Jurisdiction, scores: Mapping[Match, float], learned: Mapping[str, float]
) -> list[tuple[float, ServiceVersion]]:
    """Those that residents can use today and whose words fit or that the model knows, with the scores of their words."""
    pks = [pk for kind, pk in scores if kind == SERVICE]
    services = (
        Service.objects.filter(Q(pk__in=pks) | Q(service_code__in=learned), jurisdiction=jurisdiction, active=True)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .exclude(service_code=UNKNOWN)
        .select_related("current__service", "current__category")
        .order_by("pk")
    )
    versions = [service.current for service in services if service.current is not None]
    return [(scores.get((SERVICE, one.service_id), 0.0), one) for one in offered_today(versions, jurisdiction.zone)]


def _articles(jurisdiction: Jurisdiction, scores: Mapping[Match, float]) -> list[tuple[float, Article]]:
    """The best of those that are published, best first."""
    found = {pk: score for (kind, pk), score in scores.items() if kind == ARTICLE}
    most = sorted(found, key=lambda pk: -found[pk])[:MOST_ARTICLES]
    articles = Article.objects.public().filter(jurisdiction=jurisdiction, pk__in=most).order_by("pk")
    return _best_first((found[article.pk], article) for article in articles)


def _best_first(scored: Iterable[tuple[float, Item]]) -> list[tuple[float, Item]]:
    return sorted(scored, key=lambda pair: -pair[0])
