"""Finds personal data in public texts: email addresses, phone numbers, license plates and possible names.

It prefers to miss some over false alarms, since reports are full of house numbers, streets, dates, prices and reference
numbers. Formats: the North American Numbering Plan, E.164, and the plates of US states.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import Leniency, PhoneNumberMatcher

from requests_app.rules import names_in_text


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    PLATE = "plate"
    NAME = "name"


@dataclass(frozen=True)
class Found:
    """A finding: `words` begin at index `start` of the text."""

    kind: Kind
    start: int
    words: str

    @property
    def end(self) -> int:
        return self.start + len(self.words)


def find(text: str, *, label: str = "") -> list[Found]:
    """All findings in the order of the text. Where two overlap, the more certain kind wins.

    label: the question that the text answers, such as "License plate", which tells what the text is.
    """
    found: list[Found] = []
    for kind, spans in (
        (Kind.EMAIL, _emails(text)),
        (Kind.PHONE, _phones(text)),
        (Kind.PLATE, _plates(text)),
        (Kind.NAME, names_in_text.spans(text)),
    ):
        for start, end in spans:
            if not any(start < other.end and other.start < end for other in found):
                found.append(Found(kind, start, text[start:end]))
    return sorted(found, key=lambda finding: finding.start)


def without(text: str, found: Found) -> str:
    """The text without the finding, and without the gap or stray comma it would leave."""
    before, after = text[: found.start], text[found.end :]
    if before.rstrip(" ")[-1:] in ("", "\n", ".", "!", "?"):
        # It began a sentence: "Deep hole. Mr. Hill, please come" continues with "please".
        after = after.lstrip(" ,;.!?")
    elif before.endswith(" "):
        after = after.lstrip(" ")
    if after[:1] in ("", "\n", ".", ",", ";", ":", "!", "?", ")"):
        before = before.rstrip(" ")
    return (before + after).strip()


def _before(text: str, match: re.Match[str]) -> str:
    """The text right before the match, which may change what a number means."""
    return text[max(0, match.start() - 60) : match.start()]


# --- Email addresses --------------------------------------------------------------------------------------------------

# The lengths are those of RFC 5321; without them, a long line of letters would cause quadratic backtracking.
EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{0,63}\w@\w[\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}(?![\w-])")
# "ana at example dot com", as people write it to hide an address from harvesters.
SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,2}(?:[\[(]\s*(?:at|arroba)\s*[\])]|\s(?:at|arroba)\s)\s{0,2}[\w-]{1,63}\s{0,2}"
    r"(?:[\[(]\s*(?:dot|punto)\s*[\])]|\s(?:dot|punto)\s)\s*(?:com|org|net|edu|gov|us|mx|es)\b",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (EMAIL, SPELLED):
        yield from (match.span() for match in pattern.finditer(text))


# --- Phone numbers ----------------------------------------------------------------------------------------------------

# The formats of North American numbers. The matcher also accepts other groupings, such as "104-21 68", which are house numbers
# and permits here. Ten digits without separators may be anything, so they match only if they form a valid North American number.
_GAP = "(?:\\s?[-.\u2010-\u2013]\\s?|\\s)"
_LONG = rf"(?:\+?1{_GAP}?)?(?:\([2-9]\d\d\)\s?|[2-9]\d\d{_GAP})\d{{3}}{_GAP}\d{{4}}|(?:\+?1)?[2-9]\d\d[2-9]\d{{6}}"
NORTH_AMERICAN = re.compile(rf"(?:{_LONG}|(?P<short>[2-9]\d\d(?P<gap>{_GAP})\d{{4}}))(?!\d)")
_CALL = re.compile(
    r"\b(?:call|phone|tel|telephone|cell|mobile|text|whatsapp|reach|contact|ll[aá]m\w*|tel[eé]fono|celular|cel|m[oó]vil|mensaje)\b"
    r"[^.!?\n]{0,30}$",
    re.IGNORECASE,
)
# "Case 6175550142" is a reference number, not a phone.
_NUMBER_OF = re.compile(
    r"(?:\b(?:case|ref|reference|ticket|account|acct|permit|request|report|invoice|meter|serial|tracking|order|policy|pole|"
    r"hydrant|asset|model|vin|parcel|block|lot|log|caso|referencia|folio|cuenta|permiso|solicitud|reporte|recibo|medidor|"
    r"serie|pedido|poste|lote)\b(?:\s+(?:no|num|number|id|n[uú]mero|de|del|is|es)\b)*\.?|#|№|n\.?[ºo°]\.?)\s*[:#]?\s*$",
    re.IGNORECASE,
)
_STREET_AFTER = re.compile(
    r"\s+(?:[NSEW]\.?\s+)?(?:\w+\.?\s+){1,3}(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|"
    r"sq|square|hwy|highway|pkwy|parkway|terr?|terrace)\b",
    re.IGNORECASE,
)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    for match in PhoneNumberMatcher(text, "US", leniency=Leniency.POSSIBLE):
        before, after = text[max(0, match.start - 60) : match.start], text[match.end : match.end + 60]
        if "+" in match.raw_string and match.number.country_code != 1:
            yield match.start, match.end
            continue
        shape = NORTH_AMERICAN.match(match.raw_string)
        if shape is None or before[-1:] in ("$", "#") or re.match(r"[.,]\d", after) or _NUMBER_OF.search(before):
            continue
        if shape["short"]:
            # "555 0100" may be two numbers, unless the text says to call it.
            is_said = shape["gap"] not in (" ", ".") or _CALL.search(before)
            if not is_said or _STREET_AFTER.match(after):
                continue
        yield match.start, match.end


# --- License plates ---------------------------------------------------------------------------------------------------

# What may come between the word "plate" and the plate itself.
_FILLER = (
    r"(?:[\s:#,.\"“”'«»()-]|n[uú]m(?:ero|ber)?s?\b|no\b|nr\b|is\b|was\b|are\b|reads?\b|says?\b|with\b|of\b|the\b|its?\b|car\b|plates?\b|"
    r"licen[sc]e\b|tags?\b|es\b|son\b|era\b|dice\b|con\b|de\b|del\b|la\b|el\b|su\b|placas?\b|"
    r"(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])\b|"
    r"(?:new|north|south|west|rhode)\s\w+\b|[A-Z][a-z]{3,}\b)*"
)
_PLATE_WORDS = (
    r"(?:licen[sc]e\s+(?:plates?|tags?|no|number)|lic\.?|plates?|(?:temp|paper)\s+tags?|placas?|matr[ií]culas?|patente)"
)
SAID_PLATE = re.compile(
    rf"\b{_PLATE_WORDS}\b{_FILLER}(?P<plate>[A-Za-z0-9]{{1,8}}(?:[ -][A-Za-z0-9]{{1,4}}){{0,2}})(?![\w])", re.IGNORECASE
)
# Not a license plate: a steel plate in the road, or a "placa" with a street's name.
_OTHER_PLATE = re.compile(
    r"\b(?:steel|metal|iron|road|street|cover|base|name|face|kick|bottom|back|switch|tectonic)\s+$", re.IGNORECASE
)
# Formats recognized without the word "plate": ABC-1234, ABC1234, 7ABC123, 123-ABC, ABC-123.
BARE_PLATE = re.compile(
    r"(?<![\w#$./-])(?:[A-Z]{3}-?\d{4}|[A-Z]{3}-\d{3}|\d[A-Z]{3}\d{3}|\d{3}-[A-Z]{3}|\d{3}[A-Z]{3}\d?)(?![\w-]|\.\d)"
)
SPACED_PLATE = re.compile(r"(?<![\w#$./-])[A-Z]{3} \d{4}(?![\w-]|[.,]\d)")
_CAR = re.compile(
    r"\b(?:cars?|trucks?|vans?|suv|sedan|pickup|vehicles?|jeep|motorcycle|trailer|driver|parked|honda|toyota|ford|chevy|nissan|"
    r"carros?|coches?|autos?|camionetas?|camiones?|camión|vehículos?|moto|estacionad[oa])\b",
    re.IGNORECASE,
)
# Three capitals before a number that are not a plate: roads, rooms, months, car makes, city assets.
_NO_PLATE = re.compile(
    "APT|STE|RTE|HWY|BUS|BOX|LOT|FLR|BLD|BLK|UNT|SUV|KIA|GMC|RAM|BMW|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|ENE|ABR|"
    "AGO|DIC|ZIP|FAX|TEL|EXT|REF|ROW|BIN|HYD|LED|USB|PVC|SIM|VIN|PIN|NYC|USA|EST|PST|CST|MST|EDT|PDT|GPS|AED|ATM"
)


def _plates(text: str) -> Iterator[tuple[int, int]]:
    for match in SAID_PLATE.finditer(text):
        if not _OTHER_PLATE.search(_before(text, match)) and (plate := _plate_in(match["plate"])):
            yield match.start("plate"), match.start("plate") + len(plate)
    bare = list(BARE_PLATE.finditer(text))
    if text.upper() != text and _CAR.search(text):
        # "FALL 2024": a year.
        bare += [match for match in SPACED_PLATE.finditer(text) if not re.search(r" (?:19|20)\d\d$", match[0])]
    for match in bare:
        if not _NO_PLATE.match(match[0]) and not _NUMBER_OF.search(_before(text, match)):
            yield match.span()


def _plate_in(words: str) -> str:
    """The plate at the start of the words that follow "plate"; empty if there is none."""
    parts = re.split(r"([ -])", words)
    for count in range(len(parts), 0, -2):
        plate = "".join(parts[:count])
        letters = re.sub(r"[ -]", "", plate)
        if re.fullmatch(r"\d+x\d+", letters, re.IGNORECASE) or not 4 <= len(letters) <= 8:
            continue
        has_digit, has_letter = bool(re.search(r"\d", letters)), bool(re.search(r"[A-Za-z]", letters))
        # Each part of a plate has a digit or is in capitals: "ABC 1234 parked" ends before "parked".
        is_all_of_it = all(re.search(r"\d", part) or part.isupper() for part in parts[:count:2])
        if has_digit and has_letter and (is_all_of_it or count == 1):
            return plate
        if has_digit and not has_letter and len(letters) >= 5:
            return plate
    return ""
