"""The audit: what staff did to requests and what was changed in setup, as one list, newest first.

Two append-only logs, each read by its own index, a page at a time; nothing is counted.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet

from requests_app.models import Event, Jurisdiction, ServiceRequest, SetupChange, User
from requests_app.rules.people import permissions

ACT, CHANGE = 0, 1
SALT = "audit"
# Acts of one service are found through their requests, so a search for them is limited to this long.
SERVICE_DAYS = 90


@dataclass(frozen=True)
class Filters:
    """Empty ones filter nothing. of: "", "acts", "setup", "act:" and a kind of event, or "setup:" and a kind of change.

    service_requests, service: only for acts on requests that the viewer may open (and changes of the service).
    since: inclusive, until: exclusive; both UTC.
    """

    of: str = ""
    user_id: int | None = None
    service_requests: Collection[ServiceRequest] = ()
    service_id: int | None = None
    service_code: str = ""
    since: dt.datetime | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True)
class Entry:
    """An act or a change of setup. is_open: whether the viewer may know which request the act was on."""

    row: Event | SetupChange
    is_open: bool = True

    @property
    def key(self) -> tuple[dt.datetime, int, int]:
        return (self.row.at, ACT if isinstance(self.row, Event) else CHANGE, self.row.pk)


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    next_cursor: str = ""
    previous_cursor: str = ""


def page(jurisdiction: Jurisdiction, viewer: User, filters: Filters, cursor: str = "", size: int = 50) -> Page:
    """One page of both logs; a cursor that was tampered with shows the first."""
    backward, key = _read(cursor)
    rows: list[Entry] = []
    for stream, queryset in ((ACT, _acts(jurisdiction, viewer, filters)), (CHANGE, _changes(jurisdiction, filters))):
        if queryset is None:
            continue
        found: QuerySet[Any] = queryset if key is None else queryset.filter(_beyond(key, stream, backward))
        order = ["at", "id"] if backward else ["-at", "-id"]
        rows += [Entry(row) for row in found.order_by(*order)[: size + 1]]
    rows.sort(key=lambda entry: entry.key, reverse=not backward)
    has_more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    if not rows:
        return Page([])
    has_next, has_previous = (key is not None, has_more) if backward else (has_more, key is not None)
    return Page(
        _opened(rows, viewer),
        _write(rows[-1], backward=False) if has_next else "",
        _write(rows[0], backward=True) if has_previous else "",
    )


def _acts(jurisdiction: Jurisdiction, viewer: User, filters: Filters) -> QuerySet[Event] | None:
    if filters.of.startswith("setup"):
        return None
    acts = Event.objects.filter(jurisdiction=jurisdiction, user__isnull=False)
    if filters.of.startswith("act:"):
        acts = acts.filter(kind=filters.of.removeprefix("act:"))
    if filters.user_id is not None:
        acts = acts.filter(user=filters.user_id)
    if filters.service_requests:
        acts = acts.filter(service_request__in=filters.service_requests)
    if filters.service_id is not None:
        # By its service, an act would say what a confidential request is about.
        visible = ServiceRequest.objects.filter(permissions.visible_filter(viewer), service=filters.service_id)
        acts = acts.filter(service_request__in=visible)
    return _between(acts.select_related("user", "api_key", "service_request"), filters)


def _changes(jurisdiction: Jurisdiction, filters: Filters) -> QuerySet[SetupChange] | None:
    if filters.of.startswith("act") or filters.service_requests:
        return None
    changes = SetupChange.objects.filter(jurisdiction=jurisdiction)
    if filters.of.startswith("setup:"):
        changes = changes.filter(kind=filters.of.removeprefix("setup:"))
    if filters.user_id is not None:
        changes = changes.filter(user=filters.user_id)
    if filters.service_id is not None:
        changes = changes.filter(kind__in=["service", "target"], key=filters.service_code)
    return _between(changes.select_related("user"), filters)


def _between(rows: QuerySet[Any], filters: Filters) -> QuerySet[Any]:
    if filters.since is not None:
        rows = rows.filter(at__gte=filters.since)
    return rows if filters.until is None else rows.filter(at__lt=filters.until)


def _opened(entries: list[Entry], viewer: User) -> list[Entry]:
    """The entries, with whether the viewer may open their requests."""
    ids = {
        entry.row.service_request_id
        for entry in entries
        if isinstance(entry.row, Event) and entry.row.service_request_id is not None
    }
    visible = set(
        ServiceRequest.objects.filter(permissions.visible_filter(viewer), pk__in=ids).values_list("pk", flat=True)
        if ids
        else ()
    )
    return [
        Entry(entry.row, isinstance(entry.row, SetupChange) or entry.row.service_request_id in visible)
        for entry in entries
    ]


def _beyond(key: tuple[dt.datetime, int, int], stream: int, backward: bool) -> Q:
    """Rows of a stream after `key` (before it when going backward), in the order of (at, stream, id)."""
    at, own, pk = key
    strictly, reached = ("gt", "gte") if backward else ("lt", "lte")
    if stream == own:
        return Q(**{f"at__{reached}": at}) & (Q(**{f"at__{strictly}": at}) | Q(**{f"id__{strictly}": pk}))
    is_beyond_at_once = (stream > own) if backward else (stream < own)
    return Q(**{f"at__{reached if is_beyond_at_once else strictly}": at})


def _write(entry: Entry, *, backward: bool) -> str:
    at, stream, pk = entry.key
    return signing.dumps([int(backward), at.isoformat(), stream, pk], salt=SALT, compress=True)


def _read(cursor: str) -> tuple[bool, tuple[dt.datetime, int, int] | None]:
    if not cursor:
        return False, None
    try:
        backward, at, stream, pk = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        return False, None
    return bool(backward), (dt.datetime.fromisoformat(at), stream, pk)
