"""The reports in view: the list next to the map as a piece of HTML, page by page."""

from typing import Any
from urllib.parse import urlencode

import structlog
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.core import paging
from requests_app.messages.wording import ago
from requests_app.models import Category, Jurisdiction, ServiceRequest
from requests_app.places import frame as frames
from requests_app.places.public_filter import PublicFilter
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.web.explore import filters
from requests_app.web.explore.request_rows import request_rows, with_photos

ROWS = 20
# Time limit of the database for one statement.
TIMEOUT_MS = 1000
log = structlog.get_logger(__name__)


@require_safe
def map_list(request: CityRequest) -> HttpResponse:
    """?frame=west,south,east,north and the list's filters; ?cursor= a further page. All of the city is listed without a frame."""
    typed = request.GET.get("frame", "")
    frame = frames.read(typed)
    if typed and frame is None:
        return HttpResponse(_("The frame is not a part of the map."), status=400, content_type="text/plain")
    chosen = PublicFilter(request.jurisdiction, request.GET)
    in_frame = None if frame is None or frames.shows_all_of(request.jurisdiction, frame) else frame
    try:
        with at_most(TIMEOUT_MS):
            page = filters.page(chosen, request.GET.get("cursor"), ROWS, frame=in_frame)
    except TimeUpError:
        log.warning("map_list_timed_out")
        busy = HttpResponse(_("This took too long. Try again."), status=503, content_type="text/plain")
        busy["Cache-Control"], busy["Retry-After"] = "no-store", "5"
        return busy
    here = f"{reverse('requests_app:map_list')}?{urlencode({**chosen.chosen, 'frame': typed})}"
    context = {
        "result": filters.result_words(chosen, page) if in_frame is None else result_in_view(page),
        "rows": rows_of(request.jurisdiction, page.rows),
        "more_url": f"{here}&cursor={page.next_cursor}" if page.next_cursor else "",
        "chosen": chosen,
    }
    response = render(request, "requests_app/explore/_map_list.html", context)
    patch_cache_control(response, public=True, max_age=30)
    return response


def rows_of(city: Jurisdiction, service_requests: list[ServiceRequest]) -> list[dict[str, Any]]:
    """Rows of _map_rows.html: with the first photo, the icon of the category, and the age in words."""
    icons = dict(Category.objects.filter(jurisdiction=city).values_list("pk", "icon"))
    now = app_now()
    return [
        {
            **row,
            "icon": icons.get(row["request"].service_version.category_id, ""),
            "is_open": row["request"].is_open,
            "age": ago(row["request"].submitted_at, now),
        }
        for row in with_photos(request_rows(city, service_requests))
    ]


def result_in_view(page: paging.Page[ServiceRequest]) -> str:
    number = len(page.rows)
    if page.previous_cursor:
        return ngettext("%(number)d more report", "%(number)d more reports", number) % {"number": number}
    if page.next_cursor:
        return _("The first %(number)d reports in view") % {"number": number}
    if not number:
        return _("No reports in view")
    return ngettext("%(number)d report in view", "%(number)d reports in view", number) % {"number": number}
