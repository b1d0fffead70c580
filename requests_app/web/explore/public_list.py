"""The public list of reports, newest first, with the map's filters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.places.public_filter import PublicFilter
from requests_app.web.explore import filters
from requests_app.web.explore.forms import MapPlaceForm
from requests_app.web.explore.request_rows import request_rows, with_photos

ROWS = 25


@require_safe
@cache_control(max_age=30, public=True)
def public_list(request: HttpRequest) -> HttpResponse:
    """Unknown filter values match nothing; an invalid cursor starts from the beginning."""
    chosen = PublicFilter(request.jurisdiction, request.GET)  # type: ignore[attr-defined]
    if tidied := filters.tidy(request, chosen):
        return tidied
    page = filters.page(chosen, request.GET.get("cursor"), ROWS)
    context = filters.context(chosen, "public_list", page)
    joined = "&" if chosen.query else "?"
    # Jump to the heading, which says how many more there are.
    pager = page.urls(lambda cursor: f"{context['list_url']}{joined}cursor={cursor}#results")
    rows = with_photos(request_rows(chosen.jurisdiction, page.rows))
    return render(
        request,
        "requests_app/explore/public_list.html",
        {**context, "rows": rows, "pager": pager, "place_form": MapPlaceForm()},
    )
