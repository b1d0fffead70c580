"""Suggests services and articles for a resident's own words: a choice to offer, never a decision.

The words are compared with what the catalog says (rules/word_search.py). Once the city has a model trained on earlier requests, it
adds to the score (rules/suggestion_model.py). What is about something that no city serves matches nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from requests_app.models import Article, Jurisdiction, Service, ServiceVersion
from requests_app.rules import word_search
from requests_app.rules.offer_dates import offered_today
from requests_app.rules.suggestion_model import likely_services
from requests_app.rules.word_search import ARTICLE, NOBODY, SERVICE, Found

SERVICES, ARTICLES = 3, 2
# How many of the best articles are read, since some may be unpublished by now.
MOST_ARTICLES = 20
# The weight of the model's probability, and the lowest probability that counts.
LEARNED, LEAST_LIKELY = 4.0, 0.15
# A lower score is chance; so is a lower share of the best score, and one that what nobody serves outdoes so far.
LEAST = 1.5
SHARE = 0.4
ELSEWHERE = 1.1
# "I don't know" is always offered, so it is never suggested.
UNKNOWN = "unknown"


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
    learned = {code: share for code, share in likely_services(jurisdiction, text).items() if share >= LEAST_LIKELY}
    versions = _services(jurisdiction, scores, learned)
    answers = _articles(jurisdiction, scores)
    best = max([score for score, _ in versions[:1]] + [score for score, _ in answers[:1]], default=0.0)
    elsewhere = max((score for (kind, _), score in scores.items() if kind.startswith(NOBODY)), default=0.0)
    if best < LEAST or elsewhere > ELSEWHERE * best:
        return Suggestions()
    found: list[tuple[float, ServiceVersion | Article]] = [*answers[:articles], *versions[:services]]
    # An answer goes before a service that fits as well.
    ranked = sorted((pair for pair in found if pair[0] >= SHARE * best), key=lambda pair: -pair[0])
    return Suggestions([one for _, one in ranked])


def _services(
    jurisdiction: Jurisdiction, scores: Mapping[Found, float], learned: Mapping[str, float]
) -> list[tuple[float, ServiceVersion]]:
    """Those that residents can use today, with their scores."""
    pks = [pk for kind, pk in scores if kind == SERVICE]
    services = (
        Service.objects.filter(Q(pk__in=pks) | Q(service_code__in=learned), jurisdiction=jurisdiction, active=True)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .exclude(service_code=UNKNOWN)
        .select_related("current__service", "current__category")
    )
    versions = [service.current for service in services if service.current is not None]
    scored = [
        (scores.get((SERVICE, one.service_id), 0.0) + LEARNED * learned.get(one.service.service_code, 0.0), one)
        for one in offered_today(versions, jurisdiction.zone)
    ]
    return sorted(scored, key=lambda pair: (-pair[0], pair[1].service_id))


def _articles(jurisdiction: Jurisdiction, scores: Mapping[Found, float]) -> list[tuple[float, Article]]:
    found = {pk: score for (kind, pk), score in scores.items() if kind == ARTICLE}
    likely = sorted(found, key=lambda pk: -found[pk])[:MOST_ARTICLES]
    articles = Article.objects.filter(jurisdiction=jurisdiction, published=True, pk__in=likely)
    return sorted(((found[article.pk], article) for article in articles), key=lambda pair: (-pair[0], pair[1].pk))
