"""Places that a text names, for the report form to propose: "dark by the library", "esquina de Front y Salt", "pole 1234".

mention_words.py cuts out what may be a place. All of that is looked up at once, by exact name; only what is surely an address
or a corner and wasn't found is searched for like something misspelled, once at most. What this costs depends neither on how
long the text is nor on how large the city is. A wrong proposal is worse than none.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.contrib.gis.geos import Point

from requests_app.models import Area, Asset, GazetteerEntry, Jurisdiction, Owner
from requests_app.places import assets, between_numbers, named
from requests_app.places.address_words import DIRECTIONS, STREET_TYPES, core, number_of, readings, search_key, street_of
from requests_app.places.addresses import ABOUT, ABOUT_CONFIDENCE, METRES_PER_DEGREE, Match
from requests_app.places.gazetteer_search import GazetteerSearch, entries_in, street_alike
from requests_app.places.mention_words import (
    KINDS,
    MAIN,
    Address,
    AssetNumber,
    Block,
    Candidates,
    Corner,
    Landmark,
    Token,
    cut,
    tokens_of,
)
from requests_app.places.other_cities import OTHER_CITIES
from requests_app.places.ownership import NEIGHBOR

# So many places are proposed at most. A name that means more than that says nothing.
PROPOSED_MAX = 4
# Addresses and corners that weren't found: so many get a second look, and so many are searched for like something misspelled,
# with the least confidence of what is found.
MISSES_MAX, SEARCHES_MAX, SURE_ENOUGH = 3, 1, 0.7
# The least similarity of the street of an address, from 0 to 1.
ALIKE = 0.84
# A shorter name is too much like others.
LONG_ENOUGH = 4
# How far from a number that isn't known the next one may be.
NEXT_NUMBERS = 10
# Landmarks that end like "library", among which the main one is looked for.
ENDING_MAX = 200
# Corners that a street's type is read from.
CORNERS_READ = 200
STREETS = ("address", "intersection")
# Two names for places this near mean one place.
SAME_M = 120
# Towns and neighborhoods with this many words at most.
TOWN_WORDS_MAX = 3
AREAS_MAX = 2_000
# "At Front and Salt in January", "in Ward 5".
NOT_TOWNS = {
    *("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"),
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre"),
    *("diciembre", "ward", "district", "distrito", "building", "apartment", "front", "frente", "the", "la", "el"),
}  # fmt: skip
DIRECTION, TYPE = (f"({'|'.join(sorted(words))})" for words in (DIRECTIONS, STREET_TYPES))
# The more exact kind of place counts if two are the same.
EXACTNESS = ("asset", "address", "intersection", "landmark", "block")


@dataclass(frozen=True)
class Mention:
    """A place that the text names. start, end: where in the text. kind: asset, address, intersection, landmark or block.

    is_about: a house that isn't known, placed by those near it.
    """

    label: str
    point: Point
    kind: str
    start: int
    end: int
    asset: Asset | None = None
    is_about: bool = False

    @property
    def key(self) -> str:
        """The form's value for it, the same in each language."""
        return f"asset:{self.asset.asset_id}" if self.asset else f"{self.point.x:.6f},{self.point.y:.6f}"

    @property
    def match(self) -> Match:
        """As the address search gives it."""
        kind, confidence = (ABOUT, ABOUT_CONFIDENCE) if self.is_about else (self.kind, 1.0)
        return Match(self.label, self.point, kind, confidence)


def mentioned(jurisdiction: Jurisdiction, text: str, asset_kinds: Sequence[str] = ()) -> list[Mention]:
    """The places in this city that the text names, in the text's order. asset_kinds: what the service is about."""
    tokens = tokens_of(text)
    candidates = cut(text, tokens)
    search = _Search(jurisdiction, candidates)
    found = [*search.assets(asset_kinds), *search.entries(), *search.blocks()]
    if not found or _is_elsewhere(jurisdiction, tokens, found):
        return []
    return _proposed(found)


class _Search:
    def __init__(self, jurisdiction: Jurisdiction, candidates: Candidates) -> None:
        self.city = jurisdiction
        self.candidates = candidates
        self.streets: dict[tuple[str, ...], list[str]] = {}
        self.aliases: dict[str, list[str]] = {}
        for alias, meanings in jurisdiction.place_aliases.items():
            keys = [search_key(one) for one in ([meanings] if isinstance(meanings, str) else meanings)]
            self.aliases[search_key(alias).removeprefix("the ")] = keys

    # --- Assets -------------------------------------------------------------------------------------------------------

    def assets(self, asset_kinds: Sequence[str]) -> Iterator[Mention]:
        spelled = {one: list(_spellings(one)) for one in self.candidates.assets}
        known = assets.by_numbers(self.city, [number for numbers in spelled.values() for number in numbers])
        for said, numbers in spelled.items():
            found = [known[number] for number in numbers if number in known]
            if said.kinds:
                of_kind = [one for one in found if one.kind in asset_kinds] or [
                    one for one in found if any(word in self._kind_words(one.kind) for word in said.kinds)
                ]
                found = of_kind if len(of_kind) == 1 else []
            for asset in found:
                name = assets.name_of(self.city, asset)
                yield Mention(name, asset.point, "asset", said.start, said.end, asset)

    def _kind_words(self, kind: str) -> set[str]:
        names = (self.city.branding.get("asset_kinds") or {}).get(kind) or {}
        return {
            *kind.lower().replace("-", "_").split("_"),
            *(word for name in names.values() for word in name.lower().split()),
        }

    # --- Addresses, corners, landmarks ----------------------------------------------------------------------------------

    def entries(self) -> Iterator[Mention]:
        ranges = [*self._address_ranges(), *self._corner_ranges(), *self._landmark_ranges()]
        entries = entries_in(self.city, ranges)
        by_key: dict[str, list[GazetteerEntry]] = {}
        for entry in entries:
            by_key.setdefault(entry.search_key, []).append(entry)
        missed: list[Address | Corner] = []
        for address in self.candidates.addresses:
            if found := self._addresses(address, entries):
                yield from self._told_apart(found, address)
            elif address.is_sure:
                missed.append(address)
        for corner in self.candidates.corners:
            if found := self._corners(corner, entries):
                yield from self._told_apart(found, corner)
            elif corner.is_sure:
                missed.append(corner)
        for landmark in self.candidates.landmarks:
            yield from self._told_apart(self._landmarks(landmark, by_key), landmark)
        yield from self._the_ones()
        unknown: list[Address | Corner] = []
        for miss in missed[:MISSES_MAX]:
            if isinstance(miss, Address) and (neighbor := self._next_to(miss)):
                yield neighbor
            else:
                unknown.append(miss)
        for miss in unknown[:SEARCHES_MAX]:
            best = GazetteerSearch(self.city, miss.query).matches(1)
            if best and self._is_alike(miss, *best[0]):
                yield _mention(best[0][0], miss)

    def _address_ranges(self) -> Iterator[tuple[str, str]]:
        for address in self.candidates.addresses:
            for prefix in self._houses(address):
                yield prefix, rf"^{prefix}( |$)"

    def _houses(self, address: Address) -> list[str]:
        """ "40 salt rd", with the city's own names for streets. Without a type, the name may go on with one."""
        said = [one for one in readings(address.query, self.city.place_aliases) if one.number and len(one.streets) == 1]
        return list(dict.fromkeys(f"{one.number} {street_of(one.streets[0])}" for one in said))

    def _addresses(self, address: Address, entries: Iterable[GazetteerEntry]) -> list[GazetteerEntry]:
        end = "( |$)" if address.is_typed else rf" {TYPE}( |$)"
        wanted = [re.compile(prefix + end) for prefix in self._houses(address)]
        return [one for one in entries if one.kind == "address" and any(each.match(one.search_key) for each in wanted)]

    def _next_to(self, mention: Address) -> Mention | None:
        """A number that isn't known: between its neighbors as the address search places it, else where the nearest on the same
        street is; those on its own side come first."""
        if len(between := between_numbers.find(self.city, mention.query, [])) == 1:
            return Mention(between[0].label, between[0].point, "address", mention.start, mention.end, is_about=True)
        for house in self._houses(mention):
            number, street = number_of(house)
            wanted = int(re.match(r"\d+", number)[0])  # type: ignore[index]
            near = range(max(wanted - NEXT_NUMBERS, 1), wanted + NEXT_NUMBERS + 1)
            houses = entries_in(self.city, [(f"{one} {street}", rf"^{one} {street}( |$)") for one in near])
            away = {one: abs(int(one.search_key.split()[0]) - wanted) for one in houses if one.kind == "address"}
            if away:
                nearest = min(away, key=lambda one: (away[one] % 2, away[one]))
                label = f"{number.upper()} {nearest.label.partition(' ')[2]}"
                return Mention(label, nearest.point, "address", mention.start, mention.end, is_about=True)
        return None

    def _is_alike(self, mention: Address | Corner, entry: GazetteerEntry, confidence: float) -> bool:
        """Whether the entry is what was meant by a misspelled name."""
        if confidence < SURE_ENOUGH:
            return False
        if isinstance(mention, Corner):
            streets = entry.search_key.split(" and ")
            sides = [self._streets(side) for side in mention.sides]
            return entry.kind == "intersection" and any(
                all(
                    any(street_alike(name, street) >= ALIKE for name in names if len(name) >= LONG_ENOUGH)
                    for names, street in zip(sides, pair, strict=False)
                )
                for pair in (streets, streets[::-1])
            )
        number, street = number_of(entry.search_key)
        written = [number_of(house) for house in self._houses(mention)]
        return entry.kind == "address" and any(
            number == its_number and street_alike(its_street, street) >= ALIKE for its_number, its_street in written
        )

    def _corner_ranges(self) -> Iterator[tuple[str, str]]:
        for corner in self.candidates.corners:
            for side, other in (corner.sides, corner.sides[::-1]):
                names = "|".join(dict.fromkeys(one for name in self._streets(other) for one in (name, core(name))))
                for name in self._streets(side):
                    for prefix in (name, core(name)):
                        yield f"{prefix} ", rf"\yand ({DIRECTION} )?({names})\y"

    def _streets(self, names: tuple[str, ...]) -> list[str]:
        """The names of one side, with the city's own."""
        if (known := self.streets.get(names)) is not None:
            return known
        said = [
            street for name in names for one in readings(name, self.city.place_aliases) for street in one.streets[:1]
        ]
        return self.streets.setdefault(names, list(dict.fromkeys([*names, *said])))

    def _corners(self, corner: Corner, entries: Iterable[GazetteerEntry]) -> list[GazetteerEntry]:
        """The longest names that meet; those with the types that were typed, if there are such."""
        one, other = (self._streets(side) for side in corner.sides)
        found: list[tuple[int, GazetteerEntry]] = []
        for entry in entries:
            if entry.kind != "intersection" or " and " not in entry.search_key:
                continue
            first, _and, second = (side.strip() for side in entry.search_key.partition(" and "))
            both = [(_fits(one, first), _fits(other, second)), (_fits(one, second), _fits(other, first))]
            if fits := max((sum(pair) for pair in both if all(pair)), default=0):
                found.append((fits, entry))
        best = max((fits for fits, _ in found), default=0)
        return [entry for fits, entry in found if fits == best]

    def _landmark_ranges(self) -> Iterator[tuple[str, str]]:
        for landmark in self.candidates.landmarks:
            for key in self._named(landmark):
                yield key, f"^{key}$"
            if landmark.first:
                yield f"{landmark.first} ", rf"^{landmark.first} (\w+ ){{0,2}}{landmark.kind}$"

    def _named(self, landmark: Landmark) -> list[str]:
        """Its keys, and what the city calls it."""
        return [*landmark.keys, *(meant for key in landmark.keys for meant in self.aliases.get(key, []))]

    def _landmarks(self, landmark: Landmark, by_key: Mapping[str, list[GazetteerEntry]]) -> list[GazetteerEntry]:
        exact = [entry for key in self._named(landmark) for entry in by_key.get(key, [])]
        if exact or not landmark.first:
            return exact
        whole = re.compile(rf"{landmark.first} (?:\w+ ){{0,2}}{landmark.kind}$")
        found = [
            entry for key, entries in by_key.items() if whole.match(key) for entry in entries if _is_landmark(entry)
        ]
        return found if len(found) <= 2 else []

    def _the_ones(self) -> Iterator[Mention]:
        """ "the library": the only one, or the main one."""
        wanted = {one.the_one: one for one in self.candidates.landmarks if one.the_one}
        if not wanted:
            return
        landmarks = GazetteerEntry.objects.filter(jurisdiction=self.city).exclude(kind__in=STREETS)
        ending = landmarks.filter(search_key__regex=rf"(^| )({'|'.join(wanted)})$").order_by("id")[:ENDING_MAX]
        own = set(search_key(self.city.name).split())
        for kind, landmark in wanted.items():
            found = [one for one in ending if f" {one.search_key}".endswith(f" {kind}")]
            main = [one for one in found if set(one.search_key.removesuffix(kind).split()) <= MAIN | own]
            found = main if len(main) == 1 else found
            if len(found) <= (1 if kind in ("pk", "sq", "school", "playground") else 2):
                yield from (_mention(one, landmark) for one in found)

    def _told_apart(self, entries: list[GazetteerEntry], mention: Address | Corner | Landmark) -> Iterator[Mention]:
        """One for each place: a street that exists twice is two. More than can be proposed are none."""
        places: list[GazetteerEntry] = []
        for entry in entries:
            if all(_meters(entry.point, other.point) > SAME_M for other in places):
                places.append(entry)
        if len(places) > PROPOSED_MAX:
            return
        labels = [place.label for place in places]
        for place in places:
            zip_code = f", {place.zip_code}" if labels.count(place.label) > 1 and place.zip_code else ""
            yield _mention(place, mention, zip_code)

    # --- Blocks -------------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Mention]:
        for block in self.candidates.blocks:
            places = [place for street in self._whole_streets(block) for place in self._block(block, street)]
            if len(places) > PROPOSED_MAX:
                continue
            for place in places:
                zip_code = f", {place.zip_code}" if place.zip_code else ""
                yield Mention(place.name + zip_code, place.point, "block", block.start, block.end)

    def _block(self, block: Block, street: str) -> list[named.NamedPlace]:
        return named.at_path(self.city, f"{block.hundred} block of {street}".replace(" ", "-"))

    def _whole_streets(self, block: Block) -> list[str]:
        """The streets of this name, with their types, by their corners."""
        name = block.street
        if street_of(name).split()[-1] in STREET_TYPES:
            return [street_of(name)]
        whole = re.compile(rf"{name}( {TYPE})?")
        corners = GazetteerEntry.objects.filter(jurisdiction=self.city, kind="intersection", search_key__contains=name)
        sides = (
            side for key in corners.values_list("search_key", flat=True)[:CORNERS_READ] for side in key.split(" and ")
        )
        return list(dict.fromkeys(side for side in sides if whole.fullmatch(side)))[:PROPOSED_MAX]


# --- Which of them ------------------------------------------------------------------------------------------------------


def _fits(names: Sequence[str], street: str) -> int:
    """How well one of the names fits this street of a corner: 0 not at all, more for a longer name and for its type."""
    best = 0
    # The town may follow.
    street = street_of(street)
    for name in names:
        words = len(name.split())
        if street == name:
            best = max(best, 10 * words + 2)
        elif street.rpartition(" ")[0] == name and street.split()[-1] in STREET_TYPES:
            best = max(best, 10 * words + 1)
        elif _bare(street) == _bare(name):
            best = max(best, 10 * len(_bare(name).split()))
    return best


def _bare(street: str) -> str:
    """Without the direction before it and its type: "e elm st" is "elm". More than one type is a part of the name."""
    words = street.split()
    if len(words) > 1 and words[0] in DIRECTIONS:
        words = words[1:]
    return " ".join(words[:-1] if len(words) > 1 and words[-1] in STREET_TYPES else words)


def _proposed(mentions: list[Mention]) -> list[Mention]:
    """Without those that are inside a longer name, or the same place as a more exact one."""
    chosen: list[Mention] = []
    by_length = sorted(mentions, key=lambda mention: (-(mention.end - mention.start), EXACTNESS.index(mention.kind)))
    for mention in by_length:
        spans = [
            (other.start, other.end) for other in chosen if (other.start, other.end) != (mention.start, mention.end)
        ]
        if any(start < mention.end and mention.start < end for start, end in spans):
            continue
        chosen.append(mention)
    places: list[Mention] = []
    for mention in sorted(chosen, key=lambda mention: EXACTNESS.index(mention.kind)):
        same = (other for other in places if other.label == mention.label or other.kind != mention.kind)
        if all(_meters(mention.point, other.point) > SAME_M for other in same):
            places.append(mention)
    return sorted(places, key=lambda mention: (mention.start, mention.label))[:PROPOSED_MAX]


def _is_elsewhere(jurisdiction: Jurisdiction, tokens: Sequence[Token], mentions: Sequence[Mention]) -> bool:
    """Whether the text says that the place is in another city: "in Boston", "40 Salt Rd, Marlbury"."""
    named: set[str] = set()
    unknown: list[set[str]] = []
    for at, token in enumerate(tokens):
        if not token.is_word or any(one.start <= token.start < one.end for one in mentions):
            continue
        before = tokens[max(at - 1, 0)]
        follows = any(0 < token.start - one.end <= 2 for one in mentions)
        after_in = before.plain in ("in", "en")
        if not (follows or after_in):
            continue
        names = set(_names_at(tokens, at))
        named |= names
        if after_in and token.is_capital and any(0 < before.start - one.end <= 2 for one in mentions):
            # A name right after the place, like that of a town.
            unknown.append(names)
    if not named:
        return False
    ours, theirs = _towns(jurisdiction)
    is_known = bool(named & theirs or (named & OTHER_CITIES) - ours)
    return is_known or any(not names & ours and not names & NOT_TOWNS for names in unknown if names)


def _names_at(tokens: Sequence[Token], at: int) -> Iterator[str]:
    """The next word, two words and three, without those that go on as a street or a park."""
    words = [one.plain for one in itertools.takewhile(lambda one: one.is_word, tokens[at : at + TOWN_WORDS_MAX])]
    for end in range(1, len(words) + 1):
        after = tokens[at + end] if at + end < len(tokens) else None
        if after is None or after.key not in STREET_TYPES | KINDS:
            yield " ".join(words[:end])


def _towns(jurisdiction: Jurisdiction) -> tuple[set[str], set[str]]:
    """Names of the city and its parts, and of its neighbors, in lower case."""
    areas = Area.objects.filter(jurisdiction=jurisdiction).values_list("name", "is_ours")
    ours: set[str] = {jurisdiction.name.lower()}
    theirs: set[str] = set()
    for name, is_ours in areas[:AREAS_MAX]:
        (ours if is_ours else theirs).add(name.lower())
    neighbors = Owner.objects.filter(jurisdiction=jurisdiction, kind=NEIGHBOR).values_list("name", flat=True)
    theirs |= {name.lower() for name in neighbors}
    return ours, theirs - ours


def _is_landmark(entry: GazetteerEntry) -> bool:
    return entry.kind not in STREETS


def _mention(entry: GazetteerEntry, mention: Address | Corner | Landmark, more: str = "") -> Mention:
    kind = "landmark" if _is_landmark(entry) else entry.kind
    return Mention(entry.label + more, entry.point, kind, mention.start, mention.end)


def _spellings(asset_number: AssetNumber) -> Iterator[str]:
    """The number, and those that it is the digits of: "pole 417" is L00417."""
    yield asset_number.number
    if not asset_number.kinds:
        return
    digits = asset_number.number.lstrip("0") or "0"
    for length in range(len(digits), 7):
        padded = digits.zfill(length)
        yield padded
        yield from (f"{letter}{padded}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def _meters(point: Point, other: Point) -> float:
    """Accurate enough within a city."""
    return float(point.distance(other)) * METRES_PER_DEGREE
