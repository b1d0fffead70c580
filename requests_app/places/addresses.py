"""Address search: finds what a resident types or pins in the city's gazetteer."""

import math
import re
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point, Polygon
from django.db.models import Q
from django.utils.translation import gettext as _

from requests_app.models import GazetteerEntry, Jurisdiction, OwnerArea
from requests_app.places import between_numbers, plus_codes
from requests_app.places.boundary import inside
from requests_app.places.gazetteer_search import GazetteerSearch

# Largest distance from a pin to its address, to a corner or landmark, and to a street.
ADDRESS_M, CORNER_M, STREET_M = 60, 150, 40
METRES_PER_DEGREE = 111_320
# A single match with this confidence is taken without asking.
SURE = 0.9
# The kind of a house that isn't known but is between two that are, and its confidence. Their own is that of a house next to it.
ABOUT, ABOUT_CONFIDENCE, NEXT_CONFIDENCE = "about", 0.8, 0.69

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

    @property
    def choice(self) -> str:
        """The label in a list to choose from, in the reader's language."""
        return _("%(place)s (about here)") % {"place": self.label} if self.kind == ABOUT else self.label


def search(jurisdiction: Jurisdiction, text: str, *, limit: int = 8) -> list[Match]:
    """Places that match the text, best first. Understands coordinates and Plus Codes too."""
    text = text[:200].replace("\x00", " ")
    if point := _typed_point(jurisdiction, text):
        near = nearest(jurisdiction, point) if inside(jurisdiction, point) else None
        label = near.label if near else f"{point.y:.5f}, {point.x:.5f}"
        return [Match(label, point, "point", near.confidence if near else 0.5)]
    found = dict(GazetteerSearch(jurisdiction, text).matches(limit))
    between = between_numbers.find(jurisdiction, text, found)
    about = [Match(one.label, one.point, ABOUT, ABOUT_CONFIDENCE) for one in between]
    # Its neighbors come before other streets.
    beside = {entry: found.get(entry, NEXT_CONFIDENCE) for one in between for entry in (one.low, one.high)}
    return [*about, *(_match(entry, confidence) for entry, confidence in ({**beside, **found}).items())][:limit]


def sure(matches: list[Match]) -> Match | None:
    """The match that needs no question: the only exact one, or the only one if it is close."""
    exact = [match for match in matches if match.confidence >= 1.0]
    if len(exact) == 1:
        return exact[0]
    return matches[0] if len(matches) == 1 and matches[0].confidence >= SURE else None


def sure_or_about(matches: list[Match]) -> Match | None:
    """The match that needs no question where the block matters and not the house: also the only one between known numbers."""
    about = [match for match in matches if match.kind == ABOUT]
    return about[0] if len(about) == 1 else sure(matches)


def nearest(jurisdiction: Jurisdiction, point: Point) -> Match | None:
    """Name of a point: the nearest address, otherwise a corner or landmark, otherwise the street."""
    entries = GazetteerEntry.objects.filter(jurisdiction=jurisdiction)
    for kinds, meters, most in (
        (Q(kind="address"), ADDRESS_M, 0.95),
        (~Q(kind="address"), CORNER_M, 0.7),
    ):
        near = (
            entries.filter(kinds, point__bboverlaps=box_around(point, meters))
            .annotate(meters=Distance("point", point))
            .order_by("meters", "id")
            .first()
        )
        if near is not None and near.meters.m <= meters:
            return _match(near, most - 0.4 * near.meters.m / meters)
    street = (
        OwnerArea.objects.filter(jurisdiction=jurisdiction, is_segment=True, name__gt="")
        .filter(shape__bboverlaps=box_around(point, STREET_M))
        .annotate(meters=Distance("shape", point))
        .order_by("meters", "id")
        .first()
    )
    if street is not None and street.meters.m <= STREET_M:
        return Match(street.name, point, "street", 0.4)
    return None


def box_around(point: Point, meters: float) -> Polygon:
    """A box in degrees around a circle of that many meters, for searching by index."""
    high = meters / METRES_PER_DEGREE
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
