"""Place search for the address box and the map's pin: JSON lists of label, lat, long, kind."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from requests_app.places import addresses


@require_safe
def place_search(request: HttpRequest) -> HttpResponse:
    """?q=: the places that the words may mean, best first."""
    text = request.GET.get("q", "")
    found = addresses.search(request.jurisdiction, text)  # type: ignore[attr-defined]
    return _listed(found)


@require_safe
def place_nearest(request: HttpRequest) -> HttpResponse:
    """?lat=&long=: a list with the address at this point, or an empty one."""
    try:
        latitude, longitude = float(request.GET.get("lat", "")), float(request.GET.get("long", ""))
    except ValueError:
        latitude = longitude = float("nan")
    # Also false for "nan".
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return JsonResponse({"error": "lat and long must be degrees"}, status=400)
    found = addresses.nearest(request.jurisdiction, Point(longitude, latitude, srid=4326))  # type: ignore[attr-defined]
    return _listed([found] if found else [])


def _listed(matches: list[addresses.Match]) -> HttpResponse:
    listed: list[dict[str, Any]] = [
        {"label": match.label, "lat": round(match.point.y, 6), "long": round(match.point.x, 6), "kind": match.kind}
        for match in matches
    ]
    response = JsonResponse(listed, safe=False)
    patch_cache_control(response, public=True, max_age=300)
    return response
