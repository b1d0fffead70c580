"""Which services and articles a resident's own words may mean: word by word in the search documents, typos and all.

Rare words count more than common ones, a name more than its description, and a whole key phrase most.
"""

import math
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from requests_app.models import Article, Jurisdiction, SearchDocument, Service, ServiceVersion
from requests_app.rules.screening import plain

SERVICES, ARTICLES = 3, 2
# The words of a long text that are looked at: the point is mostly made early.
WORDS_READ = 60
TITLE, TEXT, BODY = 2.0, 1.0, 0.25
# A word that only looks like one of ours, by its letter triples; and how much it counts at most.
LIKENESS, LIKE, LEAST_LETTERS = 0.33, 1.0, 5
# A key phrase that stands in the text as it is: for each of its words.
PHRASE = 2.5
# The reader's language is more likely meant than another.
OWN_LANGUAGE = 1.25
# What scores less than this share of the best is noise.
SHARE = 0.4
ARTICLE_SHARE = 0.6
# Of an article's title, so much must stand in the text: one word of six is chance.
TITLE_SHARE = 0.25
# "I don't know" is always offered, so it is never a suggestion.
UNKNOWN = "unknown"

# Every lexeme of the text, in each language's own dictionary, with the documents and the weights it stands in.
MATCHES = """
WITH words AS (
  SELECT language, lexeme
  FROM unnest(%(languages)s::text[]) language,
       unnest(tsvector_to_array(to_tsvector(search_dictionary(language), without_accents(%(text)s)))) lexeme)
SELECT document.kind, document.object_id, document.language, hit.lexeme, 'A' = ANY(hit.weights),
  (SELECT count(*) FROM unnest(document.vector) title WHERE 'A' = ANY(title.weights))
FROM requests_app_searchdocument document
CROSS JOIN LATERAL unnest(document.vector) hit
JOIN words ON words.language = document.language AND words.lexeme = hit.lexeme
WHERE document.jurisdiction_id = %(jurisdiction)s AND document.kind IN ('service', 'article')
"""
# The words that no document holds in any language (and that are no stop words), compared by their letter triples with
# names and key words.
LIKE_WORDS = """
WITH strange AS (
  SELECT word FROM unnest(%(words)s::text[]) word
  WHERE NOT EXISTS (
    SELECT 1 FROM unnest(%(languages)s::text[]) language,
      LATERAL (SELECT tsvector_to_array(to_tsvector(search_dictionary(language), word)) AS lexemes) known
    WHERE known.lexemes = '{}' OR known.lexemes && %(known)s::text[]))
SELECT document.object_id, document.language, likeness
FROM requests_app_searchdocument document, strange,
  LATERAL strict_word_similarity(word, without_accents(lower(document.title || ' ' || document.text))) likeness
WHERE document.jurisdiction_id = %(jurisdiction)s AND document.kind = 'service' AND likeness >= %(least)s
"""

Found = tuple[str, int]


@dataclass(frozen=True)
class Suggestions:
    services: list[ServiceVersion] = field(default_factory=list)
    articles: list[Article] = field(default_factory=list)


def suggest(jurisdiction: Jurisdiction, text: str, language: str) -> Suggestions:
    """The services (at most three) and published articles that the text may mean, best first; nothing may fit."""
    text = " ".join(text.replace("\x00", " ").split()[:WORDS_READ])
    scores = _scores(jurisdiction, text, language)
    versions = {
        service.pk: service.current
        for service in Service.objects.filter(
            pk__in=[pk for kind, pk in scores if kind == SearchDocument.Kind.SERVICE], active=True
        ).select_related("current__service", "current__category")
        if service.current is not None and service.service_code != UNKNOWN
    }
    ranked = {
        pk: scores[SearchDocument.Kind.SERVICE, pk] + _phrases(version, plain(text)) for pk, version in versions.items()
    }
    order = sorted(ranked, key=lambda pk: (-ranked[pk], pk))
    best = ranked[order[0]] if order else 0.0
    services = [versions[pk] for pk in order[:SERVICES] if ranked[pk] >= SHARE * best]
    return Suggestions(services, _articles(jurisdiction, scores, best, services))


def _scores(jurisdiction: Jurisdiction, text: str, language: str) -> dict[Found, float]:
    """kind and id → how well the text's words fit it, in its best language; an article's title must share enough of them."""
    shared: dict[tuple[Found, str], float] = defaultdict(float)
    by_language: dict[tuple[Found, str], float] = defaultdict(float)
    with connection.cursor() as cursor:
        cursor.execute(MATCHES, {"languages": jurisdiction.languages, "text": text, "jurisdiction": jurisdiction.pk})
        hits = cursor.fetchall()
        documents: dict[tuple[str, str], int] = defaultdict(int)
        for kind, _, document_language, lexeme, *_ in hits:
            if kind == SearchDocument.Kind.SERVICE:
                documents[document_language, lexeme] += 1
        total = max(1, Service.objects.filter(jurisdiction=jurisdiction, active=True).count())
        for kind, pk, document_language, lexeme, in_title, title_words in hits:
            rarity = math.log(1 + total / max(1, documents[document_language, lexeme]))
            if in_title:
                shared[(kind, pk), document_language] += 1 / title_words
            text_weight = TEXT if kind == SearchDocument.Kind.SERVICE else BODY
            by_language[(kind, pk), document_language] += rarity * (TITLE if in_title else text_weight)
        parameters: dict[str, Any] = {
            "words": [word for word in dict.fromkeys(plain(text).split()) if len(word) >= LEAST_LETTERS],
            "languages": jurisdiction.languages,
            "known": list({hit[3] for hit in hits}),
            "jurisdiction": jurisdiction.pk,
            "least": LIKENESS,
        }
        cursor.execute(LIKE_WORDS, parameters)
        for pk, document_language, likeness in cursor.fetchall():
            by_language[(SearchDocument.Kind.SERVICE, pk), document_language] += LIKE * likeness * math.log(1 + total)
    scores: dict[Found, float] = {}
    for (found, document_language), score in by_language.items():
        if found[0] == SearchDocument.Kind.ARTICLE and shared[found, document_language] < TITLE_SHARE:
            continue
        weighed = score * (OWN_LANGUAGE if document_language == language else 1.0)
        scores[found] = max(scores.get(found, 0.0), weighed)
    return scores


def _phrases(version: ServiceVersion, text: str) -> float:
    """What the key phrases add that stand in the text word for word."""
    score = 0.0
    for words in version.keywords.values():
        for keyword in words:
            phrase = plain(keyword)
            if phrase in text:
                score += PHRASE * len(phrase.split())
    return score


def _articles(
    jurisdiction: Jurisdiction, scores: dict[Found, float], best: float, services: list[ServiceVersion]
) -> list[Article]:
    """Those that fit about as well as the best service; one that belongs to a suggested service, half as well."""
    wanted = {pk: score for (kind, pk), score in scores.items() if kind == SearchDocument.Kind.ARTICLE}
    found = Article.objects.filter(jurisdiction=jurisdiction, published=True, pk__in=wanted).prefetch_related(
        "services"
    )
    own = {version.service_id for version in services}
    weighed = []
    for article in found:
        is_own = any(service.pk in own for service in article.services.all())
        score = wanted[article.pk] * (2 if is_own else 1)
        if score >= ARTICLE_SHARE * best and score > 0:
            weighed.append((-score, article.pk, article))
    return [article for _, _, article in sorted(weighed, key=lambda one: one[:2])[:ARTICLES]]
