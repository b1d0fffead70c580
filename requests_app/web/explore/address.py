""" "About your address": ward, collection day, council member and so on, from the city's areas."""

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import limits
from requests_app.places import addresses, ownership
from requests_app.places.address_card import card_at
from requests_app.web.city_request import CityRequest
from requests_app.web.explore.forms import AddressForm
from requests_app.web.report.forms import typed_point

AN_HOUR = 300


# This URL tells where someone lives, so neither caches nor our logs keep it (see docs/operating.md).
@require_safe
@cache_control(private=True, no_store=True)
def address(request: CityRequest) -> HttpResponse:
    """?q= text, ?lat= and ?long= a point. Lists the matches if there are several. Stores nothing."""
    form = AddressForm(request.GET if {"q", "lat"} & set(request.GET) else None)
    context: dict[str, object] = {"form": form}
    if not form.is_valid():
        return _page(request, context, status=422 if form.errors else 200)
    words, point = form.cleaned_data["q"], typed_point(form.cleaned_data["lat"], form.cleaned_data["long"])
    if not words and point is None:
        return _page(request, context)
    if not limits.allow(request, "address", AN_HOUR):
        form.add_error(
            None, _("We’ve had too many requests from your network in the last hour. Wait a while, or call us.")
        )
        return _page(request, context, status=429)
    context["words"] = words
    if point is None:
        matches = addresses.search(request.jurisdiction, words)
        sure = addresses.sure(matches)
        if sure is None:
            return _page(request, {**context, "matches": matches, "nothing": not matches})
        words, point = sure.label, sure.point
    return _page(request, {**context, **_card(request, words, point)})


def _card(request: CityRequest, words: str, point: Point) -> dict[str, object]:
    city = request.jurisdiction
    if not ownership.inside(city, point):
        return {"outside": True, "words": words, "neighbor": ownership.neighbor_at(city, point)}
    if not words:
        near = addresses.nearest(city, point)
        words = near.label if near else ""
    parts = card_at(city, point, timezone.localdate())
    return {
        "point": point,
        "words": words,
        "parts": parts,
        # A city lists the layer that residents know best first.
        "area": parts[0].area if parts else None,
    }


def _page(request: CityRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "requests_app/explore/address.html", context, status=status)
