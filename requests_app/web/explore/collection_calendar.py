"""The calendar file of an area's collection days. Its URL has the area's code and no address."""

import hashlib

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.city_request import CityRequest
from requests_app.messages.calendar_file import collection_calendar
from requests_app.places.address_card import part_of
from requests_app.web.explore.areas import area_named


@require_safe
@cache_control(max_age=3600, public=True)
def area_calendar(request: CityRequest, layer: str, code: str) -> HttpResponse:
    city = request.jurisdiction
    area = area_named(city, layer, code)
    part = part_of(city, area, timezone.localdate()) if area is not None else None
    if part is None or not part.collections:
        raise Http404
    page = links.base_url(city) + reverse("requests_app:area", args=[layer, code])
    written = collection_calendar(city, part, timezone.localdate(), url=page)
    response = HttpResponse(written, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="{layer}-collection.ics"'
    response["ETag"] = etag = f'"{hashlib.sha256(written).hexdigest()[:20]}"'
    return get_conditional_response(request, etag=etag, response=response) or response
