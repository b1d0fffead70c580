"""The change feed: what became public, changed or is public no longer, in the order in which it was committed.

The rows say only that a request changed; what is answered is its state now. So a page that is read late never shows what was
hidden since, and a program that stores each state in the order of the pages ends with exactly what is public.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.utils.translation import gettext as _

from requests_app import links, references
from requests_app.actions.publication.public_changes import KEPT, number
from requests_app.api.framework.problems import FieldError, Problem, invalid_cursor, invalid_parameter
from requests_app.api.v1 import service_requests
from requests_app.clock import app_now
from requests_app.messages import wording
from requests_app.messages.request_shape import photos_of, shaped
from requests_app.models import Jurisdiction, PublicChange, ServiceRequest
from requests_app.rules.promises.promises import NOTHING

Kind = PublicChange.Kind


@dataclass(frozen=True)
class Position:
    """The last change that was read. Number 0: none, since the city had none."""

    number: int = 0
    nonce: int = 0


@dataclass(frozen=True)
class Changes:
    """results: what the page shows. cursor: where the next page starts. has_more: there is something on it already."""

    results: list[dict[str, Any]]
    cursor: str
    has_more: bool


def page(
    city: Jurisdiction, *, cursor: str | None, since: dt.datetime | str | None, limit: int, fields: Collection[str]
) -> Changes:
    """At most `limit` changes after the cursor, or from `since` on, or else of all that are kept; those of one request are one.

    Raises a 400 problem for a cursor that isn't ours or of another city, and a 410 problem for what isn't known anymore.
    """
    number(city)
    position = _read(city, cursor) if cursor else _start(city, since)
    rows = list(_numbered(city).filter(number__gte=position.number).order_by("number")[: limit + 2])
    if cursor and not _continues(rows, position):
        raise _expired()
    after = [row for row in rows if row.number != position.number]
    shown = after[:limit]
    last = Position(shown[-1].number or 0, shown[-1].nonce or 0) if shown else position
    return Changes(_results(city, shown, fields), _write(city, last), len(after) > limit)


def _numbered(city: Jurisdiction) -> Any:
    return PublicChange.objects.filter(jurisdiction=city, number__isnull=False)


def _continues(rows: Sequence[PublicChange], position: Position) -> bool:
    """rows: from the position on. Whether what comes after it is all still there, and the same as it was."""
    if not rows:
        return position.number == 0
    return (
        rows[0].number == 1 if position.number == 0 else Position(rows[0].number or 0, rows[0].nonce or 0) == position
    )


def _start(city: Jurisdiction, since: dt.datetime | str | None) -> Position:
    """The last change before `since`."""
    if since is None:
        return Position()
    before = _numbered(city)
    if isinstance(since, dt.datetime):
        now = app_now()
        if since > now:
            message = _("%(name)s is in the future.") % {"name": "since"}
            raise invalid_parameter([FieldError("since", "invalid", message)])
        if since < now - KEPT or before.filter(service_request=None, at__gt=since).exists():
            raise _expired()
        before = before.filter(at__lt=since)
    row = before.order_by("-at", "-number").first()
    return Position(row.number, row.nonce) if row else Position()


def _results(city: Jurisdiction, rows: Iterable[PublicChange], fields: Collection[str]) -> list[dict[str, Any]]:
    first: dict[int, PublicChange] = {}
    # In the order of their last change.
    last: dict[int, PublicChange] = {}
    for row in rows:
        if row.service_request_id is not None:
            first.setdefault(row.service_request_id, row)
            last.pop(row.service_request_id, None)
            last[row.service_request_id] = row
    public = ServiceRequest.objects.public().in_jurisdiction(city).filter(pk__in=last)
    public = public.only(*service_requests.COLUMNS).prefetch_related(*service_requests.RELATIONS)
    shown = _states(city, list(public), fields)
    return [
        {
            "kind": _kind(first[pk]) if pk in shown else Kind.REMOVED,
            "reference": references.display(row.reference),
            "request": shown.get(pk),
        }
        for pk, row in last.items()
    ]


def _states(city: Jurisdiction, public: Sequence[ServiceRequest], fields: Collection[str]) -> dict[int, dict[str, Any]]:
    """As many queries for a page as for one. None of the fields depends on what is promised, or on today's date."""
    photos = photos_of(city, public) if "photos" in fields else {}
    site, zone, now = links.base_url(city), city.zone, wording.now_for(public)
    states = {}
    for row in public:
        row.jurisdiction = city
        every = shaped(row, NOTHING, site=site, zone=zone, now=now, photos=photos.get(row.pk, []))
        states[row.pk] = {name: every[name] for name in fields}
    return states


def _kind(first: PublicChange) -> str:
    """Of what is public."""
    return Kind.CREATED if first.kind == Kind.CREATED else Kind.CHANGED


def _salt(city: Jurisdiction) -> str:
    return f"changes:{city.pk}"


def _write(city: Jurisdiction, position: Position) -> str:
    return signing.Signer(salt=_salt(city)).sign_object([position.number, position.nonce])


def _read(city: Jurisdiction, cursor: str) -> Position:
    try:
        return Position(*signing.Signer(salt=_salt(city)).unsign_object(cursor))
    except signing.BadSignature:
        raise invalid_cursor() from None


def _expired() -> Problem:
    return Problem(
        "changes-expired",
        _("The changes after this are no longer known. Load all requests again, then go on from since=now."),
    )
