"""Street works near a place or in the whole city, as pages show them: from their announcement to the end of their last day."""

import datetime as dt
import json
from typing import Any

from django.contrib.gis.db.models.functions import AsGeoJSON, Distance
from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from requests_app.models import Jurisdiction, StreetWork
from requests_app.places.addresses import box_around

# From the middle of the street to what is reported next to it.
HERE_M = 40
# On a page about a place.
SHOWN = 10
# Six digits of a degree: about 10 cm.
SHAPE: dict[str, Any] = {"geojson": AsGeoJSON("shape", precision=6)}


def current(jurisdiction: Jurisdiction, today: dt.date) -> QuerySet[StreetWork]:
    """Those that are under way or planned, with their shapes as `geojson`."""
    found = StreetWork.objects.filter(jurisdiction=jurisdiction, ends_on__gte=today)
    return found.annotate(**SHAPE).defer("shape")


def near(jurisdiction: Jurisdiction, point: Point, meters: float, today: dt.date) -> list[StreetWork]:
    """The works within that many meters, by their first day."""
    away: dict[str, Any] = {"meters": Distance("shape", point)}
    found = (
        current(jurisdiction, today)
        .filter(shape__bboverlaps=box_around(point, meters))
        .annotate(**away)
        .order_by("starts_on", "ends_on", "id")
    )
    return [work for work in found if work.meters.m <= meters][:SHOWN]


def here(jurisdiction: Jurisdiction, point: Point, today: dt.date) -> StreetWork | None:
    """What is under way at this place; of several, what takes longest."""
    under_way = [work for work in near(jurisdiction, point, HERE_M, today) if work.starts_on <= today]
    return max(under_way, key=lambda work: work.ends_on, default=None)


def shape_of(work: StreetWork) -> dict[str, Any]:
    """Its GeoJSON geometry. Of a work that was read by current()."""
    shape: dict[str, Any] = json.loads(work.geojson)
    return shape
