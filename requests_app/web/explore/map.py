"""The public map of reports, next to a list of the same reports."""

from typing import Any

from django.contrib.gis.db.models import Extent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.messages.wording import words_by_code
from requests_app.models import Area
from requests_app.places import map_picture_links, street_works
from requests_app.places.addresses import box_around
from requests_app.places.map_months import has_months
from requests_app.places.public_filter import PublicFilter
from requests_app.places.tiles import MOST_POINTS
from requests_app.web.explore import filters
from requests_app.web.explore.forms import MapPlaceForm
from requests_app.web.explore.map_list import ROWS, rows_of

# Meters shown around an asset.
AROUND_M = 150


@require_safe
@cache_control(max_age=30, public=True)
def map_page(request: HttpRequest) -> HttpResponse:
    chosen = PublicFilter(request.jurisdiction, request.GET)  # type: ignore[attr-defined]
    if tidied := filters.tidy(request, chosen):
        return tidied
    page = filters.page(chosen, None, ROWS)
    context = filters.context(chosen, "map", page)
    context |= {
        "rows": rows_of(chosen.jurisdiction, page.rows),
        "has_more": bool(page.next_cursor),
        "place_form": MapPlaceForm(),
        "has_months": has_months(chosen),
        "area_map_url": filters.address(reverse("requests_app:area_map"), chosen.but(older="", sort="")),
        "picture": _picture(chosen),
        "view": view_of(chosen),
        "map_words": map_words(),
        "limit_words": _limit_words(chosen),
        "has_works": street_works.current(chosen.jurisdiction, timezone.localdate()).exists(),
    }
    return render(request, "requests_app/explore/map.html", context)


def map_words() -> dict[str, Any]:
    """Messages of js/map.js in the page's language."""
    return {
        "statuses": words_by_code(),
        "open": _("Still open"),
        "ended": _("Closed"),
        "several": _("Reports at this location: {number}"),
        "all": _("See all of them in a list"),
        "closer": _("Reports around here: {number}. The map has zoomed in."),
        "nothing": _("There’s no report at the center of the map."),
        "gone": _("This report isn’t public anymore."),
        "tilesFailed": _("Parts of the map couldn’t be loaded. The list has the same reports."),
        "listFailed": _("We couldn’t update the list. It still shows the earlier reports."),
        "outside": _("That place isn’t in the city."),
        "here": _("Report a problem here"),
        "ofMonth": _("{month} · Reports: {number}"),
        "now": _("Now: all reports on the map"),
        "monthsFailed": _("The months couldn’t be loaded. Try again."),
        "play": _("Play a year"),
        "pause": _("Pause"),
    }


def _limit_words(chosen: PublicFilter) -> str:
    """That tiles show no more than tiles.MOST_POINTS; "" if there can hardly be more of the recent ones."""
    number = {"number": number_format(MOST_POINTS, force_grouping=True)}
    if not chosen.has_cells:
        return _("With these filters, the map shows only the newest %(number)s reports in each part of it.") % number
    if chosen.with_older:
        return _("Up close, the map shows only the newest %(number)s reports in each part of it.") % number
    return ""


def _picture(chosen: PublicFilter) -> str:
    """The subject of the picture for who has no script: the chosen place, or the city."""
    if chosen.near and not chosen.unknown:
        return map_picture_links.of_place(chosen.near[0])
    if "area" in chosen.chosen and chosen.area:
        return map_picture_links.of_area(chosen.area)
    return map_picture_links.CITY


def view_of(chosen: PublicFilter) -> tuple[float, float, float, float] | None:
    """West, south, east and north of the chosen place; None shows the whole city."""
    if chosen.unknown:
        return None
    if chosen.near:
        return box_around(*chosen.near).extent
    if "asset" in chosen.chosen and chosen.asset:
        return box_around(chosen.asset.point, AROUND_M).extent
    if "area" in chosen.chosen and chosen.area:
        found: tuple[float, float, float, float] = Area.objects.filter(pk=chosen.area.pk).aggregate(
            box=Extent("polygon")
        )["box"]
        return found
    return None
