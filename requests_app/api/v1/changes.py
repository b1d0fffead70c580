"""The change feed: what became public, changed or is public no longer, in the order in which it was committed.

The rows say only that a request changed; what is answered is its state now. So a page that is read late never shows what was
hidden since, and a program that stores each state in the order of the pages ends with exactly what is public.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, NamedTuple

from django.core import signing
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_app import links, references
from requests_app.actions.publication.public_changes import KEPT
from requests_app.api.framework.problems import FieldError, Problem, invalid_cursor, invalid_parameter
from requests_app.clock import app_now
from requests_app.messages.request_shape import photos_of, stored
from requests_app.models import Jurisdiction, PublicChange, ServiceRequest
from requests_app.models.public_change import FOLLOWED
from requests_app.rules.shared import directory

Kind = PublicChange.Kind
# What the state of a request is made of, and what says where its service's words are.
COLUMNS = {*chain.from_iterable(FOLLOWED.values()), "public_state", "is_test", "service_version_id", "team_id"}


class Row(NamedTuple):
    """Of PublicChange."""

    service_request: int | None
    reference: str
    kind: str
    number: int
    nonce: int


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
    position = _read(city, cursor) if cursor else _start(city, since)
    rows = list(
        map(Row._make, _numbered(city).filter(number__gte=position.number).values_list(*Row._fields)[: limit + 2])
    )
    if cursor and not _continues(rows, position):
        raise _expired()
    after = [row for row in rows if row.number != position.number]
    shown = after[:limit]
    last = Position(shown[-1].number, shown[-1].nonce) if shown else position
    return Changes(_results(city, shown, fields), _write(city, last), len(after) > limit)


def _numbered(city: Jurisdiction) -> QuerySet[PublicChange]:
    return PublicChange.objects.filter(jurisdiction=city, number__isnull=False).order_by("number")


def _continues(rows: Sequence[Row], position: Position) -> bool:
    """rows: from the position on. Whether what comes after it is all still there, and the same as it was."""
    if not rows:
        return position.number == 0
    return rows[0].number == 1 if position.number == 0 else Position(rows[0].number, rows[0].nonce) == position


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
        first = before.first()
        begins_at = first.at if first and first.service_request_id is None else None
        if since < now - KEPT or (begins_at and begins_at > since):
            raise _expired()
        before = before.filter(at__lt=since)
    row = before.order_by("-at", "-number").values_list("number", "nonce").first()
    return Position(row[0] or 0, row[1] or 0) if row else Position()


def _results(city: Jurisdiction, rows: Iterable[Row], fields: Collection[str]) -> list[dict[str, Any]]:
    first: dict[int, Row] = {}
    # In the order of their last change.
    last: dict[int, Row] = {}
    for row in rows:
        if row.service_request is not None:
            first.setdefault(row.service_request, row)
            last.pop(row.service_request, None)
            last[row.service_request] = row
    shown = _states(city, last, fields)
    return [
        {
            "kind": _kind(first[pk]) if pk in shown else Kind.REMOVED,
            "reference": references.display(row.reference),
            "request": shown.get(pk),
        }
        for pk, row in last.items()
    ]


def _states(city: Jurisdiction, pks: Collection[int], fields: Collection[str]) -> dict[int, dict[str, Any]]:
    """Of those that are public. As many queries for a page as for one."""
    public = ServiceRequest.objects.public().in_jurisdiction(city).filter(pk__in=pks)
    if set(fields) == {"reference"}:
        return {pk: {"reference": references.display(name)} for pk, name in public.values_list("pk", "reference")}
    rows = list(public.only(*COLUMNS))
    directory.of(city).fill(rows)
    photos = photos_of(city, rows) if "photos" in fields else {}
    site, zone = links.base_url(city), city.zone
    states = {}
    for row in rows:
        state = stored(row, site=site, zone=zone, photos=photos.get(row.pk, []))
        states[row.pk] = {name: state[name] for name in fields}
    return states


def _kind(first: Row) -> str:
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
