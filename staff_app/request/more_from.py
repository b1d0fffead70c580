"""What else was reported at the place, or about the asset, of a request: open and ended, newest first, a few of each."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app import access
from requests_app.access import get_request_or_404, numbered
from requests_app.core.paging import page_or_first_page
from requests_app.messages import wording
from requests_app.models import OPEN, Jurisdiction, Participation, ServiceRequest, Status, User
from requests_app.models.service_request import ServiceRequestQuerySet
from requests_app.places.addresses import box_around
from requests_app.places.meters import meters_between
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app.decorators import StaffRequest, staff_page

AT_MOST = 6
# Of each kind, so many are read, and then those shown that the user may see.
READ_MAX = 30
PAGE = 30
NEWEST = ("-submitted_at", "-id")
# About two houses to each side.
HERE_M = 30
_WITH_ASSET = numbered(asset_number=F("asset__asset_id"))


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    status: str
    away: str = ""


@dataclass(frozen=True)
class Part:
    """A kind of others. has: the condition of `rows`, asked of a request."""

    rows: ServiceRequestQuerySet
    order: tuple[str, ...]
    has: Callable[[ServiceRequest], bool]

    def key(self, service_request: ServiceRequest) -> tuple[Any, ...]:
        return (service_request.submitted_at, service_request.pk) if self.order == NEWEST else (service_request.pk,)


@dataclass(frozen=True)
class Group:
    """all_url: the page or the queue that has them all; empty if these are all."""

    heading: str
    rows: list[Row]
    all_url: str


@staff_page
def more_from(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(
        request.user, reference, "view", jurisdiction=request.jurisdiction, statement=_WITH_ASSET
    )
    if request.GET.get("place"):
        return _all_at_place(request, service_request)
    others = _here(service_request, request.user)
    asset = service_request.asset_id
    about_asset = [one for one in others if asset is not None and one.asset_id == asset][:AT_MOST]
    at_place: list[ServiceRequest] = []
    room = {True: AT_MOST, False: AT_MOST}
    for one in others:
        if room[one.is_open] and _meters_here(one, service_request) is not None:
            at_place.append(one)
            room[one.is_open] -= 1

    def rows(some: list[ServiceRequest]) -> list[Row]:
        return _rows(some, request.user, service_request.jurisdiction, service_request)

    groups = [
        Group(_("About the same asset"), rows(about_asset), _asset_url(service_request)),
        Group(_("At this place"), rows(at_place), _place_url(service_request, at_place)),
    ]
    context = {"service_request": service_request, "groups": [group for group in groups if group.rows]}
    return render(request, "staff_app/request/more_from.html", context)


def of_reporter(service_request: ServiceRequest, user: User) -> list[Row]:
    """Other requests of the people who reported this one. Only for users who were just shown who they are."""
    people = service_request.participations.filter(role__in=Participation.OWN).values("person")
    of_people = Participation.objects.filter(person__in=people, role__in=Participation.OWN).values("service_request")
    found = _visible(service_request, user).filter(pk__in=of_people)
    return _rows(found.order_by("-submitted_at", "-id")[:AT_MOST], user, service_request.jurisdiction)


def _at_place(service_request: ServiceRequest) -> ServiceRequestQuerySet:
    """The others that were reported within HERE_M of it."""
    if service_request.point is None:
        return ServiceRequest.objects.none()
    others = ServiceRequest.objects.in_jurisdiction(service_request.jurisdiction).exclude(pk=service_request.pk)
    return others.filter(point__bboverlaps=box_around(service_request.point, HERE_M))


def _here(service_request: ServiceRequest, user: User) -> list[ServiceRequest]:
    """The newest about the asset, and of open and of ended ones at the place, each by its own index.

    Whether the user may see them is asked of the rows: as a condition of each part it would take longer to plan than to read them.
    Only where too few of the newest are theirs, the older ones are asked for with that condition.
    """
    parts: list[Part] = []
    if service_request.asset_id is not None:
        others = ServiceRequest.objects.in_jurisdiction(service_request.jurisdiction).exclude(pk=service_request.pk)
        about_asset = others.filter(asset=service_request.asset_id)
        parts.append(Part(about_asset, ("-id",), lambda one: one.asset_id == service_request.asset_id))
    if service_request.point is not None:
        here, box = _at_place(service_request), box_around(service_request.point, HERE_M).extent
        for states in (OPEN, [Status.RESOLVED, Status.CLOSED]):
            has = partial(_is_of, states=states, box=box)
            parts.append(Part(here.filter(status__in=states), NEWEST, has))
    if not parts:
        return []
    newest_of_parts = _read(
        [part.rows.order_by(*part.order).values_list("pk")[:READ_MAX] for part in parts], service_request
    )
    shown = _shown(newest_of_parts, user)
    older = []
    for part in parts:
        # All of the part's newest were read, and maybe more, which belong to another part as well.
        newest = sorted(filter(part.has, newest_of_parts), key=part.key, reverse=True)[:READ_MAX]
        missing = AT_MOST - sum(one.pk in shown for one in newest)
        if len(newest) == READ_MAX and missing > 0:
            last = newest[-1]
            before = Q(submitted_at__lt=last.submitted_at) | Q(submitted_at=last.submitted_at, pk__lt=last.pk)
            if part.order != NEWEST:
                before = Q(pk__lt=last.pk)
            older.append(part.rows.visible_to(user).filter(before).order_by(*part.order).values_list("pk")[:missing])
    if older:
        shown |= _shown(_read(older, service_request), user)
    return sorted(shown.values(), key=lambda one: (one.submitted_at, one.pk), reverse=True)


def _is_of(service_request: ServiceRequest, *, states: Collection[str], box: tuple[float, float, float, float]) -> bool:
    if service_request.status not in states or service_request.point is None:
        return False
    west, south, east, north = box
    longitude, latitude = service_request.point.coords
    return west <= longitude <= east and south <= latitude <= north


def _read(parts: list[QuerySet[Any, Any]], service_request: ServiceRequest) -> list[ServiceRequest]:
    """The requests with the ids of all parts, in one statement."""
    first, *rest = parts
    ids = first.union(*rest, all=True) if rest else first
    found = list(ServiceRequest.objects.filter(pk__in=ids).select_related("owner"))
    access.fill(found, service_request.jurisdiction)
    return found


def _shown(service_requests: Iterable[ServiceRequest], user: User) -> dict[int, ServiceRequest]:
    return {one.pk: one for one in service_requests if permissions.can(user, "view", one)}


def _all_at_place(request: StaffRequest, service_request: ServiceRequest) -> HttpResponse:
    """All that this person may see, in pages."""
    page = page_or_first_page(
        _at_place(service_request).visible_to(request.user).select_related("owner"),
        [("submitted_at", "desc"), ("id", "desc")],
        request.GET.get("cursor"),
        PAGE,
    )
    rows = _rows(page.rows, request.user, service_request.jurisdiction, service_request)
    context = {
        "service_request": service_request,
        "groups": [Group(_("At this place"), rows, "")] if rows else [],
        "pager": page.urls("?place=1&cursor={}".format),
    }
    return render(request, "staff_app/request/more_from.html", context)


def _asset_url(service_request: ServiceRequest) -> str:
    if service_request.asset_number is None:
        return ""
    return f"{reverse('staff_app:queue')}?{urlencode({'asset': service_request.asset_number})}"


def _place_url(service_request: ServiceRequest, at_place: list[ServiceRequest]) -> str:
    """Of all at the place, if a kind of them may have more than are shown."""
    is_open = [one.is_open for one in at_place]
    if max(is_open.count(True), is_open.count(False)) < AT_MOST:
        return ""
    return f"{reverse('staff_app:more_from', args=[service_request.reference])}?place=1"


def _visible(service_request: ServiceRequest, user: User) -> QuerySet[ServiceRequest]:
    return (
        ServiceRequest.objects.in_jurisdiction(service_request.jurisdiction)
        .visible_to(user)
        .exclude(pk=service_request.pk)
        .select_related("owner")
    )


def _rows(
    service_requests: Iterable[ServiceRequest], user: User, city: Jurisdiction, near: ServiceRequest | None = None
) -> list[Row]:
    """With the distance of those that are at the same place."""
    others = list(service_requests)
    access.fill(others, city)
    redaction.redact_for(user, others)
    rows = []
    for one in others:
        away = _meters_here(one, near)
        rows.append(
            Row(one, wording.status_words(one, to_reporter=False), "" if away is None else wording.away(round(away)))
        )
    return rows


def _meters_here(service_request: ServiceRequest, near: ServiceRequest | None) -> float | None:
    """How far it is from the other one; None if it isn't at the same place."""
    if near is None or near.point is None or service_request.point is None:
        return None
    meters = meters_between(near.point, service_request.point)
    # The corner of the box that was searched.
    return meters if meters <= HERE_M * 1.5 else None
