"""Where everybody may know that it is: the exact place, its block, or nothing, by the service's visibility."""

import math
import re

from django.contrib.gis.geos import Point
from django.db.models import Q

from requests_app.models import Jurisdiction, ServiceRequest, ServiceVersion

# Meters: about a city block. Snapped and never jittered: the middle of many jittered points is the true one.
BLOCK_M = 120
METRES_PER_DEGREE = 111_320

NUMBER_FIRST = re.compile(r"^\s*(\d+)(?:\s*[-–]\s*\d+)?[a-z]?(?:\s+1/2)?\s+(?=\S)", re.IGNORECASE)
UNIT = re.compile(
    r"\s*(?:,|#|;|\(|\b(?:apt|apto|apartment|unit|suite|ste|floor|fl|room|rm|piso|depto)\b).*$", re.IGNORECASE
)
# Numbers that are a street's or a landmark's name.
NAMED_NUMBER = re.compile(
    r"\b(?:sr|us|i|rt|rte|route|ruta|hwy|highway|carretera|pier|muelle|exit|salida|station|school|line|gate)\s*-?\s*\d+\b"
    r"|\b\d+(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)

EXACT = {ServiceVersion.Visibility.PUBLIC, ServiceVersion.Visibility.NAMED_STAFF}
# Of these, everybody may read what was reported.
LISTED = EXACT | {ServiceVersion.Visibility.COARSE}
# What is about somebody's home (code enforcement) is found by no place smaller than an area: no page of a block, no feed or mail
# about it. What the city says today counts for what was reported before it said so, too.
LISTED_BY_PLACE = Q(service_version__listed_by_place=True, service__current__listed_by_place=True)


def public_place(visibility: str, point: Point | None, address: str) -> tuple[Point | None, str]:
    """The public point and the public address of a request whose service has this visibility."""
    if visibility in EXACT:
        return point, address
    if visibility == ServiceVersion.Visibility.COARSE:
        return (block_point(point) if point else None), block_address(address)
    return None, ""


def shows_asset(visibility: str) -> bool:
    """Whether everyone may know which asset it is: its number is as good as the exact place."""
    return visibility in EXACT


def unlisted_versions(jurisdiction: Jurisdiction) -> list[int]:
    """The versions that LISTED_BY_PLACE leaves out, for queries about very many requests: few ids or none, instead of joins."""
    versions = ServiceVersion.objects.filter(service__jurisdiction=jurisdiction)
    unlisted = versions.filter(Q(listed_by_place=False) | ~Q(service__current__listed_by_place=True))
    return list(unlisted.values_list("pk", flat=True))


def listed_by_place(service_request: ServiceRequest) -> bool:
    """LISTED_BY_PLACE for a request at hand."""
    current = service_request.service.current
    return service_request.service_version.listed_by_place and current is not None and current.listed_by_place


def block_point(point: Point) -> Point:
    """The middle of the grid cell (about 120 m on a side) that holds the point: one for all points of the cell."""
    high = BLOCK_M / METRES_PER_DEGREE
    row = math.floor(point.y / high)
    latitude = (row + 0.5) * high
    # The width follows the row, not the point, so that all points of a cell agree on it.
    wide = high / max(math.cos(math.radians(latitude)), 0.01)
    longitude = (math.floor(point.x / wide) + 0.5) * wide
    return Point(round(longitude, 6), round(latitude, 6), srid=4326)


def block_address(address: str) -> str:
    """The 100 block of Elm St, for "123 Elm St Apt 4". Corners and landmarks stay; one with a stray number goes."""
    street = UNIT.sub("", address)
    block = ""
    if number := NUMBER_FIRST.match(street):
        hundred = int(number[1]) // 100 * 100
        block = f"{hundred or '1–99'} block of "
        street = street[number.end() :]
    street = street.strip()
    # Any number left may be the house's, in an order that we do not know: "Elm St 12", "the blue house, 12".
    if re.search(r"\d", NAMED_NUMBER.sub("", street)):
        return ""
    return block + street if street else ""
