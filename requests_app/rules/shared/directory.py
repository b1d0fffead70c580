"""A city's services, departments, teams, categories and areas, which change by the day and are read by every list of requests.

They are kept in the process for a minute. A stamp in the cache, which every change of setup renews, says when to load them sooner.
"""

import json
import time
import uuid
from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.core.cache import cache
from django.db import connection
from django.db.models import F, Model, QuerySet
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from requests_app.core import json_rows, once
from requests_app.core.localized import localized
from requests_app.models import (
    Area,
    Calendar,
    Category,
    Department,
    Jurisdiction,
    ListedReason,
    Membership,
    Service,
    ServiceRequest,
    ServiceVersion,
    Team,
)

M = TypeVar("M", bound=Model)
KEPT_S = 60
# The layers that locals name a place by; a request shows the first of these that it lies in.
WARD_LAYERS = ("ward", "district", "neighborhood")
AREA_FIELDS = ("layer", "code", "name")


@dataclass(frozen=True)
class Colleague:
    """A member of staff. department_ids: None among them stands for the whole city."""

    pk: int
    name: str
    department_ids: frozenset[int | None]


@dataclass
class Directory:
    """Rows by id. They are shared by threads: read only."""

    services: dict[int, Service]
    departments: dict[int, Department]
    teams: dict[int, Team]
    categories: dict[int, Category]
    areas: dict[int, Area]
    # The city's own reasons to put work on hold.
    holds: list[ListedReason]
    # Those who may sign in, by name.
    people: list[Colleague]
    # Those of `services` that are current, and older ones once a request needed them. A version never changes.
    versions: dict[int, ServiceVersion] = field(default_factory=dict)
    # Pieces of pages that are made of these rows only, by what they depend on besides.
    pieces: dict[Hashable, SafeString] = field(default_factory=dict)

    @cached_property
    def service_by_code(self) -> dict[str, Service]:
        return {service.service_code: service for service in self.services.values()}

    @cached_property
    def department_by_code(self) -> dict[str, Department]:
        return {department.code: department for department in self.departments.values()}

    @cached_property
    def category_by_code(self) -> dict[str, Category]:
        return {category.code: category for category in self.categories.values()}

    @cached_property
    def ward_ids(self) -> frozenset[int]:
        return frozenset(pk for pk, area in self.areas.items() if area.layer in WARD_LAYERS)

    def name_of(self, service_version_id: int) -> str:
        """In the active language; "" for a version that fill() has not loaded."""
        version = self.versions.get(service_version_id)
        return localized(version.name) if version else ""

    def fill(self, service_requests: Collection[ServiceRequest]) -> None:
        """Sets each request's service, version, department and team without a query for those that are known."""
        missing = {service_request.service_version_id for service_request in service_requests} - self.versions.keys()
        if missing:
            self.add_versions(ServiceVersion.objects.filter(pk__in=missing))
        for service_request in service_requests:
            # By id: no query, and no copy for each row.
            version = self.versions[service_request.service_version_id]
            service_request.service_version = version
            service_request.service = self.services.get(service_request.service_id) or version.service
            if service_request.department_id in self.departments:
                service_request.department = self.departments[service_request.department_id]
            if service_request.team_id in self.teams:
                service_request.team = self.teams[service_request.team_id]

    def add_versions(self, versions: Iterable[ServiceVersion]) -> None:
        for version in versions:
            if version.service_id in self.services:
                version.service = self.services[version.service_id]
            if version.department_id in self.departments:
                version.department = self.departments[version.department_id]
            if version.category_id in self.categories:
                version.category = self.categories[version.category_id]
            self.versions[version.pk] = version

    def ward_of(self, area_ids: Iterable[int]) -> str:
        """The name of the first of these areas in the order of WARD_LAYERS."""
        names = {self.areas[pk].layer: self.areas[pk].name for pk in area_ids if pk in self.ward_ids}
        return next((names[layer] for layer in WARD_LAYERS if layer in names), "")


_kept: dict[int, tuple[str, float, Directory]] = {}


def of(jurisdiction: Jurisdiction, *, reload: bool = False) -> Directory:
    """reload: load it now, because something is missing in it."""
    if reload:
        return _of(jurisdiction, reload=True)
    # A page asks for its stamp once.
    return once.read_on_page(("directory", jurisdiction.pk), lambda: _of(jurisdiction))


def _of(jurisdiction: Jurisdiction, *, reload: bool = False) -> Directory:
    stamp = stamp_of(jurisdiction.pk)
    known = _kept.get(jurisdiction.pk)
    if known is not None and not reload and known[0] == stamp and time.monotonic() - known[1] < KEPT_S:
        return known[2]
    loaded = _load(jurisdiction)
    _kept[jurisdiction.pk] = (stamp, time.monotonic(), loaded)
    return loaded


def changed(jurisdiction_id: int) -> None:
    """Every process loads the directory again. Call it after the transaction that changed setup."""
    _stamp(jurisdiction_id)


def stamp_of(jurisdiction_id: int) -> str:
    """Changes with every change of setup."""
    return str(cache.get(_key(jurisdiction_id)) or _stamp(jurisdiction_id))


def _stamp(jurisdiction_id: int) -> str:
    stamp = uuid.uuid4().hex
    cache.set(_key(jurisdiction_id), stamp, None)
    return stamp


def _key(jurisdiction_id: int) -> str:
    return f"directory:{jurisdiction_id}"


def _people(jurisdiction: Jurisdiction) -> QuerySet[Membership, Any]:
    members = Membership.objects.filter(jurisdiction=jurisdiction, user__is_active=True)
    return members.values("user", "department", user_name=F("user__name"), user_email=F("user__email"))


def _colleagues(members: Iterable[dict[str, Any]]) -> list[Colleague]:
    departments: dict[tuple[int, str], set[int | None]] = {}
    for one in members:
        departments.setdefault((one["user"], one["user_name"] or one["user_email"]), set()).add(one["department"])
    people = [Colleague(pk, name, frozenset(ids)) for (pk, name), ids in departments.items()]
    return sorted(people, key=lambda colleague: colleague.name.casefold())


def _load(jurisdiction: Jurisdiction) -> Directory:
    of_city = {"jurisdiction": jurisdiction}
    services, versions, departments, calendars, teams, categories, areas, holds, people = _read_together(
        Service.objects.filter(**of_city),
        ServiceVersion.objects.filter(pk__in=Service.objects.filter(**of_city).values("current")),
        Department.objects.filter(**of_city),
        Calendar.objects.filter(**of_city),
        Team.objects.filter(department__jurisdiction=jurisdiction),
        Category.objects.filter(**of_city),
        Area.objects.filter(**of_city, is_ours=True).only(*AREA_FIELDS),
        ListedReason.objects.filter(**of_city, kind=ListedReason.Kind.HOLD),
        _people(jurisdiction),
    )
    directory = Directory(
        services=_by_id(services),
        departments=_by_id(departments),
        teams=_by_id(teams),
        categories=_by_id(categories),
        areas=_by_id(areas),
        holds=holds,
        people=_colleagues(people),
    )
    calendar_by_id = _by_id(calendars)
    for department in directory.departments.values():
        department.calendar = calendar_by_id[department.calendar_id]
    directory.add_versions(versions)
    for service in directory.services.values():
        service.current = directory.versions[service.current_id] if service.current_id else None
    return directory


def _by_id(rows: Iterable[M]) -> dict[int, M]:
    return {row.pk: row for row in rows}


def _read_together(*querysets: QuerySet[Any, Any]) -> list[list[Any]]:
    """The rows of each, in one statement: as instances, or as dictionaries from values()."""
    parts: list[str] = []
    values: list[Any] = []
    for queryset in querysets:
        sql, params = queryset.query.sql_with_params()
        parts.append(f"(SELECT coalesce(jsonb_agg(row), '[]') FROM ({sql}) AS row)")  # noqa: S608  (SQL from the ORM)
        values += params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        found = [json.loads(rows) for rows in cursor.fetchone()]
    return [
        rows if queryset.query.values_select else [json_rows.instance(queryset.model, row) for row in rows]
        for queryset, rows in zip(querysets, found, strict=True)
    ]
