"""Public requests as rows of a list (_request_rows.html)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from requests_app.messages.wording import now_for, status_words
from requests_app.models import Disposition, Jurisdiction, Photo, ServiceRequest
from requests_app.places.public_filter import STATES

# Relations that the text of a row needs.
RELATED = ("service_version", "department", "owner")
# Rows on a page whose main subject isn't the list.
SHOWN = 6


@dataclass(frozen=True)
class Newest:
    """The newest rows of a list, whether there are more, and the public list's query for all of them."""

    rows: list[dict[str, Any]]
    has_more: bool
    query: str = ""


def newest(
    jurisdiction: Jurisdiction, service_requests: QuerySet[ServiceRequest], query: str = "", *, size: int = SHOWN
) -> Newest:
    """Rows in the order of `service_requests`."""
    rows = list(service_requests.select_related(*RELATED)[: size + 1])
    return Newest(request_rows(jurisdiction, rows[:size]), len(rows) > size, query)


def open_and_ended(
    jurisdiction: Jurisdiction, service_requests: QuerySet[ServiceRequest], query: str
) -> dict[str, Any]:
    """Open and closed requests, for _open_and_ended.html and _follow.html."""
    # Combined with an earlier request isn't done.
    ended = service_requests.filter(status__in=STATES["ended"]).exclude(disposition=Disposition.DUPLICATE)
    lists = {
        "still_open": newest(jurisdiction, service_requests.filter(status__in=STATES["open"]), f"{query}&status=open"),
        "ended": newest(jurisdiction, ended, f"{query}&status=ended"),
    }
    add_photos(*lists.values())
    return {"query": query, **lists}


def request_rows(jurisdiction: Jurisdiction, service_requests: Iterable[ServiceRequest]) -> list[dict[str, Any]]:
    service_requests = list(service_requests)
    rows, now = [], now_for(service_requests)
    for service_request in service_requests:
        # Share one jurisdiction, so that its cached reasons are read once.
        service_request.jurisdiction = jurisdiction
        rows.append(
            {
                "request": service_request,
                "status_label": status_words(service_request, to_reporter=False, now=now),
                "tag": service_request.disposition or service_request.status,
            }
        )
    return rows


def with_photos(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    photos = first_photos([row["request"].pk for row in rows])
    return [{**row, "photo": photos.get(row["request"].pk)} for row in rows]


def add_photos(*lists: Newest) -> None:
    """To the rows of all lists, in one query."""
    rows = [row for one in lists for row in one.rows]
    photos = first_photos([row["request"].pk for row in rows])
    for row in rows:
        row["photo"] = photos.get(row["request"].pk)


def first_photos(pks: list[int]) -> dict[int, Photo]:
    """The first public photo of each request."""
    photos = Photo.objects.filter(service_request_id__in=pks, is_private=False, hidden_at=None).order_by("-id")
    # Reversed, so that the first photo wins.
    return {photo.service_request_id: photo for photo in photos if photo.service_request_id is not None}
