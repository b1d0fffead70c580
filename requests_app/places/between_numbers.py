"""Where a house is whose number the city's addresses don't have: between the next lower and the next higher one on its side."""

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.contrib.gis.geos import Point

from requests_app.models import GazetteerEntry, Jurisdiction
from requests_app.places.address_words import Reading, core, number_of, readings, street_of
from requests_app.places.gazetteer_search import COMPARED, entries_in

# How far the known numbers may be from the one that was typed, and from each other in meters. Farther apart there may be a bend,
# a park or another street of the same name.
NUMBERS, METERS = 20, 250
METERS_PER_DEGREE = 111_320
# A house with a number of its own ("40", "40a"), not a range or a half.
NUMBER = re.compile(r"(\d+)[a-z]?")
# The number that a label begins with, which may be a range.
LABEL_NUMBER = re.compile(r"^\s*\d+\w*(?:\s*[-–/&]\s*\d+\w*)*\s+")


@dataclass(frozen=True)
class Between:
    """low, high: the known neighbors."""

    label: str
    point: Point
    low: GazetteerEntry
    high: GazetteerEntry


def find(jurisdiction: Jurisdiction, text: str, matches: Iterable[GazetteerEntry]) -> list[Between]:
    """One for each street of that name. None if the number is known, or isn't between two known ones of its side of the street.

    matches: what the address search found for the text.
    """
    known = list(matches)
    by_number: dict[tuple[int, str], Reading] = {}
    for reading in readings(text, jurisdiction.place_aliases):
        number = NUMBER.fullmatch(reading.number)
        if number is None or len(reading.streets) != 1:
            continue
        if any(_is_on(entry, reading.streets[0]) and _has(entry, int(number[1])) for entry in known):
            return []
        by_number.setdefault((int(number[1]), core(reading.streets[0])), reading)
    ranges = [
        (f"{near} {street}", "")
        for (number, name), reading in by_number.items()
        for near in range(max(number - NUMBERS, 2 - number % 2), number + NUMBERS + 1, 2)
        for street in (street_of(reading.streets[0]), name)
    ]
    entries = entries_in(jurisdiction, ranges, compared=COMPARED // 4)
    between = [one for (number, _), reading in by_number.items() for one in _between(entries, number, reading)]
    return list({(one.low.pk, one.high.pk): one for one in between}.values())


def _between(entries: Iterable[GazetteerEntry], number: int, reading: Reading) -> Iterator[Between]:
    streets: dict[tuple[str, str], list[tuple[int, GazetteerEntry]]] = defaultdict(list)
    for entry in dict.fromkeys(entries):
        typed, street = number_of(entry.search_key)
        if entry.kind == "address" and _is_on(entry, reading.streets[0]):
            streets[street, entry.zip_code] += [(int(end), entry) for end in re.findall(r"\d+", typed)]
    for numbered in streets.values():
        low = max((pair for pair in numbered if pair[0] < number), key=lambda pair: pair[0], default=None)
        high = min((pair for pair in numbered if pair[0] > number), key=lambda pair: pair[0], default=None)
        if low is None or high is None or low[1] == high[1]:
            continue
        (before, first), (after, last) = low, high
        wide = (first.point.x - last.point.x) * math.cos(math.radians(first.point.y))
        if math.hypot(wide, first.point.y - last.point.y) * METERS_PER_DEGREE > METERS:
            continue
        share = (number - before) / (after - before)
        point = Point(
            first.point.x + share * (last.point.x - first.point.x),
            first.point.y + share * (last.point.y - first.point.y),
            srid=4326,
        )
        yield Between(LABEL_NUMBER.sub(f"{reading.number.upper()} ", first.label), point, first, last)


def _is_on(entry: GazetteerEntry, street: str) -> bool:
    """Whether it is on the street, whose type, direction and town may be missing in what was typed, but not differ."""
    known = number_of(entry.search_key)[1]
    typed, named = street_of(street), street_of(known)
    if typed == named or known == street:
        return True
    # "40 Salt" is on Salt Rd, "40 Salt St" isn't.
    return core(street) == core(known) and set(typed.split()) <= set(named.split())


def _has(entry: GazetteerEntry, number: int) -> bool:
    ends = [int(end) for end in re.findall(r"\d+", number_of(entry.search_key)[0])]
    return bool(ends) and ends[0] <= number <= ends[-1] and (number - ends[0]) % 2 == 0
