"""The requests of a list as points of a map: exactly those that its filters show, up to 1,000 of them in the frame."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.models import OPEN, ServiceRequest
from requests_app.places import frame as frames
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.promises.lateness import is_late
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.queue.filters import QueueFilter

SHOWN_MAX = 1000
TIMEOUT_MS = 2000


@staff_page
def queue_map(request: StaffRequest) -> HttpResponse:
    """GeoJSON of the list that the address names. `frame`: west,south,east,north in degrees; all of the list without one.

    `more`: whether there are more in the frame than it answers with.
    """
    typed = request.GET.get("frame", "")
    frame = frames.read(typed)
    if typed and frame is None:
        return JsonResponse({"error": _("The frame is not a part of the map.")}, status=400)
    user, city = request.user, request.jurisdiction
    filters = QueueFilter.from_query(request.GET, user, city)
    at = listing.Moment.of(city)
    rows = listing.rows(user, city, listing.tab_of(filters, user, city), filters, at).filter(point__isnull=False)
    if frame is not None:
        rows = rows.filter(point__bboverlaps=frame)
    columns = (
        "jurisdiction",
        "reference",
        "point",
        "priority",
        "due_at",
        "status",
        "service",
        "service_version",
        "team",
        "department",
    )
    try:
        with at_most(TIMEOUT_MS):
            found = list(rows.only(*columns)[: SHOWN_MAX + 1])
    except TimeUpError:
        return JsonResponse({"error": _("The map took too long. Zoom in, or add a filter.")}, status=503)
    # Not by the database, which would sort all that the filters show.
    found.sort(key=lambda one: -one.pk)
    filters.directory.fill(found)
    features = [_feature(one, filters.directory.name_of(one.service_version_id), at) for one in found[:SHOWN_MAX]]
    return JsonResponse({"type": "FeatureCollection", "features": features, "more": len(found) > SHOWN_MAX})


def _feature(service_request: ServiceRequest, service: str, at: listing.Moment) -> dict[str, Any]:
    x, y = service_request.point.coords if service_request.point else (0.0, 0.0)
    is_open = service_request.status in OPEN
    return {
        "type": "Feature",
        "id": service_request.pk,
        "geometry": {"type": "Point", "coordinates": [round(x, 6), round(y, 6)]},
        "properties": {
            "pk": service_request.pk,
            "number": service_request.display_reference,
            "url": reverse("staff_app:detail", args=[service_request.reference]),
            "service": service,
            "priority": service_request.priority,
            "late": is_late(service_request, at.now),
            "open": is_open,
        },
    }
