"""Which requests a user sees in the queue, under which tab and in which order.

Queries use the partial indexes on open requests; no tab counts past a hundred.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Prefetch, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from requests_app.clock import app_now
from requests_app.models import (
    OPEN,
    Area,
    Department,
    Jurisdiction,
    Service,
    ServiceRequest,
    Status,
    User,
)
from requests_app.paging import Order, Page, page, page_of_segments
from requests_app.rules import permissions

COUNT_MAX = 100
PAGE_SIZE = 50
Rows = QuerySet[ServiceRequest, ServiceRequest]

BY_DUE: Order = [("due_at", "asc"), ("id", "asc")]
OLDEST: Order = [("submitted_at", "asc"), ("id", "asc")]
BY_HOLD: Order = [("hold_until", "asc"), ("id", "asc")]
LATEST_END: Order = [("resolved_at", "desc"), ("id", "desc")]

# Not yet accepted, and not put on hold with a reason.
NOT_ACCEPTED = Q(acknowledged_at=None, status__in=[Status.RECEIVED, Status.ROUTED])
# The first rows of a queue: priority 1, then what was sent after the emergency question.
FIRST_ROWS = (NOT_ACCEPTED & Q(priority=1), NOT_ACCEPTED & ~Q(priority=1) & Q(after_warning=True))
URGENT = NOT_ACCEPTED & (Q(priority=1) | Q(after_warning=True))
# The layers that locals name a place by; a request shows the first of these that it lies in.
WARD_LAYERS = ("ward", "district", "neighborhood")


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
    Tab("new", _("New"), lambda at: NOT_ACCEPTED, segmented=True),
    Tab("p1", _("P1 not accepted"), lambda at: NOT_ACCEPTED & Q(priority=1)),
    Tab("late", _("Late"), lambda at: Q(due_at__lt=at.now)),
    Tab("today", _("Due today"), lambda at: Q(due_at__gte=at.now, due_at__lt=at.tonight)),
    Tab("answered", _("New replies"), lambda at: Q(has_new_answer=True), segmented=True),
    Tab("reopened", _("Reopened"), lambda at: Q(reopened_count__gt=0), segmented=True),
    Tab("waiting", _("Waiting"), lambda at: Q(status=Status.ON_HOLD), order=BY_HOLD),
    Tab("all", _("All open"), lambda at: Q(), segmented=True, counted=False),
    Tab("triage", _("Triage"), lambda at: Q(department=None, in_triage=True), order=OLDEST, scope="triage"),
    Tab("mine", _("Mine"), lambda at: Q(), segmented=True, scope="mine"),
    Tab(
        "ended", _("Resolved"), lambda at: Q(status=Status.RESOLVED), order=LATEST_END, counted=False, scope="resolved"
    ),
]
FIRST = "all"


@dataclass(frozen=True)
class Filters:
    department: Department | None = None
    service: Service | None = None
    words: str = ""


def may_triage(user: User, jurisdiction: Jurisdiction) -> bool:
    return permissions.can_in_city(user, "triage", jurisdiction)


def tabs_for(user: User, jurisdiction: Jurisdiction) -> list[Tab]:
    return [tab for tab in TABS if tab.scope != "triage" or may_triage(user, jurisdiction)]


def departments_of(user: User, jurisdiction: Jurisdiction) -> list[Department]:
    """Departments whose requests this user may see; all of them for city-wide roles."""
    memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == jurisdiction.pk]
    if any(membership.department_id is None for membership in memberships):
        return list(Department.objects.filter(jurisdiction=jurisdiction, active=True).order_by("code"))
    own = {one.department.pk: one.department for one in memberships if one.department is not None}
    return sorted(own.values(), key=lambda department: department.code)


def rows(user: User, jurisdiction: Jurisdiction, tab: Tab, filters: Filters, at: Moment) -> Rows:
    """The tab's requests, unordered."""
    has_department = tab.scope in ("departments", "resolved")
    visible = ServiceRequest.objects.visible_to(user, triage=not has_department)
    matching: Rows = visible.in_jurisdiction(jurisdiction).filter(is_test=False)
    if tab.scope == "resolved":
        matching = matching.filter(status=Status.RESOLVED)
    elif tab.code == "answered":
        # A reply to a resolved request counts too.
        matching = matching.exclude(status=Status.CLOSED)
    else:
        matching = matching.filter(status__in=OPEN)
    if tab.scope == "mine":
        matching = matching.filter(assignee=user)
    if filters.department is not None:
        matching = matching.filter(department=filters.department)
    if filters.service is not None:
        matching = matching.filter(service=filters.service)
    in_words = permissions.searches_words(user, jurisdiction)
    for word in filters.words.split()[:5]:
        of_place = Q(address__icontains=word)
        matching = matching.filter(Q(description__icontains=word) | of_place if in_words else of_place)
    return matching.filter(tab.filter(at))


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
        calm.filter(due_at__lt=at.now, priority__lte=2),
        calm.filter(due_at__lt=at.tonight).filter(Q(due_at__gte=at.now) | Q(priority__gt=2)),
        calm.filter(later | Q(due_at=None), reopened_count__gt=0),
        calm.filter(later, reopened_count=0),
        calm.filter(due_at=None, reopened_count=0),
    ]


def one_page(tab: Tab, matching: Rows, at: Moment, cursor: str | None) -> Page[ServiceRequest]:
    """One page, with everything a row shows prefetched. Raises BadCursor."""
    segments = in_order(tab, matching, at)
    if len(segments) == 1:
        return page(with_row(segments[0]), tab.order, cursor, PAGE_SIZE)
    return page_of_segments(segments, tab.order, cursor, PAGE_SIZE, fetch=with_row(ServiceRequest.objects.all()))


def with_row(matching: Rows) -> Rows:
    wards = Area.objects.filter(layer__in=WARD_LAYERS).only("layer", "name")
    return matching.select_related("service", "service_version", "department", "assignee", "owner").prefetch_related(
        Prefetch("areas", queryset=wards, to_attr="wards")
    )


def ward_of(service_request: ServiceRequest) -> str:
    names = {area.layer: area.name for area in getattr(service_request, "wards", [])}
    return next((names[layer] for layer in WARD_LAYERS if layer in names), "")


def counts(tabs: Sequence[Tab], rows_of: Callable[[Tab], Rows]) -> dict[str, str]:
    """Rows per tab as "7" or "100+", counted in one query that stops at a hundred per tab."""
    shown = {tab.code: "0" for tab in tabs if tab.counted}
    parts: list[str] = []
    values: list[Any] = []
    counted: list[str] = []
    for tab in tabs:
        if tab.code not in shown:
            continue
        try:
            sql, params = rows_of(tab).order_by().values("pk")[: COUNT_MAX + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  (SQL from the ORM)
        values += params
        counted.append(tab.code)
    if not parts:
        return shown
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        numbers = cursor.fetchone() or ()
    for code, number in zip(counted, numbers, strict=True):
        shown[code] = f"{COUNT_MAX}+" if number > COUNT_MAX else str(number)
    return shown
