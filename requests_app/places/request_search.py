"""Searches public requests by words: in what was reported, and in the names and key words of their services.

A service's words are looked up in its own search document, in all of the city's languages. So requests without a description
are found by them, and by a new name as soon as the catalog has it, without a copy of these words in each request's document.
"""

import re
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from requests_app.models import Jurisdiction

# A search finds so many requests, the newest. Every list, tile and feed asks for their ids once, and for nothing else by words.
MOST_FOUND = 2000
# A word in more than this share of the documents, and in more than so many, is common: reading all of its documents would cost
# more than looking for it in the newest ones, where it occurs often enough.
COMMON_SHARE, COMMON = 0.005, 10_000
NEWEST_READ = 40_000
# "pothole elm street" has one search for elm street among potholes; words may belong to several kinds of services.
MOST_PARTS = 4
# What websearch_to_tsquery reads as more than words. What may not occur is looked for in the requests alone.
OPERATORS = re.compile(r"\"|\bor\b", re.IGNORECASE)
MINUS = re.compile(r"(?:^|\s)-")

# The services in whose names or key words a word occurs, by the word's number. Their documents, which an index finds, hold
# their descriptions too: "the street" in one of these makes it no report about a street.
SERVICES = """
SELECT DISTINCT word.number, document.object_id
FROM unnest(%(words)s::text[]) WITH ORDINALITY AS word (text, number)
CROSS JOIN unnest(%(languages)s::text[]) spoken (code)
CROSS JOIN LATERAL (
  SELECT websearch_to_tsquery(search_dictionary(spoken.code), without_accents(word.text)) AS words) query
JOIN requests_app_searchdocument document ON document.kind = 'service' AND document.jurisdiction_id = %(city)s
  AND document.language = spoken.code AND document.vector @@ query.words
JOIN requests_app_service service ON service.id = document.object_id
JOIN requests_app_serviceversion version ON version.id = service.current_id
WHERE search_vector(spoken.code, version.name ->> spoken.code, version.keywords ->> spoken.code) @@ query.words
"""
# The numbers of words that say nothing in any of the languages ("the", "de"), and about how many documents there are.
SMALL = """
SELECT ARRAY(
  SELECT word.number FROM unnest(%(words)s::text[]) WITH ORDINALITY AS word (text, number)
  WHERE NOT EXISTS (
    SELECT 1 FROM unnest(%(languages)s::text[]) language
    WHERE numnode(websearch_to_tsquery(search_dictionary(language), without_accents(word.text))) > 0)),
  (SELECT reltuples FROM pg_class WHERE oid = 'requests_app_searchdocument'::regclass)
"""
# Each language by itself: a query that changes from row to row could not be answered by an index.
LANGUAGE = """
document.language = %s
  AND document.vector @@ websearch_to_tsquery(search_dictionary(%s), without_accents(%s))"""
OF_SERVICES = """
  AND EXISTS (SELECT 1 FROM requests_app_servicerequest r WHERE r.id = document.object_id AND r.service_id = ANY(%s))"""
ESTIMATE = "EXPLAIN (FORMAT JSON) SELECT 1 FROM requests_app_searchdocument document WHERE "
IN_DOCUMENTS_OF_THE_WORD = """
SELECT object_id FROM requests_app_searchdocument document
WHERE jurisdiction_id = %s AND kind = 'request' AND ({matching})"""
IN_NEWEST_DOCUMENTS = f"""
SELECT object_id FROM (
  SELECT object_id, language, vector FROM requests_app_searchdocument
  WHERE jurisdiction_id = %s AND kind = 'request' ORDER BY object_id DESC LIMIT {NEWEST_READ}) document
WHERE ({{matching}})"""  # noqa: S608 (our own text)
IN_DOCUMENTS_OF = """
SELECT object_id FROM requests_app_searchdocument document
WHERE kind = 'request' AND object_id = ANY(%s) AND ({matching})"""


def requests_with_words(jurisdiction: Jurisdiction, text: str) -> list[int]:
    """Ids of the newest requests with all of these words, at most MOST_FOUND. Understands "quotes", or, and -minus.

    For queries that start from .public(): a request hidden a second ago may still have its document.
    """
    parts = [text] if OPERATORS.search(text) else text.split()
    with connection.cursor() as cursor:
        cursor.execute(SMALL, {"words": parts, "languages": jurisdiction.languages})
        small, total = cursor.fetchone()
        parts = [part for number, part in enumerate(parts, 1) if number not in small]
        if not parts:
            return []
        common = max(COMMON, COMMON_SHARE * total)
        found = set(_by_text(cursor, jurisdiction, text, common))
        for services, rest in _by_service(cursor, jurisdiction, parts) if not MINUS.search(text) else ():
            if rest:
                found.update(_by_text(cursor, jurisdiction, " ".join(rest), common, services))
            else:
                found.update(_newest_of(cursor, services))
    return sorted(found, reverse=True)[:MOST_FOUND]


def as_rows(ids: Collection[int]) -> RawSQL:
    """For pk__in: with many ids as a list, PostgreSQL may try each of them for every row of an index."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])


def _by_service(cursor: Any, jurisdiction: Jurisdiction, parts: list[str]) -> list[tuple[list[int], list[str]]]:
    """Services by the words that they leave to be found in the requests themselves; those that leave fewest first."""
    cursor.execute(SERVICES, {"words": parts, "city": jurisdiction.pk, "languages": jurisdiction.languages})
    known: dict[int, set[int]] = defaultdict(set)
    for number, service in cursor.fetchall():
        known[service].add(number)
    groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for service, numbers in known.items():
        groups[tuple(part for number, part in enumerate(parts, 1) if number not in numbers)].append(service)
    fewest_first = sorted(groups.items(), key=lambda group: (len(group[0]), group[0]))
    return [(services, list(rest)) for rest, services in fewest_first[:MOST_PARTS]]


def _newest_of(cursor: Any, services: Collection[int]) -> list[int]:
    """One index scan for each service, since they have no order in common."""
    cursor.execute(
        """
        SELECT newest.id FROM unnest(%s::bigint[]) AS service (id) CROSS JOIN LATERAL (
          SELECT id, submitted_at FROM requests_app_servicerequest
          WHERE service_id = service.id AND public_state = 'public' ORDER BY submitted_at DESC, id DESC LIMIT %s) newest
        ORDER BY newest.submitted_at DESC, newest.id DESC LIMIT %s""",
        [list(services), MOST_FOUND, MOST_FOUND],
    )
    return [pk for (pk,) in cursor.fetchall()]


def _by_text(
    cursor: Any, jurisdiction: Jurisdiction, text: str, common: float, services: Collection[int] | None = None
) -> list[int]:
    """By what was reported. common: in how many documents words are, if they are common."""
    matching = " OR ".join(f"({LANGUAGE})" for _ in jurisdiction.languages)
    parameters = [value for language in jurisdiction.languages for value in (language, language, text)]
    cursor.execute(ESTIMATE + matching, parameters)
    plan = cursor.fetchone()[0]
    is_common = plan[0]["Plan"]["Plan Rows"] > common
    documents: str
    values: list[Any]
    if is_common and services:
        # The newest documents of all services may have none of these.
        documents, values = IN_DOCUMENTS_OF, [_newest_of(cursor, services), *parameters]
    elif is_common:
        documents, values = IN_NEWEST_DOCUMENTS, [jurisdiction.pk, *parameters]
    elif services:
        documents, values = IN_DOCUMENTS_OF_THE_WORD + OF_SERVICES, [jurisdiction.pk, *parameters, list(services)]
    else:
        documents, values = IN_DOCUMENTS_OF_THE_WORD, [jurisdiction.pk, *parameters]
    # OFFSET 0 keeps the planner from walking through all documents, newest first, in the hope of finding enough.
    cursor.execute(
        f"SELECT object_id FROM ({documents.format(matching=matching)} OFFSET 0) document "  # noqa: S608 (our own)
        f"ORDER BY object_id DESC LIMIT {MOST_FOUND}",
        values,
    )
    return [pk for (pk,) in cursor.fetchall()]
