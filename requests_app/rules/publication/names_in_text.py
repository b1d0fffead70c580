"""Finds likely names of people in English and Spanish text: by the words before them, and by lists of common names. Only a hint.

A capitalized word is a name after words that introduce one ("ask for Dwayne", "my neighbor …", "Mrs. …"), and a common given
name before another capitalized word anywhere. In lower case and in all capitals, only common names are found. Streets,
schools, parks and shops that are named after people are left alone.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from requests_app.core.word_file import WordFile

_FOLDER = Path(__file__).parent / "name_lists"

# A word: "O’Neil", "María-José", "J."
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
# So many words at most.
LONGEST = 4

# --- What comes before and after a name -------------------------------------------------------------------------------

_FILE = WordFile(Path(__file__).with_suffix(".yaml"))


def _one_of(name: str) -> str:
    """A pattern for each word of this list, written as the file's head says, in all languages."""
    words = "|".join(_FILE.word_list(name)).replace("(", "(?:").replace("'", "['’]").replace(" ", r"\s+")
    return f"(?:{words})"


def _after(*patterns: str, end: str) -> re.Pattern[str]:
    """What a name follows. end: between that and the name."""
    return re.compile(rf"(?<![\w’'])(?:{'|'.join(patterns)}){end}", re.IGNORECASE)


_PARTICLES = set(_FILE.word_list("particles"))
_STRONG = _after(
    _one_of("introductions"),
    rf"{_one_of('possessives')}\s+(?:\w+\s+)?{_one_of('relations')}(?:\s*,|\s+{_one_of('named')})?",
    rf"{_one_of('owners')}(?:\s+{_one_of('is')}|\s*:|\s+-)",
    end=r"\s+",
)
_CUE = _after(_one_of("cues"), _one_of("relations"), end=r"\s*[:,]?\s+")
_THANKS = _after(_one_of("thanks"), end=r"(?:\s*[,.!;-]+\s*|\s+)")
_DASH = re.compile(r"(?:^|\s)[-–—~]+\s*(?=\w)")
# The title is part of the match.
_TITLE = re.compile(
    rf"(?<![\w.’'])(?:(?P<sure>{_one_of('titles')})|(?P<capital>{_one_of('other_titles')}))\b\.?\s+"
    rf"(?:(?:{_one_of('and')}|&)\s+{_one_of('second_titles')}\b\.?\s+)?",
    re.IGNORECASE,
)
_FAMILY = re.compile(
    rf"(?<![\w’'])(?:{_one_of('family_articles')}|(?P<family>{_one_of('family_before')}))\s+(?P<name>[^\W\d_][\w’'-]*)",
    re.IGNORECASE,
)
_INTRODUCED = _after(_one_of("own_names"), end=r"\s+")
_NEXT_DOOR = re.compile(rf"\s+{_one_of('next_door')}\b")

# --- What is no name --------------------------------------------------------------------------------------------------

_ALSO_SURNAMES = set(_FILE.word_list("also_surnames"))
_FAMILY_AFTER = set(_FILE.word_list("family_after"))
# A house number, too: "12 Elm".
_PLACE_BEFORE = re.compile(rf"(?:\d[\w-]*|\b(?:{_one_of('before_places')}|&))\.?\s+$", re.IGNORECASE)
_CORNER = re.compile(rf"\s*(?:/|&|@|\b{_one_of('corners')}\b)\s*[A-Z0-9]")


@dataclass(frozen=True)
class _Lists:
    """given_names, surnames: common names; also_words: those of both that are also words; no_names: in no name;
    places: make it a place's."""

    given_names: frozenset[str]
    surnames: frozenset[str]
    also_words: frozenset[str]
    no_names: frozenset[str]
    places: frozenset[str]


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    def read_list(name: str) -> frozenset[str]:
        lines = (_FOLDER / f"{name}.txt").read_text(encoding="utf-8").splitlines()
        return frozenset(word for line in lines if not line.startswith("#") for word in line.split())

    return _Lists(
        read_list("given_names"), read_list("surnames"), read_list("words"), read_list("no_names"), read_list("places")
    )


_ACCENTS = str.maketrans("áéíóúüñàèìòùâêîôûãõç", "aeiouunaeiouaeiouaoc")


def _plain(word: str) -> str:
    return word.lower().translate(_ACCENTS)


def _is_no_name(word: str) -> bool:
    # As typed, since "el" is one and "él" may be another.
    return word.lower() in _lists().no_names or _plain(word) in _lists().no_names


def _is_of_places(word: str) -> bool:
    return _plain(word) in _lists().places


def _is_given(word: str) -> bool:
    lists, plain = _lists(), _plain(word)
    return (plain in lists.given_names and plain not in lists.also_words) or (
        "-" in plain and plain.split("-")[0] in lists.given_names
    )


def _may_be_given(word: str) -> bool:
    return _plain(word) in _lists().given_names


def _is_surname(word: str) -> bool:
    lists, plain = _lists(), _plain(word)
    return plain in lists.surnames and plain not in lists.also_words


def _may_be_surname(word: str) -> bool:
    plain = _plain(word)
    return plain in _lists().surnames or plain.replace("'", "").replace("’", "") in _lists().surnames


def is_of_places(word: str) -> bool:
    """Whether it makes a name that of a place: "School", "Rd"."""
    return _is_of_places(word.strip(".,;:!?"))


def is_ordinary(word: str) -> bool:
    """Whether a name is also a word that texts are full of: "Hill", "Rose", "Will"."""
    lists, plain = _lists(), _plain(word)
    return plain in lists.also_words or plain in lists.no_names or plain in lists.places


def is_in_no_name(word: str) -> bool:
    return _is_no_name(word)


def shouts(text: str) -> bool:
    """Whether capitals tell nothing in it."""
    small = sum(letter.islower() for letter in text)
    return small < 0.3 * sum(letter.isalpha() for letter in text)


class _Text:
    """A text, its words, and whether capitals tell anything in it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.matches = list(_WORD.finditer(text))
        self.at = {match.start(): number for number, match in enumerate(self.matches)}
        self.shouts = shouts(text)

    def word(self, number: int) -> str:
        return self.matches[number][0] if number < len(self.matches) else ""

    def is_capital(self, number: int) -> bool:
        """Written as a name: "Ana", "O’Neil", "McCoy", "J"; not "ISD"."""
        word = self.word(number)
        if not word[:1].isupper() or self.shouts:
            return False
        return len(word) == 1 or not word.isupper()

    def follows(self, number: int) -> bool:
        """Whether the word directly follows the one before: a space, or the dot of an initial, between them."""
        if number >= len(self.matches):
            return False
        before = self.matches[number - 1]
        gap = self.text[before.end() : self.matches[number].start()]
        return gap in (" ", "  ") or (gap in (". ", ".") and len(before[0]) <= 2 and not _is_of_places(before[0]))


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where names are, possibly overlapping."""
    read = _Text(text)
    for match in _TITLE.finditer(text):
        yield from _titled(read, match)
    for match in _INTRODUCED.finditer(text):
        yield from _span(read, match.end(), _introduced(read, read.at.get(match.end())), is_sure=True)
    for pattern, is_sure in ((_STRONG, True), (_CUE, False), (_THANKS, False), (_DASH, False)):
        for match in pattern.finditer(text):
            number = read.at.get(match.end())
            if number is not None:
                yield from _span(read, match.end(), _after_cue(read, number, is_sure=is_sure), is_sure=is_sure)
    yield from _families(read)
    yield from _anywhere(read)


def _span(read: _Text, start: int, count: int, *, is_sure: bool) -> Iterator[tuple[int, int]]:
    if count:
        number = read.at[start]
        end = read.matches[number + count - 1].end()
        if not _is_place(read, number, count, is_sure=is_sure):
            yield start, end


def _is_place(read: _Text, number: int, count: int, *, is_sure: bool = False) -> bool:
    """A street, school or shop named after a person. is_sure: what comes before says that it is a person."""
    inside = {_plain(read.word(number + place)) for place in range(1, count)} & _lists().places
    if inside - (_ALSO_SURNAMES if is_sure else frozenset()):
        return True
    if re.fullmatch("jr|sr|ii|iii|iv", read.word(number + count), re.IGNORECASE):
        count += 1
    end = read.matches[number + count - 1].end()
    after = read.word(number + count)
    gap = read.text[end : read.matches[number + count].start()] if after else ""
    if after and re.fullmatch(r"[\s.]{1,3}", gap) and _is_of_places(after):
        # "Bob parks here", "Ana house": after a given name alone only what is written like a place.
        return count > 1 or after[0].isupper() or read.shouts or not is_sure
    return False


def _titled(read: _Text, match: re.Match[str]) -> Iterator[tuple[int, int]]:
    number = read.at.get(match.end())
    if number is None:
        return
    title = match[0].strip()
    word = read.word(number)
    if _is_no_name(word) or (title.isupper() and not read.shouts and title.lower()[:2] in ("sr", "ms", "dr")):
        return
    is_sure = match["sure"] is not None
    if read.is_capital(number) and len(word) > 1:
        count = _capitals(read, number)
    elif (
        (is_sure and ((title.lower()[:3] in ("mr", "mr.", "mrs", "mis") and len(word) > 2) or _may_be_surname(word)))
        or _is_given(word)
        or (title.lower().startswith(("officer", "oficial", "dr.")) and _is_surname(word))
    ):
        count = 1 + _listed_after(read, number)
    else:
        return
    start = match.start()
    is_doctor = title.lower().startswith("dr")
    # "Elm Dr. Please"; "12 Oak Dr North".
    if is_doctor and re.search(r"(?:[A-Z0-9][\w'’]*)\s+$", read.text[max(0, start - 30) : start]):
        return
    if is_doctor and not read.is_capital(number):
        return
    if not _is_place(read, number, count):
        yield start, read.matches[number + count - 1].end()


def _introduced(read: _Text, number: int | None) -> int:
    """The words of the name after "my name is", in whatever case: up to the first that cannot be part of one."""
    if number is None:
        return 0
    count, is_capital = 0, read.word(number)[:1].isupper()
    while count < LONGEST:
        word = read.word(number + count)
        is_over = _is_no_name(word) or (is_capital and not word[:1].isupper())
        if is_over or (not is_capital and count == 2) or (count and not read.follows(number + count)):
            break
        count += 1
    return count


def _capitals(read: _Text, number: int) -> int:
    """The capitalized words from here on that can be one name."""
    count = 1
    while count < LONGEST and read.follows(number + count):
        word = read.word(number + count)
        if _is_no_name(word) and _plain(word) not in _PARTICLES:
            break
        if read.is_capital(number + count):
            count += 1
            continue
        particles = 1
        if word.lower() not in _PARTICLES:
            break
        if read.word(number + count + 1).lower() in _PARTICLES and read.follows(number + count + 1):
            particles = 2
        if not (read.follows(number + count + particles) and read.is_capital(number + count + particles)):
            break
        count += particles + 1
    return count


def _listed_after(read: _Text, number: int) -> int:
    """How many of the next words are common surnames, and nothing else."""
    count = 0
    while count < 2 and read.follows(number + count + 1) and _is_surname(read.word(number + count + 1)):
        count += 1
    return count


def _after_cue(read: _Text, number: int, *, is_sure: bool) -> int:
    word = read.word(number)
    if _is_no_name(word) or len(word) < 2:
        return 0
    if not read.is_capital(number):
        if not _is_given(word):
            # "ask for imani broadnax": the second word may tell.
            return 0
        extra = _listed_after(read, number)
        return 1 + extra
    count = _capitals(read, number)
    # The last words of a long run may be the next sentence: "Ana Lopez Please".
    if is_sure or _is_given(word):
        return count
    if count >= 2 and (_may_be_given(word) or _is_surname(read.word(number + 1))) and _looks_like_two(read, number):
        return count
    return 0


def _looks_like_two(read: _Text, number: int) -> bool:
    first, second = read.word(number), read.word(number + 1)
    return not _is_of_places(first) and not _is_of_places(second) and len(second) > 1


def _families(read: _Text) -> Iterator[tuple[int, int]]:
    for match in _FAMILY.finditer(read.text):
        number = read.at.get(match.start("name"), -1)
        is_family = match["family"] is not None or _plain(read.word(number + 1)) in _FAMILY_AFTER
        if number < 0 or not is_family or _is_no_name(match["name"]):
            continue
        if read.is_capital(number) or _is_surname(match["name"]):
            yield match.span("name")


def _anywhere(read: _Text) -> Iterator[tuple[int, int]]:
    """A common given name and another name, without words that introduce them."""
    number = 0
    while number < len(read.matches):
        count = _full_name(read, number)
        if count:
            start, end = read.matches[number].start(), read.matches[number + count - 1].end()
            if not _is_place(read, number, count) and not _stands_for_a_place(read, start, end):
                yield start, end
            number += count
            continue
        match = read.matches[number]
        if _is_given(match[0]) and _NEXT_DOOR.match(read.text, match.end()):
            yield match.span()
        number += 1


def _full_name(read: _Text, number: int) -> int:
    first = read.word(number)
    if _is_no_name(first) or len(first) < 2:
        return 0
    if read.is_capital(number):
        count = _capitals(read, number)
        if count < 2:
            return 0
        last = read.word(number + count - 1)
        if _is_given(first):
            return count if len(last) > 1 else 0
        return count if _may_be_given(first) and _is_surname(last) else 0
    if _is_given(first) and first == first.lower() and read.follows(number + 1) and _is_surname(read.word(number + 1)):
        return 1 + _listed_after(read, number)
    if read.shouts and _is_given(first) and read.follows(number + 1) and _is_surname(read.word(number + 1)):
        return 1 + _listed_after(read, number)
    return 0


def _stands_for_a_place(read: _Text, start: int, end: int) -> bool:
    """What follows "on", "at" or a house number, or is at a corner."""
    before = read.text[max(0, start - 14) : start]
    return bool(_PLACE_BEFORE.search(before)) or bool(_CORNER.match(read.text, end))
