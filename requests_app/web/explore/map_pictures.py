"""Map pictures of what everybody may know, by signed addresses (places/map_picture_links.py)."""

import hashlib
import json
from collections.abc import Callable

from django.contrib.gis.geos import Point, Polygon
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from requests_app.models import Area, Jurisdiction, Service, ServiceRequest
from requests_app.places.drawn_pictures import DAY_S, drawn
from requests_app.places.map_picture import WORLD_PX, ZOOM, Mark, View, mark_of
from requests_app.places.map_picture_links import BACKDROP, CITY, NEWEST, NIGHT, SIZES, is_right
from requests_app.places.public_place import LISTED_BY_PLACE
from requests_app.places.statement_timeout import TimeUpError

# What is hidden or made private is gone this soon.
REPORT_S = 30
# The reports drawn around one, and in the whole city, also of one kind.
NEIGHBORS, OF_CITY = 40, 60
# So many zooms farther away, the neighbors come into view.
FARTHER = 0.5
Picture = tuple[View, list[Mark]]


@require_safe
def map_picture(request: HttpRequest, signature: str, subject: str, name: str, ending: str) -> HttpResponse:
    jurisdiction: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    size = SIZES.get(name.removesuffix(NIGHT))
    if size is None or not is_right(subject, name, ending, signature) or not jurisdiction.basemap_version:
        raise Http404
    kind, _slash, which = subject.partition("/")
    picture = SUBJECTS[kind](jurisdiction, which, *size) if kind in SUBJECTS else None
    if picture is None:
        raise Http404
    try:
        content = drawn(jurisdiction, *picture, ending=ending, dark=name.endswith(NIGHT), is_plain=kind == BACKDROP)
    except TimeUpError:
        response = HttpResponse("Too much for one picture just now. Try again.", content_type="text/plain", status=503)
        response["Retry-After"] = "5"
        patch_cache_control(response, no_store=True)
        return response
    response = HttpResponse(content, content_type={"svg": "image/svg+xml", "png": "image/png"}[ending])
    patch_cache_control(response, public=True, max_age=REPORT_S if kind in OF_REPORTS else DAY_S)
    # Mail programs and other sites show it.
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    etag = f'"{hashlib.sha256(content).hexdigest()[:20]}"'
    response["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response


# --- What is on a picture ---------------------------------------------------------------------------------------------------


def _report(jurisdiction: Jurisdiction, reference: str, width: int, height: int) -> Picture | None:
    found = _public(jurisdiction, reference)
    if found is None:
        return None
    point, pin = found
    return View.around(point, width, height), [pin]


def _neighbors(jurisdiction: Jurisdiction, reference: str, width: int, height: int) -> Picture | None:
    """A report and the open ones around it."""
    found = _public(jurisdiction, reference)
    if found is None:
        return None
    point, pin = found
    view = View.around(point, width, height, ZOOM - FARTHER)
    return view, [*_marks(_in_view(jurisdiction, view).exclude(reference=reference)[:NEIGHBORS]), pin]


def _in_view(jurisdiction: Jurisdiction, view: View) -> QuerySet[ServiceRequest]:
    around = Polygon.from_bbox(view.box)
    around.srid = 4326
    return _open(jurisdiction).filter(public_point__bboverlaps=around)


def _newest(jurisdiction: Jurisdiction, _which: str, width: int, height: int) -> Picture | None:
    found = _city(jurisdiction, "", width, height)
    return (found[0], _marks(_open(jurisdiction)[:OF_CITY])) if found else None


def _open(jurisdiction: Jurisdiction) -> QuerySet[ServiceRequest]:
    """Those with a public place, newest first."""
    return (
        ServiceRequest.objects.public()
        .open()
        .filter(LISTED_BY_PLACE, jurisdiction=jurisdiction, public_point__isnull=False)
        .order_by("-submitted_at", "-id")
    )


def _marks(requests: QuerySet[ServiceRequest]) -> list[Mark]:
    return [Mark("open", at.x, at.y) for at in requests.values_list("public_point", flat=True) if at]


def _public(jurisdiction: Jurisdiction, reference: str) -> tuple[Point, Mark] | None:
    """The public place of a request and its pin. Where the place is a block, all of the block is marked."""
    found = ServiceRequest.objects.public().filter(
        LISTED_BY_PLACE, jurisdiction=jurisdiction, reference=reference, public_point__isnull=False
    )
    row = found.values_list("public_point", "service_version__visibility").first()
    point, visibility = row or (None, "")
    if point is None:
        return None
    return point, mark_of(point, visibility)


def _area(jurisdiction: Jurisdiction, which: str, width: int, height: int) -> Picture | None:
    layer, _slash, code = which.partition("/")
    area = Area.objects.filter(jurisdiction=jurisdiction, layer=layer, code=code, is_ours=True).first()
    if area is None:
        return None
    view = View.of_box(area.polygon.extent, width, height)
    # No finer than a pixel.
    simple = area.polygon.simplify(360 / WORLD_PX / 2**view.zoom, preserve_topology=True)
    return view, [Mark("area", shape=json.loads(simple.geojson))]


def _service(jurisdiction: Jurisdiction, code: str, width: int, height: int) -> Picture | None:
    """The city, with the newest open reports of a kind that everybody may read."""
    found = _city(jurisdiction, "", width, height)
    service = Service.objects.filter(jurisdiction=jurisdiction, service_code=code, active=True).first()
    if found is None or service is None:
        return None
    return found[0], _marks(_open(jurisdiction).filter(service=service)[:OF_CITY])


def _place(jurisdiction: Jurisdiction, which: str, width: int, height: int) -> Picture | None:
    """A place and the open reports around it."""
    latitude, _comma, longitude = which.partition(",")
    point = Point(float(longitude), float(latitude), srid=4326)
    view = View.around(point, width, height, ZOOM - FARTHER)
    return view, [*_marks(_in_view(jurisdiction, view)[:NEIGHBORS]), Mark("pin", point.x, point.y)]


def _city(jurisdiction: Jurisdiction, _which: str, width: int, height: int) -> Picture | None:
    box = jurisdiction.map_view.get("bounds")
    return (View.of_box(tuple(box), width, height), []) if box else None


OF_REPORTS = {"report", "neighbors", "service", "place", NEWEST}
SUBJECTS: dict[str, Callable[[Jurisdiction, str, int, int], Picture | None]] = {
    "report": _report,
    "neighbors": _neighbors,
    "area": _area,
    "service": _service,
    "place": _place,
    CITY: _city,
    NEWEST: _newest,
    BACKDROP: _city,
}
