"""My street: collection days, council member, street works and reports near an address that only the visitor's browser keeps."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import typed_point
from requests_app.messages.rate_limits import too_many_requests
from requests_app.places import addresses, named, ownership, street_works
from requests_app.places.address_card import Field, Part, card_at
from requests_app.places.addresses import Match
from requests_app.places.public_filter import PublicFilter
from requests_app.places.public_place import block_point
from requests_app.rules.answers.collection_days import Pickup
from requests_app.web.explore import filters, kept_address
from requests_app.web.explore.areas import site_names
from requests_app.web.explore.forms import AddressForm, typed_or_chosen
from requests_app.web.explore.kept_address import KeptAddress
from requests_app.web.explore.map import map_words, view_of
from requests_app.web.explore.request_rows import request_rows
from requests_app.web.explore.street_works import features

PAGE, COOKIE = "requests_app:my_street", "street"
# The longest that browsers keep a cookie.
KEPT_S = 400 * limits.DAY
AN_HOUR = 300
# Meters around the block, and reports in the list.
AROUND_M = 500
A_YEAR = dt.timedelta(days=365)
SHOWN = 20


@require_http_methods(["GET", "HEAD", "POST"])
@cache_control(private=True, no_store=True)
def my_street(request: CityRequest) -> HttpResponse:
    """POST: `forget`, one of several matches (`choice`), or an address. Stores nothing but the cookie."""
    if request.method != "POST":
        street = kept_address.kept(request, COOKIE)
        context = {"form": AddressForm()} if street is None else _street_context(request, street)
        return _page(request, context)
    if "forget" in request.POST:
        return kept_address.keep(PAGE, COOKIE, None)
    return _look_up(request)


def _look_up(request: CityRequest) -> HttpResponse:
    form = AddressForm(typed_or_chosen(request.POST))
    if not form.is_valid():
        return _page(request, {"form": form}, status=422)
    if not limits.allow(request, "address", AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _page(request, {"form": form}, status=429)
    city, text = request.jurisdiction, form.cleaned_data["q"]
    point = typed_point(form.cleaned_data["lat"], form.cleaned_data["long"])
    if point is None:
        matches = addresses.search(city, text)
        sure = addresses.sure(matches)
        if sure is None:
            return _page(request, {"form": form, "typed": text, "matches": matches, "nothing": not matches})
        text, point = sure.label, sure.point
    if not ownership.inside(city, point):
        neighbor = ownership.neighbor_at(city, point)
        return _page(request, {"form": form, "typed": text, "outside": True, "neighbor": neighbor})
    if not text:
        near = addresses.nearest(city, point)
        text = near.label if near else f"{point.y:.5f}, {point.x:.5f}"
    return kept_address.keep(PAGE, COOKIE, KeptAddress(text, point), max_age=KEPT_S)


def _street_context(request: CityRequest, street: KeptAddress) -> dict[str, Any]:
    city = request.jurisdiction
    parts = card_at(city, street.point, timezone.localdate())
    # Whatever has a URL is about the block, whose place is the average of its houses.
    block = named.of_match(city, Match(street.label, street.point, "address", 1.0))
    center = block.point if block is not None else block_point(street.point)
    near = PublicFilter(city, {"near": f"{center.y:.5f},{center.x:.5f},{AROUND_M}", "status": "open"})
    page = filters.page(near, None, SHOWN)
    works = street_works.near(city, center, AROUND_M, timezone.localdate())
    return {
        "form": AddressForm(),
        **site_names(city),
        "street": street,
        "block": block,
        "collections": [part for part in parts if part.collections],
        "changes": _changes(parts, timezone.localdate()),
        "facts": [Part(part.label, part.area, _facts(part)) for part in parts],
        "rows": request_rows(city, page.rows),
        "has_more": bool(page.next_cursor),
        "works": works,
        "works_on_map": features(works) if works else None,
        "follow_query": urlencode({"near": near.chosen["near"]}),
        "chosen": near,
        "list_url": f"{reverse('requests_app:public_list')}?{near.query}",
        "view": view_of(near),
        "map_words": map_words(),
    }


def _changes(parts: list[Part], today: dt.date) -> list[tuple[Field, Pickup]]:
    """What holidays change within a year, in order."""
    changes = [
        (field, pickup)
        for part in parts
        for field in part.collections
        if field.days is not None
        for pickup in field.days.between(today, today + A_YEAR)
        if pickup.is_changed
    ]
    return sorted(changes, key=lambda one: one[1].usual_on)


def _facts(part: Part) -> list[Field]:
    return [field for field in part.fields if field.days is None]


def _page(request: CityRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, "requests_app/explore/my_street.html", context, status=status)
