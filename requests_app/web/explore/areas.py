"""The list of the city's areas, and the page of one: a ward, a neighborhood, a park."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.city_request import CityRequest
from requests_app.models import Area, Jurisdiction, PublicState, ServiceRequest
from requests_app.models.geography import area_label
from requests_app.places.address_card import part_of
from requests_app.rules.figures.recent_weeks import recent_weeks
from requests_app.rules.promises.typical_times import area_numbers
from requests_app.web.explore.filters import layer_words
from requests_app.web.explore.forms import PlaceForm
from requests_app.web.explore.request_rows import open_and_ended
from requests_app.web.explore.weeks_chart import weeks_context


@require_safe
@cache_control(max_age=30, public=True)
def areas(request: CityRequest) -> HttpResponse:
    """All areas by layer, and a search box for smaller places."""
    return areas_page(request)


def areas_page(request: CityRequest, **more: Any) -> HttpResponse:
    layers: dict[str, list[Any]] = {}
    ours = Area.objects.filter(jurisdiction=request.jurisdiction, is_ours=True)
    for area in ours.order_by("layer", "code").values("layer", "code", "name"):
        layers.setdefault(area["layer"], []).append({**area, "label": area_label(area["layer"], area["name"])})
    groups = [(code, layer_words(code), sorted(named, key=_counted)) for code, named in layers.items()]
    context = {"layers": groups, "form": PlaceForm(), **more}
    return render(request, "requests_app/explore/areas.html", context, status=404 if more else 200)


@require_safe
@cache_control(max_age=30, public=True)
def area(request: CityRequest, layer: str, code: str) -> HttpResponse:
    city = request.jurisdiction
    area = area_named(city, layer, code)
    if area is None:
        return areas_page(request, unknown=True)
    context: dict[str, Any] = {
        "area": area,
        "layer_words": layer_words(layer),
        "part": part_of(city, area, timezone.localdate()),
        "numbers": area_numbers(area),
        **weeks_context(recent_weeks(city, f"area:{area.pk}", lambda since: _reported_since(area, since))),
        "this_year": timezone.localdate().year,
        **site_names(city),
        **open_and_ended(city, _reported_in(area), urlencode({"area": f"{layer}:{code}"})),
    }
    return render(request, "requests_app/explore/area.html", context)


def site_names(city: Jurisdiction) -> dict[str, str]:
    """The city's own URL for _collection_links.html, with and without its scheme: calendars have one of their own."""
    site = links.base_url(city)
    return {"site": site, "site_host": site.partition("://")[2]}


def area_named(city: Jurisdiction, layer: str, code: str) -> Area | None:
    areas = Area.objects.filter(jurisdiction=city, layer=layer, code=code.replace("\x00", "\ufffd"), is_ours=True)
    return areas.defer("polygon").first()


def _reported_in(area: Area) -> QuerySet[ServiceRequest]:
    """Newest first, in the order of the area's index."""
    return (
        ServiceRequest.objects.public()
        .filter(request_areas__area=area, request_areas__public_state=PublicState.PUBLIC)
        .order_by("-request_areas__submitted_at", "-request_areas__service_request_id")
    )


def _reported_since(area: Area, since: dt.datetime) -> QuerySet[ServiceRequest]:
    """In one filter, so that it is one range of the area's index."""
    return ServiceRequest.objects.public().filter(
        request_areas__area=area,
        request_areas__public_state=PublicState.PUBLIC,
        request_areas__submitted_at__gte=since,
    )


def _counted(named: dict[str, str]) -> list[tuple[int, str]]:
    """Sort key that puts ward 2 before ward 10."""
    return [
        (int(part), "") if part.isdecimal() else (0, part.casefold()) for part in re.split(r"(\d{1,9})", named["name"])
    ]
