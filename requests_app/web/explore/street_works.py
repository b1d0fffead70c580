"""Planned street works: the list of all, and their shapes for the map."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.core import paging
from requests_app.messages.street_work_words import map_words
from requests_app.models import StreetWork
from requests_app.places import street_works as works

ROWS = 25
# What ends first is what is under way.
ORDER: paging.Order = [("ends_on", "asc"), ("id", "asc")]
# The map reads all at once; the list has the rest.
ON_MAP = 2000


@require_safe
@cache_control(max_age=30, public=True)
def street_works(request: CityRequest) -> HttpResponse:
    current = works.current(request.jurisdiction, timezone.localdate())
    page = paging.page_or_first_page(current, ORDER, request.GET.get("cursor"), ROWS)
    return render(request, "requests_app/explore/street_works.html", {"works": page.rows, "pager": page.urls()})


@require_safe
@cache_control(max_age=30, public=True)
def street_works_json(request: CityRequest) -> HttpResponse:
    """GeoJSON, with words in the language of the address."""
    current = works.current(request.jurisdiction, timezone.localdate()).order_by("ends_on", "id")
    return JsonResponse(features(current[:ON_MAP]), content_type="application/geo+json")


def features(current_works: Iterable[StreetWork]) -> dict[str, Any]:
    """The GeoJSON that js/map.js draws."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": works.shape_of(work), "properties": map_words(work)}
            for work in current_works
        ],
    }
