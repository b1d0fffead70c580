"""Shared by the list and the map: the filter form, the chosen filters in words, pagination and related links."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Polygon
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.core import paging
from requests_app.core.localized import localized
from requests_app.messages.wording import distance_words
from requests_app.models import Area, Category, Service, ServiceRequest
from requests_app.models.geography import area_label
from requests_app.places import named
from requests_app.places.public_filter import PublicFilter
from requests_app.places.public_place import LISTED, unlisted_versions
from requests_app.places.request_search import MOST_FOUND
from requests_app.web.explore.request_rows import RELATED

# (value, label, is chosen), and groups of these under a heading.
Option = tuple[str, str, bool]
Group = tuple[str, list[Option]]

# The filters that people can follow by email (see web/account/follow.py).
FOLLOWED = ("service", "area", "near", "asset")


@dataclass(frozen=True)
class Chip:
    """A chosen filter as a label, and the page without it."""

    label: str
    url: str


def tidy(request: HttpRequest, chosen: PublicFilter) -> HttpResponse | None:
    """Redirects to a URL with only the chosen filters, since the form sends all its fields."""
    return redirect(address(request.path, chosen)) if "kind" in request.GET else None


def page(
    chosen: PublicFilter, cursor: str | None, size: int, *, frame: Polygon | None = None
) -> paging.Page[ServiceRequest]:
    """One page of matches, in the frame of a map or everywhere. An invalid cursor starts from the beginning."""
    fetch = ServiceRequest.objects.select_related(*RELATED)
    segments = chosen.in_turn(newest_of_area=frame is not None)
    if frame is not None:
        # A frame may be smaller than any area, so what is about a home isn't found by it.
        unlisted = unlisted_versions(chosen.jurisdiction)
        segments = [
            segment.filter(public_point__bboverlaps=frame).exclude(service_version__in=unlisted) for segment in segments
        ]
    try:
        return paging.page_of_segments(segments, chosen.order, cursor, size, fetch=fetch)
    except paging.BadCursor:
        return paging.page_of_segments(segments, chosen.order, None, size, fetch=fetch)


def context(chosen: PublicFilter, url_name: str, page: paging.Page[ServiceRequest]) -> dict[str, Any]:
    """Context of _filters.html and its page, by URL name: "public_list" or "map"."""
    here = reverse(f"requests_app:{url_name}")
    result = result_words(chosen, page)
    chips = [
        Chip(said, address(here, chosen.but(**{name: ""})))
        for name, said in zip(chosen.chosen, labels(chosen), strict=True)
    ]
    return {
        "here": here,
        "chosen": chosen,
        "chips": chips,
        "result": result,
        "page_title": " · ".join([result, *(chip.label for chip in chips)]) if chips or page.previous_cursor else "",
        "kinds": kinds(chosen),
        "choices": _choices(chosen),
        "has_older": chosen.has_older(),
        "most_found": number_format(MOST_FOUND, force_grouping=True) if chosen.has_more_words else "",
        "older_url": address(here, chosen.but(older="1")),
        "list_url": address(reverse("requests_app:public_list"), chosen),
        "map_url": address(reverse("requests_app:map"), chosen),
        "feed_query": chosen.but(sort="").query,
        "follow_url": _follow_url(chosen),
    }


def result_words(chosen: PublicFilter, page: paging.Page[ServiceRequest]) -> str:
    """How many matches there are, as far as we know without counting ten years of reports."""
    number = len(page.rows)
    if page.previous_cursor:
        return ngettext("%(number)d more report", "%(number)d more reports", number) % {"number": number}
    if page.next_cursor and chosen.by_change:
        return _("The %(number)d most recently updated reports") % {"number": number}
    if page.next_cursor:
        return _("The newest %(number)d reports") % {"number": number}
    if not number:
        return _("No reports match your filters")
    return ngettext("%(number)d report", "%(number)d reports", number) % {"number": number}


def _follow_url(chosen: PublicFilter) -> str:
    """Where to sign up for email updates on these filters; "" if one of them can't be followed."""
    follow_target = {name: chosen.chosen[name] for name in FOLLOWED if name in chosen.chosen}
    if not follow_target or chosen.unknown or {"q", "category"} & set(chosen.chosen):
        return ""
    return address(reverse("requests_app:follow"), PublicFilter(chosen.jurisdiction, follow_target))


def address(path: str, chosen: PublicFilter) -> str:
    return f"{path}?{chosen.query}" if chosen.query else path


def labels(chosen: PublicFilter) -> list[str]:
    """The chosen filters in words, in the order of `chosen.chosen`."""
    return [_word(chosen, name) for name in chosen.chosen]


def _word(chosen: PublicFilter, name: str) -> str:
    if name in chosen.unknown:
        return _("Not found: %(value)s") % {"value": chosen.chosen[name][:40]}
    if name == "category" and chosen.category:
        return localized(chosen.category.name)
    if name == "service" and chosen.service and chosen.service.current:
        return localized(chosen.service.current.name)
    if name == "area" and chosen.area:
        return chosen.area.label
    if name == "asset" and chosen.asset:
        return chosen.asset.label
    if name == "near" and chosen.near:
        point, meters = chosen.near
        place = named.words_at(chosen.jurisdiction, point)
        return _("Within %(distance)s of %(place)s") % {"distance": distance_words(meters), "place": place}
    if name == "q":
        return _("“%(words)s”") % {"words": chosen.chosen["q"]}
    return {
        "open": _("Still open"),
        "ended": _("Closed"),
        "1": _("Include older reports"),
        "changed": _("Recently updated first"),
    }[chosen.chosen[name]]


def kinds(chosen: PublicFilter) -> list[Group]:
    """Each category and its services in one select, so that contradictory choices are impossible."""
    services = Service.objects.filter(jurisdiction=chosen.jurisdiction, current__visibility__in=LISTED, active=True)
    by_category: dict[int, list[Option]] = {}
    for service in services.select_related("current"):
        if service.current:
            code = service.service_code
            option = (f"service:{code}", localized(service.current.name), chosen.chosen.get("service") == code)
            by_category.setdefault(service.current.category_id, []).append(option)
    groups = []
    for category in Category.objects.filter(jurisdiction=chosen.jurisdiction):
        options = sorted(by_category.get(category.pk, []), key=lambda option: option[1].casefold())
        if options:
            name = localized(category.name)
            is_chosen = chosen.chosen.get("category") == category.code
            whole = (f"category:{category.code}", _("%(category)s: all") % {"category": name}, is_chosen)
            groups.append((name, [whole, *options]))
    return groups


def _choices(chosen: PublicFilter) -> list[dict[str, Any]]:
    """The form's other selects: name, label, label of the empty choice, and groups of options."""

    def option(name: str, value: str, label: str) -> Option:
        return value, label, chosen.chosen.get(name) == value

    layers: dict[str, list[Option]] = {}
    areas = Area.objects.filter(jurisdiction=chosen.jurisdiction, is_ours=True).order_by("layer", "name", "code")
    for layer, code, name in areas.values_list("layer", "code", "name"):
        layers.setdefault(layer, []).append(option("area", f"{layer}:{code}", area_label(layer, name)))
    states = [option("status", "open", _("Still open")), option("status", "ended", _("Closed"))]
    return [
        {"name": "status", "label": _("Status"), "empty": _("All"), "groups": [("", states)]},
        {
            "name": "area",
            "label": _("Area"),
            "empty": _("All"),
            "groups": [(layer_words(layer), options) for layer, options in layers.items()],
        },
        {
            "name": "sort",
            "label": _("Order"),
            "empty": _("Newest first"),
            "groups": [("", [option("sort", "changed", _("Recently updated first"))])],
        },
    ]


def layer_words(layer: str) -> str:
    """Name of a layer of areas: ours for common layers, otherwise the city's code."""
    return {
        "council_district": _("Council districts"),
        "neighborhood": _("Neighborhoods"),
        "park": _("Parks"),
        "police_district": _("Police districts"),
        "ward": _("Wards"),
        "works_district": _("Public works districts"),
        "zip": _("ZIP codes"),
    }.get(layer, layer.replace("_", " ").capitalize())
