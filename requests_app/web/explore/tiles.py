"""The map's tiles and style, cacheable and usable by any map client."""

import gzip
import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from requests_app.models import Jurisdiction
from requests_app.places import map_months as months
from requests_app.places import style, tile_cache, tiles
from requests_app.places.drawn_pictures import basemap_attribution
from requests_app.places.public_filter import PublicFilter
from requests_app.places.statement_timeout import TimeUpError

DAY_S = 86_400
YEAR_S = 365 * DAY_S
# Who finds a tile being made by another process waits so long for it, and so often looks for it; then makes it, too.
MAKING_S, LOOK_S = 2, 0.05
# How long an empty tile stands for one that took too long.
BUSY_S = 5
log = structlog.get_logger(__name__)
MVT = "application/vnd.mapbox-vector-tile"


@require_safe
def basemap_tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """The city's layers. With the current version in ?v= a tile never changes and may be cached forever."""
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    tile = tiles.Tile(z, x, y)
    if not tile.exists:
        return _no_tile()
    version = jurisdiction.basemap_version
    key = f"basemap:{jurisdiction.pk}:{version}:{z}:{x}:{y}"
    packed = cache.get(key)
    if packed is None:
        try:
            packed = gzip.compress(tiles.basemap_tile(jurisdiction, tile), mtime=0)
        except TimeUpError:
            return _too_busy()
        cache.set(key, packed, timeout=DAY_S)
    is_current = request.GET.get("v") == str(version)
    return _answer(request, packed, max_age=YEAR_S if is_current else 60, immutable=is_current)


@require_safe
def request_tile(request: HttpRequest, z: int, x: int, y: int) -> HttpResponse:
    """Public requests, with the public list's filters: counts per cell when zoomed out, points when zoomed in."""
    tile = tiles.Tile(z, x, y)
    if not tile.is_within(tiles.POINTS_TO):
        return _no_tile()
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    language = request.GET.get("language", "")
    if language not in jurisdiction.languages:
        language = settings.LANGUAGE_CODE
    chosen = PublicFilter(jurisdiction, request.GET)

    generation = tile_cache.generation(jurisdiction.pk)
    name = hashlib.sha256(f"{jurisdiction.pk} {generation} {z}/{x}/{y} {language} {chosen.query}".encode()).hexdigest()
    packed, seconds = _made_once(
        f"tile:{name}", lambda: tiles.request_tile(chosen, tile, language, jurisdiction.time_zone)
    )
    return _answer(request, packed, max_age=seconds)


def _made_once(key: str, make: Callable[[], bytes]) -> tuple[bytes, int]:
    """The packed tile, and for how many seconds it may be kept. Made by one process at a time; without Redis, by each."""
    waits_until = time.monotonic() + MAKING_S
    while (kept := cache.get(key)) is None:
        # True without Redis, too.
        if cache.add(f"{key}:making", 1, timeout=MAKING_S) or time.monotonic() > waits_until:
            packed, seconds = _made(make)
            cache.set(key, (packed, time.time() + seconds), timeout=seconds)
            cache.delete(f"{key}:making")
            return packed, seconds
        time.sleep(LOOK_S)
    packed, until = kept
    return packed, max(0, int(until - time.time()))


def _made(make: Callable[[], bytes]) -> tuple[bytes, int]:
    try:
        return gzip.compress(make(), compresslevel=4, mtime=0), tile_cache.KEPT_S
    except TimeUpError:
        # An empty tile: for an error, map clients ask again at once. The list next to the map has the same requests.
        log.warning("tile_timed_out")
        return gzip.compress(b"", mtime=0), BUSY_S


@require_safe
def map_months(request: HttpRequest) -> HttpResponse:
    """How many requests came in each of the last months, by cell: what the map plays. 404 for filters that no cell knows."""
    chosen = PublicFilter(request.jurisdiction, request.GET)  # type: ignore[attr-defined]
    if not months.has_months(chosen):
        return HttpResponseNotFound("These filters are not counted by month.", content_type="text/plain")
    generation = tile_cache.generation(chosen.jurisdiction.pk)
    name = hashlib.sha256(f"{chosen.jurisdiction.pk} {generation} {chosen.query}".encode()).hexdigest()
    packed, seconds = _made_once(
        f"months:{name}", lambda: json.dumps(months.by_month(chosen), separators=(",", ":")).encode()
    )
    return _answer(request, packed, max_age=seconds, content_type="application/json")


@require_safe
def map_style(request: HttpRequest) -> HttpResponse:
    """The MapLibre style of this city's map, dark with ?dark=1. URLs are absolute, since MapLibre's worker has no base URL."""
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]

    def font_address(name: str) -> str:
        return request.build_absolute_uri(static(f"vendor/uswds/fonts/public-sans-{name}.woff2"))

    response = JsonResponse(
        style.city_style(
            name=jurisdiction.name,
            view=jurisdiction.map_view,
            source=_source(request, jurisdiction),
            font_address=font_address,
            dark=request.GET.get("dark") == "1",
        )
    )
    patch_cache_control(response, public=True, max_age=60)
    return response


def _source(request: HttpRequest, jurisdiction: Jurisdiction) -> dict[str, Any]:
    """Source of the base map: our own tiles, or the one in the settings."""
    attribution = basemap_attribution(jurisdiction)
    if settings.BASEMAP_RASTER_URL:
        return {"type": "raster", "tiles": [settings.BASEMAP_RASTER_URL], "tileSize": 256, "attribution": attribution}
    if settings.BASEMAP_PMTILES_URL:
        url = request.build_absolute_uri(settings.BASEMAP_PMTILES_URL)
        return {"type": "vector", "url": f"pmtiles://{url}", "attribution": attribution}
    path = reverse("basemap_tile", args=[0, 0, 0]).replace("/0/0/0", "/{z}/{x}/{y}")
    address = request.build_absolute_uri("/").rstrip("/") + f"{path}?v={jurisdiction.basemap_version}"
    return style.vector_source(tiles=address, attribution=attribution)


def _no_tile() -> HttpResponse:
    # Plain text: tile clients don't show pages.
    return HttpResponseNotFound("There is no such tile.", content_type="text/plain")


def _answer(
    request: HttpRequest, packed: bytes, *, max_age: int, immutable: bool = False, content_type: str = MVT
) -> HttpResponse:
    etag = f'"{hashlib.sha256(packed).hexdigest()[:20]}"'
    accepts_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if accepts_gzip else gzip.decompress(packed), content_type=content_type)
    if accepts_gzip:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    patch_cache_control(response, public=True, max_age=max_age, **({"immutable": True} if immutable else {}))
    return get_conditional_response(request, etag=etag, response=response) or response


def _too_busy() -> HttpResponse:
    """A tile that took too long. The list next to the map has the same requests."""
    response = HttpResponse("Too much for one tile just now. Try again.", content_type="text/plain", status=503)
    response["Retry-After"] = "5"
    patch_cache_control(response, no_store=True)
    return response
