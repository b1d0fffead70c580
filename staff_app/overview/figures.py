"""The figures of the overview. Each number is the count of the rows that its link shows, by the same filters of the queue."""

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, Sum
from django.urls import reverse

from requests_app.clock import app_now
from requests_app.models import DailyLoad, Department, Event, Jurisdiction, Membership, Service, Status, User
from requests_app.places.statement_timeout import TimeUpError, at_most
from requests_app.rules.figures import load_forecast, recurring_places
from requests_app.rules.figures.load_forecast import Forecast
from requests_app.rules.people import permissions
from requests_app.rules.promises import on_time as closing
from requests_app.rules.promises import service_levels, target_check
from requests_app.rules.promises.target_check import Misfit
from requests_app.rules.shared import directory as directories
from requests_app.rules.work import reopenings
from requests_app.rules.work.attention import ATTENTION
from staff_app.queue import listing

Pairs = list[tuple[str, str]]
T = TypeVar("T")

CACHED_S, SLOW_CACHED_S = 60, 900
# For each statement; a figure that takes longer says so instead.
STATEMENT_MS = 1500
ENDED_DAYS = 30
OLD_DAYS = 90
WEEKS = 12
OLDEST, PLACES, GROUPS = 10, 10, 50
EVERY_STATUS: Pairs = [("status", status) for status in Status.values]


@dataclass(frozen=True)
class Scope:
    """What a supervisor looks at. departments: None for the whole city."""

    user: User
    city: Jurisdiction
    departments: tuple[Department, ...] | None
    # The one chosen on the page.
    chosen: Department | None = None
    now: dt.datetime = field(default_factory=app_now)

    @property
    def today(self) -> dt.date:
        return self.now.astimezone(self.city.zone).date()

    @property
    def pairs(self) -> Pairs:
        """The filters of the queue that leave exactly this scope."""
        if self.chosen is not None:
            return [("department", self.chosen.code)]
        return [("department", one.code) for one in self.departments or ()]

    @property
    def department_ids(self) -> list[int] | None:
        if self.chosen is not None:
            return [self.chosen.pk]
        return None if self.departments is None else [one.pk for one in self.departments]

    @property
    def reads_confidential(self) -> bool:
        """Whether every confidential request of the scope is theirs to see, by the rules of permissions."""
        memberships = [one for one in permissions.memberships_of(self.user) if one.jurisdiction_id == self.city.pk]
        if any(one.department_id is None and "view_private" in one.role.permissions for one in memberships):
            return True
        ids = self.department_ids
        own = {one.department_id for one in memberships if {"view_private", "resolve"} & set(one.role.permissions)}
        return ids is not None and set(ids) <= own

    def rows(self, *pairs: tuple[str, str]) -> listing.Rows:
        return listing.matching([*self.pairs, *pairs], self.user, self.city)

    def url(self, *pairs: tuple[str, str]) -> str:
        query = urlencode([*self.pairs, *pairs])
        return f"{reverse('staff_app:queue')}?{query}" if query else reverse("staff_app:queue")


def scope_of(user: User, city: Jurisdiction, code: str = "") -> Scope:
    """Raises Denied for those who neither supervise nor see the whole city."""
    memberships = [one for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk]
    if any(sees_whole_city(one) for one in memberships):
        every = every_department(city)
        return Scope(user, city, None, next((one for one in every if one.code == code), None))
    own = {
        one.department.pk: one.department
        for one in memberships
        if one.department is not None and {"supervise", "view"} <= set(one.role.permissions)
    }
    if not own:
        raise permissions.Denied("supervise")
    departments = tuple(sorted(own.values(), key=str))
    return Scope(user, city, departments, next((one for one in departments if one.code == code), None))


def every_department(city: Jurisdiction) -> list[Department]:
    return sorted((one for one in directories.of(city).departments.values() if one.active), key=str)


def sees_whole_city(membership: Membership) -> bool:
    granted = membership.role.permissions
    return membership.department_id is None and "view" in granted and "only_assigned" not in granted


def may_open(user: User | AnonymousUser, city: Jurisdiction) -> bool:
    """Without a query: the menu of every page asks."""
    return any(
        one.jurisdiction_id == city.pk and (sees_whole_city(one) or {"supervise", "view"} <= set(one.role.permissions))
        for one in permissions.memberships_of(user)
    )


# --- Counts ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """Exact counts; None where the database took too long."""

    open: int | None = None
    # Those of rules.work.attention.
    ringing: int | None = None
    late: int | None = None
    nearly_late: int | None = None
    silent: int | None = None
    unassigned: int | None = None
    bounced: int | None = None
    reopened: int | None = None
    old: int | None = None
    ended: int | None = None
    could_be_on_time: int | None = None
    on_time_number: int | None = None
    missed: int | None = None
    came: int | None = None
    went: int | None = None
    thanked: int | None = None
    # By how many people.
    thanks: int | None = None

    @property
    def on_time(self) -> int | None:
        """Percent of what was done in 30 days or should have been by now (rules/promises/on_time.py)."""
        if self.on_time_number is None or self.could_be_on_time is None or self.late is None:
            return None
        of = self.could_be_on_time + self.late
        return round(100 * self.on_time_number / of) if of else None

    @property
    def net(self) -> int | None:
        return None if self.came is None or self.went is None else self.came - self.went


def queries(scope: Scope) -> dict[str, Pairs]:
    """The filters of each counted figure, for its rows and its link alike."""
    week_began = scope.today - dt.timedelta(days=6)
    return {
        "open": [],
        **{code: list(kind.query) for code, kind in ATTENTION.items()},
        "reopened": [("flag", "reopened")],
        "old": [("to", (scope.today - dt.timedelta(days=OLD_DAYS)).isoformat())],
        "ended": [("ended", str(ENDED_DAYS))],
        "missed": [("ended", str(ENDED_DAYS)), ("flag", "missed")],
        "came": [*EVERY_STATUS, ("from", week_began.isoformat())],
        "went": [("ended", "7")],
        "thanked": [("ended", str(ENDED_DAYS)), ("flag", "thanked")],
    }


def figures(scope: Scope) -> Figures:
    return _kept(scope, "figures", CACHED_S, lambda: _figures(scope))


def _figures(scope: Scope) -> Figures:
    of = queries(scope)
    counted: dict[str, int] = {}
    # Two blocks: the open ones are few in any city, and are shown even if a month of ended ones takes too long.
    for names in (
        ("open", *ATTENTION, "reopened", "old"),
        ("ended", "missed", "came", "went", "thanked"),
    ):
        rows = {name: scope.rows(*of[name]) for name in names}
        if "ended" in names:
            rows["could_be_on_time"] = rows["ended"].filter(closing.could_be_on_time())
            rows["on_time_number"] = rows["ended"].filter(closing.on_time())
        try:
            with at_most(STATEMENT_MS):
                counted |= listing.count_all(rows)
                if "thanked" in rows:
                    counted["thanks"] = rows["thanked"].order_by().aggregate(n=Sum("thanks_count", default=0))["n"]
        except TimeUpError:
            continue
    return Figures(**counted)


@dataclass(frozen=True)
class ReopenRate:
    """Of what staff resolved in the 30 days before the last 30, so that each had its 30 days to be reopened."""

    resolved: int
    reopened: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.reopened / self.resolved) if self.resolved else None


def reopen_rate(scope: Scope) -> ReopenRate | None:
    """None: the database took too long."""
    return _kept(scope, "reopen_rate", SLOW_CACHED_S, lambda: _reopen_rate(scope))


def _reopen_rate(scope: Scope) -> ReopenRate | None:
    last = dt.datetime.combine(scope.today, dt.time(), scope.city.zone) - reopenings.REOPENED_WITHIN
    events = Event.objects.filter(jurisdiction=scope.city)
    undone_ids = events.filter(kind="undone", at__gte=last - reopenings.REOPENED_WITHIN)
    try:
        with at_most(STATEMENT_MS):
            undone = {pk for pk in undone_ids.values_list("data__event_id", flat=True) if pk}
            resolved = [
                (request, at, reopened_count)
                for pk, request, at, reopened_count in events.filter(
                    kind="resolved",
                    at__gte=last - reopenings.REOPENED_WITHIN,
                    at__lt=last,
                    service_request__in=scope.rows(*EVERY_STATUS).order_by().values("pk"),
                ).values_list("pk", "service_request", "at", "service_request__reopened_count")
                if pk not in undone
            ]
            reopened = reopenings.lasting({request for request, _at, count in resolved if request and count})
    except TimeUpError:
        return None
    within = [
        at
        for request, at, count in resolved
        if request and count and any(at < again <= at + reopenings.REOPENED_WITHIN for again in reopened[request])
    ]
    return ReopenRate(len(resolved), len(within))


@dataclass(frozen=True)
class Group:
    """A line of a count. pairs: the filter that leaves its rows; empty: there is none."""

    name: str
    count: int
    pairs: Pairs = field(default_factory=list)


def ward_layer(city: Jurisdiction) -> list[int]:
    """The areas of the layer that locals name a place by."""
    areas, wards = directories.of(city).areas, directories.of(city).ward_ids
    layer = next((layer for layer in directories.WARD_LAYERS if any(areas[pk].layer == layer for pk in wards)), None)
    return [pk for pk in wards if areas[pk].layer == layer]


def _counted_by_area(scope: Scope, rows: listing.Rows) -> dict[int, int]:
    """Raises TimeUpError."""
    with at_most(STATEMENT_MS):
        return dict(
            rows.filter(request_areas__area__in=ward_layer(scope.city))
            .order_by()
            .values_list("request_areas__area")
            .annotate(n=Count("pk"))
        )


def by_area(scope: Scope, rows: listing.Rows) -> list[Group]:
    """Raises TimeUpError."""
    areas = directories.of(scope.city).areas
    counted = _counted_by_area(scope, rows)
    found = [Group(areas[pk].label, count, [("area", str(pk))]) for pk, count in counted.items()]
    return sorted(found, key=lambda one: (-one.count, one.name))


@dataclass(frozen=True)
class AreaCount:
    open: int = 0
    late: int = 0


def by_area_open_and_late(scope: Scope) -> dict[int, AreaCount] | None:
    """By id; areas without any aren't in it. None: the database took too long."""

    def count() -> dict[int, AreaCount] | None:
        try:
            every = _counted_by_area(scope, scope.rows())
            late = _counted_by_area(scope, scope.rows(("late", "1")))
        except TimeUpError:
            return None
        return {pk: AreaCount(number, late.get(pk, 0)) for pk, number in every.items()}

    return _kept(scope, "areas", CACHED_S, count)


def by_person(rows: listing.Rows) -> list[Group]:
    """Raises TimeUpError."""
    with at_most(STATEMENT_MS):
        counted = list(
            rows.order_by().values_list("assignee", "assignee__name", "assignee__email").annotate(n=Count("pk"))
        )
    found = [
        Group(name or email or "", count, [("assignee", str(pk) if pk else "nobody")])
        for pk, name, email, count in counted
    ]
    return sorted(found, key=lambda one: (-one.count, one.name))


def people(scope: Scope) -> list[Group] | None:
    def count() -> list[Group] | None:
        try:
            return by_person(scope.rows())[:GROUPS]
        except TimeUpError:
            return None

    return _kept(scope, "people", CACHED_S, count)


@dataclass(frozen=True)
class Old:
    reference: str
    service_id: int
    ward: str
    submitted_at: dt.datetime


def oldest(scope: Scope) -> list[Old]:
    def find() -> list[Old]:
        try:
            with at_most(STATEMENT_MS):
                found = list(listing.with_row(scope.rows()).order_by("submitted_at", "id")[:OLDEST])
        except TimeUpError:
            return []
        listing.fill(found, scope.city, directories.of(scope.city))
        return [Old(one.reference, one.service_id, getattr(one, "ward", ""), one.submitted_at) for one in found]

    return _kept(scope, "oldest", CACHED_S, find)


@dataclass(frozen=True)
class Place:
    service: Service
    address: str
    count: int
    pairs: Pairs


def places(scope: Scope) -> list[Place] | None:
    """None: the database took too long."""
    directory = directories.of(scope.city)
    allowed = [
        service.pk
        for service in directory.services.values()
        if service.current is not None
        and service.current.category_id in directory.categories
        and recurring_places.may_be_listed(service, directory.categories[service.current.category_id].code)
    ]
    since = (scope.today - dt.timedelta(days=recurring_places.DAYS - 1)).isoformat()
    pairs: Pairs = [*EVERY_STATUS, ("from", since), ("flag", "original"), ("public_state", "public")]

    def count() -> list[tuple[int, str, int]] | None:
        rows = scope.rows(*pairs).filter(service__in=allowed).exclude(public_address="")
        try:
            with at_most(STATEMENT_MS):
                return list(
                    rows.order_by()
                    .values_list("service", "public_address")
                    .annotate(n=Count("pk"))
                    .filter(n__gte=recurring_places.OFTEN)
                    .order_by("-n", "public_address")[:PLACES]
                )
        except TimeUpError:
            return None

    found = _kept(scope, "places", SLOW_CACHED_S, count)
    if found is None:
        return None
    known = [(directory.services[pk], address, n) for pk, address, n in found if pk in directory.services]
    return [
        Place(service, address, n, [*pairs, ("service", service.service_code), ("address", address)])
        for service, address, n in known
    ]


def misfits(scope: Scope) -> list[Misfit]:
    ids = scope.department_ids
    services = [
        service.pk
        for service in directories.of(scope.city).services.values()
        if service.current is not None and (ids is None or service.current.department_id in ids)
    ]
    return _kept(scope, "misfits", SLOW_CACHED_S, lambda: target_check.misfits(scope.city, services))


# --- Days ------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Days:
    """From the nightly table, up to yesterday. backlog: by week, the open ones by age."""

    first: dt.date
    submitted: list[int]
    ended: list[int]
    backlog: list[tuple[dt.date, tuple[int, int, int, int]]]
    forecast: Forecast | None

    @property
    def last(self) -> dt.date:
        return self.first + dt.timedelta(days=len(self.submitted) - 1)


def days(scope: Scope) -> Days | None:
    """None until the first night."""
    return _kept(scope, "days", SLOW_CACHED_S, lambda: _days(scope))


def _days(scope: Scope) -> Days | None:
    loads = DailyLoad.objects.filter(jurisdiction=scope.city)
    ids = scope.department_ids
    if ids is not None:
        loads = loads.filter(department__in=ids)
    if not scope.reads_confidential:
        loads = loads.filter(is_confidential=False)
    until = scope.today
    since = until - dt.timedelta(days=load_forecast.YEAR * 2)
    try:
        with at_most(STATEMENT_MS):
            rows = {
                day: counts
                for day, *counts in loads.filter(day__gte=since, day__lt=until)
                .order_by("day")
                .values_list("day")
                .annotate(
                    a=Sum("submitted"),
                    b=Sum("ended"),
                    c=Sum("open_week"),
                    d=Sum("open_month"),
                    e=Sum("open_quarter"),
                    f=Sum("open_older"),
                )
            }
    except TimeUpError:
        return None
    if not rows:
        return None
    first = min(rows)
    count = (until - first).days
    every = [first + dt.timedelta(days=at) for at in range(count)]
    none = [0] * 6
    submitted = [rows.get(day, none)[0] for day in every]
    weeks = [until - dt.timedelta(days=1 + 7 * back) for back in reversed(range(WEEKS))]
    shown = max(1, min(count, WEEKS * 7))
    return Days(
        first=every[-shown],
        submitted=submitted[-shown:],
        ended=[rows.get(day, none)[1] for day in every[-shown:]],
        backlog=[(day, tuple(rows.get(day, none)[2:6])) for day in weeks if day >= first],
        forecast=load_forecast.forecast(first, submitted, _is_holiday(scope)),
    )


def _is_holiday(scope: Scope) -> Callable[[dt.date], bool]:
    """By the calendar of the chosen department, or of the first that closes at all."""
    candidates: Sequence[Department] = (
        [scope.chosen] if scope.chosen else scope.departments or list(directories.of(scope.city).departments.values())
    )
    found = Department.objects.filter(pk__in=[one.pk for one in candidates], calendar__always=False)
    department = found.select_related("calendar").order_by("pk").first()
    if department is None:
        return lambda _day: False
    return service_levels.working_hours(department.calendar, scope.city.zone).is_holiday


# --- Kept ------------------------------------------------------------------------------------------------------------------


def _kept(scope: Scope, name: str, seconds: int, compute: Callable[[], T]) -> T:
    """Shared by all who may see the same."""
    roles = sorted(
        (one.department_id or 0, sorted(one.role.permissions))
        for one in permissions.memberships_of(scope.user)
        if one.jurisdiction_id == scope.city.pk
    )
    # A role that is limited to assigned requests sees other rows for each of its people.
    person = scope.user.pk if any("only_assigned" in granted for _department, granted in roles) else 0
    named = repr((scope.city.pk, scope.pairs, roles, person, scope.today))
    key = f"overview:{name}:{hashlib.sha256(named.encode()).hexdigest()[:24]}"
    missing = object()
    found = cache.get(key, missing)
    if found is missing:
        found = compute()
        cache.set(key, found, timeout=seconds)
    return found
