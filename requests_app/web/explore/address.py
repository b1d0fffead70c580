""" "About your address": ward, collection day, council member and so on, from the city's areas, and street works nearby."""

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import typed_point
from requests_app.messages.rate_limits import too_many_requests
from requests_app.places import addresses, ownership, street_works
from requests_app.places.address_card import card_at
from requests_app.web.explore import kept_address
from requests_app.web.explore.forms import AddressForm, typed_or_chosen
from requests_app.web.explore.kept_address import KeptAddress

AN_HOUR = 300
PAGE, COOKIE = "requests_app:address", "address"
# Meters within which street works are shown.
AROUND_M = 200


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def address(request: CityRequest) -> HttpResponse:
    """POST: an address, or one of several matches (`choice`). Stores nothing but the cookie.

    Links from other sites may have ?q= text, or ?lat= and ?long= a point. Our logs have no queries (see docs/operating.md).
    """
    if request.method == "POST":
        return _look_up(request)
    asked = AddressForm(request.GET) if {"q", "lat"} & set(request.GET) else None
    if asked is not None:
        return _look_up(request, asked)
    found = kept_address.kept(request, COOKIE)
    return _page(request, {"form": AddressForm(), **(_card(request, found.label, found.point) if found else {})})


def _look_up(request: CityRequest, linked: AddressForm | None = None) -> HttpResponse:
    """linked: what a link asks for, which is answered right away."""
    form = linked or AddressForm(typed_or_chosen(request.POST))
    if not form.is_valid():
        return _page(request, {"form": form}, status=422)
    text, point = form.cleaned_data["q"], typed_point(form.cleaned_data["lat"], form.cleaned_data["long"])
    if not text and point is None:
        return _page(request, {"form": form})
    if not limits.allow(request, "address", AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _page(request, {"form": form}, status=429)
    if point is None:
        matches = addresses.search(request.jurisdiction, text)
        sure = addresses.sure(matches)
        if sure is None:
            return _page(request, {"form": form, "typed": text, "matches": matches, "nothing": not matches})
        text, point = sure.label, sure.point
    card = _card(request, text, point)
    if linked or "outside" in card:
        return _page(request, {"form": form, **card})
    label = str(card["place_label"]) or f"{point.y:.5f}, {point.x:.5f}"
    return kept_address.keep(PAGE, COOKIE, KeptAddress(label, point))


def _card(request: CityRequest, text: str, point: Point) -> dict[str, object]:
    city = request.jurisdiction
    if not ownership.inside(city, point):
        return {"outside": True, "place_label": text, "neighbor": ownership.neighbor_at(city, point)}
    if not text:
        near = addresses.nearest(city, point)
        text = near.label if near else ""
    parts = card_at(city, point, timezone.localdate())
    return {
        "point": point,
        "place_label": text,
        "parts": parts,
        "works": street_works.near(city, point, AROUND_M, timezone.localdate()),
        # A city lists the layer that residents know best first.
        "area": parts[0].area if parts else None,
    }


def _page(request: CityRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "requests_app/explore/address.html", context, status=status)
