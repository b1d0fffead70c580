"""The filters that the public list, the map beside it and its tiles share: category, service, status, area, older."""

import datetime as dt
import math
from collections.abc import Mapping
from urllib.parse import urlencode

from django.contrib.gis.geos import Point, Polygon
from django.contrib.gis.measure import D
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, Q, QuerySet, Value

from requests_app.clock import AppNow
from requests_app.models import (
    OPEN,
    SMALLEST_RADIUS_M,
    Area,
    Asset,
    Jurisdiction,
    ServiceRequest,
    Status,
)
from requests_app.places.public_place import EXACT, LISTED_BY_PLACE, METRES_PER_DEGREE

NAMES = ("category", "service", "status", "area", "near", "asset", "older")
# "near": latitude, longitude, meters. Nobody can ask for less than this, or one house could be watched.
LEAST_M, MOST_M = SMALLEST_RADIUS_M, 5000
# To the public, closed looks like resolved.
STATES = {"open": OPEN, "ended": [Status.RESOLVED, Status.CLOSED]}
# What is open, and what was reported lately; the rest by choice (older=1), or ten years would bury the present.
LATELY = dt.timedelta(days=90)


class PublicFilter:
    """What a reader chose, from an address's query. A value that the city does not have finds nothing."""

    def __init__(self, jurisdiction: Jurisdiction, query: Mapping[str, str]) -> None:
        self.jurisdiction = jurisdiction
        self.chosen = {name: query[name].replace("\x00", "\ufffd")[:140] for name in NAMES if query.get(name)}

    @property
    def with_older(self) -> bool:
        return self.chosen.get("older") == "1"

    @property
    def query(self) -> str:
        """The same choice as an address's query: "category=streets&area=ward:5"."""
        return urlencode(self.chosen)

    def requests(self) -> QuerySet[ServiceRequest]:
        found = ServiceRequest.objects.public().in_jurisdiction(self.jurisdiction)
        if not self.with_older:
            lately = ExpressionWrapper(
                AppNow() - Value(LATELY, output_field=DurationField()), output_field=DateTimeField()
            )
            found = found.filter(Q(submitted_at__gte=lately) | Q(status__in=OPEN))
        if code := self.chosen.get("category"):
            found = found.filter(service__current__category__code=code)
        if code := self.chosen.get("service"):
            found = found.filter(service__service_code=code)
        if state := self.chosen.get("status"):
            found = found.filter(status__in=STATES.get(state, []))
        if named := self.chosen.get("area"):
            layer, _, code = named.partition(":")
            areas = Area.objects.filter(jurisdiction=self.jurisdiction, layer=layer, code=code)
            found = found.filter(request_areas__area__in=areas)
        if "near" in self.chosen:
            found = found.filter(LISTED_BY_PLACE, _within(self.near)) if self.near else found.none()
        if number := self.chosen.get("asset"):
            things = Asset.objects.filter(jurisdiction=self.jurisdiction, asset_id__iexact=number)
            # A thing tells exactly where it is: what shows only its block is not told by it.
            found = found.filter(LISTED_BY_PLACE, asset__in=things, service_version__visibility__in=EXACT)
        return found

    @property
    def near(self) -> tuple[Point, int] | None:
        """The place and the meters around it; None for what is no place."""
        parts = self.chosen.get("near", "").split(",")
        try:
            latitude, longitude, meters = (float(part) for part in parts)
        except ValueError:
            return None
        if not (abs(latitude) <= 90 and abs(longitude) <= 180 and meters > 0):
            return None
        return Point(longitude, latitude, srid=4326), int(min(max(meters, LEAST_M), MOST_M))


def _within(near: tuple[Point, int]) -> Q:
    """By the public place alone. The box comes first, since it is what the index knows."""
    point, meters = near
    north = meters / METRES_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(point.y)))
    box = Polygon.from_bbox((point.x - east, point.y - north, point.x + east, point.y + north))
    box.srid = 4326
    return Q(public_point__bboverlaps=box) & Q(public_point__distance_lte=(point, D(m=meters)))
