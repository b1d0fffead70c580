"""Whom a request knows, and where a text names them: in any case, order and spelling, with initials, nicknames and joined words.

A street that is called like a person stays: "Ask for Salt" names her, "the corner of Salt Rd" doesn't.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.db.models import Q

from requests_app.models import ContactPoint, Participation, ServiceRequest
from requests_app.rules.publication import names_in_text
from requests_app.rules.publication.personal_data import Kind

Span = tuple[int, int]
# Shorter words of a name count only next to another one, or as somebody writes a name.
SHORTEST = 3
# What may be between two words of one name, also in the name of a file: "Salt, Zelda", "zelda_salt".
_GAP = re.compile(r"[\s_,'’+-]{0,3}|[._]")
# After an initial: "Z. Salt".
_INITIAL_GAP = re.compile(r"\.?[\s._-]{0,2}")
# A run of letters, with the accents that are written as characters of their own.
_RUN = re.compile(r"(?:[^\W\d_][\u0300-\u036f]*)+")
# "ZeldaSalt" is two words.
_PIECE = re.compile(r"(?:[A-ZÁÉÍÓÚÑÜ](?:[^\W\d_A-ZÁÉÍÓÚÑÜ][\u0300-\u036f]*)+)")
_FOLDER = Path(__file__).parent / "name_lists"

# --- Places that are called like people ------------------------------------------------------------------------------

_STREET = r"st|str|street|ave?|avenue|rd|road|blvd|boulevard|ln|hwy|highway|pkwy|parkway|terr?|terrace|cir|expy|expressway|alley|sq"
_DIRECTION = r"(?:[NSEW]\.?\s+|(?:north|south|east|west)\s+)?"
_STREET_AFTER = re.compile(rf"[ ]{{1,2}}{_DIRECTION}(?:{_STREET})\b(?!['’])", re.IGNORECASE)
# "Martin Luther King Blvd", "Salt Marsh School": words with a capital, the last of which makes it a place.
_PLACE_AFTER = re.compile(r"((?:[ ]{1,2}[A-ZÁÉÍÓÚÑ][\w’'-]*){1,3})")
_PLACE_BEFORE = re.compile(
    r"(?:\b(?:calle|avenida|avda|camino|paseo|plaza|parque|puente|escuela|callejón)\.?|\bc/)\s+(?:de\s+)?(?:l[ao]s?\s+)?$",
    re.IGNORECASE,
)
_NUMBER_BEFORE = re.compile(rf"(?<![\w#.-])\d{{1,6}}[A-Za-z]?\s+{_DIRECTION}$", re.IGNORECASE)
# Before a word of the request's own place, if somebody means the place.
_AT_BEFORE = re.compile(
    r"\b(?:on|at|near|along|off|down|up|between|corner\s+of|corner|onto|in|en|sobre|entre|esquina(?:\s+de)?)\s+$",
    re.IGNORECASE,
)
_CORNER_BEFORE = re.compile(r"(?P<other>[\w’'-]+)[.,]?\s*(?:[&/@]|\b(?:and|at|y|con)\b)\s*$", re.IGNORECASE)
_CORNER_AFTER = re.compile(r"\s*(?:[&/@]|\b(?:and|at|y|con)\b)\s*(?P<other>[\w’'-]+)", re.IGNORECASE)
_ENDING = re.compile(r"(?:ie|ey|y|i|c?it[oa])$")
_POSSESSIVE = re.compile(r"['’]s\b", re.IGNORECASE)

# --- People -----------------------------------------------------------------------------------------------------------

# Words right before a name.
_CUE = re.compile(
    r"(?:\b(?:ask(?:ed|ing)?\s+for|call(?:ed)?|text|contact|see|find|meet|tell|told|name(?:\s+is|\s+was|['’]s)?|named|i['’]?m|i\s+am|"
    r"this\s+is|it['’]?s|mr|mrs|ms|miss|sra?|srta|don|doñ?a|señora?|me\s+llamo|nombre\s+es|soy|pregunt\w+\s+por|llam\w+\s+a|"
    r"thanks|thank\s+you|gracias|regards|sincerely|atentamente|saludos|attn|neighbor|vecin[oa]|signed|firmado|from|de\s+parte\s+de)"
    r"[\s:,.-]*|(?:^|[\s.!?])[-–—~]\s*)$",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:\b(?:thanks|thank\s+you|thx|gracias|regards|sincerely|saludos)\b[\s,.!-]*|[-–—~]\s*|\n\s*)$", re.IGNORECASE
)
_SENTENCE_START = re.compile(r"(?:^|[.!?:\n]\s*|^\s+)$")


def fold(text: str) -> str:
    """In lower case, without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


@dataclass(frozen=True)
class Known:
    """names, emails, phones and postal addresses of the people of a request, and the words of its own place, folded."""

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    place_words: frozenset[str] = field(default_factory=frozenset)


NOBODY = Known()


def of_requests(ids: Iterable[int]) -> dict[int, Known]:
    """By request (id): everybody who reported, joined or follows it, or a report that it was combined with. Two statements."""
    pks = set(ids)
    if not pks:
        return {}
    columns = ("pk", "duplicate_of_id", "address", "public_address")
    rows = {row[0]: row for row in ServiceRequest.objects.filter(pk__in=pks).values_list(*columns)}
    # A report and what it was combined with know the same people: their words are shown together.
    root = {pk: row[1] or pk for pk, row in rows.items()}
    roots = set(root.values())
    people = Participation.objects.filter(Q(service_request__in=roots) | Q(service_request__duplicate_of__in=roots))
    families: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for parent, pk, name, postal_address, kind, value, own in people.values_list(
        "service_request__duplicate_of",
        "service_request_id",
        "person__name",
        "person__postal_address",
        "person__contact_points__kind",
        "person__contact_points__value",
        "contact_point__value",
    ):
        for family in {parent or pk, pk} & roots:
            values = families[family]
            values["names"].add(name)
            values["addresses"].add(postal_address)
            values["phones" if kind == ContactPoint.Kind.PHONE else "emails"].add(value or "")
            values["emails" if "@" in (own or "") else "phones"].add(own or "")
    return {pk: _people(families[root[pk]], f"{rows[pk][2]} {rows[pk][3]}") if pk in rows else NOBODY for pk in pks}


def _people(names: dict[str, set[str]], place: str) -> Known:
    values = {name: tuple(sorted(filter(None, names[name]))) for name in ("names", "emails", "phones", "addresses")}
    return Known(**values, place_words=frozenset(fold(run[0]) for run in _RUN.finditer(place)))


def find(text: str, people: Known, *, is_address: bool = False) -> Iterator[tuple[Kind, Span]]:
    """What of these people a text says. is_address: it is a place, in which streets are named without a word for them."""
    for value in people.emails:
        yield from ((Kind.EMAIL, span) for span in _email(text, value))
    for value in people.phones:
        yield from ((Kind.PHONE, span) for span in _phone(text, value))
    for value in people.addresses:
        yield from ((Kind.HOME, span) for span in _postal(text, value))
    for name in people.names:
        yield from ((Kind.NAME, span) for span in _name(text, _Name.of(name), people, is_address=is_address))


def _email(text: str, value: str) -> Iterator[Span]:
    yield from (match.span() for match in re.finditer(re.escape(value), text, re.IGNORECASE))
    local = value.partition("@")[0]
    # "zelda.salt77", as people write it where an address isn't allowed. A plain short word may be any word.
    if len(local) >= 8 or (len(local) >= 4 and re.search(r"[\d._+-]", local)):
        yield from (
            match.span() for match in re.finditer(rf"(?<![\w.]){re.escape(local)}(?![\w])", text, re.IGNORECASE)
        )


def _phone(text: str, value: str) -> Iterator[Span]:
    digits = "".join(letter for letter in value if letter.isdigit())
    for length in (len(digits), 10, 7):
        if len(digits) >= length >= 7:
            spaced = r"\D{0,3}".join(digits[-length:])
            yield from (match.span() for match in re.finditer(rf"(?<!\d){spaced}(?!\d)", text))


def _postal(text: str, value: str) -> Iterator[Span]:
    """The address as it was given, or its number and street."""
    for part in {value, value.partition(",")[0]}:
        words = re.findall(r"\w+", part)
        if len(words) >= 2:
            pattern = r"\b" + r"\W{1,3}".join(map(re.escape, words)) + r"\b"
            yield from (match.span() for match in re.finditer(pattern, text, re.IGNORECASE))


# --- Names ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Name:
    """parts: its words, folded; joined: what they are without a space between; nicknames: what people may call them."""

    parts: frozenset[str]
    joined: frozenset[str]
    nicknames: frozenset[str]
    # Of all words: "zs", and "sz".
    initials: frozenset[str]

    @staticmethod
    @lru_cache(maxsize=2048)
    def of(name: str) -> "_Name":
        words = [fold(run[0]) for run in _RUN.finditer(name)]
        long = [word for word in words if len(word) >= SHORTEST]
        joined = {a + b for a in words for b in words if a is not b and len(a + b) >= 5}
        joined |= {"".join(words), "".join(reversed(words))} if len(words) > 1 else set()
        # "zsalt", "saltz"
        joined |= {a[0] + b for a in long for b in long if a != b and len(b) >= 4}
        joined |= {b + a[0] for a in long for b in long if a != b and len(b) >= 4}
        letters = "".join(word[0] for word in words)
        initials = {letters, letters[::-1]} if len(letters) > 1 else set()
        nicknames = {nick for word in long for nick in _nicknames().get(word, ())}
        return _Name(frozenset(words), frozenset(joined), frozenset(nicknames), frozenset(initials))


@lru_cache(maxsize=1)
def _nicknames() -> dict[str, frozenset[str]]:
    found = {}
    for line in (_FOLDER / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            name, *others = map(fold, line.split())
            found[name] = frozenset(others)
    return found


@dataclass(frozen=True)
class _Hit:
    """Part of a text that may be of a name. is_sure: whatever is around it; is_initial: only next to another part."""

    start: int
    end: int
    is_sure: bool
    is_initial: bool = False


def _name(text: str, name: _Name, people: Known, *, is_address: bool) -> Iterator[Span]:
    if not name.parts:
        return
    shouts = names_in_text.shouts(text)
    hits = [hit for run in _RUN.finditer(text) for hit in _hits(text, run, name, shouts=shouts)]
    for cluster in _clusters(text, hits):
        if len(cluster) == 1 and (cluster[0].is_initial or not cluster[0].is_sure):
            continue
        yield from _without_place(text, cluster, people, is_address=is_address)
    yield from _initials(text, name)
    yield from _spelled(text, name)


def _hits(text: str, run: re.Match[str], name: _Name, *, shouts: bool) -> Iterator[_Hit]:
    whole = fold(run[0])
    if whole in name.joined:
        yield _Hit(*run.span(), is_sure=True)
    elif (is_sure := _sureness(text, run.start(), run.end(), whole, name, shouts=shouts)) is not None:
        yield _Hit(*run.span(), is_sure=is_sure)
    elif len(whole) == 1 and run[0].isupper() and any(word[0] == whole for word in name.parts):
        yield _Hit(*run.span(), is_sure=False, is_initial=True)
    elif long := next((one for one in name.joined if len(one) >= 7 and one in whole), ""):
        # "zeldasaltporch": of an accented text, the whole run.
        at = whole.index(long) if len(whole) == len(run[0]) else 0
        yield _Hit(
            run.start() + at, run.start() + at + len(long) if at or len(whole) == len(run[0]) else run.end(), True
        )
    else:
        for piece in _PIECE.finditer(run[0]) if any(letter.isupper() for letter in run[0][1:]) else ():
            word = fold(piece[0])
            if word in name.parts and len(word) >= SHORTEST:
                yield _Hit(run.start() + piece.start(), run.start() + piece.end(), is_sure=True)


def _sureness(text: str, start: int, end: int, word: str, name: _Name, *, shouts: bool) -> bool | None:
    """Whether it is of the name, whatever is next to it. None: it can't be of it."""
    is_capital = text[start].isupper() and not shouts
    before = text[max(0, start - 40) : start]
    if word in name.parts:
        if names_in_text.is_ordinary(word) or len(word) < SHORTEST:
            may_start = names_in_text.is_in_no_name(word) and _SENTENCE_START.search(before) is not None
            return (is_capital and not may_start and len(word) > 1) or _CUE.search(before) is not None
        return True
    if word.endswith("s") and len(word) > SHORTEST + 1 and word[:-1] in name.parts:
        return is_capital or not names_in_text.is_ordinary(word[:-1])
    if word in name.nicknames or _is_part(word, name):
        return (is_capital and not names_in_text.is_in_no_name(word)) or _CUE.search(before) is not None
    return None


def _is_part(word: str, name: _Name) -> bool:
    """ "Zel" and "Zelly" of Zelda, "Beth" of Elizabeth: SHORTEST letters or more, maybe with an ending."""
    stem = _ENDING.sub("", word)
    stems = {word, stem, stem[:-1] if stem[-2:-1] == stem[-1:] else stem}
    return any(
        len(stem) >= SHORTEST and len(one) >= len(stem) + 2 and (one.startswith(stem) or one.endswith(stem))
        for stem in stems
        for one in name.parts
    )


def _clusters(text: str, hits: list[_Hit]) -> Iterator[list[_Hit]]:
    cluster: list[_Hit] = []
    for hit in hits:
        if cluster and not _are_near(text, cluster[-1], hit):
            yield cluster
            cluster = []
        cluster.append(hit)
    if cluster:
        yield cluster


def _are_near(text: str, before: _Hit, after: _Hit) -> bool:
    gaps = (_GAP, _INITIAL_GAP) if before.is_initial else (_GAP,)
    return any(gap.fullmatch(text, before.end, after.start) for gap in gaps)


def _without_place(text: str, cluster: list[_Hit], people: Known, *, is_address: bool) -> Iterator[Span]:
    """The cluster's span. Where its last word begins a street's name, only what comes before that."""
    for at, hit in enumerate(cluster[:-1]):
        if _is_street(text, hit.start, hit.end):
            for part in filter(None, (cluster[:at], cluster[at + 1 :])):
                yield from _without_place(text, part, people, is_address=is_address)
            return
    first, last = cluster[0], cluster[-1]
    if _begins_place(text, last.start, last.end):
        if len(cluster) > 1:
            yield first.start, cluster[-2].end
    elif len(cluster) > 1 or not _may_be_place(text, last.start, last.end, people, is_address=is_address):
        yield first.start, last.end


def _begins_place(text: str, start: int, end: int) -> bool:
    """Whether the words around it make it a street, a school or a park, and no person."""
    names = _PLACE_AFTER.match(text[end : end + 60])
    return _is_street(text, start, end) or (
        names is not None and any(names_in_text.is_of_places(word) for word in names[1].split())
    )


def _is_street(text: str, start: int, end: int) -> bool:
    return bool(_STREET_AFTER.match(text[end : end + 60]) or _PLACE_BEFORE.search(text[max(0, start - 40) : start]))


def _may_be_place(text: str, start: int, end: int, people: Known, *, is_address: bool) -> bool:
    """Whether it is the street of the request's own place, in a text that says where something is."""
    before, after = text[max(0, start - 40) : start], text[end : end + 60]
    if _CUE.search(before) or _POSSESSIVE.match(after):
        return False
    if not is_address and (fold(text[start:end]) not in people.place_words or not text[start].isupper()):
        return False
    if _NUMBER_BEFORE.search(before) or (_AT_BEFORE.search(before) and not is_address):
        return True
    corners = (_CORNER_BEFORE.search(before), _CORNER_AFTER.match(after))
    return any(corner is not None and (is_address or fold(corner["other"]) in people.place_words) for corner in corners)


def _initials(text: str, name: _Name) -> Iterator[Span]:
    """ "Z.S." anywhere, and "ZS" where somebody signs."""
    for letters in name.initials:
        dotted = r"\.\s?".join(letters)
        yield from (match.span() for match in re.finditer(rf"(?<![\w.]){dotted}\b\.?", text, re.IGNORECASE))
        for match in re.finditer(rf"\b{letters}\b(?=\s*(?:$|\n))", text, re.IGNORECASE):
            if _SIGNED.search(text[max(0, match.start() - 20) : match.start()]):
                yield match.span()


def _spelled(text: str, name: _Name) -> Iterator[Span]:
    """ "S-A-L-T", "s a l t"."""
    for word in name.parts:
        if len(word) >= SHORTEST:
            yield from (
                m.span() for m in re.finditer(rf"(?<!\w){'[-. ]'.join(word)}(?!\w)", fold_in_place(text), re.IGNORECASE)
            )


def fold_in_place(text: str) -> str:
    """Without accents, as long as the text."""
    return "".join(fold(letter)[:1] or letter for letter in text)
