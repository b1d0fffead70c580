"""The public list of reports, newest first, with the map's filters."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.models import Photo
from requests_app.places.public_filter import PublicFilter
from requests_app.web.explore import filters
from requests_app.web.explore.request_rows import request_rows

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
    photos = first_photos([service_request.pk for service_request in page.rows])
    rows = [{**row, "photo": photos.get(row["request"].pk)} for row in request_rows(chosen.jurisdiction, page.rows)]
    return render(request, "requests_app/explore/public_list.html", {**context, "rows": rows, "pager": pager})


def first_photos(pks: list[int]) -> dict[int, Photo]:
    """The first public photo of each request."""
    photos = Photo.objects.filter(service_request_id__in=pks, is_private=False, hidden_at=None).order_by("-id")
    # Reversed, so that the first photo wins.
    return {photo.service_request_id: photo for photo in photos if photo.service_request_id is not None}
