"""Finds personal data in public texts: email addresses, phone and social security numbers, plates, home addresses, possible names.

It prefers to miss some over false alarms, since reports are full of house numbers, streets, dates, prices and reference
numbers. Formats: the North American Numbering Plan, E.164, and the plates of US states.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from phonenumbers import Leniency, PhoneNumberMatcher

from requests_app.rules.publication import names_in_text


class Kind(StrEnum):
    EMAIL = "email"
    PHONE = "phone"
    SSN = "ssn"
    PLATE = "plate"
    # An account, "@name".
    HANDLE = "handle"
    # A street address with its apartment.
    HOME = "home"
    NAME = "name"


@dataclass(frozen=True)
class Finding:
    """A finding: `text` begins at index `start` of the text."""

    kind: Kind
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)


def find(text: str, *, label: str = "") -> list[Finding]:
    """All findings in the order of the text. Where two overlap, the more certain kind wins.

    label: the question that the text answers, such as "License plate", which tells what the text is.
    """
    before = f"{label.rstrip(' :?')}: " if label else ""
    whole, findings = before + text, list[Finding]()
    for kind, spans in (
        (Kind.EMAIL, _emails(whole)),
        (Kind.SSN, _social_security_numbers(whole)),
        (Kind.PHONE, _phones(whole)),
        (Kind.PLATE, _plates(whole)),
        (Kind.HANDLE, _said_handles(whole)),
        (Kind.HOME, _said_homes(whole)),
        (Kind.NAME, names_in_text.spans(whole)),
    ):
        for start, end in ((start - len(before), end - len(before)) for start, end in spans):
            if start >= 0 and not any(start < other.end and other.start < end for other in findings):
                findings.append(Finding(kind, start, text[start:end]))
    return sorted(findings, key=lambda finding: finding.start)


def find_more(text: str) -> Iterator[Finding]:
    """What is personal data more often than not, for readers who need none: it may overlap. Too many false alarms for find()."""
    for kind, spans in (
        (Kind.SSN, (match.span() for match in _SSN_SPACED.finditer(text))),
        (Kind.PHONE, _likely_phones(text)),
        (Kind.HANDLE, _handles(text)),
        (Kind.HOME, _homes(text)),
    ):
        for start, end in spans:
            yield Finding(kind, start, text[start:end])


def without(text: str, finding: Finding) -> str:
    """The text without the finding, and without the gap or stray comma it would leave."""
    before, after = text[: finding.start], text[finding.end :]
    if before.rstrip(" ")[-1:] in ("", "\n", ".", "!", "?"):
        # It began a sentence: "Deep hole. Mr. Hill, please come" continues with "please".
        after = after.lstrip(" ,;.!?")
    elif before.endswith(" "):
        after = after.lstrip(" ")
    if after[:1] in ("", "\n", ".", ",", ";", ":", "!", "?", ")"):
        before = before.rstrip(" ")
    if after[:1] in (",", ";") and before[-1:] in (",", ";"):
        after = after[1:]
    return (before + after).strip()


def _before(text: str, start: int) -> str:
    """The text right before an index, which may change what a number means."""
    return text[max(0, start - 60) : start]


# --- Email addresses --------------------------------------------------------------------------------------------------

# The lengths are those of RFC 5321; without them, a long line of letters would cause quadratic backtracking.
EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]{0,63}\w@\w[\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}(?![\w-])")
# "ana at example dot com", as people write it to hide an address from harvesters.
SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,2}(?:[\[(]\s*(?:at|arroba)\s*[\])]|\s(?:at|arroba)\s)\s{0,2}[\w-]{1,63}\s{0,2}"
    r"(?:[\[(]\s*(?:dot|punto)\s*[\])]|\s(?:dot|punto)\s)\s*(?:com|org|net|edu|gov|us|mx|es)\b",
    re.IGNORECASE,
)
# "ana [at] example.com": in brackets, "at" is nothing else.
BRACKETED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s{0,2}[\[({<]\s{0,2}(?:at|arroba|@)\s{0,2}[\])}>]\s{0,2}\w[\w-]{0,62}(?:\.[\w-]{1,63}){0,4}\.[^\W\d_]{2,24}\b",
    re.IGNORECASE,
)


def _emails(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (EMAIL, SPELLED, BRACKETED):
        yield from (match.span() for match in pattern.finditer(text))


# --- Phone numbers ----------------------------------------------------------------------------------------------------

# A run of digits in groups, as phone numbers and much else are written.
_GAP = r"[\s().\-\u2010-\u2015/_,·•+]"
_RUN = re.compile(rf"(?<![\w$#.])(?:\+|\(\+?)?\d(?:{_GAP}{{0,3}}\d){{6,}}")
_DIGITS = re.compile(r"\d+")
_EXTENSION = re.compile(r"\s{0,2},?\s?(?:ext(?:ensi[oó]n)?\.?|x)\s?\d{1,6}\b", re.IGNORECASE)
# Groups of ten digits that may be anything, so they match only if they form a valid North American number. Others count only
# where the text says "call".
_TOGETHER = {(3, 7), (10,)}
# What says that a number is a phone number. Between it and the number, a few words may follow.
_CALL = re.compile(
    r"(?:\b(?:call(?:s|ed|ing)?|phone|fone|tel|telephone|cell|cellphone|mobile|text|whatsapp|reach(?:ed)?|contact|dial|number|ph|fax|"
    r"ll[aá]m\w*|tel[eé]fono|celular|cel|m[oó]vil|mensaje|marque\w*|marcar|n[uú]mero|comun[ií]\w+)\b[^!?\n|\d]{0,30})$",
    re.IGNORECASE,
)
_CALL_AFTER = re.compile(
    r"\W{0,3}(?:is\s+my|call\s+me|text\s+me|es\s+mi|\((?:cell|phone|cel|home|work)\))", re.IGNORECASE
)
_NUMBERED = (
    r"case|ref|reference|ticket|account|acct|permit|request|report|invoice|meter|serial|tracking|order|policy|pole|hydrant|asset|model|vin|"
    r"parcel|block|lot|log|caso|referencia|folio|cuenta|permiso|solicitud|reporte|recibo|medidor|serie|pedido|poste|lote"
)
# "Case 6175550142" is a reference number, not a phone.
_NUMBER_OF = re.compile(
    rf"(?:\b(?:{_NUMBERED})\b(?:\s+(?:no|num|number|id|n[uú]mero|de|del|is|es)\b)*\.?|#|№|n\.?[ºo°]\.?)\s*[:#]?\s*$",
    re.IGNORECASE,
)
# What is written like a phone number is one unless the text says in so many words that it is another number.
_CLEARLY_NUMBER_OF = re.compile(
    rf"\b(?:{_NUMBERED})\b\s*(?:(?:no|num|number|id|n[uú]mero)\b\.?|[:#])(?:\s+(?:is|es)\b)?\s*[:#]?\s*$", re.IGNORECASE
)
_PHONE_NUMBER_SIGN = re.compile(
    r"\b(?:cell|phone|ph|tel|contact|cel|tel[eé]fono|mobile)\s*(?:no\.?|num\.?|number)?\s*[:.]?\s*#\s*[:.]?\s*$",
    re.IGNORECASE,
)
_STREET_AFTER = re.compile(
    r"\s+(?:[NSEW]\.?\s+)?(?:\w+\.?\s+){1,3}(?:st|street|ave|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|"
    r"sq|square|hwy|highway|pkwy|parkway|terr?|terrace)\b",
    re.IGNORECASE,
)
_DIGIT = "zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_SPELLED_PHONE = re.compile(rf"\b(?:{_DIGIT})(?:[\s,.-]{{1,3}}(?:double\s)?(?:{_DIGIT})){{6,10}}\b", re.IGNORECASE)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    if "+" in text:
        for match in PhoneNumberMatcher(text, "US", leniency=Leniency.POSSIBLE):
            if "+" in match.raw_string and match.number.country_code != 1:
                yield match.start, match.end
    for run in _RUN.finditer(text):
        yield from _phones_in(text, run)
    for spelled in _SPELLED_PHONE.finditer(text):
        yield spelled.span()


def _phones_in(text: str, run: re.Match[str]) -> Iterator[tuple[int, int]]:
    """The phone numbers in a run of digits, which may begin or end with other numbers: "apt 5 617-555-0142"."""
    groups = list(_DIGITS.finditer(text, *run.span()))
    first = 0
    while first < len(groups):
        count = _phone_at(text, groups, first)
        if count:
            start, end = groups[first].start(), groups[first + count - 1].end()
            # "(617) …" and "+1 …"
            while start > run.start() and text[start - 1] in "(+":
                start -= 1
            extension = _EXTENSION.match(text, end)
            yield start, extension.end() if extension else end
        first += count or 1


class _Shape(StrEnum):
    """How ten digits, or seven, are grouped: as North American numbers are, in another way, or without the area code."""

    USUAL = "usual"
    TOGETHER = "together"
    ODD = "odd"
    LOCAL = "local"


def _shape(digits: str, lengths: tuple[int, ...]) -> _Shape | None:
    """None if the digits can be no North American number."""
    if len(digits) == 7:
        return _Shape.LOCAL if lengths in ((3, 4), (7,)) and digits[0] not in "01" else None
    if len(digits) == 11 and digits[0] == "1":
        digits = digits[1:]
        lengths = lengths[1:] if lengths[0] == 1 else (lengths[0] - 1, *lengths[1:])
    if len(digits) != 10 or digits[0] in "01":
        return None
    if lengths == (3, 3, 4):
        return _Shape.USUAL
    if digits[3] in "01":
        return None
    return _Shape.TOGETHER if lengths in _TOGETHER else _Shape.ODD


def _phone_at(text: str, groups: list[re.Match[str]], first: int) -> int:
    """How many groups from the first on are a phone number; 0 if none are."""
    if first and _is_tight(text, groups, first - 1):
        return 0
    digits, lengths = "", list[int]()
    for last in range(first, len(groups)):
        digits += groups[last][0]
        lengths.append(len(groups[last][0]))
        if len(digits) > 11:
            return 0
        shape = _shape(digits, tuple(lengths)) if len(digits) in (7, 10, 11) else None
        is_whole = last + 1 == len(groups) or not _is_tight(text, groups, last)
        ends = shape is not None and is_whole and _ends(text, groups[last].end())
        if ends and shape is not None and _is_phone(text, groups[first : last + 1], shape):
            return last + 1 - first
    return 0


def _ends(text: str, end: int) -> bool:
    """Whether a number ends here: not in "555-0142.5" or "555-0142lb"."""
    return not re.match(r"[.,]\d|\w", text[end : end + 2]) or _EXTENSION.match(text, end) is not None


def _is_tight(text: str, groups: list[re.Match[str]], number: int) -> bool:
    """Whether this group and the next are one number: no space between them, as in 12-34."""
    gap = text[groups[number].end() : groups[number + 1].start()]
    return not any(symbol.isspace() for symbol in gap) and ")" not in gap


def _is_phone(text: str, groups: list[re.Match[str]], shape: _Shape) -> bool:
    """Whether the words around a number of this shape let it be a phone number."""
    start = groups[0].start()
    before = _before(text, start).rstrip("(+")
    after = text[groups[-1].end() : groups[-1].end() + 60]
    of_phone = _PHONE_NUMBER_SIGN.search(before) is not None
    if not of_phone and (before.rstrip()[-1:] in ("$", "#") or _CLEARLY_NUMBER_OF.search(before)):
        return False
    if shape == _Shape.USUAL:
        return True
    if not of_phone and _NUMBER_OF.search(before):
        return False
    is_said = of_phone or _CALL.search(before) is not None or _CALL_AFTER.match(after) is not None
    if shape == _Shape.LOCAL:
        # "555 0100" may be two numbers, unless the text says to call it; "555-0100 Main Street" is a block.
        gap = text[groups[0].end() : groups[-1].start()].strip()
        is_street = bool(_STREET_AFTER.match(after)) and not (is_said and (gap or len(groups) == 1))
        return not is_street and (is_said or gap in ("-", "\u2010", "\u2011", "\u2012", "\u2013"))
    return shape == _Shape.TOGETHER or is_said


def _likely_phones(text: str) -> Iterator[tuple[int, int]]:
    """What is written like a number without its area code, "555.0188" or "555 01 88", and ten digits in any groups."""
    for pattern in (_LOCAL, _TEN):
        for match in pattern.finditer(text):
            if not _NUMBER_OF.search(_before(text, match.start())) and not _STREET_AFTER.match(text, match.end()):
                yield match.span()


_LOCAL = re.compile(r"(?<![\w$#.,/-])[2-9]\d{2}[.\s·\u2010-\u2015-]\s?\d{2}[.\s·\u2010-\u2015-]?\d{2}(?![\w/]|[.,-]\d)")
_TEN = re.compile(r"(?<![\w$#.,/-])(?:1[\s.-])?[2-9](?:[\s().-]{0,2}\d){9}(?![\w/]|[.,-]\d)")

# --- Social security numbers ------------------------------------------------------------------------------------------

# Of the numbers that the Social Security Administration gives out: none begins with 000, 666 or 9, or has a part of zeros.
_SSN_DIGITS = r"(?<![\w.-])(?!000|666|9\d\d)\d{{3}}{gap}(?!00)\d{{2}}{gap}(?!0000)\d{{4}}(?![\w-]|\.\d)"
_SSN_DASHED = re.compile(_SSN_DIGITS.format(gap="[-\u2010-\u2013]"))
_SSN_SPACED = re.compile(_SSN_DIGITS.format(gap=r"[\s.]"))
_SSN_SAID = re.compile(
    r"(?:\bssn|\bsocial(?:\s+security)?|\bseguro\s+social)\b(?:\s+(?:number|no|num|n[uú]mero|is|es))*\.?[\s:#-]*(?P<number>\d(?:[\s.-]?\d){8})(?!\d)",
    re.IGNORECASE,
)
_SSN_SAID_AFTER = re.compile(
    r"(?<![\w.-])(?P<number>\d(?:[\s.-]?\d){8})\s{1,2}(?:is|es)\s{1,2}(?:my|mi|his|her|su)\s{1,2}(?:ssn|social|(?:n[uú]mero\s+de\s+)?seguro)\b",
    re.IGNORECASE,
)


def _social_security_numbers(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _SSN_DASHED.finditer(text))
    for pattern in (_SSN_SAID, _SSN_SAID_AFTER):
        yield from (match.span("number") for match in pattern.finditer(text))


# --- Accounts ---------------------------------------------------------------------------------------------------------

_HANDLE = r"(?<![\w@.])@[A-Za-z_][\w.]{1,29}(?<!\.)"
# "@name" after the name of a network, or a word for writing to somebody.
_SAID_HANDLE = re.compile(
    r"\b(?:instagram|insta|ig|twitter|tiktok|facebook|fb|telegram|snapchat|snap|venmo|cash\s?app|handle|dm|message\s+me|follow\s+me|"
    rf"reach\s+me|contact\s+me|usuario|cuenta)\b[^@\n]{{0,20}}(?P<handle>{_HANDLE})",
    re.IGNORECASE,
)
_ANY_HANDLE = re.compile(_HANDLE)
# The page of somebody on a network.
_PROFILE = re.compile(
    r"\b(?:instagram|facebook|fb|twitter|x|tiktok|snapchat|venmo|linkedin|threads|t)\.(?:com|net|me)/(?:(?:in|u|add|profile)/)?@?[\w.-]{2,60}",
    re.IGNORECASE,
)


def _said_handles(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span("handle") for match in _SAID_HANDLE.finditer(text))


def _handles(text: str) -> Iterator[tuple[int, int]]:
    yield from (match.span() for match in _PROFILE.finditer(text))
    for match in _ANY_HANDLE.finditer(text):
        # "Elm St @Main": a corner.
        if not _STREET_NEXT.match(text, match.end()) and not _STREET_BEFORE.search(_before(text, match.start())):
            yield match.span()


# --- Home addresses ---------------------------------------------------------------------------------------------------

_STREET_WORD = (
    r"st|street|ave?|avenue|rd|road|blvd|boulevard|dr|drive|ln|lane|ct|court|pl|place|way|sq|square|hwy|highway|pkwy|parkway|terr?|"
    r"terrace|cir|circle|row|alley"
)
_STREET_BEFORE = re.compile(rf"\b(?:{_STREET_WORD})\.?\s*$", re.IGNORECASE)
_STREET_NEXT = re.compile(rf"\s+(?:{_STREET_WORD})\b", re.IGNORECASE)
_UNIT = (
    r"(?:\b(?:apt|apartment|unit|suite|ste|rm|room|apto|apartamento|depto|departamento|piso|no)\b\.?\s*#?\s*(?:\d{1,5}[A-Za-z]?|[A-Za-z]-?\d{0,4})|"
    r"#\s?(?:\d{1,5}[A-Za-z]?|[A-Za-z]\d{0,4}))(?![\w-])"
)
_HOME = re.compile(
    rf"(?<![\w.-])\d{{1,6}}[A-Za-z]?\s+(?:[^\W\d_][\w.’'-]*\s+){{1,4}}?(?:(?:{_STREET_WORD})\b\.?)(?:\s+[NSEW]\b\.?)?,?\s*{_UNIT}|"
    rf"\b(?:calle|avenida)\s+(?:[^\W\d_][\w.’'-]*\s+){{1,4}}?(?:n[uú]m(?:ero)?\.?\s*)?\d{{1,6}},?\s*{_UNIT}",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"\b(?:i\s+live|we\s+live|lives?|living|my\s+(?:home\s+)?(?:address|home|apartment|place)|i['’]?m)\b[^.!?\n]{0,25}$|"
    r"\b(?:vivo|vivimos|vive|mi\s+(?:direcci[oó]n|casa|apartamento))\b[^.!?\n]{0,25}$",
    re.IGNORECASE,
)
_APARTMENT = re.compile(
    r"\b(?:apt|apartment|apto|apartamento|depto)\b\.?\s*#?\s*(?:\d{1,5}[A-Za-z]?|[A-Z]-?\d{0,4})(?![\w-])",
    re.IGNORECASE,
)


def _said_homes(text: str) -> Iterator[tuple[int, int]]:
    for match in _HOME.finditer(text):
        if _LIVES.search(_before(text, match.start())):
            yield match.span()


def _homes(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_HOME, _APARTMENT):
        yield from (match.span() for match in pattern.finditer(text))


def apartments(address: str) -> Iterator[tuple[int, int]]:
    """Where an address names the apartment, of which the house is a place like others."""
    yield from (match.span() for match in re.finditer(_UNIT, address, re.IGNORECASE))


# --- License plates ---------------------------------------------------------------------------------------------------

_STATES = (
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]"
)
_STATE_NAMES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|conn|delaware|florida|georgia|hawaii|idaho|illinois|indiana|iowa|"
    r"kansas|kentucky|louisiana|maine|maryland|massachusetts|mass|michigan|minnesota|mississippi|missouri|montana|nebraska|nevada|"
    r"new\s+(?:hampshire|jersey|mexico|york)|nueva\s+york|(?:north|south)\s+(?:carolina|dakota)|ohio|oklahoma|oregon|pennsylvania|"
    r"rhode\s+island|tennessee|texas|utah|vermont|virginia|west\s+virginia|washington|wisconsin|wyoming|puerto\s+rico"
)
# What may come between the word "plate" and the plate itself.
_FILLER = re.compile(
    r"(?:[\s:#,.\"“”'«»()=-]+|(?:n[uú]m(?:ero|ber)?s?|no|nr|is|was|are|reads?|says?|with|of|the|its?|a|car|plates?|registration|reg|"
    rf"licen[sc]e|tags?|es|son|era|dice|con|de|del|la|el|su|placas?|veh[ií]culo|state|if\s+available|{_STATE_NAMES}|{_STATES})(?![\w-]))",
    re.IGNORECASE,
)
_PLATE_WORD = re.compile(
    r"\b(?:(?P<sure>licen[sc]e\s+plates?|plates?|(?:temp|paper)\s+tags?|placas?|matr[ií]culas?|tablillas?|patente)|"
    r"(?P<weak>lic|licen[sc]es?|tags?|reg|registration|registraci[oó]n))\b\.?",
    re.IGNORECASE,
)
# Not a license plate: a steel plate in the road, or a "placa" with a street's name.
_OTHER_PLATE = re.compile(
    r"\b(?:steel|metal|iron|road|street|cover|base|name|face|kick|bottom|back|switch|tectonic|price|dog|toe|business|contractor|"
    r"builder|liquor|driver'?s?)\s+$",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[A-Za-z0-9]{1,8}(?:(?:\s?[-·•.]\s?|\s)[A-Za-z0-9]{1,6}){0,2}(?![\w])")
_PART = re.compile(r"[A-Za-z0-9]+")
# Short words that follow a plate or stand where one is missing.
_SHORT_WORDS = {
    "a", "al", "all", "am", "an", "and", "apt", "are", "as", "at", "ave", "be", "bmw", "but", "by", "can", "car", "day",
    "did", "do", "en", "es", "ext", "for", "ft", "fue", "get", "gmc", "go", "had", "has", "he", "her", "his", "hr", "hrs",
    "i", "if", "in", "is", "it", "its", "kia", "la", "los", "mi", "min", "mph", "my", "na", "no", "non", "not", "now", "of",
    "off", "on", "one", "or", "out", "per", "pm", "que", "rd", "red", "see", "she", "six", "so", "st", "su", "sus", "suv",
    "tan", "tbd", "tel", "ten", "the", "to", "two", "un", "unk", "up", "us", "van", "via", "vw", "was", "we", "who", "why",
    "y", "yes", "you",
}  # fmt: skip
_NOT_ONE = re.compile(
    r"\d+(?:st|nd|rd|th|am|pm|hrs?|ft|in|mph|min|yrs?|x\d+|dr|wd)|\d{1,3}0s|(?:19|20)\d\ds?", re.IGNORECASE
)
_MONTH = re.compile("(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|exp|ene|abr|ago|dic)", re.IGNORECASE)
# A form's own field: "License Plate number if available: … |".
_FIELD = re.compile(
    r"(?:^|[|\n?.])(?P<label>[^|\n:?.]{0,80}?\b(?:plate|placa|matr[ií]cula|tablilla|tag)s?\b[^|\n:?.]{0,40})[:?]\s*(?P<value>[^|\n]{2,14}?)\s*(?=$|[|\n])",
    re.IGNORECASE,
)
_OTHER_FIELD = re.compile(r"\b(?:state|estado|color|make|type|photo)\b", re.IGNORECASE)
_NO_VALUE = re.compile(
    r"(?:none|unknown|unk|no|n/?a|no\s?plates?|missing|not\s.*|yes|see.*|photo|sin.*|ninguna?|nada|desconocida?|temp|dealer|expired)",
    re.IGNORECASE,
)
# Formats recognized without the word "plate": ABC-1234, ABC1234, 7ABC123, 123-ABC, ABC-123.
BARE_PLATE = re.compile(
    r"(?<![\w#$./-])(?:[A-Z]{3}-?\d{4}|[A-Z]{3}-\d{3}|\d[A-Z]{3}\d{3}|\d{3}-[A-Z]{3}|\d{3}[A-Z]{3}\d?)(?![\w-]|\.\d)"
)
SPACED_PLATE = re.compile(r"(?<![\w#$./-])[A-Z]{3} \d{4}(?![\w-]|[.,]\d)")
_MAKES = (
    "honda|civic|accord|toyota|camry|corolla|ford|chevy|chevrolet|nissan|altima|sentra|jeep|cherokee|dodge|hyundai|elantra|sonata|kia|bmw|"
    "mercedes|audi|volkswagen|vw|jetta|subaru|mazda|lexus|acura|infiniti|volvo|saab|gmc|buick|cadillac|lincoln|mercury|pontiac|saturn|chrysler|"
    "mini|tesla|mitsubishi|suzuki|isuzu|ram|u-?haul"
)
_VEHICLE = (
    rf"cars?|trucks?|vans?|suv|sedan|pickup|vehicles?|motorcycle|trailer|minivan|{_MAKES}|carros?|coches?|autos?|camionetas?|camiones?|"
    "camión|vehículos?|moto"
)
_CAR = re.compile(rf"\b(?:{_VEHICLE}|driver|parked|estacionad[oa])\b", re.IGNORECASE)
# A plate after its state, or after the car in parentheses: "black Honda, MA 123 ABC".
_AFTER_STATE = re.compile(rf"(?<![\w-])(?:{_STATES}|(?i:{_STATE_NAMES}))[\s,]{{1,2}}(?:#\s?)?(?=[A-Za-z0-9])")
_AFTER_CAR = re.compile(rf"\b(?:{_VEHICLE})\b[\s,:(#-]{{1,3}}(?:#\s?)?(?=[A-Z0-9])", re.IGNORECASE)
# Three capitals before a number that are not a plate: roads, rooms, months, car makes, city assets.
_NO_PLATE = re.compile(
    "APT|STE|RTE|HWY|BUS|BOX|LOT|FLR|BLD|BLK|UNT|SUV|KIA|GMC|RAM|BMW|JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC|ENE|ABR|"
    "AGO|DIC|ZIP|FAX|TEL|EXT|REF|ROW|BIN|HYD|LED|USB|PVC|SIM|VIN|PIN|NYC|USA|EST|PST|CST|MST|EDT|PDT|GPS|AED|ATM"
)


def _plates(text: str) -> Iterator[tuple[int, int]]:
    for match in _FIELD.finditer(text):
        if not _OTHER_FIELD.search(match["label"]) and _fills_field(match["value"]):
            yield match.span("value")
    for match in _PLATE_WORD.finditer(text):
        if not _OTHER_PLATE.search(_before(text, match.start())):
            yield from _said_plate(text, match.end(), is_sure=match["sure"] is not None)
    bare = list(BARE_PLATE.finditer(text))
    if text.upper() != text and _CAR.search(text):
        # "FALL 2024": a year.
        bare += [match for match in SPACED_PLATE.finditer(text) if not re.search(r" (?:19|20)\d\d$", match[0])]
    for match in bare:
        if not _NO_PLATE.match(match[0]) and not _NUMBER_OF.search(_before(text, match.start())):
            yield match.span()
    if _CAR.search(text):
        for pattern in (_AFTER_STATE, _AFTER_CAR):
            for match in pattern.finditer(text):
                yield from _unsaid_plate(text, match.end(), is_sure=pattern is _AFTER_STATE)


def _fills_field(value: str) -> bool:
    """Whether the value of a field for a plate is one, and not "none"."""
    letters = re.sub(r"[\s.·•-]", "", value)
    if not letters.isascii() or not letters.isalnum() or not 2 <= len(letters) <= 8 or _NO_VALUE.fullmatch(value):
        return False
    return any(letter.isdigit() for letter in letters) or (letters.isupper() and len(letters) >= 4)


def _said_plate(text: str, at: int, *, is_sure: bool) -> Iterator[tuple[int, int]]:
    """The plate that follows the word "plate". is_sure: the word means nothing else."""
    for _ in range(12):
        filler = _FILLER.match(text, at)
        # A state comes before a plate, or is the beginning of one: "plate MA 839 7711", "plate NH 1234".
        is_state = filler is not None and re.fullmatch(_STATES, filler[0], re.IGNORECASE) is not None
        for start in (at + 3, at) if is_state else (at,):
            if plate := _plate_at(text, start, is_sure=is_sure):
                yield start, start + len(plate)
                return
        if filler is None:
            return
        at = filler.end()


def _plate_at(text: str, at: int, *, is_sure: bool) -> str:
    """The plate at this place; empty if there is none."""
    match = _PARTS.match(text, at)
    # The longest candidate may run into the next word, so try shorter ones.
    parts = list(_PART.finditer(text, at, match.end() if match else _word_end(text, at)))[:3]
    if not parts or parts[0].start() != at:
        return ""
    for count in range(len(parts), 0, -1):
        is_tight = count > 1 and text[parts[0].end()] == "-"
        if _is_plate([part[0] for part in parts[:count]], is_sure=is_sure, is_tight=is_tight):
            return text[at : parts[count - 1].end()]
    return ""


def _word_end(text: str, at: int) -> int:
    match = _PART.match(text, at)
    return match.end() if match else at


def _is_plate(parts: list[str], *, is_sure: bool, is_tight: bool) -> bool:
    """is_sure: the word before means a plate and nothing else; is_tight: a hyphen joins the parts."""
    letters = "".join(parts)
    if not 4 <= len(letters) <= 8 or not any(letter.isdigit() for letter in letters):
        return False
    if any(_NOT_ONE.fullmatch(part) for part in parts) and (len(parts) == 1 or not is_sure):
        return False
    if _MONTH.fullmatch(parts[0]) and not is_tight and len(parts[1]) in (2, 4):
        # "EXP 10", "May 2017".
        return False
    if re.fullmatch(_STATES, parts[-1]) and len(letters) - 2 >= 5:
        # The state is not a part of it.
        return False
    for part in parts:
        is_word = part.lower() in _SHORT_WORDS and not (part.isupper() and len(part) > 1) and not is_tight
        if part.isalpha() and (len(part) > 3 or is_word):
            return False
    if letters.isdigit():
        # "914 4712", "123456"; not "12 345 6" and not a year.
        return len(letters) >= (5 if is_sure else 6) and len(letters) <= 7 and len(parts) <= 2
    return True


def _unsaid_plate(text: str, at: int, *, is_sure: bool) -> Iterator[tuple[int, int]]:
    """A plate that only its state, or the car right before it, tells of: letters in capitals and digits."""
    plate = _plate_at(text, at, is_sure=False)
    letters = re.sub(r"[^A-Za-z0-9]", "", plate)
    has_letter = any(letter.isalpha() for letter in letters)
    if not plate or len(letters) < 5 or _NO_PLATE.match(plate.upper()):
        return
    if not has_letter and (not is_sure or len(letters) < 6):
        return
    if not is_sure and (plate != plate.upper() or re.match(r"(?:19|20)\d\d\b", plate)):
        return
    if has_letter and is_sure and plate != plate.upper() and plate != plate.lower():
        return
    if is_sure or not _STREET_AFTER.match(text, at + len(plate)):
        yield at, at + len(plate)
