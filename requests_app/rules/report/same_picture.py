"""Finds the photos of the same picture by their perceptual hashes: 64 bits that hardly change when a photo is made smaller.

Two hashes of the same picture differ in few bits. Of four parts of 16 bits, at least one is then equal, which an index finds
(picture_bands in the database): among ten million photos, a part has about 150.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.contrib.postgres.fields import ArrayField
from django.db.models import F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.lookups import LessThanOrEqual

from requests_app.models import Photo, ServiceRequest, User
from requests_app.models.service_request import ServiceRequestQuerySet

# How many of the 64 bits may differ.
FARTHEST = 4
# At most this many photos are read at once.
FOUND_MAX = 50
PARTS, PART_BITS = 4, 16
_BITS = "bit_count((%(expressions)s)::bit(64))"
_BANDS = Func(F("picture_hash"), function="picture_bands", output_field=ArrayField(IntegerField()))


@dataclass(frozen=True)
class UsedBefore:
    """requests: those that the user may see, oldest photo first; there may be others."""

    requests: list[ServiceRequest]


def bands(picture_hash: int) -> list[int]:
    """As picture_bands() in the database."""
    mask = (1 << PART_BITS) - 1
    return [((picture_hash >> PART_BITS * part) & mask) + (part << PART_BITS) for part in range(PARTS)]


def distance(first: int, other: int) -> int:
    """How many bits differ, of 64 each, as the database has them (with a sign)."""
    return ((first ^ other) & ((1 << 64) - 1)).bit_count()


def alike(hashes: Collection[int]) -> QuerySet[Photo]:
    """The photos of one of these pictures, of which there must be one at least."""
    near = Q()
    for one in hashes:
        bits = Func(F("picture_hash"), Value(one), template=_BITS, arg_joiner=" # ", output_field=IntegerField())
        near |= Q(bands__overlap=bands(one)) & Q(LessThanOrEqual(bits, FARTHEST))
    return Photo.objects.alias(bands=_BANDS).filter(near, picture_hash__isnull=False)


def reports_with(hashes: Collection[int], requests: ServiceRequestQuerySet) -> list[int]:
    """The ids of those of the requests whose reporter's photo, which everybody may see, is of one of these pictures."""
    photos = alike(hashes).filter(
        kind=Photo.Kind.REPORT, is_private=False, hidden_at=None, service_request__in=requests
    )
    return list(dict.fromkeys(photos.values_list("service_request", flat=True)[:FOUND_MAX]))


def note_earlier_uses(photos: Sequence[Photo], user: User) -> None:
    """Sets `used_before` of each photo of the work whose picture was on another request before."""
    works = [
        (photo, photo.picture_hash)
        for photo in photos
        if photo.kind == Photo.Kind.WORK and photo.picture_hash is not None
    ]
    if not works:
        return
    others = alike([picture for _photo, picture in works]).filter(service_request__isnull=False).order_by("id")
    rows = others.values_list("id", "picture_hash", "service_request")
    found = list(rows.exclude(service_request__in={photo.service_request_id for photo in photos})[:FOUND_MAX])
    ids = {request for _pk, _picture, request in found}
    seen = ServiceRequest.objects.visible_to(user).in_bulk(ids) if ids else {}
    for photo, picture in works:
        before = [one for pk, other, one in found if pk < photo.pk and distance(picture, other or 0) <= FARTHEST]
        photo.used_before = UsedBefore([seen[one] for one in dict.fromkeys(before) if one in seen]) if before else None
