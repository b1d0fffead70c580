"""Which requests a user sees in the queue, under which tab and in which order.

Queries use the partial indexes on open requests; no tab counts past a hundred, and counts are kept for half a minute.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, When
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from requests_app.clock import app_now
from requests_app.core.paging import Order, Page, page, page_of_keys, page_of_segments
from requests_app.models import (
    OPEN,
    Clock,
    Jurisdiction,
    Photo,
    RequestArea,
    ServiceRequest,
    Status,
    User,
)
from requests_app.places.request_search import as_rows
from requests_app.rules.people import permissions
from requests_app.rules.promises.lateness import due_rows, late_rows
from requests_app.rules.promises.silence import QUIET_SINCE
from requests_app.rules.shared import directory as directories
from requests_app.rules.shared.directory import Directory
from requests_app.rules.work import request_reads, snoozes
from staff_app import tab_counts
from staff_app.queue import search
from staff_app.queue.filters import QueueFilter

COUNT_MAX = 100
PAGE_SIZE = 50
Rows = QuerySet[ServiceRequest, ServiceRequest]
Key = tuple[int, dt.datetime, int]

BY_DUE: Order = [("due_at", "asc"), ("id", "asc")]
OLDEST: Order = [("submitted_at", "asc"), ("id", "asc")]
BY_HOLD: Order = [("hold_until", "asc"), ("id", "asc")]
NEWEST: Order = [("submitted_at", "desc"), ("id", "desc")]
BY_PRIORITY: Order = [("priority", "asc"), ("due_at", "asc"), ("id", "asc")]
BY_QUIET: Order = [("quiet_since", "asc"), ("id", "asc")]
SORTED = {"due": BY_DUE, "reported": NEWEST, "priority": BY_PRIORITY, "quiet": BY_QUIET}
LATEST_END: Order = [("resolved_at", "desc"), ("id", "desc")]

# What has a due time while its clock runs.
_DATED = [status for status in OPEN if status != Status.ON_HOLD]
# Not yet accepted, and not put on hold with a reason.
NOT_ACCEPTED = Q(acknowledged_at=None, status__in=[Status.RECEIVED, Status.ROUTED])
# The first rows of a queue: priority 1, then what was sent after the emergency question.
FIRST_ROWS = (NOT_ACCEPTED & Q(priority=1), NOT_ACCEPTED & ~Q(priority=1) & Q(after_warning=True))
URGENT = NOT_ACCEPTED & (Q(priority=1) | Q(after_warning=True))
# What a row shows, and what rules.permissions and rules.redaction read.
ROW_FIELDS = (
    "jurisdiction", "reference", "service", "service_version", "description", "key_sentence_at", "language", "address",
    "place_note", "public_address", "status", "disposition", "public_state", "priority", "priority_reason", "review_reason",
    "after_warning",
    "department", "team", "assignee__name", "assignee__email", "in_triage", "hold_reason", "has_new_answer", "reopened_count",
    "people_count", "me_too_count", "acknowledge_due_at", "due_at", "submitted_at", "acknowledged_at", "resolved_at",
    "hold_until", "scheduled_for", "last_public_message_at",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """The current time, and the end of the city's day."""

    now: dt.datetime
    tonight: dt.datetime

    @classmethod
    def of(cls, jurisdiction: Jurisdiction, now: dt.datetime | None = None) -> "Moment":
        now = now or app_now()
        tomorrow = now.astimezone(jurisdiction.zone).date() + dt.timedelta(days=1)
        return cls(now, dt.datetime.combine(tomorrow, dt.time(), jurisdiction.zone))


@dataclass(frozen=True)
class Tab:
    """filter: which of the open requests; segmented: urgent first (see in_order), else by `order` alone."""

    code: str
    name: str | Promise
    filter: Callable[[Moment], Q]
    order: Order = field(default_factory=lambda: BY_DUE)
    segmented: bool = False
    counted: bool = True
    # One of: departments (those the user can see), mine, triage (no department yet), resolved.
    scope: str = "departments"


TABS = [
    Tab("new", pgettext_lazy("requests", "New"), lambda at: NOT_ACCEPTED, segmented=True),
    Tab("p1", pgettext_lazy("requests", "P1 not accepted"), lambda at: NOT_ACCEPTED & Q(priority=1)),
    Tab("late", pgettext_lazy("requests", "Late"), lambda at: late_rows(at.now)),
    Tab("today", pgettext_lazy("requests", "Due today"), lambda at: due_rows(at.now, at.tonight)),
    Tab("answered", pgettext_lazy("requests", "New replies"), lambda at: Q(has_new_answer=True), segmented=True),
    Tab("reopened", pgettext_lazy("requests", "Reopened"), lambda at: Q(reopened_count__gt=0), segmented=True),
    Tab("waiting", pgettext_lazy("requests", "Waiting"), lambda at: Q(status=Status.ON_HOLD), order=BY_HOLD),
    Tab("all", pgettext_lazy("requests", "All open"), lambda at: Q(), segmented=True, counted=False),
    Tab(
        "triage",
        pgettext_lazy("requests", "Triage"),
        lambda at: Q(department=None, in_triage=True),
        order=OLDEST,
        scope="triage",
    ),
    Tab("mine", pgettext_lazy("requests", "Mine"), lambda at: Q(), segmented=True, scope="mine"),
    Tab(
        "ended",
        pgettext_lazy("requests", "Resolved"),
        lambda at: Q(status=Status.RESOLVED),
        order=LATEST_END,
        counted=False,
        scope="resolved",
    ),
]
ALL = "all"
FIRST = ALL


def may_triage(user: User, jurisdiction: Jurisdiction) -> bool:
    return permissions.can_in_city(user, "triage", jurisdiction)


def tabs_for(user: User, jurisdiction: Jurisdiction) -> list[Tab]:
    return [tab for tab in TABS if tab.scope != "triage" or may_triage(user, jurisdiction)]


def rows(
    user: User,
    jurisdiction: Jurisdiction,
    tab: Tab,
    filters: QueueFilter,
    at: Moment,
    ids: Collection[int] | None = None,
    *,
    with_snoozed: bool = False,
) -> Rows:
    """The tab's requests that match the filters, unordered. ids: the result of search.find(), if there is one already."""
    # Nothing in triage is anybody's, so only its own tab asks for it: an OR would cost each of the others its index.
    visible = ServiceRequest.objects.visible_to(user, triage=tab.scope == "triage")
    matching: Rows = visible.in_jurisdiction(jurisdiction).filter(is_test=False)
    if tab.scope == "resolved":
        matching = matching.filter(status=Status.RESOLVED)
    elif tab.code == "answered":
        # A reply to a resolved request counts too.
        matching = matching.exclude(status=Status.CLOSED)
    elif not (tab.code == ALL and is_of_all(filters)):
        matching = matching.filter(status__in=OPEN)
    if tab.scope == "mine":
        matching = matching.filter(assignee=user)
    matching = filters.apply(matching)
    if filters.q:
        ids = search.find(user, jurisdiction, filters.q).ids if ids is None else ids
        matching = matching.filter(pk__in=as_rows(ids))
    elif not with_snoozed and (hidden := snoozes.hidden_ids(user, jurisdiction)):
        # A search finds a request, snoozed or not.
        matching = matching.exclude(pk__in=hidden)
    return matching.filter(tab.filter(at))


def matching(query: Any, user: User, jurisdiction: Jurisdiction) -> Rows:
    """All rows of the queue that an address (a QueryDict, or pairs) asks for, unordered."""
    filters = QueueFilter.from_query(query, user, jurisdiction)
    return rows(user, jurisdiction, tab_of(filters, user, jurisdiction), filters, Moment.of(jurisdiction))


def tab_of(filters: QueueFilter, user: User, jurisdiction: Jurisdiction) -> Tab:
    """The tab that the filters name, or the first one that the queue opens with."""
    tabs = {tab.code: tab for tab in tabs_for(user, jurisdiction)}
    return tabs.get(filters.tab) or tabs[FIRST]


def is_of_all(filters: QueueFilter) -> bool:
    """Whether the first tab shows open and ended requests alike: a search, or a filter on what has ended."""
    return bool(filters.q) or filters.covers_ended


def in_order(tab: Tab, matching: Rows, at: Moment) -> list[Rows]:
    """Disjoint segments, in order: priority 1; sent after the emergency question; late with priority 1 or 2; other late and due
    today; reopened; due later; no due time."""
    urgent = [matching.filter(rows) for rows in FIRST_ROWS]
    if tab.scope == "triage":
        return [*urgent, matching.filter(~URGENT)]
    if not tab.segmented:
        return [matching]
    calm = matching.filter(~URGENT)
    later = Q(due_at__gte=at.tonight)
    return [
        *urgent,
        calm.filter(late_rows(at.now), priority__lte=2),
        calm.filter(due_at__lt=at.tonight).filter(Q(due_at__gte=at.now) | Q(priority__gt=2)),
        calm.filter(later | Q(due_at=None), reopened_count__gt=0),
        calm.filter(later, reopened_count=0),
        calm.filter(due_at=None, reopened_count=0),
    ]


def _turn(at: Moment) -> Case:
    """The number of a row's segment in in_order()."""
    return Case(
        When(FIRST_ROWS[0], then=0),
        When(FIRST_ROWS[1], then=1),
        When(late_rows(at.now), priority__lte=2, then=2),
        When(due_at__lt=at.tonight, then=3),
        When(reopened_count__gt=0, then=4),
        When(due_at__isnull=False, then=5),
        default=6,
    )


def keys_of_found(matching: Rows) -> list[Key]:
    """Of what a search has found: 0 if it is open and 1 if it has ended, when it was reported, and its id."""
    rows = matching.values_list("status", "submitted_at", "pk")
    return [(int(status not in OPEN), submitted_at, pk) for status, submitted_at, pk in rows]


def one_page(
    tab: Tab,
    matching: Rows,
    at: Moment,
    cursor: str | None,
    filters: QueueFilter,
    size: int = 0,
    keys: Sequence[Key] | None = None,
    reader: User | None = None,
) -> Page[ServiceRequest]:
    """One page, in the order that the filters ask for or else the tab's. Raises BadCursor.

    keys: keys_of_found(), if they are known already. reader: as for with_row().
    """
    size = size or PAGE_SIZE
    if filters.sort == "quiet":
        matching = matching.annotate(quiet_since=QUIET_SINCE)
    if filters.sort:
        return page(with_row(matching, reader), SORTED[filters.sort], cursor, size)
    if tab.code == ALL and is_of_all(filters):
        fetch = with_row(ServiceRequest.objects.all(), reader)
        if filters.q:
            found = keys_of_found(matching) if keys is None else keys
            return page_of_keys(found, NEWEST, cursor, size, fetch=fetch)
        open_first = [matching.filter(status__in=OPEN), matching.exclude(status__in=OPEN)]
        return page_of_segments(open_first, NEWEST, cursor, size, fetch=fetch)
    if tab.scope == "mine":
        # Few enough to sort, which is cheaper than to plan a statement for each segment.
        return page(with_row(matching.annotate(turn=_turn(at)), reader), [("turn", "asc"), *tab.order], cursor, size)
    segments = in_order(tab, matching, at)
    if len(segments) == 1:
        return page(with_row(segments[0], reader), tab.order, cursor, size)
    return page_of_segments(segments, tab.order, cursor, size, fetch=with_row(ServiceRequest.objects.all(), reader))


def with_row(matching: Rows, reader: User | None = None) -> Rows:
    """What a row shows. Services, departments, teams and areas come from the directory, not from joins.

    reader: whose unread requests are marked.
    """
    lies_in = RequestArea.objects.filter(service_request=OuterRef("pk"))
    photos = Photo.objects.filter(service_request=OuterRef("pk"), hidden_at=None).order_by("id")
    added = {
        "area_ids": ArraySubquery(lies_in.values("area")),
        "photo_name": Subquery(photos.values("name")[:1]),
        # So that nobody acts on a row that has changed since.
        "newest_event": request_reads.NEWEST_EVENT,
    }
    if reader is not None:
        matching = request_reads.with_last_read(matching, reader)
    return matching.select_related("assignee").only(*ROW_FIELDS).annotate(**added)


def fill(service_requests: Sequence[ServiceRequest], jurisdiction: Jurisdiction, directory: Directory) -> None:
    """Sets what with_row() left out, `ward`: the name of the ward, district or neighborhood, and `is_stopped`: a suspension stops
    its clock."""
    if any(one.department_id and one.department_id not in directory.departments for one in service_requests):
        directory = directories.of(jurisdiction, reload=True)
    directory.fill(service_requests)
    # What is on hold says what it waits for.
    undated = [one.pk for one in service_requests if one.due_at is None and one.status in _DATED]
    running = Clock.objects.filter(service_request__in=undated, met_at=None)
    stopped = set(running.exclude(suspension=None).values_list("service_request", flat=True)) if undated else set()
    for one in service_requests:
        one.ward = directory.ward_of(one.area_ids)  # type: ignore[attr-defined]
        one.is_stopped = one.pk in stopped  # type: ignore[attr-defined]


def kept_counts(
    user: User, jurisdiction: Jurisdiction, filters: QueueFilter, tabs: Sequence[Tab], rows_of: Callable[[Tab], Rows]
) -> dict[str, str]:
    """counts(), kept for this user and these filters."""
    named = repr((filters.query(sort=False), [tab.code for tab in tabs]))
    digest = hashlib.sha256(named.encode()).hexdigest()[:16]
    return tab_counts.kept(user, jurisdiction, digest, lambda: counts(tabs, rows_of))


def counts(tabs: Sequence[Tab], rows_of: Callable[[Tab], Rows]) -> dict[str, str]:
    """Rows per tab as "7" or "100+", counted in one query that stops at a hundred per tab."""
    numbers = count_all({tab.code: rows_of(tab) for tab in tabs if tab.counted}, at_most=COUNT_MAX + 1)
    return {code: f"{COUNT_MAX}+" if number > COUNT_MAX else str(number) for code, number in numbers.items()}


def count_all(rows: Mapping[str, Rows], *, at_most: int | None = None) -> dict[str, int]:
    """The number of each of these, in one statement. at_most: stops counting there."""
    parts: dict[str, str] = {}
    values: list[Any] = []
    for name, matching in rows.items():
        try:
            sql, params = matching.order_by().values("pk")[:at_most].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts[name] = f"(SELECT count(*) FROM ({sql}) AS counted)"  # noqa: S608  (SQL from the ORM)
        values += params
    numbers = dict.fromkeys(rows, 0)
    if parts:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join(parts.values())}", values)
            numbers |= zip(parts, cursor.fetchone() or (), strict=True)
    return numbers
