"""Cuts out of a text what may name a place: an address, a block, a corner, a landmark or an asset's number.

Only words are compared here; place_mentions.py looks up what was cut out. A street or landmark is found by what surrounds its
name: a house number, a street type, a preposition, "corner of", a capital. Its name alone ("park", "main") is no place.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from requests_app.core.word_file import WordFile
from requests_app.places.address_words import (
    DIRECTIONS,
    PHRASES,
    STREET_TYPES,
    replaced,
    search_key,
    turned,
)

T = TypeVar("T")

# What is cut out of one text at most, of each kind. A chat log names more; its first places count.
ADDRESSES_MAX, BLOCKS_MAX, CORNERS_MAX, ASSETS_MAX, LANDMARK_KEYS_MAX = 8, 3, 8, 8, 160
# Words of a street's name, without its type.
NAME_MAX = 3
LANDMARK_MAX = 5

TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*|[&@/#]|[,.;:!?()\n\"“”]")
HOUSE = re.compile(r"\d{1,5}[a-z]?")
ASSET_NUMBER = re.compile(r"[a-z]{1,3}\d{2,}[a-z0-9]{0,6}")

# --- Words that surround a place --------------------------------------------------------------------------------------

# What each list is for is said there.
_FILE = WordFile(Path(__file__).with_suffix(".yaml"))
_word_list = _FILE.word_list

ARTICLES = {*_word_list("articles")}
JOINED_ARTICLES = {*_word_list("joined_articles")}
PREPOSITIONS = {*_word_list("prepositions")}
PREPOSITION_STARTS = {last: {*starts} for last, starts in _FILE.table("preposition_starts").items()}
CORNER_WORDS, CORNER_FILLERS = {*_word_list("corner_words")}, {*_word_list("corner_fillers")}
JOINING_SIGNS = {"&", "@", "/"}
WEAK_JOINERS, TYPED_JOINERS = {*_word_list("weak_joiners")}, {*_word_list("typed_joiners")}
JOINERS = JOINING_SIGNS | {*_word_list("joiners")} | WEAK_JOINERS | TYPED_JOINERS
BETWEEN = {*_word_list("between")}
NO_NAMES = {*_word_list("no_names")}
ENDS = PREPOSITIONS | {*_word_list("ends")}
INSIDE = {*_word_list("inside")}
OF_A_PART_OF_TOWN = {*_word_list("of_a_part_of_town")}
ORDINARY = {*_word_list("ordinary")}
KINDS, THE_ONE = {*_word_list("kinds")}, {*_word_list("the_one")}
MAIN, PARTS = {*_word_list("main")}, {*_word_list("parts")}
# Which kinds of assets a word means: those whose code or name has one of these.
ASSET_WORDS = {word: tuple(kinds.split()) for kinds, words in _FILE.table("assets").items() for word in words}
NUMBER_WORDS = {"#", *_word_list("number_words")}
UNITS = {*_word_list("units")}
NOT_HOUSES = {"#", *_word_list("not_houses")}
STREET_FIRST, STREET_FILLERS = {*_word_list("street_first")}, {*_word_list("street_fillers")}
BLOCK_WORDS, BLOCK_FILLERS = {*_word_list("block_words")}, {*_word_list("block_fillers")}


@dataclass(frozen=True)
class Token:
    """A word or sign of the text. plain: in lower case without accents. key: as the search stores it; may be empty."""

    text: str
    plain: str
    key: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()


@dataclass(frozen=True)
class Address:
    """start, end: in the text; they don't count when two are compared, so that what is said twice is looked up once.

    query: for the search. is_typed: with its street type. is_sure: worth a search for the next number or a misspelled name.
    """

    start: int = field(compare=False)
    end: int = field(compare=False)
    query: str
    is_typed: bool
    is_sure: bool


@dataclass(frozen=True)
class Block:
    start: int = field(compare=False)
    end: int = field(compare=False)
    hundred: int
    street: str


@dataclass(frozen=True)
class Corner:
    """sides: what each street may be called, the longest first, as search keys. is_sure: worth the fuzzy search, as `query`."""

    start: int = field(compare=False)
    end: int = field(compare=False)
    sides: tuple[tuple[str, ...], tuple[str, ...]]
    is_sure: bool
    query: str


@dataclass(frozen=True)
class Landmark:
    """keys: exact names. first and kind: "Northfield school" is Northfield Elementary School. the_one: "the library"."""

    start: int = field(compare=False)
    end: int = field(compare=False)
    keys: tuple[str, ...]
    first: str = ""
    kind: str = ""
    the_one: str = ""


@dataclass(frozen=True)
class AssetNumber:
    """kinds: words that the asset's kind must have one of; empty if the number has letters and is enough by itself."""

    start: int = field(compare=False)
    end: int = field(compare=False)
    number: str
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Candidates:
    addresses: list[Address] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    corners: list[Corner] = field(default_factory=list)
    landmarks: list[Landmark] = field(default_factory=list)
    assets: list[AssetNumber] = field(default_factory=list)


def tokens_of(text: str) -> list[Token]:
    return [_token(match) for match in TOKEN.finditer(text)]


def cut(text: str, tokens: Sequence[Token]) -> Candidates:
    return _Cutter(text, tokens).candidates()


class _Cutter:
    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        # In a text in capitals, or with almost every word capitalized, they say nothing.
        words = [token for token in tokens if token.is_word and token.text[0].isalpha()]
        self.has_capitals = sum(token.is_capital for token in words) <= 0.6 * len(words) or len(words) < 4
        self.runs = list(_runs(tokens))

    def candidates(self) -> Candidates:
        result = Candidates()
        for run in self.runs:
            _add(result.blocks, self._blocks(run), BLOCKS_MAX)
            _add(result.addresses, self._addresses(run), ADDRESSES_MAX)
            _add(result.corners, self._corners(run), CORNERS_MAX)
            _add(result.assets, self._assets(run), ASSETS_MAX)
        keys = 0
        seen: set[Landmark] = set()
        for run in self.runs:
            for landmark in self._landmarks(run):
                if landmark in seen:
                    continue
                seen.add(landmark)
                keys += len(landmark.keys)
                if keys > LANDMARK_KEYS_MAX:
                    return result
                result.landmarks.append(landmark)
        return result

    # --- Addresses and blocks ---------------------------------------------------------------------------------------

    def _addresses(self, run: list[Token]) -> Iterator[Address]:
        for at, token in enumerate(run):
            if not self._is_house(run, at):
                continue
            after = at + 1
            # "40 calle Salt", "el 40 de la calle Salt".
            while after < len(run) and run[after].plain in STREET_FIRST | STREET_FILLERS:
                after += 1
            street = self._street(run, after)
            prefix = any(one.plain in STREET_FIRST for one in run[at + 1 : after])
            if street and (prefix or any(one.key in STREET_TYPES for one in street[-2:])):
                yield self._address(token, street, is_typed=True)
            elif before := self._street_before(run, at):
                yield self._address(token, before, is_typed=True)
            elif (typed := self._typed_street_before(run, at)) and self._ends(run, at + 1):
                yield replace(self._address(token, typed, is_typed=True), is_sure=False)
            elif street and self._follows_preposition(run, at) and self._ends(run, after + len(street)):
                yield self._address(token, street, is_typed=False)
            elif capitals := self._capitals(run, after):
                yield self._address(token, capitals, is_typed=False)

    def _address(self, number: Token, street: list[Token], *, is_typed: bool) -> Address:
        words = f"{number.text} {' '.join(token.text for token in street)}"
        return Address(
            min(number.start, street[0].start), max(number.end, street[-1].end), words, is_typed, is_typed
        )  # fmt: skip

    def _is_house(self, run: list[Token], at: int) -> bool:
        """Whether the token may be a house's number: not a time, price, phone, date or part of a larger number."""
        token = run[at]
        if not HOUSE.fullmatch(token.plain) or token.plain.startswith("0"):
            return False
        before, after = self.text[token.start - 1 : token.start], self.text[token.end : token.end + 1]
        if (before and before in "$-./:+") or (after and after in ":%+"):
            return False
        if after in ("-", "/", ".") and self.text[token.end + 1 : token.end + 2].isdigit():
            return False
        return not (at and run[at - 1].plain in NOT_HOUSES)

    def _street(self, run: list[Token], at: int) -> list[Token]:
        """The name at this place, with its type and direction; without a type, up to the next word that ends a name."""
        name: list[Token] = []
        for place in range(at, min(at + NAME_MAX + 2, len(run))):
            token = run[place]
            if not token.is_word or (token.plain in ENDS and token.key not in DIRECTIONS):
                break
            after = run[place + 1 : place + 2]
            # "North Ave", and "East Court St".
            is_named = any(word.key not in DIRECTIONS for word in name) or not any(
                one.key in STREET_TYPES for one in after
            )
            if name and token.key in STREET_TYPES and is_named:
                return [*name, token, *(one for one in after if one.key in DIRECTIONS and len(one.plain) <= 2)]
            name.append(token)
        return name if len(name) <= NAME_MAX else []

    def _street_before(self, run: list[Token], at: int) -> list[Token]:
        """ "Calle Salt 40", "avenida North número 236"."""
        end = at
        while (
            end
            and (run[end - 1].plain in NUMBER_WORDS or not run[end - 1].key)
            and run[end - 1].plain not in STREET_FIRST
        ):
            end -= 1
        for place in range(end - 2, max(end - NAME_MAX - 2, -1), -1):
            if run[place].plain in ENDS - STREET_FIRST:
                break
            if run[place].plain in STREET_FIRST:
                return run[place:end]
        return []

    def _typed_street_before(self, run: list[Token], at: int) -> list[Token]:
        """ "Grand Blvd 27"."""
        if at < 2 or run[at - 1].key not in STREET_TYPES:
            return []
        return self._side_before(run, at)[-NAME_MAX - 1 :]

    def _capitals(self, run: list[Token], at: int) -> list[Token]:
        """ "40 Salt": capitalized words after a number."""
        if not self.has_capitals:
            return []
        name: list[Token] = []
        for token in run[at : at + NAME_MAX]:
            if not token.is_capital or token.plain in ENDS:
                break
            name.append(token)
        return name

    def _blocks(self, run: list[Token]) -> Iterator[Block]:
        """ "400 block of Elm", "cuadra 400 de la calle Elm", "la cuadra del 400 de Elm"."""
        for at, token in enumerate(run):
            if token.plain not in BLOCK_WORDS:
                continue
            near = [place for place in (at - 1, at + 1, at + 2) if 0 <= place < len(run)]
            number = next((place for place in near if re.fullmatch(r"\d{3,5}", run[place].plain)), None)
            if number is None:
                continue
            start = max(at, number) + 1
            while start < len(run) and run[start].plain in BLOCK_FILLERS:
                start += 1
            if street := self._street(run, start):
                first = min(at, number)
                words = " ".join(one.text for one in street)
                yield Block(run[first].start, street[-1].end, int(run[number].plain) // 100 * 100, search_key(words))

    # --- Corners ------------------------------------------------------------------------------------------------------

    def _corners(self, run: list[Token]) -> Iterator[Corner]:
        for at, token in enumerate(run):
            if token.plain not in JOINERS or at == 0 or at == len(run) - 1:
                continue
            left, right = self._side_before(run, at), self._side_after(run, at)
            if not left or not right or any(one.plain.isdigit() for one in left):
                # With a number, it's an address.
                continue
            if on := self._street_between(run, at - len(left) - 1):
                # "On Salt between Front and Main" is two corners.
                whole = (min(on[0].start, left[0].start), right[-1].end)
                for side in (left, right):
                    yield replace(self._corner(on, side, is_sure=False), start=whole[0], end=whole[1])
                continue
            before = run[: at - len(left)]
            has_type = any(one.key in STREET_TYPES or one.plain in STREET_FIRST for one in (*left, *right))
            near = [one.plain for one in before[-4:]]
            after = [one.plain for one in run[at + len(right) + 1 : at + len(right) + 2]]
            is_corner = bool(CORNER_WORDS & {*near, *after})
            is_sign = token.plain in JOINING_SIGNS
            capitals = self.has_capitals and all(
                one.is_capital or one.text[0].isdigit() for one in (left[-1], right[0])
            )
            ordinary = all(one.key in ORDINARY for one in (left[-1], right[0]))
            follows = self._follows_preposition(run, at - len(left)) and near[-1:] != ["in"]
            if token.plain in WEAK_JOINERS:
                says_so = is_corner or (capitals and len(left) <= 2) or any(one.key in STREET_TYPES for one in left)
            elif token.plain in TYPED_JOINERS:
                says_so = is_corner or has_type or capitals
            else:
                says_so = is_corner or is_sign or has_type or capitals or (follows and not ordinary)
            are_typed = all(side[-1].key in STREET_TYPES for side in (left, right))
            if says_so:
                is_sure = is_corner or are_typed or (has_type and (is_sign or follows))
                yield self._corner(left, right, is_sure=is_sure)

    def _street_between(self, run: list[Token], at: int) -> list[Token]:
        """Salt of "on Salt between Front and Main", if "between" is at this place."""
        if at < 1 or run[at].plain not in BETWEEN:
            return []
        on = self._side_before(run, at)
        is_street = on and (on[-1].key in STREET_TYPES or self._follows_preposition(run, at - len(on)))
        return on if is_street else []

    def _side_before(self, run: list[Token], at: int) -> list[Token]:
        side: list[Token] = []
        for token in reversed(run[max(at - NAME_MAX - 1, 0) : at]):
            is_first = token.plain in STREET_FIRST and bool(side)
            ends_another = token.key in STREET_TYPES and any(one.key not in STREET_TYPES for one in side)
            ends = token.plain in ENDS | CORNER_WORDS or ends_another
            if not token.is_word or (not is_first and ends):
                break
            side.insert(0, token)
            if is_first:
                break
        return side

    def _side_after(self, run: list[Token], at: int) -> list[Token]:
        start = at + 1
        # "Salt Rd at the corner of Front".
        while start < len(run) and run[start].plain in ARTICLES | CORNER_WORDS | CORNER_FILLERS:
            start += 1
        first = [run[start]] if start < len(run) and run[start].plain in STREET_FIRST else []
        return first + self._street(run, start + len(first))[: NAME_MAX + 1]

    def _corner(self, left: list[Token], right: list[Token], *, is_sure: bool) -> Corner:
        def names(side: list[Token], *, from_end: bool) -> tuple[str, ...]:
            said = [one for one in side if one.key]
            parts = [said[place:] if from_end else said[: len(said) - place] for place in range(len(said))]
            if not from_end and said and said[-1].key in STREET_TYPES | DIRECTIONS:
                # Up to its type, the name is certain.
                parts = parts[:1]
            keys = [" ".join(one.key for one in part) for part in parts if not part[0].key.isdigit()]
            # "E" of "E Sixth" is another street, and "street" is none.
            keys = [
                key for number, key in enumerate(keys) if key not in NO_NAMES and not (number and key in DIRECTIONS)
            ]
            # As it is, and as English would say it: "ave north". Not only that: "school st" is one already.
            return tuple(dict.fromkeys(one for key in keys for one in (key, turned(key))))

        query = f"{' '.join(one.text for one in left)} & {' '.join(one.text for one in right)}"
        sides = (names(left, from_end=True), names(right, from_end=False))
        first, last = min(left[0].start, right[0].start), max(left[-1].end, right[-1].end)
        return Corner(first, last, sides, is_sure, query)

    # --- Landmarks ----------------------------------------------------------------------------------------------------

    def _landmarks(self, run: list[Token]) -> Iterator[Landmark]:
        """Names after a preposition, in capitals, and around a word such as "park"."""
        seen: set[tuple[int, int]] = set()
        for at, token in enumerate(run):
            if not token.is_word:
                continue
            follows = self._follows_preposition(run, at)
            if follows and (one := self._the_one(run, at)):
                yield one
            if follows or (self.has_capitals and token.is_capital):
                starts = [(at, end) for end in range(at + 1, min(at + LANDMARK_MAX, len(run)) + 1)]
            else:
                starts = []
            if token.key.split(" ")[-1] in KINDS:
                # "Fire Station 4", too.
                ends = [at + 1, *([at + 2] if at + 1 < len(run) and run[at + 1].plain.isdigit() else [])]
                starts += [(start, end) for end in ends for start in range(max(at - 3, 0), at)]
                starts += [(at, end) for end in range(at + 2, min(at + LANDMARK_MAX, len(run)) + 1)]
            for start, end in starts:
                part = run[start:end]
                is_of = len(part) >= 3 and part[0].key in KINDS and part[1].plain in OF_A_PART_OF_TOWN
                if (start, end) in seen or not self._may_be_name(
                    part[2:] if is_of else part, is_alone=follows or is_of
                ):
                    continue
                seen.add((start, end))
                yield self._landmark(part)

    def _may_be_name(self, part: list[Token], *, is_alone: bool) -> bool:
        if not all(one.is_word for one in part) or part[0].plain in ENDS or part[-1].plain in ENDS:
            return False
        if any(one.plain in ENDS - INSIDE for one in part) or part[0].plain[0].isdigit() or not _english(part):
            return False
        if len(part) == 1:
            return is_alone and len(part[0].plain) >= 6 and not {part[0].plain, part[0].key} & (ORDINARY | KINDS)
        return True

    def _landmark(self, part: list[Token]) -> Landmark:
        keys = _english(part)
        key_words = keys[-1].split()
        # "The library in Southgate".
        if len(part) >= 3 and part[1].plain in OF_A_PART_OF_TOWN:
            keys = (f"{' '.join(one.key for one in part[2:] if one.plain not in ARTICLES)} {part[0].key}",)
            key_words = keys[0].split()
        is_short = (
            len(key_words) >= 2 and key_words[-1] in KINDS and not {*key_words} & ENDS and key_words[0] not in MAIN
        )
        return Landmark(
            part[0].start,
            part[-1].end,
            keys,
            first=" ".join(key_words[:-1]) if is_short else "",
            kind=key_words[-1] if is_short else "",
        )

    def _the_one(self, run: list[Token], at: int) -> Landmark | None:
        """ "the library", "la biblioteca pública", "City Hall": a kind by itself, not a part of another name."""
        for end in range(min(at + 4, len(run)), at, -1):
            part = run[at:end]
            if not all(one.is_word for one in part) or not (keys := _english(part)):
                continue
            words = keys[-1].split()
            kind = " ".join(words[1:] if words[0] in MAIN and " ".join(words) not in THE_ONE else words)
            if kind not in THE_ONE or not (self._ends(run, end) or run[end].plain in PARTS):
                continue
            has_article = at > 0 and run[at - 1].plain in ARTICLES | JOINED_ARTICLES
            if has_article or " " in kind:
                return Landmark(run[at].start, run[end - 1].end, (), the_one=kind)
        return None

    # --- Assets -------------------------------------------------------------------------------------------------------

    def _assets(self, run: list[Token]) -> Iterator[AssetNumber]:
        for at, token in enumerate(run):
            if len(token.plain) >= 4 and ASSET_NUMBER.fullmatch(token.plain):
                yield AssetNumber(token.start, token.end, token.text.upper())
                continue
            if not token.plain.isdigit() or not 2 <= len(token.plain) <= 8:
                continue
            place = at - 1
            while place >= 0 and run[place].plain in NUMBER_WORDS:
                place -= 1
            street = self._street(run, at + 1)
            is_house = bool(street) and street[-1].key in STREET_TYPES
            is_amount = place == at - 1 and (
                len(token.plain) < 3 or (at + 1 < len(run) and run[at + 1].plain.rstrip("s") in UNITS)
            )
            if place < 0 or is_house or is_amount:
                continue
            if kinds := ASSET_WORDS.get(run[place].plain) or ASSET_WORDS.get(run[place].plain.rstrip("s")):
                yield AssetNumber(run[place].start, token.end, token.plain, kinds)

    # --- What surrounds them ------------------------------------------------------------------------------------------

    def _follows_preposition(self, run: list[Token], at: int) -> bool:
        """Whether a preposition of place is right before this token, or before its article."""
        place = at - 1
        while place >= 0 and (run[place].plain in ARTICLES or not run[place].key):
            place -= 1
        if place < 0:
            return False
        last = run[place].plain
        if last in PREPOSITION_STARTS:
            return any(one.plain in PREPOSITION_STARTS[last] for one in run[max(place - 2, 0) : place])
        return last in PREPOSITIONS

    def _ends(self, run: list[Token], at: int) -> bool:
        """Whether a name may end before this token."""
        return at >= len(run) or not run[at].is_word or run[at].plain.partition("'")[0] in ENDS


def _english(part: Sequence[Token]) -> tuple[str, ...]:
    """The words as a key, and as English would say it: "library central" is "central library". Empty if none counts."""
    key = " ".join(one.key for one in part if one.key)
    english = replaced(key, PHRASES)
    variants = [key, english, turned(english)]
    # A "plaza" may be called a square, and the other way around.
    variants += [re.sub(r"\bplz\b", "sq", one) for one in variants if "plz" in one]
    return tuple(dict.fromkeys(one for one in variants if one))


def _token(match: re.Match[str]) -> Token:
    plain, key = _plain_and_key(match[0])
    return Token(match[0], plain, key, match.start(), match.end())


@lru_cache(4096)
def _plain_and_key(word: str) -> tuple[str, str]:
    lower = unicodedata.normalize("NFKD", word).lower()
    plain = "".join(letter for letter in lower if not unicodedata.combining(letter)).replace("’", "'") or word
    return plain, search_key(plain) if word[0].isalnum() else ""


def _runs(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    """Words between signs that end a sentence or a part of one. The period of "St." doesn't."""
    run: list[Token] = []
    for token in tokens:
        if token.is_word or token.text in "&@/#":
            run.append(token)
        elif token.text == "." and run and (run[-1].key in STREET_TYPES | DIRECTIONS or len(run[-1].text) == 1):
            continue
        elif run:
            yield run
            run = []
    if run:
        yield run


def _add(items: list[T], more: Iterator[T], most: int) -> None:
    """Adds what wasn't said before in the same words."""
    for one in more:
        if len(items) >= most:
            return
        if one not in items:
            items.append(one)
