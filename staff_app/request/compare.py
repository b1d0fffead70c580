"""Two requests next to each other: are they the same problem? And the link between two that are related."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import access
from requests_app.access import get_pair_or_404, get_request_or_404, numbered_pair
from requests_app.actions.work import related_requests
from requests_app.messages import wording
from requests_app.models import CONFIDENTIAL, Photo, RelatedRequest, ServiceRequest, User
from requests_app.places.meters import meters_between
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from staff_app.decorators import StaffRequest, staff_page
from staff_app.request.actions import ACTION_BY_VERB

PHOTOS_MAX = 4
# Of a photo, what the page shows.
_PHOTO = JSONObject(id="id", name="name", width="width", height="height", alt="alt")
_PHOTOS = Photo.objects.filter(service_request=OuterRef("pk"), hidden_at=None).order_by("id")
_PAIR = numbered_pair(
    photo_rows=ArraySubquery(_PHOTOS.values_list(_PHOTO)[:PHOTOS_MAX]),
    related_ids=ArraySubquery(RelatedRequest.objects.filter(earlier=OuterRef("pk")).values("later")),
)


@dataclass
class Side:
    """One of the two. other: the one that it can be merged into; cannot: why not."""

    service_request: ServiceRequest
    other: ServiceRequest
    status: str
    number: int
    photos: list[Photo] = field(default_factory=list)
    can_merge: bool = False
    cannot: str = ""


@staff_page
def compare(request: StaffRequest, reference: str, other: str) -> HttpResponse:
    pair = get_pair_or_404(request.user, reference, other, jurisdiction=request.jurisdiction, statement=_PAIR)
    return render(request, "staff_app/request/compare.html", _context(request, *pair))


def _context(request: StaffRequest, first: ServiceRequest, second: ServiceRequest) -> dict[str, Any]:
    sides = [_side(request.user, first, second, 1), _side(request.user, second, first, 2)]
    for side in sides:
        side.photos = [Photo(**row, service_request=side.service_request) for row in side.service_request.photo_rows]
        if not permissions.reads_identity(request.user, side.service_request):
            redaction.redact_photos(side.photos)
    earlier, later = sorted((first, second), key=lambda side: side.pk)
    return {
        "sides": sides,
        "service_request": first,
        "other": second,
        "away": wording.away(round(meters_between(first.point, second.point))) if first.point and second.point else "",
        "has_map": bool(first.point or second.point),
        "is_related": later.pk in earlier.related_ids,
        "can_relate": permissions.can(request.user, "note", first),
    }


def _side(user: User, service_request: ServiceRequest, other: ServiceRequest, number: int) -> Side:
    side = Side(service_request, other, wording.status_words(service_request, to_reporter=False), number)
    if service_request.duplicate_of_id == other.pk:
        side.cannot = _("It’s merged into the other one already.")
    elif other.duplicate_of is not None:
        into = other.duplicate_of.display_reference
        side.cannot = _("The other one was merged into %(reference)s.") % {"reference": into}
    elif not ACTION_BY_VERB["merge"].is_possible(service_request):
        side.cannot = _("It’s closed, so it can’t be merged.")
    elif (service_request.public_state in CONFIDENTIAL) != (other.public_state in CONFIDENTIAL):
        side.cannot = _("One is confidential and the other isn’t.")
    else:
        side.can_merge = permissions.can(user, "merge", service_request)
    return side


@staff_page
@require_POST
def relate(request: StaffRequest, reference: str) -> HttpResponse:
    """Links this request with another one (`other`: its number), without merging them."""
    service_request = get_request_or_404(request.user, reference, "note", jurisdiction=request.jurisdiction)
    typed = request.POST.get("other", "")
    other = access.find(request.user, typed, jurisdiction=request.jurisdiction)
    error = ""
    if other is None:
        error = _("You don’t have a request with this number. Check it and try again.")
    else:
        try:
            related_requests.relate(service_request.pk, other=other.pk, actor=request.user)
        except related_requests.CannotRelate as refused:
            error = str(refused)
    if error:
        context = {"service_request": service_request, "typed": typed, "error": error}
        return render(request, "staff_app/request/relate.html", context, status=422)
    messages.success(request, _("Linked. Both requests show it."))
    return redirect("staff_app:detail", service_request.reference)


@staff_page
@require_POST
def unrelate(request: StaffRequest, reference: str, other: str) -> HttpResponse:
    """Removes the link. What was removed already stays so."""
    one = get_request_or_404(request.user, reference, "note", jurisdiction=request.jurisdiction)
    two = get_request_or_404(request.user, other, "view", jurisdiction=request.jurisdiction)
    related_requests.unrelate(one.pk, other=two.pk, actor=request.user)
    messages.success(request, _("The link was removed."))
    return redirect("staff_app:detail", one.reference)
