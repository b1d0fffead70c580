"""An area's year or month as a poster: before and after, three numbers and a map on one printed page, and its social card."""

import datetime as dt
import json
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from html import escape
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.city_request import CityRequest
from requests_app.models import Area, Disposition, Jurisdiction, Photo, PublicState, RequestArea, ServiceRequest
from requests_app.places.drawn_pictures import basemap_attribution
from requests_app.places.map_picture import Mark, View, png, svg
from requests_app.places.map_picture_links import SIZES
from requests_app.places.statement_timeout import TimeUpError
from requests_app.rules.figures.areas import AreaFigures, area_figures
from requests_app.rules.promises.typical_times import CACHED_S
from requests_app.rules.work.before_after import before_and_after
from requests_app.web.explore.areas import area_named
from requests_app.web.explore.numbers import FIRST_YEAR

PAIRS = 6
# The newest so many closed reports are looked through for pictures.
LOOKED_THROUGH = 1000
PERIOD = re.compile(r"(20\d\d)(?:-(0[1-9]|1[0-2]))?", re.ASCII)


@dataclass(frozen=True)
class Period:
    """A year, or one of its months. Until: the first day after it."""

    code: str
    since: dt.date
    until: dt.date

    @property
    def label(self) -> str:
        """ "2026", "March 2026"."""
        return date_format(self.since, "F Y") if self.is_month else str(self.since.year)

    @property
    def is_month(self) -> bool:
        return "-" in self.code


@dataclass(frozen=True)
class Pair:
    """Of one report (rules/work/before_after.py)."""

    service_request: ServiceRequest
    before: Photo
    after: Photo


@require_safe
@cache_control(max_age=30, public=True)
def area_year(request: CityRequest, layer: str, code: str, period: str) -> HttpResponse:
    """2026 or 2026-03, which the page's form sends as ?period=. 404 for what hasn't begun."""
    city = request.jurisdiction
    if asked := request.GET.get("period"):
        _area_and_period(city, layer, code, asked)
        return redirect("requests_app:area_year", layer, code, asked)
    area, chosen = _area_and_period(city, layer, code, period)
    context: dict[str, Any] = {
        "area": area,
        "period": chosen,
        "figures": _figures(city, area, chosen),
        "pairs": _pairs(city, area, chosen),
        "months": _months(chosen),
        "years": _years(chosen),
        "card_url": links.base_url(city) + reverse("requests_app:area_year_card", args=[layer, code, period]),
        "shared_title": f"{area.label} · {chosen.label}",
        # Said on paper.
        "address": links.base_url(city) + request.path,
    }
    return render(request, "requests_app/explore/area_year.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def area_year_card(request: CityRequest, layer: str, code: str, period: str) -> HttpResponse:
    """A PNG of 1200 × 630: the map, the name and the numbers."""
    city = request.jurisdiction
    area, chosen = _area_and_period(city, layer, code, period)
    key = f"area-card:{area.pk}:{period}:{get_language()}:{city.basemap_version}"
    content: bytes | None = cache.get(key)
    if content is None:
        try:
            content = png(_card(city, area, chosen), density=1)
        except TimeUpError:
            return HttpResponse(status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
        cache.set(key, content, timeout=CACHED_S)
    return HttpResponse(content, content_type="image/png", headers={"Cross-Origin-Resource-Policy": "cross-origin"})


def _area_and_period(city: Jurisdiction, layer: str, code: str, period: str) -> tuple[Area, Period]:
    """Raises Http404."""
    match = PERIOD.fullmatch(period)
    area = area_named(city, layer, code)
    if match is None or area is None:
        raise Http404
    year, month = int(match[1]), int(match[2] or 0)
    since = dt.date(year, month or 1, 1)
    until = dt.date(year + 1, 1, 1) if month in (0, 12) else dt.date(year, month + 1, 1)
    if year < FIRST_YEAR or since > timezone.localdate():
        raise Http404
    return area, Period(period, since, until)


def _between(city: Jurisdiction, period: Period) -> tuple[dt.datetime, dt.datetime]:
    since, until = (dt.datetime.combine(day, dt.time(), tzinfo=city.zone) for day in (period.since, period.until))
    return since, until


def _figures(city: Jurisdiction, area: Area, period: Period) -> AreaFigures | None:
    return area_figures(area, *_between(city, period))


def _pairs(city: Jurisdiction, area: Area, period: Period) -> list[Pair]:
    """The newest reports with public photos of before and after, of as many services as there are."""
    since, until = _between(city, period)
    closed = RequestArea.objects.filter(
        area=area, public_state=PublicState.PUBLIC, is_open=False, submitted_at__gte=since, submitted_at__lt=until
    ).order_by("-submitted_at", "-service_request")
    columns = ("service_request_id", "service_request__service_id", "service_request__disposition")
    services, fixed = dict[int, int](), set[int]()
    for pk, service_id, disposition in closed.values_list(*columns)[:LOOKED_THROUGH]:
        services[pk] = service_id
        if disposition == Disposition.FIXED:
            fixed.add(pk)
    shown = Photo.objects.filter(is_private=False, hidden_at=None)
    worked = shown.filter(service_request_id__in=services, kind=Photo.Kind.WORK).values("service_request_id")
    photos: defaultdict[int | None, list[Photo]] = defaultdict(list)
    for photo in shown.filter(service_request_id__in=worked).order_by("id"):
        photos[photo.service_request_id].append(photo)
    both = {pk: before_and_after(photos[pk], is_fixed=pk in fixed) for pk in services if pk in photos}
    # Each service's first one comes before any second one.
    ranked: list[tuple[int, int]] = []
    seen: Counter[int] = Counter()
    for pk in (pk for pk in services if both.get(pk)):
        ranked.append((seen[services[pk]], pk))
        seen[services[pk]] += 1
    chosen = [pk for _rank, pk in sorted(ranked, key=lambda one: one[0])[:PAIRS]]
    found = ServiceRequest.objects.public().select_related("service_version").in_bulk(chosen)
    return [Pair(found[pk], *pair) for pk in chosen if pk in found and (pair := both[pk])]


def _months(period: Period) -> list[Period]:
    """Those of its year that have begun."""
    year, today = period.since.year, timezone.localdate()
    firsts = [dt.date(year, month, 1) for month in range(1, 13)]
    return [Period(f"{first:%Y-%m}", first, first) for first in firsts if first <= today]


def _years(period: Period) -> list[int]:
    """The one before, its own, and the one after if it has begun."""
    around = range(period.since.year - 1, period.since.year + 2)
    return [year for year in around if FIRST_YEAR <= year <= timezone.localdate().year]


# --- The card -------------------------------------------------------------------------------------------------------------


def _card(city: Jurisdiction, area: Area, period: Period) -> str:
    """The area's map with a panel on it. Raises TimeUpError."""
    width, height = SIZES["wide"]
    polygon = Area.objects.values_list("polygon", flat=True).get(pk=area.pk)
    west, south, east, north = polygon.extent
    # The panel covers the left half, so the area lies in the right one.
    view = View.of_box((2 * west - east, south, east, north), width, height)
    simple = polygon.simplify((east - west) / width, preserve_topology=True)
    marks = [Mark("area", shape=json.loads(simple.geojson))]
    drawing = svg(city, view, marks, title=area.label, attribution=basemap_attribution(city))
    figures = _figures(city, area, period)
    lines = [(area.label, 64, "#1b1b1b"), (period.label, 44, "#3d4551")]
    if figures is not None:
        lines += [(words, 40, "#1b1b1b") for words in figure_words(figures)]
    panel = '<rect x="48" y="48" width="560" height="534" rx="12" fill="#ffffff" opacity="0.94"/>'
    y = 110
    for words, size, color in lines:
        y += size
        # Long names are made narrower.
        fit = ' textLength="500" lengthAdjust="spacingAndGlyphs"' if len(words) * size * 0.55 > 500 else ""
        panel += f'<text x="80" y="{y}" font-size="{size}" font-weight="700" fill="{color}"{fit}>{escape(words)}</text>'
        y += 26
    panel += f'<text x="80" y="552" font-size="26" fill="#3d4551">{escape(city.name)}</text>'
    return drawing.removesuffix("</svg>") + panel + "</svg>"


def figure_words(figures: AreaFigures) -> list[str]:
    """ "1,204 reported", "903 fixed", "half within 4 days"."""
    words = [
        _("%(count)s reported") % {"count": number_format(figures.reported, force_grouping=True)},
        _("%(count)s fixed") % {"count": number_format(figures.fixed, force_grouping=True)},
    ]
    if figures.half_days is not None:
        half = ngettext("half within %(count)s day", "half within %(count)s days", figures.half_days)
        words.append(half % {"count": figures.half_days})
    return words
