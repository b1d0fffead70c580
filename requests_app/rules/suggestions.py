"""Suggests services and articles for a resident's own words: a choice to offer, never a decision.

The words are looked up in the catalog (rules/word_search.py). A model trained on earlier requests adds to the score, once
the city has one (rules/suggestion_model.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from requests_app.models import Article, Jurisdiction, SearchDocument, Service, ServiceVersion
from requests_app.rules import word_search
from requests_app.rules.offer_dates import offered_today
from requests_app.rules.screening import plain
from requests_app.rules.suggestion_model import likely_services
from requests_app.rules.word_search import Found

SERVICES, ARTICLES = 3, 2
# For each word of a keyword phrase that occurs in the text verbatim.
PHRASE = 2.5
# The weight of the model's probability, and the lowest probability that counts.
LEARNED, LEAST_LIKELY = 6.0, 0.15
# A lower share of the best score is noise.
SHARE = 0.4
ARTICLE_SHARE = 0.6
# "I don't know" is always offered, so it is never suggested.
UNKNOWN = "unknown"


@dataclass(frozen=True)
class Suggestions:
    services: list[ServiceVersion] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def suggest(
    jurisdiction: Jurisdiction, text: str, language: str, *, services: int = SERVICES, articles: int = ARTICLES
) -> Suggestions:
    """The services and published articles that best match the text, best first, up to these limits; possibly none."""
    scores = word_search.scores(jurisdiction, text, language)
    learned = {code: share for code, share in likely_services(jurisdiction, text).items() if share >= LEAST_LIKELY}
    ranked: list[tuple[float, ServiceVersion]] = []
    for version in _offered(jurisdiction, [pk for kind, pk in scores if kind == word_search.SERVICE], learned):
        score = scores.get((word_search.SERVICE, version.service_id), 0.0)
        score += _phrases(version, plain(text)) + LEARNED * learned.get(version.service.service_code, 0.0)
        ranked.append((score, version))
    ranked.sort(key=lambda pair: (-pair[0], pair[1].service_id))
    best = ranked[0][0] if ranked else 0.0
    found = [version for score, version in ranked[:services] if score >= SHARE * best]
    return Suggestions(found, _articles(jurisdiction, scores, best, found)[:articles])


def _offered(jurisdiction: Jurisdiction, pks: list[int], codes: Mapping[str, float]) -> list[ServiceVersion]:
    """The current versions of those services that residents can use."""
    services = (
        Service.objects.filter(Q(pk__in=pks) | Q(service_code__in=codes), jurisdiction=jurisdiction, active=True)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .exclude(service_code=UNKNOWN)
        .select_related("current__service", "current__category")
    )
    versions = [service.current for service in services if service.current is not None]
    return offered_today(versions, jurisdiction.zone)


def _phrases(version: ServiceVersion, text: str) -> float:
    """The score of the keyword phrases that occur in the text verbatim."""
    phrases = [plain(keyword) for words in version.keywords.values() for keyword in words]
    return sum(PHRASE * len(phrase.split()) for phrase in phrases if phrase in text)


def _articles(
    jurisdiction: Jurisdiction, scores: dict[Found, float], best: float, services: list[ServiceVersion]
) -> list[Article]:
    """Articles that score about as well as the best service, or half as well if they belong to a suggested one."""
    found = {pk: score for (kind, pk), score in scores.items() if kind == SearchDocument.Kind.ARTICLE}
    articles = Article.objects.filter(jurisdiction=jurisdiction, published=True, pk__in=found)
    own = {version.service_id for version in services}
    weighed = []
    for article in articles.prefetch_related("services"):
        is_own = any(service.pk in own for service in article.services.all())
        score = found[article.pk] * (2 if is_own else 1)
        if score >= ARTICLE_SHARE * best and score > 0:
            weighed.append((-score, article.pk, article))
    return [article for _, _, article in sorted(weighed, key=lambda item: item[:2])]
