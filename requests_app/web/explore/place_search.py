"""Place search for the address box and the map's pin: JSON lists of label, lat, long, kind."""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.utils.translation import override
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.places import addresses, assets, ownership, street_side
from requests_app.rules.shared import rate_limits


@require_safe
def place_search(request: CityRequest) -> HttpResponse:
    """?q=: matching places and assets, best first. ?language= is the language of asset names."""
    text = request.GET.get("q", "")
    if text.strip() and not limits.allow(request, "place_search", rate_limits.PLACE_SEARCHES_AN_HOUR):
        return _too_many()
    language = request.GET.get("language", "")
    with override(language if language in request.jurisdiction.languages else request.LANGUAGE_CODE):
        return _listed(assets.search(request.jurisdiction, text))


@require_safe
def place_nearest(request: CityRequest) -> HttpResponse:
    """?lat=&long=: a list with the address at this point, or an empty one. Outside the city, with the neighboring town.

    ?side=1: also on which side of the street the point is, as `side`, in ?language=.
    """
    try:
        latitude, longitude = float(request.GET.get("lat", "")), float(request.GET.get("long", ""))
    except ValueError:
        latitude = longitude = float("nan")
    # Also rejects "nan".
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return JsonResponse({"error": "lat and long must be degrees"}, status=400)
    if not limits.allow(request, "place_nearest", rate_limits.NEAREST_PLACES_AN_HOUR):
        return _too_many()
    point = Point(longitude, latitude, srid=4326)
    found = ownership.named_at(request.jurisdiction, point)
    if found is None or request.GET.get("side") != "1":
        return _listed([found] if found else [])
    language = request.GET.get("language", "")
    with override(language if language in request.jurisdiction.languages else request.LANGUAGE_CODE):
        return _listed([found], side=street_side.side_of_street(request.jurisdiction, point))


def _too_many() -> HttpResponse:
    """Answers an empty list when time is up: the form looks the text up again on submit."""
    response = JsonResponse({"error": "too many searches from this network in this hour"}, status=429)
    response["Retry-After"] = str(limits.HOUR)
    return response


def _listed(matches: list[addresses.Match], **more: str) -> HttpResponse:
    listed: list[dict[str, Any]] = [
        {
            "label": match.label,
            "lat": round(match.point.y, 6),
            "long": round(match.point.x, 6),
            "kind": match.kind,
            # What the list shows, where that isn't the label.
            **({"choice": match.choice} if match.choice != match.label else {}),
            **more,
        }
        for match in matches
    ]
    response = JsonResponse(listed, safe=False)
    patch_cache_control(response, public=True, max_age=300)
    return response
