"""The steps of the address search, from the exact name to the misspelled one.

A step runs only if the ones before it found nothing good. Each reads ranges of the index on the search key, and at most so
many rows of each: what a search costs depends neither on the size of the city nor on what else the machine does.
"""

import re
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from django.contrib.postgres.search import TrigramSimilarity

from requests_app.models import GazetteerEntry, Jurisdiction
from requests_app.places.address_words import (
    Reading,
    core,
    cuts,
    number_of,
    readings,
    search_key,
    street_of,
)

# Rows that one range reads, and those of them that are compared.
SCANNED, COMPARED = 4_000, 40
# A step that found this ends the search.
GOOD = 0.84
# How far the house numbers may be from one that doesn't exist.
NEAR_NUMBERS = 20
# The least similarity of a misspelled name, from 0 to 1.
ALIKE = 0.72

# The highest character, so that a range ends after all keys with the prefix.
RANGES = """
SELECT entry.*, wanted.rank FROM unnest(%(prefixes)s::text[], %(patterns)s::text[])
  WITH ORDINALITY AS wanted(prefix, pattern, rank)
CROSS JOIN LATERAL (
  SELECT * FROM (
    SELECT * FROM requests_app_gazetteerentry AS one
    WHERE one.search_key ~>=~ wanted.prefix AND one.search_key ~<~ (wanted.prefix || chr(1114111))
      AND one.jurisdiction_id = %(city)s
    ORDER BY one.search_key USING ~<~ LIMIT %(scanned)s) AS scanned
  WHERE wanted.pattern = '' OR scanned.search_key ~ wanted.pattern
  ORDER BY {order} LIMIT %(compared)s) AS entry
ORDER BY wanted.rank"""
BY_KEY, BY_LIKENESS = "length(search_key), search_key", "similarity(search_key, %(alike)s) DESC, search_key"

Confidences = dict[GazetteerEntry, float]


def entries_in(
    jurisdiction: Jurisdiction,
    ranges: Iterable[tuple[str, str]],
    alike: str = "",
    scanned: int = SCANNED,
    compared: int = COMPARED,
) -> list[GazetteerEntry]:
    """Entries that begin with a prefix and match its pattern, in one query; the likest or the shortest of each."""
    wanted = list(dict.fromkeys(ranges))
    if not wanted:
        return []
    values = {
        "prefixes": [prefix for prefix, _ in wanted],
        "patterns": [pattern for _, pattern in wanted],
        "city": jurisdiction.pk, "alike": alike, "scanned": scanned, "compared": compared,
    }  # fmt: skip
    return list(GazetteerEntry.objects.raw(RANGES.format(order=BY_LIKENESS if alike else BY_KEY), values))


class GazetteerSearch:
    def __init__(self, jurisdiction: Jurisdiction, text: str) -> None:
        self.city = jurisdiction
        self.typed = search_key(text)
        self.readings = readings(text, jurisdiction.place_aliases)

    def matches(self, limit: int) -> list[tuple[GazetteerEntry, float]]:
        """Entries and confidences from 0 to 1, best first."""
        confidences: Confidences = {}
        if len(self.typed) < 2 or not self.readings:
            return []
        for step in (self._by_name, self._by_corner, self._by_part, self._by_next_number, self._by_likeness):
            for entry, confidence in step():
                confidences[entry] = max(confidence, confidences.get(entry, 0))
            # If the street is known, the number is wrong and not the spelling.
            if any(confidence >= GOOD for confidence in confidences.values()) or (
                confidences and step == self._by_next_number
            ):
                break
        ranked = sorted(confidences.items(), key=lambda item: (-item[1], self._rank(item[0])))
        return ranked[:limit]

    # --- The steps ---------------------------------------------------------------------------------------------------

    def _by_name(self) -> Iterator[tuple[GazetteerEntry, float]]:
        """The name as typed, its beginning, or the name without the town that follows."""
        confidences = {self.typed: 0.9}
        for reading in self.readings:
            confidences.setdefault(reading.key, 0.9)
            if len(reading.streets) > 1:
                continue
            shortest = len(street_of(reading.streets[0]).split())
            for cut in cuts(reading.streets[0]):
                words = len(cut.split())
                if words < shortest and not (reading.number and words >= max(1, shortest - 1)):
                    # Without a type, where the town begins is not known.
                    break
                if not reading.number and words < 2:
                    break
                known = reading.number and shortest < len(reading.streets[0].split())
                confidence = 0.9 if known and words >= shortest else 0.88 if reading.number else 0.7
                confidences.setdefault(f"{reading.number} {cut}".strip(), confidence)
            if reading.number and shortest == len(reading.streets[0].split()):
                for cut in cuts(reading.streets[0]):
                    confidences.setdefault(f"{reading.number} {cut}", 0.85)
        whole = {self.typed, *(reading.key for reading in self.readings)}
        for entry in self._in_ranges((prefix, "") for prefix in confidences):
            for prefix, confidence in confidences.items():
                if entry.search_key in whole:
                    yield entry, 1.0
                elif (prefix in whole and entry.search_key.startswith(prefix)) or f"{entry.search_key} ".startswith(
                    f"{prefix} "
                ):
                    yield entry, confidence

    def _by_corner(self) -> Iterator[tuple[GazetteerEntry, float]]:
        """Corners in either order, also without types, directions and first names."""
        ranges, insides = [], []
        for reading in self.readings:
            if len(reading.streets) < 2:
                continue
            one, other = reading.streets[:2]
            for first, second in ((one, other), (other, one)):
                names = "|".join(_names(second))
                ranges += [(name, rf"\yand (\w+ )*({names})") for name in _names(first)]
            insides.append((core(one), core(other)))
        if not ranges:
            return
        entries = self._in_ranges(ranges)
        if not entries:
            for one, other in insides:
                entries += self._with_words(one, other)
        for entry in entries:
            yield entry, 0.95 if self._has_all(entry) else 0.86

    def _by_part(self) -> Iterator[tuple[GazetteerEntry, float]]:
        """A house on a street whose name was typed without direction or first name; a landmark by words of its name."""
        ranges = []
        for reading in self.readings:
            if reading.number and len(reading.streets) == 1:
                names = "|".join(_names(reading.streets[0]))
                ranges.append((f"{reading.number.split()[0]} ", rf" ({names})"))
        for entry in self._in_ranges(ranges):
            yield entry, 0.9 if self._has_all(entry) else 0.85
        for reading in self.readings:
            if not reading.number and len(reading.streets) == 1:
                for entry in self._with_words(*reading.streets[0].split()):
                    inside = f" {reading.streets[0]}" in entry.search_key
                    yield entry, (0.7 if inside else 0.65) - (0.1 if entry.kind == "address" else 0)

    def _by_next_number(self) -> Iterator[tuple[GazetteerEntry, float]]:
        """The numbers nearest to one that doesn't exist, the same side of the street first; a range that it lies in."""
        ranges = []
        for reading in self.readings:
            if not (reading.number and len(reading.streets) == 1):
                continue
            number, street = _value(reading.number), street_of(reading.streets[0])
            for near in _near(number):
                ranges.append((f"{near} {street}", ""))
            for low in range(max(number - 10, 1), number):
                ranges += [(f"{low} {high} {street}", "") for high in range(low + 2, number + 11, 2) if high >= number]
        entries = self._in_ranges(ranges, scanned=COMPARED)
        if ranges and not entries:
            street = street_of(self.readings[0].streets[0])
            entries = [
                one
                for one in self._with_words(street)
                if f" {street} " in f"{one.search_key} " and one.kind == "address"
            ]
        for entry in entries:
            yield entry, self._number_confidence(entry)

    def _by_likeness(self) -> Iterator[tuple[GazetteerEntry, float]]:
        """Misspelled names."""
        for reading in self.readings[:2]:
            entries: list[GazetteerEntry] = []
            if len(reading.streets) > 1:
                one, other = (core(street) for street in reading.streets[:2])
                ranges = [(a[0], rf"\yand {b[0]}") for a, b in ((one, other), (other, one))]
                entries = self._in_ranges(ranges, reading.key)
            elif reading.number:
                entries = self._in_ranges([(f"{reading.number.split()[0]} ", "")], reading.key)
                if not any(_alike(reading, entry) >= ALIKE for entry in entries):
                    first = reading.streets[0][0]
                    near = [(f"{n} {first}", "") for n in _near(_value(reading.number))]
                    entries = self._in_ranges(near, reading.key, scanned=200, compared=3)
            else:
                entries = self._in_ranges([(reading.streets[0][0], "")], reading.key) + self._landmarks_like(
                    reading.key
                )
            for entry in entries:
                alike = _alike(reading, entry)
                if alike >= ALIKE:
                    away = abs(_value(number_of(entry.search_key)[0]) - _value(reading.number))
                    yield entry, 0.83 * alike - (0.2 + 0.002 * away if away else 0)

    # --- What they read ----------------------------------------------------------------------------------------------

    def _in_ranges(
        self,
        ranges: Iterable[tuple[str, str]],
        alike: str = "",
        scanned: int = SCANNED,
        compared: int = COMPARED,
    ) -> list[GazetteerEntry]:
        return entries_in(self.city, ranges, alike, scanned, compared)

    def _with_words(self, *tokens: str) -> list[GazetteerEntry]:
        """Entries with all these words, landmarks and corners first. The trigram index finds them."""
        entries = GazetteerEntry.objects.filter(jurisdiction=self.city)
        for word in tokens:
            entries = entries.filter(search_key__contains=f" {word}" if len(word) < 3 else word)
        found = list(entries[:500])
        return sorted(found, key=lambda entry: (entry.kind == "address", len(entry.search_key)))[:COMPARED]

    def _landmarks_like(self, key: str) -> list[GazetteerEntry]:
        landmarks = GazetteerEntry.objects.filter(jurisdiction=self.city).exclude(kind__in=("address", "intersection"))
        return list(landmarks.annotate(alike=TrigramSimilarity("search_key", key)).order_by("-alike", "id")[:COMPARED])

    # --- Which is better ----------------------------------------------------------------------------------------------

    def _rank(self, entry: GazetteerEntry) -> tuple[float, int, str]:
        """Entries that fit equally well: by the ZIP code, the town and the other words, the shortest first."""
        key = entry.search_key.split()
        best = 0.0
        for place, reading in enumerate(self.readings):
            words = reading.key.split()
            shared = sum(word in key for word in words) / len(words)
            zip_fits = bool(reading.zip_code) and entry.zip_code.startswith(reading.zip_code)
            zip_differs = bool(reading.zip_code and entry.zip_code) and not zip_fits
            best = max(best, shared + (1 if zip_fits else -1 if zip_differs else 0) - 0.01 * place)
        return -best, len(entry.search_key), entry.search_key

    def _has_all(self, entry: GazetteerEntry) -> bool:
        """Whether it has the names and types of one of the readings, whatever the town."""
        key = set(entry.search_key.split())
        return any(
            all(key.issuperset(street_of(street).split()) for street in reading.streets) for reading in self.readings
        )

    def _number_confidence(self, entry: GazetteerEntry) -> float:
        number = number_of(entry.search_key)[0]
        ends = [_value(part) for part in number.split()] or [0]
        best = 0.0
        for reading in self.readings:
            if not reading.number:
                continue
            wanted = _value(reading.number)
            if len(ends) == 2 and ends[0] <= wanted <= ends[1] and (wanted - ends[0]) % 2 == 0:
                return 0.88
            away = min(abs(end - wanted) for end in ends) + (0 if (ends[0] - wanted) % 2 == 0 else 3)
            best = max(best, 0.7 - 0.005 * min(away, 60))
        return best


def _names(street: str) -> list[str]:
    """The street as typed and its name alone, each also without words at the end, since those may be the town."""
    return list(dict.fromkeys([street_of(street), core(street), *cuts(core(street))]))


def _value(number: str) -> int:
    """12 for "12a" and for the range "12 14"; 0 if there is no number."""
    found = re.match(r"\d+", number)
    return int(found[0]) if found else 0


def _near(number: int) -> list[int]:
    return [one for one in range(max(number - NEAR_NUMBERS, 1), number + NEAR_NUMBERS + 1) if one != number]


def _alike(reading: Reading, entry: GazetteerEntry) -> float:
    """How similar the names are, from 0 to 1. Spaces don't count."""
    _, words = number_of(entry.search_key)
    sides = words.split(" and ")
    if len(sides) != len(reading.streets):
        return 0.0
    if len(sides) == 1:
        return street_alike(reading.streets[0], sides[0])
    one, other = reading.streets[:2]
    return max(
        min(street_alike(one, first), street_alike(other, second)) for first, second in (sides[:2], sides[1::-1])
    )


def street_alike(typed: str, street: str) -> float:
    name = core(street).replace(" ", "")
    best = 0.0
    for dropped, cut in enumerate(cuts(core(typed))):
        matcher = SequenceMatcher(None, cut.replace(" ", ""), name, autojunk=False)
        if matcher.real_quick_ratio() > best:
            best = max(best, matcher.ratio() - 0.04 * dropped)
    return best
