"""What else was reported at the place, or about the asset, of a request: open and ended, newest first, a few of each."""

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
from requests_app.rules import redaction
from staff_app.decorators import StaffRequest, staff_page

AT_MOST = 6
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
    at_place = [row for row in rows if row.away]
    groups = [
        Group(_("About the same asset"), about_asset[:AT_MOST], _asset_url(service_request)),
        Group(_("At this place"), at_place[: 2 * AT_MOST], _place_url(service_request, len(at_place))),
    ]
    context = {"service_request": service_request, "groups": [group for group in groups if group.rows]}
    return render(request, "staff_app/request/more_from.html", context)


def of_reporter(service_request: ServiceRequest, user: User) -> list[Row]:
    """Other requests of the people who reported this one. Only for users who were just shown who they are."""
    people = service_request.participations.filter(role__in=Participation.OWN).values("person")
    of_people = Participation.objects.filter(person__in=people, role__in=Participation.OWN).values("service_request")
    found = _visible(service_request, user).filter(pk__in=of_people)
    return _rows(found.order_by("-submitted_at", "-id")[:AT_MOST], user, service_request.jurisdiction)


def _here(service_request: ServiceRequest, user: User) -> QuerySet[ServiceRequest]:
    """In one statement: the newest ids by each index (of an asset, of open and of ended ones at a place), then their rows."""
    visible = _visible(service_request, user)
    parts = []
    if service_request.asset_id is not None:
        parts.append(visible.filter(asset=service_request.asset_id).order_by("-id"))
    if service_request.point is not None:
        here = visible.filter(point__bboverlaps=box_around(service_request.point, HERE_M))
        for states in (OPEN, [Status.RESOLVED, Status.CLOSED]):
            parts.append(here.filter(status__in=states).order_by("-submitted_at", "-id"))
    if not parts:
        return visible.none()
    ids = [part.values("pk")[:AT_MOST] for part in parts]
    found = ServiceRequest.objects.filter(pk__in=ids[0].union(*ids[1:]) if len(ids) > 1 else ids[0])
    return found.select_related("service", "service_version__department", "department", "owner").order_by(
        "-submitted_at", "-id"
    )


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
    found: QuerySet[ServiceRequest], user: User, city: Jurisdiction, near: ServiceRequest | None = None
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
