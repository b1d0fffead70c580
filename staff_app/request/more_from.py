"""What else was reported at the place, or about the asset, of a request: open and ended, newest first, a few of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.messages import wording
from requests_app.models import OPEN, Jurisdiction, Participation, ServiceRequest, Status, User
from requests_app.places.addresses import box_around
from requests_app.places.metres import metres_between
from requests_app.rules import permissions, redaction
from staff_app.decorators import StaffRequest, staff_page

AT_MOST = 6
# Of each kind, so many are read, and then those shown that the user may see.
READ_MAX = 30
# About two houses to each side.
HERE_M = 30


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    status: str
    away: str = ""


@dataclass(frozen=True)
class Group:
    """all_url: the queue with the same filter; empty if these are all."""

    heading: str
    rows: list[Row]
    all_url: str


@staff_page
def more_from(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    rows = _rows(_here(service_request, request.user), request.user, service_request.jurisdiction, service_request)
    about_asset = [
        row for row in rows if service_request.asset_id and row.service_request.asset_id == service_request.asset_id
    ]
    here = [row for row in rows if row.away]
    is_shown = {
        row.service_request.pk
        for is_open in (True, False)
        for row in [row for row in here if row.service_request.is_open == is_open][:AT_MOST]
    }
    at_place = [row for row in here if row.service_request.pk in is_shown]
    groups = [
        Group(_("About the same asset"), about_asset[:AT_MOST], _asset_url(service_request)),
        Group(_("At this place"), at_place, _place_url(service_request, len(at_place))),
    ]
    context = {"service_request": service_request, "groups": [group for group in groups if group.rows]}
    return render(request, "staff_app/request/more_from.html", context)


def of_reporter(service_request: ServiceRequest, user: User) -> list[Row]:
    """Other requests of the people who reported this one. Only for users who were just shown who they are."""
    people = service_request.participations.filter(role__in=Participation.OWN).values("person")
    of_people = Participation.objects.filter(person__in=people, role__in=Participation.OWN).values("service_request")
    found = _visible(service_request, user).filter(pk__in=of_people)
    return _rows(found.order_by("-submitted_at", "-id")[:AT_MOST], user, service_request.jurisdiction)


def _here(service_request: ServiceRequest, user: User) -> list[ServiceRequest]:
    """In one statement: the newest ids by each index (of an asset, of open and of ended ones at a place), then their rows.

    Whether the user may see them is asked of the rows: as a condition of each part it would take longer to plan than to read them.
    """
    others = ServiceRequest.objects.in_jurisdiction(service_request.jurisdiction).exclude(pk=service_request.pk)
    parts = []
    if service_request.asset_id is not None:
        parts.append(others.filter(asset=service_request.asset_id).order_by("-id"))
    if service_request.point is not None:
        here = others.filter(point__bboverlaps=box_around(service_request.point, HERE_M))
        for states in (OPEN, [Status.RESOLVED, Status.CLOSED]):
            parts.append(here.filter(status__in=states).order_by("-submitted_at", "-id"))
    if not parts:
        return []
    ids = [part.values("pk")[:READ_MAX] for part in parts]
    found = ServiceRequest.objects.filter(pk__in=ids[0].union(*ids[1:]) if len(ids) > 1 else ids[0])
    found = found.select_related("service", "service_version__department", "department", "owner")
    return [one for one in found.order_by("-submitted_at", "-id") if permissions.can(user, "view", one)]


def _asset_url(service_request: ServiceRequest) -> str:
    if service_request.asset is None:
        return ""
    return f"{reverse('staff_app:queue')}?{urlencode({'asset': service_request.asset.asset_id})}"


def _place_url(service_request: ServiceRequest, count: int) -> str:
    if not service_request.address or count < AT_MOST:
        return ""
    return f"{reverse('staff_app:queue')}?{urlencode({'q': service_request.address})}"


def _visible(service_request: ServiceRequest, user: User) -> QuerySet[ServiceRequest]:
    return (
        ServiceRequest.objects.in_jurisdiction(service_request.jurisdiction)
        .visible_to(user)
        .exclude(pk=service_request.pk)
        .select_related("service", "service_version", "owner")
    )


def _rows(
    found: Iterable[ServiceRequest], user: User, city: Jurisdiction, near: ServiceRequest | None = None
) -> list[Row]:
    """With the distance of those that are at the same place."""
    others = list(found)
    for one in others:
        # One city, whose reasons are then read once.
        one.jurisdiction = city
    redaction.redact_for(user, others)
    rows = []
    for one in others:
        metres = metres_between(near.point, one.point) if near is not None and near.point and one.point else None
        # The corner of the box that was searched.
        is_here = metres is not None and metres <= HERE_M * 1.5
        rows.append(
            Row(one, wording.status_words(one), wording.away(round(metres)) if is_here and metres is not None else "")
        )
    return rows
