"""Other requests on the page of one: those merged into it, those linked to it, and those that may be about the same problem."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from requests_app.core.prepared import Parameter, Prepared
from requests_app.messages import wording
from requests_app.models import Photo, RelatedRequest, ServiceRequest, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import known_people, redaction
from requests_app.rules.report import duplicates, key_sentence

# The rest is on their own pages.
JOINED_MAX = 20
# Characters of what one nearby says.
WORDS_MAX = 70


@dataclass
class Joined:
    service_request: ServiceRequest
    photos: list[Photo] = field(default_factory=list)


@dataclass(frozen=True)
class Nearby:
    reference: str
    display_reference: str
    submitted_at: object
    away: str
    excerpt: str
    language: str


@dataclass(frozen=True)
class Similar:
    joined: list[Joined]
    # Sent by the same reporter, one right after the other.
    together: list[ServiceRequest]
    related: list[ServiceRequest]
    near: list[Nearby]


# Read with the request, in its statement.
HAS_OTHERS: dict[str, Any] = {
    "has_others": Exists(ServiceRequest.objects.filter(duplicate_of=OuterRef("pk")))
    | Exists(RelatedRequest.objects.filter(earlier=OuterRef("pk")))
    | Exists(RelatedRequest.objects.filter(later=OuterRef("pk")))
}

_PHOTOS = Prepared(lambda: Photo.objects.filter(service_request=Parameter("request")).order_by("id"))


def of(service_request: ServiceRequest, user: User) -> Similar:
    """Two queries at most, without the photos (see photos_of()). Of a request that was read with HAS_OTHERS."""
    others = _others(service_request, user) if service_request.has_others else []
    joined = [Joined(one) for one in others if one.duplicate_of_id == service_request.pk]
    linked = [one for one in others if one.duplicate_of_id != service_request.pk]
    return Similar(
        joined,
        [one for one in linked if one.is_together],
        [one for one in linked if not one.is_together],
        nearby(service_request, user, without={one.pk for one in others}),
    )


def nearby(service_request: ServiceRequest, user: User, *, without: Collection[int] = ()) -> list[Nearby]:
    """Those that an open request may be a duplicate of, or the other way around."""
    near = [one for one in _near(service_request, user) if one.key not in without]
    reads_words = permissions.searches_words(user, service_request.jurisdiction)
    people = {} if reads_words else known_people.of_requests(int(one.key) for one in near)
    return [
        Nearby(
            candidate.reference,
            candidate.display_reference,
            candidate.submitted_at,
            wording.away(round(candidate.meters)),
            key_sentence.shortened(
                candidate.text
                if reads_words
                else redaction.redacted(candidate.text, people=people[int(candidate.key)]),
                candidate.key_sentence_at,
                WORDS_MAX,
            ),
            candidate.language,
        )
        for candidate in near
    ]


def photos_of(service_request: ServiceRequest, joined: Iterable[Joined], user: User) -> list[Photo]:
    """The request's own photos, and each joined report's into its `photos`, in one query. Hidden ones stay on their own page."""
    by_request = {one.service_request.pk: one for one in joined}
    own = []
    photos: Iterable[Photo]
    if by_request:
        photos = Photo.objects.filter(service_request__in=[service_request.pk, *by_request]).order_by("id")
    else:
        photos = _PHOTOS.rows(request=service_request.pk)
    for photo in photos:
        if photo.service_request_id == service_request.pk:
            own.append(photo)
        elif photo.service_request_id is not None and photo.hidden_at is None:
            by_request[photo.service_request_id].photos.append(photo)
    for one in by_request.values():
        if not permissions.reads_identity(user, one.service_request):
            redaction.redact_photos(one.photos)
    return own


def _others(service_request: ServiceRequest, user: User) -> list[ServiceRequest]:
    """Newest first, in one statement: the ids of all, then those that the user may see."""
    pk = service_request.pk
    ids: QuerySet[ServiceRequest, int] = ServiceRequest.objects.filter(duplicate_of=pk).values_list("pk", flat=True)
    related = RelatedRequest.objects.filter(earlier=pk).values_list("later", flat=True)
    both = ids.union(related, RelatedRequest.objects.filter(later=pk).values_list("earlier", flat=True))
    together: dict[str, Any] = {"is_together": Exists(RelatedRequest.objects.filter(_pair(pk), user=None))}
    requests = (
        ServiceRequest.objects.visible_to(user)
        .filter(pk__in=both)
        .annotate(**together)
        .select_related("service", "service_version")
        .order_by("-submitted_at", "-id")[:JOINED_MAX]
    )
    others = list(requests)
    redaction.redact_for(user, others)
    return others


def _pair(pk: int) -> Q:
    """The link between the request of the outer query and this one."""
    return Q(earlier=pk, later=OuterRef("pk")) | Q(earlier=OuterRef("pk"), later=pk)


def _near(service_request: ServiceRequest, user: User) -> list[duplicates.Earlier]:
    """Only of an open request."""
    return duplicates.near_for_staff(service_request, user) if service_request.is_open else []
