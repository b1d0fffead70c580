"""Scores how well a text matches services and articles, by their names, keywords and the ways people ask for them.

A text and a phrase are alike if they share words (by their stems), pairs of words and groups of letters, so typos and other forms
are found; what few services and articles say counts most. A match scores by the three phrases most like the text and by all of its
phrases together. So does what no city serves ("the weather tomorrow"), which is how a text is found to be about something else.

The phrases of a city are kept in each process until they are indexed again (actions/shared/search_index.py).
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache, lru_cache
from itertools import chain, count, pairwise
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from django.db import connection

from requests_app.models import Jurisdiction, SearchDocument
from requests_app.rules.alarms.screening import plain, plain_words
from requests_app.rules.answers.suggestion_model import PIECES

# Words of a text that are read, and letters of a word.
WORDS_READ, LETTERS_READ = 200, 40
# How many of a match's phrases count one by one, and the weight of all of them together.
NEAREST, TOGETHER = 3, 5.0
# How much a word that no phrase has takes from what the others say.
UNKNOWN = 6.0
# A service or article with fewer phrases can't outdo the thousands of what nobody serves, so these count for less then.
FEW, NOBODYS_SHARE = 20, 0.55
# If the best score is lower, a word that no phrase has is read as the known word most like it that begins with the same letter. How
# many words, from how many letters on, and how alike (difflib's ratio).
WEAK = 2.5
CORRECTED, LEAST_LETTERS, ALIKE = 12, 5, 0.8

# A match: its kind and id.
Match = tuple[str, int]
SERVICE, ARTICLE, FOR_STAFF = SearchDocument.Kind.SERVICE, SearchDocument.Kind.ARTICLE, SearchDocument.Kind.FOR_STAFF
# What residents' searches compare a text with, and what staff's do. What is for staff changes no result of a resident's.
KINDS, STAFF_KINDS = (SERVICE, ARTICLE), (SERVICE, ARTICLE, FOR_STAFF)
Kinds = tuple[SearchDocument.Kind, ...]
# Of what no city serves; its ids are made up.
NOBODY = "nobody"
NOBODYS_WORDS = Path(__file__).with_name("words") / "nobody.yaml"

Array = np.ndarray[Any, Any]
# Stems by word, in all languages of a city; none for words like "the".
Stems = Mapping[str, list[str]]

# Every indexing writes new rows, so the highest id tells whether the phrases kept are the newest.
# A word that is small in the reader's language, like "the", has none, whatever it means in another.
STEMS = """
SELECT word, array_agg(DISTINCT lexeme)
FROM unnest(%(words)s::text[]) word CROSS JOIN unnest(%(languages)s::text[]) language
CROSS JOIN unnest(tsvector_to_array(to_tsvector(search_dictionary(language), word))) lexeme
WHERE %(reader)s = '' OR to_tsvector(search_dictionary(%(reader)s), word) != ''
GROUP BY word
"""
NEWEST = """
SELECT coalesce(max(id), 0) FROM requests_app_searchdocument
WHERE jurisdiction_id = %(jurisdiction)s AND kind = ANY(%(kinds)s)
"""
# What is alike by words, and by letters: each makes half of the likeness.
WORDS, LETTERS = 0, 1


@dataclass(frozen=True)
class Postings:
    """A matrix of few values, by column: the rows that have one, and the values."""

    starts: Array
    rows: Array
    values: Array
    height: int

    @classmethod
    def of(cls, rows: Array, columns: Array, values: Array, *, height: int, width: int) -> "Postings":
        """Sorted by column."""
        starts = np.concatenate([[0], np.cumsum(np.bincount(columns, minlength=width))]).astype(np.int32)
        return cls(starts, rows.astype(np.int32), values.astype(np.float32), height)

    def times(self, columns: Array, values: Array) -> Array:
        """The product of each row with a vector of few values."""
        spans = [slice(self.starts[column], self.starts[column + 1]) for column in columns]
        if not spans:
            return np.zeros(self.height)
        rows = np.concatenate([self.rows[span] for span in spans])
        weighed = np.concatenate(
            [self.values[span] * value for span, value in zip(spans, values.tolist(), strict=True)]
        )
        return np.bincount(rows, weights=weighed, minlength=self.height)


@dataclass(frozen=True)
class Phrases:
    """The phrases of a city's services and articles, and of what nobody serves."""

    matches: list[Match]
    is_nobodys: Array
    # By first letter.
    words_by_letter: dict[str, list[str]]
    # The first phrase of each match, and the end.
    bounds: Array
    # The number of each phrase's match.
    match_of: Array
    columns: dict[str, int]
    rarity: Array
    part: Array
    by_phrase: Postings
    by_match: Postings
    # The highest id of the documents that they are from.
    newest: int = 0

    @classmethod
    def of(cls, phrases_by_item: Mapping[Match, Sequence[Sequence[str]]], stems: Stems) -> "Phrases":
        """phrases_by_item: the words of each phrase, of which a match has at least one.

        Phrases have millions of groups of letters, so these are counted with NumPy; Python sees each word once.
        """
        phrases = [words for phrases in phrases_by_item.values() for words in phrases]
        number, bounds = len(phrases), np.cumsum([0, *map(len, phrases_by_item.values())])
        spoken = list(chain.from_iterable(phrases))
        vocabulary = {word: index for index, word in enumerate(dict.fromkeys(spoken))}
        word_numbers = np.fromiter(map(vocabulary.__getitem__, spoken), np.int64, len(spoken))
        phrase_of = np.repeat(np.arange(number), np.fromiter(map(len, phrases), np.int64, number))
        features = [[*groups_of(word), *stems.get(word, ())] for word in vocabulary]
        ends = np.cumsum([0, *map(len, features)])
        # The next number for each new feature.
        numbered: defaultdict[str, int] = defaultdict(count().__next__)
        of_words = np.fromiter(map(numbered.__getitem__, chain.from_iterable(features)), np.int64, ends[-1])
        columns = dict(numbered)
        part = [WORDS if feature[0] == "=" else LETTERS for feature in columns]
        by_word, positions = _spans(ends[word_numbers], ends[word_numbers + 1])
        # Pairs of words that are next to each other in a phrase.
        pairs = np.flatnonzero(phrase_of[1:] == phrase_of[:-1])
        known, size = list(vocabulary), max(1, len(vocabulary))
        codes, pair_of = np.unique(word_numbers[pairs] * size + word_numbers[pairs + 1], return_inverse=True)
        joined = zip((codes // size).tolist(), (codes % size).tolist(), strict=True)
        columns |= {f"{known[first]} {known[second]}": at for at, (first, second) in enumerate(joined, len(part))}
        width, parts = max(1, len(columns)), np.array([*part, *[WORDS] * len(codes)] or [WORDS], np.int8)
        seen = np.concatenate([of_words[positions], pair_of + len(part)])
        rows = np.concatenate([phrase_of[by_word], phrase_of[pairs]])
        bits = number.bit_length()
        keys, counts = np.unique(seen << bits | rows, return_counts=True)
        column, row = keys >> bits, keys & (1 << bits) - 1
        match_of = np.repeat(np.arange(len(phrases_by_item)), np.diff(bounds))
        match = match_of[row]
        # The phrases of a match are next to each other, so these are sorted, too.
        places = column * len(phrases_by_item) + match
        firsts = np.flatnonzero(np.concatenate([[True], places[1:] != places[:-1]])[: len(places)])
        # What few services and articles say counts most.
        rarity = np.log(1 + len(phrases_by_item) / np.maximum(1, np.bincount(column[firsts], minlength=width)))
        weights = 1 + np.log(np.maximum(1, np.arange(np.max(counts, initial=0) + 1)))
        values = _level(weights[counts] * rarity[column], row, parts[column], number)
        by_phrase = Postings.of(row, column, values, height=number, width=width)
        # The root, since people would say some words in each phrase.
        totals = np.sqrt(np.add.reduceat(values, firsts)) if len(firsts) else values
        column, match = column[firsts], match[firsts]
        totals = _level(totals, match, parts[column], len(phrases_by_item))
        by_match = Postings.of(match, column, totals, height=len(phrases_by_item), width=width)
        by_letter: dict[str, list[str]] = defaultdict(list)
        for word in stems:
            if len(word) >= LEAST_LETTERS - 1:
                by_letter[word[0]].append(word)
        is_nobodys = np.array([kind.startswith(NOBODY) for kind, _ in phrases_by_item], bool)
        return cls(
            list(phrases_by_item), is_nobodys, by_letter, bounds, match_of, columns, rarity, parts, by_phrase, by_match
        )

    def corrected(self, tokens: list[str], stems: Stems) -> list[str]:
        """The words, with those that no phrase has replaced by the known ones they are most like."""
        unknown = [
            word
            for word in dict.fromkeys(tokens)
            if len(word) >= LEAST_LETTERS and word.isalpha() and word in stems
            and not any(stem in self.columns for stem in stems[word])
        ][:CORRECTED]  # fmt: skip
        better = {}
        for word in unknown:
            likely = [one for one in self.words_by_letter.get(word[0], ()) if abs(len(one) - len(word)) <= 2]
            better[word] = (get_close_matches(word, likely, n=1, cutoff=ALIKE) or [word])[0]
        return [better.get(word, word) for word in tokens]

    def scores(self, tokens: Sequence[str], stems: Stems) -> dict[Match, float]:
        """From 0 (nothing in common) to about 12 for each match."""
        columns, values = [], []
        for features in features_of(tokens, stems):
            known = {self.columns[feature]: count for feature, count in features.items() if feature in self.columns}
            unknown = sum(feature not in self.columns for feature in features)
            weights = (1 + np.log(np.array(list(known.values()), np.float64))) * self.rarity[list(known)]
            # What is not known makes the rest say less.
            whole = np.sqrt((weights**2).sum() + unknown * UNKNOWN)
            columns += list(known)
            values += (weights / whole if whole else weights).tolist()
        vector = np.array(values)
        alike = self.by_phrase.times(np.array(columns, np.int64), vector)
        together = self.by_match.times(np.array(columns, np.int64), vector)
        total = self._nearest(alike) + TOGETHER * together
        ours = np.where(self.is_nobodys, 0.0, total)
        if ours.any() and np.diff(self.bounds)[int(np.argmax(ours))] < FEW:
            total = np.where(self.is_nobodys, NOBODYS_SHARE * total, total)
        return {match: score for match, score in zip(self.matches, total.tolist(), strict=True) if score > 0}

    def _nearest(self, alike: Array) -> Array:
        """For each match, the sum of its phrases that are most like the text. alike: of each phrase; not kept."""
        total = np.zeros(len(self.matches))
        for _ in range(NEAREST):
            highest = np.maximum.reduceat(alike, self.bounds[:-1])
            total += highest
            # One of them won't count again.
            at = np.flatnonzero((alike == highest[self.match_of]) & (alike > 0))
            alike[at[np.diff(self.match_of[at], prepend=-1) > 0]] = 0
        return total


def _spans(starts: Array, ends: Array) -> tuple[Array, Array]:
    """All positions from each start to its end, after the number of the span that each is in."""
    lengths = ends - starts
    number = np.repeat(np.arange(len(starts)), lengths)
    return number, np.arange(len(number)) + (starts - np.cumsum(lengths) + lengths)[number]


def _level(values: Array, rows: Array, parts: Array, height: int) -> Array:
    """The values, so that the squares of each row and part add up to 1."""
    key = rows.astype(np.int64) * 2 + parts
    norms = np.sqrt(np.bincount(key, weights=values**2, minlength=height * 2))
    return values / np.maximum(norms[key], 1e-9)


def features_of(tokens: Sequence[str], stems: Stems) -> tuple[Counter[str], Counter[str]]:
    """Stems and pairs of words; groups of letters."""
    by_words = Counter([*(stem for word in tokens for stem in stems.get(word, ())), *map(" ".join, pairwise(tokens))])
    return by_words, Counter(chain.from_iterable(map(groups_of, tokens)))


def groups_of(word: str) -> list[str]:
    """The groups of letters of a word, whose edges are "_"."""
    edged = f"_{word[:LETTERS_READ]}_"
    return [edged[group] for group in _groups(len(edged))]


@cache
def _groups(length: int) -> list[slice]:
    return [slice(start, start + size) for size in PIECES for start in range(length - size + 1)]


def words_of(text: str) -> list[str]:
    return plain(text).split()[:WORDS_READ]


def phrases_of(texts: Iterable[str]) -> list[list[str]]:
    return [words[:WORDS_READ] for words in plain_words(texts)]


def scores(jurisdiction: Jurisdiction, text: str, language: str, kinds: Kinds = KINDS) -> dict[Match, float]:
    """The score of each match; of what nobody serves, too: those whose kind begins with NOBODY. language: the reader's."""
    words = words_of(text)
    if not words:
        return {}
    phrases = _phrases(jurisdiction, kinds)
    stems = _stems(jurisdiction.languages, words, language)
    found = phrases.scores(words, stems)
    if max(found.values(), default=0.0) < WEAK and (corrected := phrases.corrected(words, stems)) != words:
        return phrases.scores(corrected, _stems(jurisdiction.languages, corrected, language))
    return found


def scores_of_parts(jurisdiction: Jurisdiction, parts: Sequence[str], language: str) -> list[dict[Match, float]]:
    """The scores of each part of a text, with one look at the stems of all; typos are not corrected."""
    phrases = _phrases(jurisdiction)
    read = [words_of(part) for part in parts]
    stems = _stems(jurisdiction.languages, (word for words in read for word in words), language)
    return [phrases.scores(words, stems) for words in read]


_kept: dict[tuple[int, Kinds], Phrases] = {}
# Of as many cities as a process keeps; the one that was read first goes first.
CITIES_KEPT = 12
_reading = threading.Lock()
# Those of the phrases read last, by the city's languages: most words are the same the next time.
_stems_read: dict[tuple[str, ...], Stems] = {}


def _phrases(jurisdiction: Jurisdiction, kinds: Kinds = KINDS) -> Phrases:
    key = (jurisdiction.pk, kinds)
    with connection.cursor() as cursor:
        cursor.execute(NEWEST, {"jurisdiction": jurisdiction.pk, "kinds": list(kinds)})
        newest = cursor.fetchone()[0]
    phrases = _kept.get(key)
    if phrases is not None and phrases.newest == newest:
        return phrases
    # One thread reads them; the others answer from the phrases before, if there are any.
    if not _reading.acquire(blocking=phrases is None) and phrases is not None:
        return phrases
    try:
        phrases = _kept.get(key)
        if phrases is None or phrases.newest != newest:
            phrases = _read(jurisdiction, newest, kinds)
            _kept[key] = phrases
            while len(_kept) > CITIES_KEPT:
                del _kept[next(iter(_kept))]
        return phrases
    finally:
        _reading.release()


def _read(jurisdiction: Jurisdiction, newest: int, kinds: Kinds) -> Phrases:
    said: dict[Match, list[str]] = defaultdict(list)
    documents = SearchDocument.objects.filter(jurisdiction=jurisdiction, kind__in=kinds).order_by("kind", "object_id")
    for kind, pk, title, phrases in documents.values_list("kind", "object_id", "title", "phrases"):
        said[kind, pk] += [title, *phrases]
    counted = _counted(tuple(jurisdiction.languages), tuple(map(tuple, said.values())))
    return replace(counted, newest=newest, matches=[*said, *counted.matches[len(said) :]])


# Indexing a city again mostly changes none of its words, and counting them takes a tenth of a second. One takes 10 MB and more.
@lru_cache(maxsize=2)
def _counted(languages: tuple[str, ...], items: tuple[tuple[str, ...], ...]) -> Phrases:
    """The phrases of matches whose ids are their numbers here, and what nobody serves in these languages."""
    words: dict[Match, list[list[str]]] = {
        (SERVICE, number): phrases_of(phrases) for number, phrases in enumerate(items)
    }
    for language in languages:
        for number, topic in enumerate(nobodys_words().get(language, {}).values()):
            words[f"{NOBODY}:{language}", number] = topic
    known = _stems_read.get(languages, {})
    spoken = {word for phrases in words.values() for phrase in phrases for word in phrase}
    stems = {word: known[word] for word in spoken & known.keys()}
    _stems_read[languages] = stems | _stems(languages, spoken - known.keys())
    return Phrases.of(words, _stems_read[languages])


def _stems(languages: Sequence[str], tokens: Iterable[str], reader: str = "") -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        cursor.execute(STEMS, {"words": list(set(tokens)), "languages": list(languages), "reader": reader})
        return {word: [f"={lexeme}" for lexeme in lexemes] for word, lexemes in cursor.fetchall()}


@cache
def nobodys_words() -> dict[str, dict[str, list[list[str]]]]:
    """The words of each phrase, by language and topic."""
    written: dict[str, dict[str, list[str]]] = yaml.load(
        NOBODYS_WORDS.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    )
    return {
        language: {topic: phrases_of(phrases) for topic, phrases in topics.items()}
        for language, topics in written.items()
    }
