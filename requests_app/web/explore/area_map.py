"""Where reports come from: the city's areas shaded by how many there are for each resident or square mile, month by month.

What the map's heat and its months say, drawn by the server, for everybody without its script too.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.core import units
from requests_app.drawing.charts import formatted
from requests_app.places.area_counts import AreaReports, by_area, layers_with_areas
from requests_app.places.area_outlines import STEPS, Outline, outlines_of, step_of
from requests_app.places.map_months import months_played
from requests_app.places.public_filter import PublicFilter
from requests_app.places.statement_timeout import TimeUpError
from requests_app.places.tile_cache import KEPT_S
from requests_app.rules.shared.directory import WARD_LAYERS
from requests_app.web.explore import filters

YEAR = 12
# Only these filters are known to the cells; the others would count too much.
PARAMETERS = ("category", "service", "status")
SQUARE_METERS = {True: 1e6, False: 2_589_988.11}
# From here on, tenths only make a rate harder to read.
LARGE_RATE = 100


@dataclass(frozen=True)
class Shaded:
    """An area on the picture and in the table. step: its shade. rate: for each 1,000 residents, or each square mile."""

    area: AreaReports
    outline: Outline | None
    rate: float
    step: int
    url: str

    @property
    def rate_words(self) -> str:
        return _rate_words(self.rate)


def _rate_words(rate: float) -> str:
    return formatted(round(rate) if rate >= LARGE_RATE else rate)


@require_safe
@cache_control(max_age=30, public=True)
def area_map(request: CityRequest) -> HttpResponse:
    """?layer= of areas, ?month=2026-03 or the last twelve, and the list's filters by kind and status."""
    given = PublicFilter(request.jurisdiction, request.GET)
    chosen = PublicFilter(
        request.jurisdiction, {name: given.chosen[name] for name in PARAMETERS if name in given.chosen}
    )
    layers = _layers(chosen)
    layer = request.GET.get("layer", "")
    layer = layer if layer in layers else next(iter(layers), "")
    months = months_played()
    month = next((one for one in months if one[:7] == request.GET.get("month", "")), "")
    if "kind" in request.GET:
        more = {"layer": layer, "month": month[:7]}
        return redirect(filters.address(reverse("requests_app:area_map"), chosen) + _joined(chosen, more))
    context = {
        "kinds": filters.kinds(chosen),
        "chosen": chosen,
        "layers": [(code, filters.layer_words(code), code == layer) for code in layers],
        "layer_words": filters.layer_words(layer) if layer else "",
        "months": [(one[:7], date_format(dt.date.fromisoformat(one), "F Y"), one == month) for one in reversed(months)],
        "when": date_format(dt.date.fromisoformat(month), "F Y") if month else _("The last 12 months"),
        "map_url": filters.address(reverse("requests_app:map"), chosen),
        **_shades(chosen, layer, [month] if month else months[-YEAR:]),
    }
    return render(request, "requests_app/explore/area_map.html", context)


def _joined(chosen: PublicFilter, more: dict[str, str]) -> str:
    pairs = "&".join(f"{name}={value}" for name, value in more.items() if value)
    return f"{'&' if chosen.query else '?'}{pairs}" if pairs else ""


def _layers(chosen: PublicFilter) -> list[str]:
    """Those that locals name a place by come first."""
    found = layers_with_areas(chosen)
    return [
        *(layer for layer in WARD_LAYERS if layer in found),
        *(layer for layer in found if layer not in WARD_LAYERS),
    ]


def _shades(chosen: PublicFilter, layer: str, months: list[str]) -> dict[str, Any]:
    """Nothing if the database was too slow."""
    try:
        areas = _counted(chosen, layer, months)
    except TimeUpError:
        return {"is_slow": True}
    by_residents = bool(areas) and all(area.residents for area in areas)
    is_metric = units.are_metric()
    size = SQUARE_METERS[is_metric]
    rates = [
        area.reports * (1000 / area.residents if by_residents else size / max(area.square_meters, 1.0))
        for area in areas
    ]
    most = max(rates, default=0.0)
    outlines = outlines_of([area.pk for area in areas])
    shaded = [
        Shaded(
            area,
            outlines.areas.get(area.pk),
            rate,
            step_of(rate, most),
            reverse("requests_app:area", args=[layer, area.code]),
        )
        for area, rate in zip(areas, rates, strict=True)
    ]
    by_size = _("Reports per square kilometer") if is_metric else _("Reports per square mile")
    return {
        "width": outlines.width,
        "height": outlines.height,
        "shaded": sorted(shaded, key=lambda one: (-one.rate, one.area.label)),
        "rate_words": _("Reports per 1,000 residents") if by_residents else by_size,
        "legend": [
            (step, _rate_words(most * (step - 1) / STEPS), _rate_words(most * step / STEPS))
            for step in range(1, STEPS + 1)
        ]
        if most
        else [],
        "total": formatted(sum(area.reports for area in areas)),
    }


def _counted(chosen: PublicFilter, layer: str, months: list[str]) -> list[AreaReports]:
    """As fresh as the map's tiles."""
    name = f"{layer} {months[0]} {months[-1]} {chosen.query}"
    key = f"area-reports:{chosen.jurisdiction.pk}:{hashlib.sha256(name.encode()).hexdigest()}"
    found: list[AreaReports] | None = cache.get(key)
    if found is None:
        found = by_area(chosen, layer, months)
        cache.set(key, found, timeout=KEPT_S)
    return found
