"""Reports at a place: a block (never a single house), a corner, a landmark or an asset."""

from typing import Any
from urllib.parse import urlencode

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import typed_point
from requests_app.models import SMALLEST_RADIUS_M, Jurisdiction
from requests_app.places import addresses, assets, named, ownership, street_works
from requests_app.places.addresses import Match
from requests_app.places.public_filter import PublicFilter
from requests_app.rules.figures.recent_weeks import recent_weeks
from requests_app.rules.figures.recurring import recurring_problems
from requests_app.rules.report import nearby
from requests_app.web.explore.forms import PlaceForm
from requests_app.web.explore.request_rows import open_and_ended
from requests_app.web.explore.weeks_chart import weeks_context

AN_HOUR = 300
SURE = 0.9
# Meters around a place. Nobody can choose fewer, or they could watch a single house.
AROUND = (SMALLEST_RADIUS_M, 500, 1000)


# This URL tells whose home someone looks for, so neither caches nor our logs keep it (see docs/operating.md).
@require_safe
@cache_control(private=True, no_store=True)
def places(request: CityRequest) -> HttpResponse:
    """?q= text, ?lat= and ?long= a point. Redirects to the page of the place, or lists several matches."""
    form = PlaceForm(request.GET if {"q", "lat"} & set(request.GET) else None)
    if not form.is_valid():
        return _places(request, form, status=422 if form.errors else 200)
    text, point = form.cleaned_data["q"], typed_point(form.cleaned_data["lat"], form.cleaned_data["long"])
    if not text and point is None:
        return _places(request, form)
    if not limits.allow(request, "places", AN_HOUR):
        form.add_error(
            None, _("We’ve had too many requests from your network in the last hour. Wait a while, or call us.")
        )
        return _places(request, form, status=429)
    city = request.jurisdiction
    if point is not None:
        near = ownership.named_at(city, point)
        matches = [near or Match(text, point, "point", 1.0)]
    elif asset := assets.named_in(city, text):
        return redirect("requests_app:asset", asset.asset_id)
    else:
        matches = addresses.search(city, text)
    exact = [match for match in matches if match.confidence >= 1.0]
    sure = exact if len(exact) == 1 else matches if len(matches) == 1 and matches[0].confidence >= SURE else []
    if sure or point is not None:
        return redirect(_page_of(city, matches[0] if point is not None else sure[0]))
    return _places(request, form, typed=text, matches=matches, nothing=not matches)


def _page_of(city: Jurisdiction, match: Match) -> str:
    """URL of the place's page; if it has none (a road without houses), of the list of reports around it."""
    if park := named.park_of(city, match):
        return reverse("requests_app:area", args=[park.layer, park.code])
    if place := named.of_match(city, match):
        return reverse("requests_app:place", args=[place.path])
    return f"{reverse('requests_app:public_list')}?{urlencode({'near': _near(match.point, AROUND[1])})}"


def _places(request: CityRequest, form: PlaceForm, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, "requests_app/explore/places.html", {"form": form, **context}, status=status)


@require_safe
@cache_control(max_age=30, public=True)
def place(request: CityRequest, path: str) -> HttpResponse:
    """?around= is the radius in meters, 200 or more."""
    city = request.jurisdiction
    candidates = named.at_path(city, path)
    if len(candidates) != 1:
        return _places(
            request, PlaceForm(), status=200 if candidates else 404, same_name=candidates, unknown=not candidates
        )
    around = _around(request)
    chosen = PublicFilter(city, {"near": _near(candidates[0].point, around)})
    least = PublicFilter(city, {"near": _near(candidates[0].point, AROUND[0])})
    context = {
        "name": candidates[0].name,
        "place": candidates[0],
        "point": candidates[0].point,
        "report_query": urlencode({"lat": f"{candidates[0].point.y:.5f}", "long": f"{candidates[0].point.x:.5f}"}),
        "around": around,
        "choices": AROUND,
        "areas": ownership.areas_at(city, candidates[0].point),
        **_within_walk(city, candidates[0].point),
        "recurring": recurring_problems(least.requests(), f"{city.pk}:{candidates[0].path}"),
        **_weeks(chosen, f"{candidates[0].path}:{around}"),
        "works": street_works.near(city, candidates[0].point, around, timezone.localdate()),
        **_lists(chosen),
    }
    return render(request, "requests_app/explore/place.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def asset(request: CityRequest, number: str) -> HttpResponse:
    """The page of an asset, by the number on it."""
    city = request.jurisdiction
    thing = assets.by_number(city, number)
    if thing is None:
        return _places(request, PlaceForm(), status=404, unknown=True)
    if thing.asset_id != number:
        return redirect("requests_app:asset", thing.asset_id)
    chosen = PublicFilter(city, {"asset": thing.asset_id})
    context = {
        "name": assets.name_of(city, thing),
        "point": thing.point,
        "report_query": chosen.query,
        "around_query": urlencode({"near": _near(thing.point, AROUND[0])}),
        "areas": ownership.areas_at(city, thing.point),
        **_within_walk(city, thing.point),
        "recurring": recurring_problems(chosen.requests(), f"thing:{thing.pk}"),
        **_weeks(chosen, f"thing:{thing.pk}"),
        **_lists(chosen),
    }
    return render(request, "requests_app/explore/place.html", context)


def _lists(chosen: PublicFilter) -> dict[str, Any]:
    """Open and closed reports, each by an index and with the public list's rule."""
    reported = chosen.requests().order_by("-submitted_at", "-id")
    return open_and_ended(chosen.jurisdiction, reported, chosen.query)


def _within_walk(city: Jurisdiction, point: Point) -> dict[str, Any]:
    """How much is open around the place, in words, and the public list's query for it."""
    chosen = nearby.within_walk(city, point)
    number = nearby.counted(chosen)
    if number > nearby.MOST:
        words = _("More than %(number)d open reports within 5 minutes’ walk") % {"number": nearby.MOST}
    elif number:
        words = ngettext(
            "%(number)d open report within 5 minutes’ walk", "%(number)d open reports within 5 minutes’ walk", number
        ) % {"number": number}
    else:
        words = _("No open reports within 5 minutes’ walk")
    return {"within_walk": words, "walk_query": chosen.query if number else ""}


def _weeks(chosen: PublicFilter, key: str) -> dict[str, Any]:
    weeks = recent_weeks(
        chosen.jurisdiction, f"place:{key}", lambda since: chosen.requests().filter(submitted_at__gte=since)
    )
    return weeks_context(weeks)


def _around(request: CityRequest) -> int:
    wanted = request.GET.get("around", "")
    return next((meters for meters in AROUND if str(meters) == wanted), AROUND[0])


def _near(point: Point, meters: int) -> str:
    return f"{point.y:.5f},{point.x:.5f},{meters}"
