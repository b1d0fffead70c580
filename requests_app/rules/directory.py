"""A city's services, departments, teams, categories and areas, which change by the day and are read by every list of requests.

They are kept in the process for a minute. A stamp in the cache, which every change of setup renews, says when to load them sooner.
"""

import time
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.core.cache import cache
from django.utils.functional import cached_property

from requests_app import once
from requests_app.localized import localized
from requests_app.models import (
    Area,
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
        missing = {one.service_version_id for one in service_requests} - self.versions.keys()
        if missing:
            self.add_versions(ServiceVersion.objects.filter(pk__in=missing))
        for one in service_requests:
            # By id: no query, and no copy for each row.
            version = self.versions[one.service_version_id]
            one.service_version = version
            one.service = self.services.get(one.service_id) or version.service
            if one.department_id in self.departments:
                one.department = self.departments[one.department_id]
            if one.team_id in self.teams:
                one.team = self.teams[one.team_id]

    def add_versions(self, versions: Iterable[ServiceVersion]) -> None:
        for version in versions:
            if version.service_id in self.services:
                version.service = self.services[version.service_id]
            if version.department_id in self.departments:
                version.department = self.departments[version.department_id]
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
    stamp = cache.get(_key(jurisdiction.pk)) or _stamp(jurisdiction.pk)
    known = _kept.get(jurisdiction.pk)
    if known is not None and not reload and known[0] == stamp and time.monotonic() - known[1] < KEPT_S:
        return known[2]
    loaded = _load(jurisdiction)
    _kept[jurisdiction.pk] = (stamp, time.monotonic(), loaded)
    return loaded


def changed(jurisdiction_id: int) -> None:
    """Every process loads the directory again. Call it after the transaction that changed setup."""
    _stamp(jurisdiction_id)


def _stamp(jurisdiction_id: int) -> str:
    stamp = uuid.uuid4().hex
    cache.set(_key(jurisdiction_id), stamp, None)
    return stamp


def _key(jurisdiction_id: int) -> str:
    return f"directory:{jurisdiction_id}"


def _people(jurisdiction: Jurisdiction) -> list[Colleague]:
    departments: dict[tuple[int, str], set[int | None]] = {}
    members = Membership.objects.filter(jurisdiction=jurisdiction, user__is_active=True)
    for pk, name, email, department in members.values_list("user", "user__name", "user__email", "department"):
        departments.setdefault((pk, name or email), set()).add(department)
    people = [Colleague(pk, name, frozenset(ids)) for (pk, name), ids in departments.items()]
    return sorted(people, key=lambda colleague: colleague.name.casefold())


def _load(jurisdiction: Jurisdiction) -> Directory:
    services = Service.objects.filter(jurisdiction=jurisdiction).select_related("current")
    directory = Directory(
        services={service.pk: service for service in services},
        departments=Department.objects.filter(jurisdiction=jurisdiction).select_related("calendar").in_bulk(),
        teams=Team.objects.filter(department__jurisdiction=jurisdiction).in_bulk(),
        categories=Category.objects.filter(jurisdiction=jurisdiction).in_bulk(),
        areas=Area.objects.filter(jurisdiction=jurisdiction, is_ours=True).only(*AREA_FIELDS).in_bulk(),
        holds=list(ListedReason.objects.filter(jurisdiction=jurisdiction, kind=ListedReason.Kind.HOLD)),
        people=_people(jurisdiction),
    )
    directory.add_versions(one.current for one in directory.services.values() if one.current is not None)
    return directory
