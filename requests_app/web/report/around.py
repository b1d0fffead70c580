"""What the map of the place page shows to select: the city's assets that the service is about, and open reports of its kind."""

import datetime as dt
from typing import Any

from django.contrib.gis.geos import Point, Polygon
from django.db.models import Prefetch
from django.http import HttpResponse, JsonResponse
from django.urls import reverse

from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.core.localized import localized
from requests_app.messages.wording import ago, status_words
from requests_app.models import Asset, Draft, Photo, ServiceRequest, ServiceVersion
from requests_app.places import assets
from requests_app.rules.report.duplicates import joinable
from requests_app.rules.report.key_sentence import first_words
from requests_app.rules.report.path import Path
from requests_app.web.report.draft_page import draft_page

AN_HOUR = 2000
# Degrees: about a mile. Wider maps show nothing to select.
WIDEST = 0.02
ASSETS_MAX, REPORTS_MAX = 150, 50
# How much of a report's words a card has room for.
EXCERPT_MAX = 120


@draft_page
def around(request: CityRequest, draft: Draft) -> HttpResponse:
    """?box=west,south,east,north: JSON with `assets` and `reports`, both what everybody may see."""
    box = _box(request.GET.get("box", ""))
    if box is None:
        return JsonResponse({"error": "box must be west,south,east,north"}, status=400)
    if not limits.allow(request, "around", AN_HOUR):
        return JsonResponse({"error": "too many requests from this network in this hour"}, status=429)
    path = Path(draft)
    west, south, east, north = box.extent
    if path.version is None or max(east - west, north - south) > WIDEST:
        return JsonResponse({"assets": [], "reports": []})
    return JsonResponse({"assets": _assets(request, path.version, box), "reports": _reports(request, path, box)})


def _box(bbox_text: str) -> Polygon | None:
    try:
        west, south, east, north = (float(number) for number in bbox_text.split(","))
    except ValueError:
        return None
    # Also refuses "nan".
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        return None
    box = Polygon.from_bbox((west, south, east, north))
    box.srid = 4326
    return box


def _assets(request: CityRequest, version: ServiceVersion, box: Polygon) -> list[dict[str, Any]]:
    if not version.asset_kinds:
        return []
    nearby = Asset.objects.filter(
        jurisdiction=request.jurisdiction, kind__in=version.asset_kinds, point__bboverlaps=box
    ).order_by("id")[:ASSETS_MAX]
    return [
        {
            "number": asset.asset_id,
            "kind": asset.kind,
            "name": assets.name_of(request.jurisdiction, asset),
            **_degrees(asset.point),
        }
        for asset in nearby
    ]


def _reports(request: CityRequest, path: Path, box: Polygon) -> list[dict[str, Any]]:
    """As the page about duplicates, which asks whatever isn't answered here: none in a test or a danger."""
    version = path.version
    if version is None or version.duplicate_policy != ServiceVersion.DuplicatePolicy.JOIN:
        return []
    if path.draft.tester_id is not None or path.has_flagged_danger:
        return []
    since = app_now() - dt.timedelta(days=version.duplicate_window_days)
    photos = Photo.objects.filter(kind=Photo.Kind.REPORT, is_private=False, hidden_at=None).order_by("id")
    nearby = (
        joinable(version)
        .filter(public_point__bboverlaps=box, submitted_at__gte=since)
        .exclude(reference__in=path.not_same)
        .select_related("service", "service_version__department", "department", "owner")
        .prefetch_related(Prefetch("photos", queryset=photos, to_attr="public_photos"))
        .order_by("-submitted_at", "-id")[:REPORTS_MAX]
    )
    return [_card(request, one) for one in nearby]


def _card(request: CityRequest, service_request: ServiceRequest) -> dict[str, Any]:
    service_request.jurisdiction = request.jurisdiction
    now = app_now()
    photo = next(iter(service_request.public_photos), None)  # type: ignore[attr-defined]
    return {
        "reference": service_request.reference,
        "title": localized(service_request.service_version.name),
        "words": first_words(service_request, EXCERPT_MAX),
        "language": service_request.language,
        "status": status_words(service_request, to_reporter=False, now=now),
        "ago": ago(service_request.submitted_at, now),
        "photo": reverse("requests_app:photo_thumb", args=[photo.name]) if photo else "",
        "url": reverse("requests_app:track", args=[service_request.reference]),
        **_degrees(service_request.public_point),
    }


def _degrees(point: Point | None) -> dict[str, float]:
    return {"lat": round(point.y, 6), "long": round(point.x, 6)} if point else {}
