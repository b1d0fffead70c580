"""How residents write places: normalizes, expands and reads the text, for the address search (addresses.py).

General rules are here; what only one city says ("Mass Ave") is in its own data (docs/cities.md, aliases).
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

SHORT_FORMS = {
    **dict.fromkeys(["street", "str", "saint"], "st"),
    **dict.fromkeys(["avenue", "av", "aven", "avenida"], "ave"),
    **dict.fromkeys(["boulevard", "boul", "bulevar"], "blvd"),
    "road": "rd", "drive": "dr", "lane": "ln", "court": "ct", "place": "pl", "terrace": "ter", "circle": "cir",
    "highway": "hwy", "parkway": "pkwy", "expressway": "expy", "turnpike": "tpke", "square": "sq", "alley": "aly",
    "crescent": "cres", "wharf": "whf", "bridge": "brg", "center": "ctr", "centre": "ctr", "plaza": "plz",
    "mount": "mt", "fort": "ft", "route": "rt", "carretera": "rt", "heights": "hts", "park": "pk", "parque": "pk",
    "north": "n", "south": "s", "east": "e", "west": "w", "norte": "n", "sur": "s", "este": "e", "oeste": "w",
    "northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw",
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th",
    "seventh": "7th", "eighth": "8th", "ninth": "9th", "tenth": "10th",
    "biblioteca": "library", "escuela": "school", "cementerio": "cemetery", "alcaldia": "city hall",
    "ayuntamiento": "city hall", "isla": "island", "plazoleta": "sq",
}  # fmt: skip
# Words without meaning for the search: "calle Elm" is Elm St, "número 12" is 12, "INTERSECTION A AND B" is a corner.
EMPTY_WORDS = {"calle", "numero", "num", "nro", "intersection", "interseccion", "esquina"}
BETWEEN = re.compile(r"\s*(?:&|@|\+|(?<!\d)/|/(?!\d))\s*|\s+(?:and|at|y|con|esquina\s+con|esquina)\s+")

# The rules below are only for what is typed. search_key() is stored with each entry, so a change to it needs all cities
# to load their addresses again.

# Words before a place that say nothing about it.
LEADS = re.compile(
    r"^(?:(?:in|on|at|near|by|outside|opposite|behind|across from|in front of|next to|around|between|the|corner of|"
    r"intersection of|cross street of|en|cerca de|frente a|junto a|al lado de|detras de|entre|la|el|las|los|esquina de|"
    r"interseccion de|cruce de)\s+)+"
)
# "Howard and Julian corner", "Cooper and Endicott streets".
ENDS = re.compile(r"[\s,]+(?:corner|intersection|streets|sts|aves|avenues|esquina)$")
# "la calle Elm con la calle Main".
ARTICLE = re.compile(r"\b(?:la|el|las|los)\s+(?=(?:calle|avenida|av|carretera)\b)")
UNIT = re.compile(
    r"\s*#\s*[\w-]+"
    r"|\b(?:apt|apartment|apto|apartamento|unit|unidad|suite|ste|floor|fl|rm|room|piso|oficina|depto|departamento)\b"
    r"\.?\s*#?\s*(?:\d[\w-]*|[a-z]\d*\b)"
    r"|\b(?:\d+(?:st|nd|rd|th)|first|second|third|ground|top)\s+(?:floor|fl)\b"
    r"|[\s,]+(?:rear|basement|bsmt|sotano|front door)$"
)
# "Calle Elm No. 12" names the house; "12 Elm St No. 7" the apartment.
NUMBER_SIGN = re.compile(r"\b(?:no|num|numero|nro)\b\.?\s*#?\s*(?=\d)|#\s*(?=\d)")
ZIP = re.compile(r"(?<!^)\b(\d{5})(?:-\d{4})?(?=\D*$)")
STREET_TYPES = {
    *("st", "ave", "rd", "dr", "ln", "ct", "pl", "ter", "cir", "hwy", "pkwy", "blvd", "way", "sq", "aly", "plz", "expy"),
    *("tpke", "whf", "row", "path", "cres"),
}  # fmt: skip
DIRECTIONS = {"n", "s", "e", "w", "ne", "nw", "se", "sw"}
# Kinds that come first in Spanish: "Avenida Elm" is Elm Ave, "parque Millstream" is Millstream Park.
KINDS_FIRST = {
    *("ave", "blvd", "rd", "hwy", "pkwy", "sq", "plz", "pk", "library", "school", "cemetery", "island", "hospital"),
    *("university", "station", "pond", "playground"),
}
# Each phrase in the text, already as a search key, and what it means.
PHRASES = {
    "mlk": "martin luther king",
    "m l k": "martin luther king",
    "dr martin luther king": "martin luther king",
    "jfk": "john f kennedy",
    "fdr": "franklin d roosevelt",
    "centro comunitario": "community ctr",
    "centro de mayores": "senior ctr",
    "comisaria": "police station",
    "comisaria de policia": "police station",
    "escuela intermedia": "middle school",
    "escuela preparatoria": "high school",
    "escuela primaria": "elementary school",
    "escuela secundaria": "high school",
    "estacion": "station",
    "estacion de bomberos": "fire station",
    "estacion de policia": "police station",
    "estanque": "pond",
    "library publica": "public library",
    "muelle": "pier",
    "parada": "bus stop",
    "parada de autobus": "bus stop",
    "parada de bus": "bus stop",
    "parque infantil": "playground",
    "patio de juegos": "playground",
    "plaza": "sq",
    "pk infantil": "playground",
    "school intermedia": "middle school",
    "school preparatoria": "high school",
    "school primaria": "elementary school",
    "school secundaria": "high school",
    "universidad": "university",
}  # fmt: skip
# "SR 9", "Route 9", "US-9", "carretera 9": cities write it differently, and so do residents.
ROUTE = re.compile(
    r"\b(?:(?:state|us|u s|ma|interstate)\s+)?(?:rt|rte|sr|us|i|interstate|hwy|state rd|ruta)\s(\d{1,3}[a-z]?)\b"
)
ROUTE_NAMES = ("rt", "sr", "us", "hwy", "i", "us rt", "us hwy", "state rt", "interstate")
READINGS_MAX = 6


@dataclass(frozen=True)
class Reading:
    """One way to understand the text. All words are search keys.

    number: the house's ("12", "12a", "12 1 2"); empty if there is none. streets: one, or those of a corner; the town may
    follow the last. zip_code: tells streets of one name apart.
    """

    number: str
    streets: tuple[str, ...]
    zip_code: str = ""

    @property
    def key(self) -> str:
        return f"{self.number} {' and '.join(self.streets)}".strip()


def search_key(text: str) -> str:
    """Normalizes text for search: lower case, without accents or punctuation, street types abbreviated."""
    plain = re.sub(r"^\s*(la\s+)?esquina\s+de\s+", "", _plain(text))
    plain = re.sub(r"['’.]", "", BETWEEN.sub(" and ", plain))
    words = re.sub(r"[^\w\s]|_|\x00", " ", plain).split()
    return " ".join(SHORT_FORMS.get(word, word) for word in words if word not in EMPTY_WORDS)


def readings(text: str, aliases: Mapping[str, str | list[str]]) -> list[Reading]:
    """What the text may mean, the likeliest first. aliases: the city's own names for places and parts of names."""
    plain = _plain(text).strip()
    if not any(plain.startswith(alias.lower()) for alias in aliases):
        plain = LEADS.sub("", plain)
    plain = ARTICLE.sub("", ENDS.sub("", plain))
    if not re.match(r"\d", plain):
        plain = NUMBER_SIGN.sub(" ", plain)
    plain = re.sub(r"\bno\.?\s*\d+\s*$", "", UNIT.sub(" ", plain))
    zip_code = match[1] if (match := ZIP.search(plain)) else ""
    if zip_code:
        plain = ZIP.sub(" ", plain)
    # The number may end the street, before the town: "Calle Elm 12, Rivermark".
    plains = [plain]
    street, comma, town = plain.partition(",")
    if last := re.match(r"^(\D*[^\W\d]\D*)\s(\d+[a-z]?)\s*$", street):
        plains.insert(0, f"{last[2]} {last[1]}{comma}{town}")
    found = [
        _reading(variant, zip_code)
        for plain in plains
        for key in _meanings(search_key(plain), aliases)
        for variant in _orders(key)
    ]
    return [one for one in dict.fromkeys(found) if one.streets and len(one.key) >= 2][:READINGS_MAX]


def street_of(text: str) -> str:
    """The street without a town that follows: up to its type, if it has one. "elm st rivermark" is "elm st"."""
    parts = text.split()
    for place, word in enumerate(parts[1:], 1):
        if word in STREET_TYPES:
            return " ".join(parts[: place + 1])
    return text


def cuts(text: str) -> Iterator[str]:
    """The words without the last, the last two, and so on."""
    parts = text.split()
    for end in range(len(parts), 0, -1):
        yield " ".join(parts[:end])


def core(text: str) -> str:
    """The street's name without directions before it and its type: "e elm st" is "elm"."""
    parts = street_of(text).split()
    while len(parts) > 1 and parts[0] in DIRECTIONS:
        parts = parts[1:]
    while len(parts) > 1 and (parts[-1] in STREET_TYPES or parts[-1] in DIRECTIONS):
        parts = parts[:-1]
    return " ".join(parts)


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text[:200].replace("½", " 1/2")).lower().replace("⁄", "/")
    return "".join(symbol for symbol in plain if not unicodedata.combining(symbol))


def _meanings(key: str, aliases: Mapping[str, str | list[str]]) -> Iterator[str]:
    """The key with its phrases replaced; several if the city says that one means several, or it has a route in it."""
    key = replaced(key, PHRASES)
    variants = [key]
    # "1 route 9" and "route 9" alike: the longest alias first, so that "boston city hall" is not "boston 1 city hall square".
    canonical = ROUTE.sub(r"rt \1", key)
    for alias in sorted(aliases, key=len, reverse=True):
        pattern = re.compile(rf"\b{re.escape(search_key(alias))}\b")
        if not pattern.search(canonical):
            continue
        meanings = aliases[alias]
        meanings = [meanings] if isinstance(meanings, str) else meanings
        variants = [pattern.sub(search_key(one), variant) for variant in [canonical] for one in meanings] + variants
        canonical = pattern.sub(search_key(meanings[0]), canonical)
    if route := ROUTE.search(key):
        variants += [ROUTE.sub(f"{name} {route[1]}", key) for name in ROUTE_NAMES]
    yield from variants


def replaced(key: str, phrases: Mapping[str, str]) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        if phrase in key:
            key = re.sub(rf"\b{phrase}\b", phrases[phrase], key)
    return key


def _orders(key: str) -> Iterator[str]:
    """The key in English order, and as it is."""
    number, words = number_of(key)
    sides = words.split(" and ")
    in_english = " and ".join(turned(side) for side in sides)
    yield f"{number} {words}".strip()
    if in_english != words:
        yield f"{number} {in_english}".strip()


def turned(side: str) -> str:
    """ "ave elm" is "elm ave", "pk de la paz" is "la paz pk", "elm st w" is "w elm st"."""
    parts = side.split()
    for length in (2, 1):
        kind = " ".join(parts[:length])
        if len(parts) > length and (kind in KINDS_FIRST or kind in PHRASES.values()):
            rest = parts[length:]
            while len(rest) > 1 and rest[0] in ("de", "del"):
                rest = rest[1:]
            return " ".join([*rest, kind])
    if len(parts) > 1 and parts[0] == "rt" and not parts[1][0].isdigit():
        return " ".join(parts[1:])
    street = street_of(side).split()
    if len(parts) > len(street) and parts[len(street)] in DIRECTIONS:
        return " ".join([parts[len(street)], *street, *parts[len(street) + 1 :]])
    if len(parts) == 2 and parts[1] in DIRECTIONS:
        return f"{parts[1]} {parts[0]}"
    return side


def number_of(key: str) -> tuple[str, str]:
    """The house number and the rest: "18 20 elm st" has the range "18 20", "12 1 2 elm st" a half. Empty if it has none."""
    found = re.match(r"^(\d{1,6}[a-z]?(?: \d{1,6}[a-z]?){0,2})(?: and)? (\d+(?:st|nd|rd|th)\b.*|[^\W\d].*)$", key)
    return (found[1], found[2]) if found else ("", key)


def _reading(key: str, zip_code: str) -> Reading:
    number, words = number_of(key)
    return Reading(
        number, tuple(side.strip() for side in f" {words} ".split(" and ") if side.strip() not in ("", "and")), zip_code
    )
