"""Which reports may be the same problem: open, public, of the same service, near and recent."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.gis.db.models.functions import Distance
from django.contrib.gis.geos import Point

from requests_app.clock import app_now
from requests_app.models import OPEN, ServiceRequest, ServiceVersion
from requests_app.places.addresses import box_around

AT_MOST = 3


@dataclass(frozen=True)
class Candidate:
    service_request: ServiceRequest
    metres: int


def candidates(version: ServiceVersion, point: Point | None) -> list[Candidate]:
    """At most three, the nearest first and of equally near ones the newest.

    Measured to their public places: what the public may not know of a place must not show in its distance either.
    """
    never = version.duplicate_policy == ServiceVersion.DuplicatePolicy.NEVER
    if never or point is None or version.duplicate_radius_m == 0:
        return []
    since = app_now() - dt.timedelta(days=version.duplicate_window_days)
    found = (
        ServiceRequest.objects.public()
        .filter(service_id=version.service_id, status__in=OPEN, submitted_at__gte=since)
        .filter(public_point__bboverlaps=box_around(point, version.duplicate_radius_m))
        .annotate(metres=Distance("public_point", point))
        .select_related("service_version__department", "department", "owner")
        .order_by("metres", "-submitted_at", "-id")[:AT_MOST]
    )
    return [Candidate(one, round(one.metres.m)) for one in found if one.metres.m <= version.duplicate_radius_m]
