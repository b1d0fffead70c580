"""The public list: what was reported, newest first, with the same filters as the map."""

from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery
from django.db.models import F, Func, Value
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import paging
from requests_app.messages.wording import status_words
from requests_app.models import Photo, SearchDocument
from requests_app.places.public_filter import PublicFilter
from requests_app.rules.intake import clean_text
from requests_app.views.map import filters

ROWS = 25
ORDER: paging.Order = [("submitted_at", "desc"), ("id", "desc")]


@require_safe
@cache_control(max_age=30, public=True)
def public_list(request: HttpRequest) -> HttpResponse:
    """A value that we do not know finds nothing; a cursor that we did not make begins anew."""
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    chosen = PublicFilter(jurisdiction, request.GET)
    words = clean_text(request.GET.get("q", ""))[:100]
    found = chosen.requests().select_related("service_version", "department", "owner")
    if words:
        found = found.filter(pk__in=said(jurisdiction.pk, words))
    try:
        page = paging.page(found, ORDER, request.GET.get("cursor"), ROWS)
    except paging.BadCursor:
        page = paging.page(found, ORDER, None, ROWS)
    for one in page.rows:
        # One city for all rows: what it knows by heart (its listed reasons) is then read once and not for each.
        one.jurisdiction = jurisdiction
    photos = first_photos([one.pk for one in page.rows])
    kept = {**chosen.chosen, **({"q": words} if words else {})}

    def address(**more: str) -> str:
        return "?" + urlencode({**kept, **more})

    return render(
        request,
        "requests_app/public_list.html",
        {
            "filters": filters(jurisdiction, chosen),
            "q": words,
            "with_older": chosen.with_older,
            "chosen": chosen,
            "rows": [
                {
                    "request": one,
                    "words": status_words(one, to_reporter=False),
                    "tag": one.disposition or one.status,
                    "photo": photos.get(one.pk),
                }
                for one in page.rows
            ],
            "pager": {
                "next_url": address(cursor=page.next_cursor) if page.next_cursor else "",
                "previous_url": address(cursor=page.previous_cursor) if page.previous_cursor else "",
            },
            "older_url": address(older="1"),
        },
    )


def said(jurisdiction_id: int, words: str) -> list[int]:
    """The newest public requests whose words match, in any of the city's languages; at most a thousand."""
    language = F("language")
    query = SearchQuery(
        Func(Value(words), function="without_accents"),
        config=Func(language, function="search_dictionary"),
        search_type="websearch",
    )
    return list(
        SearchDocument.objects.filter(jurisdiction_id=jurisdiction_id, kind=SearchDocument.Kind.REQUEST, vector=query)
        .order_by("-object_id")
        .values_list("object_id", flat=True)[:1000]
    )


def first_photos(pks: list[int]) -> dict[int, Photo]:
    """The first photo that the public may see of each request."""
    photos = Photo.objects.filter(service_request_id__in=pks, is_private=False, hidden_at=None).order_by("-id")
    # Later ones are read first, so that the first one stays.
    return {photo.service_request_id: photo for photo in photos if photo.service_request_id is not None}
