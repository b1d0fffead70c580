"""What a public report is shared with: a QR code, a card for social media, and whether it changed since the page was opened.

None of them has anything that the public page doesn't show, nor the report's words.
"""

import base64
import hashlib
import io
import textwrap
from html import escape

import segno
from django.contrib.gis.geos import Point
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.city_request import CityRequest
from requests_app.core.localized import localized
from requests_app.drawing import colors
from requests_app.link_access import RequestAccess, access_request
from requests_app.messages import wording
from requests_app.messages.progress_steps import GOOD
from requests_app.models import Disposition, Jurisdiction, Photo, ServiceRequest
from requests_app.places import named
from requests_app.places.map_picture import View, mark_of, png, svg
from requests_app.places.public_place import listed_by_place
from requests_app.places.statement_timeout import TimeUpError
from requests_app.rules.work.before_after import before_and_after

# Of the card; the city's name is in a bar at the top.
WIDTH, HEIGHT, MAP_WIDTH, TOP = 1200, 630, 560, 96
SHARED_S, DAY_S = 30, 86_400
HEADER, GOOD_COLOR, OPEN_COLOR = "#162e51", "#216e1f", "#7a4c00"
FONT = 'font-family="Public Sans"'


def share_url(service_request: ServiceRequest) -> str:
    """The address of its page, absolute, without a private link."""
    return links.base_url(service_request.jurisdiction) + reverse(
        "requests_app:track", args=[service_request.reference]
    )


@require_safe
def share_code(request: CityRequest, reference: str) -> HttpResponse:
    """A QR code of the page's address, as an SVG on white, since phones read no light code on a dark ground."""
    found = _public(request, reference)
    image = io.BytesIO()
    segno.make(share_url(found), error="m", micro=False).save(image, kind="svg", scale=6, border=3, light="#ffffff")
    response = HttpResponse(image.getvalue(), content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=SHARED_S)
    return response


@require_safe
def share_card(request: CityRequest, reference: str) -> HttpResponse:
    """Service, place, status, photo and map."""
    found = _public(request, reference)
    photo = _photo(found)
    drawing = _card(request.jurisdiction, found, photo)
    key = f"share_card:{hashlib.sha256(drawing.encode()).hexdigest()}"
    content: bytes | None = cache.get(key)
    if content is None:
        content = png(_with_pixels(drawing, photo), density=1)
        cache.set(key, content, timeout=DAY_S)
    response = HttpResponse(content, content_type="image/png")
    patch_cache_control(response, public=True, max_age=SHARED_S)
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def state(request: CityRequest, reference: str) -> HttpResponse:
    """Two different answers mean that the page shows something new. For js/live-report.js, which then gets the page."""
    access = access_request(request, reference)
    if access is None:
        raise Http404
    response = JsonResponse({"state": state_of(access)})
    response["Cache-Control"] = "private, no-store" if access.link else "public, max-age=10"
    return response


def state_of(access: RequestAccess) -> str:
    seen = [access.shown, access.service_request]
    text = "".join(
        f"{one.pk} {one.updated_at} {one.last_public_message_at} {one.status} {one.public_state}" for one in seen
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _public(request: CityRequest, reference: str) -> ServiceRequest:
    found = (
        ServiceRequest.objects.public()
        .filter(jurisdiction=request.jurisdiction, reference=reference)
        .select_related("service_version", "service__current", "owner", "department")
        .first()
    )
    if found is None:
        raise Http404
    found.jurisdiction = request.jurisdiction
    return found


def _photo(service_request: ServiceRequest) -> Photo | None:
    """The newest of the finished work, else the first of the report."""
    photos = list(service_request.photos.filter(is_private=False, hidden_at=None).order_by("id"))
    pair = before_and_after(photos, is_fixed=service_request.disposition == Disposition.FIXED)
    return pair[1] if pair else next((photo for photo in photos if photo.kind == Photo.Kind.REPORT), None)


def _with_pixels(drawing: str, photo: Photo | None) -> str:
    """The drawing with the photo's file in place of its path; without one, if the file is gone."""
    if photo is None:
        return drawing
    try:
        with default_storage.open(photo.path) as file:
            pixels = base64.b64encode(file.read()).decode()
    except FileNotFoundError:
        return drawing.replace(photo.path, "")
    return drawing.replace(photo.path, f"data:image/jpeg;base64,{pixels}")


def _card(city: Jurisdiction, service_request: ServiceRequest, photo: Photo | None) -> str:
    """The photo is an image with its path as address: see _with_pixels()."""
    header = colors.parse(city.colors.get("header"), HEADER)
    on_header = colors.WHITE if colors.contrast(colors.WHITE, header) > colors.CONTRAST_MIN else (0, 0, 0)
    is_good = not service_request.is_open and service_request.disposition in GOOD
    color = GOOD_COLOR if is_good else OPEN_COLOR
    y, rows = 210, []
    for line in _lines(localized(service_request.service_version.name), 22, most=3):
        rows.append(_text(line, 60, y, 58, "#1b1b1b", weight=700))
        y += 68
    for line in _lines(named.public_words(service_request.public_address), 36, most=2):
        rows.append(_text(line, 60, y, 30, "#4d555d"))
        y += 40
    y = max(y + 40, 440)
    shape = f"M68 {y - 12}l9 9 17-19" if is_good else f"M70 {y - 12}h.1"
    rows.append(
        f'<path d="{shape}" fill="none" stroke="{color}" stroke-width="{6 if is_good else 20}" stroke-linecap="round"/>'
    )
    for number, line in enumerate(_lines(wording.status_words(service_request, to_reporter=False), 30, most=3)):
        rows.append(_text(line, 110, y + 44 * number, 34, color, weight=700))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>{_sights(city, service_request, photo)}'
        f'<rect width="{WIDTH}" height="{TOP}" fill="{colors.css(header)}"/>'
        f"{_text(f'{city.name} 311', 60, 62, 38, colors.css(on_header), weight=700)}{''.join(rows)}</svg>"
    )


def _lines(text: str, letters: int, most: int) -> list[str]:
    """Longer words are broken, and what has no room ends in an ellipsis."""
    return textwrap.wrap(text, letters, max_lines=most, placeholder="…")


def _text(text: str, x: int, y: int, size: int, color: str, weight: int = 600) -> str:
    return (
        f'<text x="{x}" y="{y}" {FONT} font-size="{size}" font-weight="{weight}" fill="{color}">{escape(text)}</text>'
    )


def _sights(city: Jurisdiction, service_request: ServiceRequest, photo: Photo | None) -> str:
    """The right half of the card: the photo above the map, or one of them; empty if there is neither."""
    half = (HEIGHT - TOP) // 2
    drawing = _map(city, service_request, half if photo is not None else HEIGHT - TOP)
    if photo is None:
        return drawing
    height = half if drawing else HEIGHT - TOP
    return drawing + (
        f'<svg x="{WIDTH - MAP_WIDTH}" y="{TOP}" width="{MAP_WIDTH}" height="{height}"><image href="{photo.path}" '
        f'width="{MAP_WIDTH}" height="{height}" preserveAspectRatio="xMidYMid slice"/></svg>'
    )


def _map(city: Jurisdiction, service_request: ServiceRequest, height: int) -> str:
    """At the bottom of the right half; empty if there is no place to show, or no map to draw."""
    point: Point | None = service_request.public_point
    if point is None or not listed_by_place(service_request) or not city.basemap_version:
        return ""
    pin = mark_of(point, service_request.service_version.visibility)
    try:
        drawing = svg(city, View.around(point, MAP_WIDTH, height), [pin], title="")
    except TimeUpError:
        return ""
    return drawing.replace("<svg ", f'<svg x="{WIDTH - MAP_WIDTH}" y="{HEIGHT - height}" ', 1)
