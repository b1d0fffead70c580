"""Requests as the rows of a list that everybody reads (_request_rows.html)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from requests_app.messages.wording import status_words
from requests_app.models import Disposition, Jurisdiction, ServiceRequest
from requests_app.places.public_filter import STATES

# What the words of a row are made of.
RELATED = ("service_version", "department", "owner")
# So many stand on a page that is about something else than its list.
SHOWN = 6


@dataclass(frozen=True)
class Newest:
    """The newest of a list: its rows, whether there are more, and what query of the public list has them all."""

    rows: list[dict[str, Any]]
    has_more: bool
    query: str = ""


def newest(
    jurisdiction: Jurisdiction, found: QuerySet[ServiceRequest], query: str = "", *, size: int = SHOWN
) -> Newest:
    """found: in its order."""
    rows = list(found.select_related(*RELATED)[: size + 1])
    return Newest(request_rows(jurisdiction, rows[:size]), len(rows) > size, query)


def open_and_ended(jurisdiction: Jurisdiction, found: QuerySet[ServiceRequest], query: str) -> dict[str, Any]:
    """What is open first, then what was done: what _open_and_ended.html and _follow.html show."""
    # Joined with an earlier one is not done.
    ended = found.filter(status__in=STATES["ended"]).exclude(disposition=Disposition.DUPLICATE)
    return {
        "query": query,
        "still_open": newest(jurisdiction, found.filter(status__in=STATES["open"]), f"{query}&status=open"),
        "ended": newest(jurisdiction, ended, f"{query}&status=ended"),
    }


def request_rows(jurisdiction: Jurisdiction, found: Iterable[ServiceRequest]) -> list[dict[str, Any]]:
    rows = []
    for one in found:
        # One city for all rows: what it knows by heart (its listed reasons) is then read once and not for each.
        one.jurisdiction = jurisdiction
        rows.append(
            {
                "request": one,
                "words": status_words(one, to_reporter=False),
                "tag": one.disposition or one.status,
            }
        )
    return rows
