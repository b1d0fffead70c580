"""Address search: finds what a resident types or pins in the city's gazetteer."""

import math
import re
import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length

from requests_app.models import GazetteerEntry, Jurisdiction, OwnerArea
from requests_app.places import plus_codes
from requests_app.places.statement_timeout import TimeUpError, at_most

# Time limit of one statement, and time after which no further statement is started.
STATEMENT_MS, SEARCH_S = 250, 0.5
# Largest distance from a pin to its address, to a corner or landmark, and to a street.
ADDRESS_M, CORNER_M, STREET_M = 60, 150, 40
METRES_PER_DEGREE = 111_320

Found = list[tuple[GazetteerEntry, float]]

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
UNIT = re.compile(r"(?:\s*#\s*|\b(?:apt|apartment|apto|unit|suite|ste|floor|fl|rm|room|piso)\b\.?\s*#?\s*)[\w-]+")
DEGREES = re.compile(
    r"^\s*(?P<lat>[-+]?\d{1,2}(?:\.\d+)?)\s*°?\s*(?P<ns>[NS]?)\s*[,;\s]\s*"
    r"(?P<lon>[-+]?\d{1,3}(?:\.\d+)?)\s*°?\s*(?P<ew>[EWO]?)\s*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Match:
    """A place that matches the text or pin. confidence: from 0 to 1."""

    label: str
    point: Point
    kind: str
    confidence: float


def search_key(text: str) -> str:
    """Normalizes text for search: lower case, without accents or punctuation, street types abbreviated."""
    plain = unicodedata.normalize("NFKD", text[:200].replace("½", " 1/2")).lower()
    plain = "".join(symbol for symbol in plain if not unicodedata.combining(symbol))
    plain = re.sub(r"['’.]", "", BETWEEN.sub(" and ", re.sub(r"^\s*(la\s+)?esquina\s+de\s+", "", plain)))
    words = re.sub(r"[^\w\s]|_|\x00", " ", plain).split()
    return " ".join(SHORT_FORMS.get(word, word) for word in words if word not in EMPTY_WORDS)


def search(jurisdiction: Jurisdiction, text: str, *, limit: int = 8) -> list[Match]:
    """Places that match the text, best first. Understands coordinates and Plus Codes too."""
    text = text[:200].replace("\x00", " ")
    if point := _typed_point(jurisdiction, text):
        near = nearest(jurisdiction, point)
        label = near.label if near else f"{point.y:.5f}, {point.x:.5f}"
        return [Match(label, point, "point", near.confidence if near else 0.5)]

    found: dict[int, Match] = {}
    entries = GazetteerEntry.objects.filter(jurisdiction=jurisdiction)
    out_of_time_at = time.monotonic() + SEARCH_S
    # Skip a slow step; keep what the steps before it found.
    with suppress(TimeUpError), at_most(STATEMENT_MS):
        for steps in ((_by_prefix, _by_corner, _by_word), (_by_next_number, _by_likeness)):
            for key in _readings(text):
                for step in steps:
                    if len(found) >= limit or time.monotonic() > out_of_time_at:
                        break
                    for entry, confidence in step(entries, key, limit):
                        found.setdefault(entry.pk, _match(entry, confidence))
            # An exact match needs no alternatives.
            if any(match.confidence >= 0.9 for match in found.values()):
                break
    return sorted(found.values(), key=lambda match: -match.confidence)[:limit]


def nearest(jurisdiction: Jurisdiction, point: Point) -> Match | None:
    """Name of a point: the nearest address, otherwise a corner or landmark, otherwise the street."""
    entries = GazetteerEntry.objects.filter(jurisdiction=jurisdiction)
    for kinds, metres, most in (
        (Q(kind="address"), ADDRESS_M, 0.95),
        (~Q(kind="address"), CORNER_M, 0.7),
    ):
        near = (
            entries.filter(kinds, point__bboverlaps=box_around(point, metres))
            .annotate(metres=Distance("point", point))
            .order_by("metres", "id")
            .first()
        )
        if near is not None and near.metres.m <= metres:
            return _match(near, most - 0.4 * near.metres.m / metres)
    street = (
        OwnerArea.objects.filter(jurisdiction=jurisdiction, is_segment=True, name__gt="")
        .filter(shape__bboverlaps=box_around(point, STREET_M))
        .annotate(metres=Distance("shape", point))
        .order_by("metres", "id")
        .first()
    )
    if street is not None and street.metres.m <= STREET_M:
        return Match(street.name, point, "street", 0.4)
    return None


def box_around(point: Point, metres: float) -> Polygon:
    """A box in degrees around a circle of that many metres, for searching by index."""
    high = metres / METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(point.y)), 0.01)
    box = Polygon.from_bbox((point.x - wide, point.y - high, point.x + wide, point.y + high))
    box.srid = 4326
    return box


def _match(entry: GazetteerEntry, confidence: float) -> Match:
    return Match(entry.label, entry.point, entry.kind, round(confidence, 2))


def _typed_point(jurisdiction: Jurisdiction, text: str) -> Point | None:
    if typed := DEGREES.match(text):
        latitude, longitude = float(typed["lat"]), float(typed["lon"])
        # 69.0 W and 69.0 O (oeste) are west of Greenwich.
        latitude *= -1 if typed["ns"].upper() == "S" else 1
        longitude *= -1 if typed["ew"].upper() in ("W", "O") else 1
        # Coordinates must have decimals; two whole numbers could be house numbers.
        if "." in text and abs(latitude) <= 90 and abs(longitude) <= 180:
            return Point(longitude, latitude, srid=4326)
        return None
    center = jurisdiction.map_view.get("center")
    coded = plus_codes.find(text, tuple(center) if center else None)
    return Point(*coded, srid=4326) if coded else None


def _readings(text: str) -> list[str]:
    """The text as typed, then without unit and town, then in English order: "Avenida Elm 12" is 12 Elm Ave."""
    plain = UNIT.sub(" ", text.lower())
    readings = [search_key(text), search_key(plain), search_key(plain.split(",")[0])]
    if last := re.match(r"^(\D*[^\W\d]\D*) (\d+[a-z]?)$", readings[-1]):
        readings.append(f"{last[2]} {last[1]}")
    if kind := re.match(r"^(\d+[a-z]? )?(ave|blvd) (\w.*)$", readings[-1]):
        readings.append(f"{kind[1] or ''}{kind[3]} {kind[2]}")
    return [key for key in dict.fromkeys(readings) if len(key) >= 2]


def _by_prefix(entries: QuerySet[GazetteerEntry], key: str, limit: int) -> Found:
    shortest = entries.filter(search_key__startswith=key).order_by(Length("search_key"), "search_key")[:limit]
    return [(entry, 1.0 if entry.search_key == key else 0.9) for entry in shortest]


def _by_corner(entries: QuerySet[GazetteerEntry], key: str, limit: int) -> Found:
    """Corners "A & B" in either order, also without street types."""
    first, _, other = key.partition(" and ")
    if not other:
        return []
    this_way = Q(search_key__startswith=first, search_key__contains=f" and {other}")
    that_way = Q(search_key__startswith=other, search_key__contains=f" and {first}")
    corners = entries.filter(kind="intersection").filter(this_way | that_way)
    return [(entry, 0.95) for entry in corners.order_by(Length("search_key"), "search_key")[:limit]]


def _by_word(entries: QuerySet[GazetteerEntry], key: str, limit: int) -> Found:
    """A landmark by a word inside its name: "library"."""
    inside = entries.filter(search_key__contains=f" {key}").order_by(Length("search_key"), "search_key")[:limit]
    return [(entry, 0.7) for entry in inside]


def _by_next_number(entries: QuerySet[GazetteerEntry], key: str, limit: int) -> Found:
    """The nearest numbers on the street, if the number doesn't exist."""
    parts = re.match(r"^(\d{1,6})[a-z]? ([^\W\d].*|\d+(?:st|nd|rd|th)\b.*)$", key)
    if parts is None:
        return []
    wanted, street = int(parts[1]), parts[2]
    on_street = entries.filter(kind="address", search_key__contains=f" {street}", house_number__regex=r"^\d+$")
    near = sorted(on_street[:2000], key=lambda entry: (abs(int(entry.house_number) - wanted), entry.label))
    return [(entry, 0.6) for entry in near[: min(limit, 4)]]


def _by_likeness(entries: QuerySet[GazetteerEntry], key: str, limit: int) -> Found:
    """Labels similar to misspelled text, by trigrams."""
    alike = (
        entries.filter(search_key__trigram_similar=key)
        .annotate(likeness=TrigramSimilarity("search_key", key))
        .order_by(F("likeness").desc(), "search_key")[:limit]
    )
    return [(entry, min(0.85, entry.likeness * 0.85)) for entry in alike]
