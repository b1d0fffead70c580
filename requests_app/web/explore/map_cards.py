"""What the map's popup shows of the reports at a spot, as a piece of HTML: fetched when it opens, and again while it is open."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import references
from requests_app.city_request import CityRequest
from requests_app.models import ServiceRequest
from requests_app.places.tiles import MOST_NAMED
from requests_app.web.explore.map_list import rows_of
from requests_app.web.explore.request_rows import RELATED


# With js/map-popup.js, which asks every 15 seconds: what is hidden or becomes private is gone within half a minute.
@require_safe
@cache_control(max_age=10, public=True)
def map_cards(request: CityRequest, reference: str) -> HttpResponse:
    """One number or several with commas between them. 404 if none of them is public, or none exists."""
    typed = [references.parse(number) for number in reference.split(",")[:MOST_NAMED]]
    public = ServiceRequest.objects.public().in_jurisdiction(request.jurisdiction)
    found = public.filter(reference__in=[number for number in typed if number]).select_related(*RELATED)
    by_number = {service_request.reference: service_request for service_request in found}
    in_order = [by_number[number] for number in dict.fromkeys(typed) if number in by_number]
    context = {"rows": rows_of(request.jurisdiction, in_order) if in_order else []}
    return render(request, "requests_app/explore/_map_cards.html", context, status=200 if in_order else 404)
