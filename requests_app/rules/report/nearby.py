"""How many reports are around a report or a place: a reporter is among neighbors, not alone."""

import datetime as dt

from django.contrib.gis.geos import Point

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, ServiceRequest
from requests_app.places.addresses import box_around
from requests_app.places.public_filter import PublicFilter
from requests_app.places.public_place import LISTED_BY_PLACE

# About a block to each side, and the last month.
AROUND_M, DAYS = 150, 30
# Five minutes' walk, in meters.
WALK_M = 400
# More than these aren't counted.
MOST = 50


def reported_nearby(service_request: ServiceRequest) -> int:
    """Other public reports around its public place in the last 30 days, at most MOST; 0 if its place isn't public."""
    point = service_request.public_point
    if point is None or not service_request.is_public:
        return 0
    others = (
        ServiceRequest.objects.public()
        .filter(
            LISTED_BY_PLACE,
            jurisdiction=service_request.jurisdiction_id,
            public_point__bboverlaps=box_around(point, AROUND_M),
            submitted_at__gt=app_now() - dt.timedelta(days=DAYS),
        )
        .exclude(pk=service_request.pk)
    )
    return others.values("pk")[:MOST].count()


def within_walk(jurisdiction: Jurisdiction, point: Point) -> PublicFilter:
    """The open reports within five minutes' walk of a place that everybody may know."""
    near = f"{point.y:.5f},{point.x:.5f},{WALK_M}"
    return PublicFilter(jurisdiction, {"near": near, "status": "open"})


def counted(chosen: PublicFilter) -> int:
    """At most MOST + 1."""
    return chosen.requests().order_by().values("pk")[: MOST + 1].count()
