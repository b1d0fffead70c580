"""The queue: which requests a member of staff sees, under which tab, in which order. It reads; actions write.

Only what is open and indexed as open is walked through; no tab counts past a hundred.
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
from requests_app.paging import Order, Page, page, page_in_turn
from requests_app.rules import permissions

COUNTED_TO = 100
PAGE_SIZE = 50
Rows = QuerySet[ServiceRequest, ServiceRequest]

BY_DUE: Order = [("due_at", "asc"), ("id", "asc")]
OLDEST: Order = [("submitted_at", "asc"), ("id", "asc")]
BY_HOLD: Order = [("hold_until", "asc"), ("id", "asc")]
LATEST_END: Order = [("resolved_at", "desc"), ("id", "desc")]

# Nobody has accepted it yet, or put it on hold with a reason.
NOT_ACCEPTED = Q(acknowledged_at=None, status__in=[Status.RECEIVED, Status.ROUTED])
URGENT = NOT_ACCEPTED & (Q(priority=1) | Q(after_warning=True))
# The layer that a city's people name a place by; the first of these that a request lies in.
WARD_LAYERS = ("ward", "district", "neighborhood")


@dataclass(frozen=True)
class Moment:
    """Now, and when the city's day ends."""

    now: dt.datetime
    tonight: dt.datetime

    @classmethod
    def of(cls, jurisdiction: Jurisdiction) -> "Moment":
        now = app_now()
        tomorrow = now.astimezone(jurisdiction.zone).date() + dt.timedelta(days=1)
        return cls(now, dt.datetime.combine(tomorrow, dt.time(), jurisdiction.zone))


@dataclass(frozen=True)
class Tab:
    """keep: which of the open rows; segmented: urgent first (see in_order), else `order` alone."""

    code: str
    name: str | Promise
    keep: Callable[[Moment], Q]
    order: Order = field(default_factory=lambda: BY_DUE)
    segmented: bool = False
    counted: bool = True
    # Whose: of my departments, mine, of no department yet, or all that ended.
    of: str = "departments"


TABS = [
    Tab("new", _("New"), lambda at: NOT_ACCEPTED, segmented=True),
    Tab("p1", _("P1 not accepted"), lambda at: NOT_ACCEPTED & Q(priority=1)),
    Tab("late", _("Late"), lambda at: Q(due_at__lt=at.now)),
    Tab("today", _("Due today"), lambda at: Q(due_at__gte=at.now, due_at__lt=at.tonight)),
    Tab("answered", _("Answered"), lambda at: Q(has_new_answer=True), segmented=True),
    Tab("reopened", _("Reopened"), lambda at: Q(reopened_count__gt=0), segmented=True),
    Tab("waiting", _("Waiting"), lambda at: Q(status=Status.ON_HOLD), order=BY_HOLD),
    Tab("all", _("All open"), lambda at: Q(), segmented=True, counted=False),
    Tab("triage", _("Triage"), lambda at: Q(department=None, in_triage=True), order=OLDEST, of="triage"),
    Tab("mine", _("Mine"), lambda at: Q(), segmented=True, of="mine"),
    Tab("ended", _("Ended"), lambda at: Q(status=Status.RESOLVED), order=LATEST_END, counted=False, of="ended"),
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
    return [tab for tab in TABS if tab.of != "triage" or may_triage(user, jurisdiction)]


def departments_of(user: User, jurisdiction: Jurisdiction) -> list[Department]:
    """Those whose requests this user may look at; all of them for somebody of the whole city."""
    here = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == jurisdiction.pk]
    if any(one.department_id is None for one in here):
        return list(Department.objects.filter(jurisdiction=jurisdiction, active=True).order_by("code"))
    own = {one.department.pk: one.department for one in here if one.department is not None}
    return sorted(own.values(), key=lambda department: department.code)


def rows(user: User, jurisdiction: Jurisdiction, tab: Tab, filters: Filters, at: Moment) -> Rows:
    """The tab's rows, in no order yet."""
    has_department = tab.of in ("departments", "ended")
    visible = ServiceRequest.objects.visible_to(user, triage=not has_department)
    found: Rows = visible.in_jurisdiction(jurisdiction)
    if tab.of == "ended":
        found = found.filter(status=Status.RESOLVED)
    elif tab.code == "answered":
        # An answer to what has ended is an answer too.
        found = found.exclude(status=Status.CLOSED)
    else:
        found = found.filter(status__in=OPEN)
    if tab.of == "mine":
        found = found.filter(assignee=user)
    if filters.department is not None:
        found = found.filter(department=filters.department)
    if filters.service is not None:
        found = found.filter(service=filters.service)
    for word in filters.words.split()[:5]:
        found = found.filter(Q(description__icontains=word) | Q(address__icontains=word))
    return found.filter(tab.keep(at))


def in_order(tab: Tab, found: Rows, at: Moment) -> list[Rows]:
    """Urgent, late of priority 1 and 2, late and due today, reopened, due later, and what has no date; each once."""
    if tab.of == "triage":
        return [found.filter(URGENT), found.filter(~URGENT)]
    if not tab.segmented:
        return [found]
    calm = found.filter(~URGENT)
    later = Q(due_at__gte=at.tonight)
    return [
        found.filter(URGENT),
        calm.filter(due_at__lt=at.now, priority__lte=2),
        calm.filter(due_at__lt=at.tonight).filter(Q(due_at__gte=at.now) | Q(priority__gt=2)),
        calm.filter(later | Q(due_at=None), reopened_count__gt=0),
        calm.filter(later, reopened_count=0),
        calm.filter(due_at=None, reopened_count=0),
    ]


def one_page(tab: Tab, found: Rows, at: Moment, cursor: str | None) -> Page[ServiceRequest]:
    """A page of rows with all that a row says. Raises BadCursor."""
    segments = in_order(tab, found, at)
    if len(segments) == 1:
        return page(with_row(segments[0]), tab.order, cursor, PAGE_SIZE)
    return page_in_turn(segments, tab.order, cursor, PAGE_SIZE, fetch=with_row(ServiceRequest.objects.all()))


def with_row(found: Rows) -> Rows:
    wards = Area.objects.filter(layer__in=WARD_LAYERS).only("layer", "name")
    return found.select_related("service", "service_version", "department", "assignee", "owner").prefetch_related(
        Prefetch("areas", queryset=wards, to_attr="wards")
    )


def ward_of(service_request: ServiceRequest) -> str:
    found = {area.layer: area.name for area in getattr(service_request, "wards", [])}
    return next((found[layer] for layer in WARD_LAYERS if layer in found), "")


def counts(tabs: Sequence[Tab], of: Callable[[Tab], Rows]) -> dict[str, str]:
    """How many rows each tab has, in one query that counts no further than a hundred: "7", "100+"."""
    shown = {tab.code: "0" for tab in tabs if tab.counted}
    parts: list[str] = []
    values: list[Any] = []
    counted: list[str] = []
    for tab in tabs:
        if tab.code not in shown:
            continue
        try:
            sql, params = of(tab).order_by().values("pk")[: COUNTED_TO + 1].query.sql_with_params()
        except EmptyResultSet:
            continue
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608  (the ORM wrote it)
        values += params
        counted.append(tab.code)
    if not parts:
        return shown
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = cursor.fetchone() or ()
    for code, number in zip(counted, found, strict=True):
        shown[code] = f"{COUNTED_TO}+" if number > COUNTED_TO else str(number)
    return shown
