"""Scores how well a text matches services and articles: word by word in the search documents, allowing for typos.

Rare words count more than common ones, a name more than a description, and a key phrase most.
"""

import math
from collections import defaultdict
from typing import Any

from django.db import connection

from requests_app.models import Jurisdiction, SearchDocument, Service
from requests_app.rules.screening import plain

# Words of a long text that are read; people usually make their point early.
WORDS_READ = 60
TITLE, TEXT, BODY = 2.0, 1.0, 0.25
# For a word that only resembles a known one by trigrams: the threshold, its maximum score, its minimum length.
LIKENESS, LIKE, LEAST_LETTERS = 0.33, 1.0, 5
# The score for each word of a key phrase whose words all occur in the text, in any form and order.
SCATTERED = 1.5
# A bonus for the language that the text seems to be in.
OWN_LANGUAGE = 1.5
# The share of an article's title that must occur in the text: one word of six is chance.
TITLE_SHARE = 0.25

# Every lexeme of the text, by each language's dictionary, with the documents and weights in which it occurs.
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
# Words that occur in no document of any language (and are no stop words), compared by trigrams with names and
# keywords.
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

# Key phrases of several words that all occur in the text, with their number of words.
KEY_PHRASES = """
WITH said AS (
  SELECT language, tsvector_to_array(to_tsvector(search_dictionary(language), without_accents(%(text)s))) AS lexemes
  FROM unnest(%(languages)s::text[]) language)
SELECT document.object_id, document.language, max(cardinality(phrase.lexemes))
FROM requests_app_searchdocument document
JOIN said ON said.language = document.language AND tsvector_to_array(document.vector) && said.lexemes
CROSS JOIN LATERAL unnest(string_to_array(document.text, chr(10))) line
CROSS JOIN LATERAL (
  SELECT tsvector_to_array(to_tsvector(search_dictionary(document.language), without_accents(line))) AS lexemes) phrase
WHERE document.jurisdiction_id = %(jurisdiction)s AND document.kind = 'service' AND position(' ' IN line) > 0
  AND cardinality(phrase.lexemes) > 1 AND phrase.lexemes <@ said.lexemes
GROUP BY document.object_id, document.language
"""
# How many of the text's words are stop words of each language: "the", "on" or "la", "de".
SMALL_WORDS = """
SELECT language, count(*) FROM unnest(%(languages)s::text[]) language, unnest(%(words)s::text[]) word
WHERE to_tsvector(search_dictionary(language), word) = '' GROUP BY language
"""

# A match: its kind and id.
Found = tuple[str, int]
SERVICE = SearchDocument.Kind.SERVICE


def scores(jurisdiction: Jurisdiction, text: str, language: str) -> dict[Found, float]:
    """The score of each match, in its best language.

    language: the reader's, used if the text does not tell its own.
    """
    text = " ".join(text.replace("\x00", " ").split()[:WORDS_READ])
    words = list(dict.fromkeys(plain(text).split()))
    parameters: dict[str, Any] = {"languages": jurisdiction.languages, "jurisdiction": jurisdiction.pk, "text": text}
    found: dict[tuple[Found, str], float] = defaultdict(float)
    in_title: dict[tuple[Found, str], float] = defaultdict(float)
    with connection.cursor() as cursor:
        cursor.execute(MATCHES, parameters)
        hits = cursor.fetchall()
        documents: dict[tuple[str, str], int] = defaultdict(int)
        for kind, _, in_language, lexeme, *_ in hits:
            documents[in_language, lexeme] += kind == SERVICE
        total = max(1, Service.objects.filter(jurisdiction=jurisdiction, active=True).count())
        for kind, pk, in_language, lexeme, is_in_title, title_words in hits:
            rarity = math.log(1 + total / max(1, documents[in_language, lexeme]))
            if is_in_title:
                in_title[(kind, pk), in_language] += 1 / title_words
            place = TEXT if kind == SERVICE else BODY
            found[(kind, pk), in_language] += rarity * (TITLE if is_in_title else place)
        unknown_words = {
            "words": [word for word in words if len(word) >= LEAST_LETTERS],
            "known": list({lexeme for _, _, _, lexeme, *_ in hits}),
            "least": LIKENESS,
        }
        cursor.execute(LIKE_WORDS, parameters | unknown_words)
        for pk, in_language, likeness in cursor.fetchall():
            found[(SERVICE, pk), in_language] += LIKE * likeness * math.log(1 + total)
        cursor.execute(KEY_PHRASES, parameters)
        for pk, in_language, length in cursor.fetchall():
            found[(SERVICE, pk), in_language] += SCATTERED * length
        cursor.execute(SMALL_WORDS, {"languages": jurisdiction.languages, "words": words})
        small = dict(cursor.fetchall())
    text_language = max(jurisdiction.languages, key=lambda code: (small.get(code, 0), code == language))
    best: dict[Found, float] = {}
    for (match, in_language), score in found.items():
        if match[0] == SearchDocument.Kind.ARTICLE and in_title[match, in_language] < TITLE_SHARE:
            continue
        best[match] = max(best.get(match, 0.0), score * (OWN_LANGUAGE if in_language == text_language else 1.0))
    return best
