"""Linking two requests that are related without being the same, and removing the link."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from requests_app import events
from requests_app.models import CONFIDENTIAL, RelatedRequest, ServiceRequest, User


class CannotRelate(Exception):
    """str() is a message for the user."""


@transaction.atomic
def relate(pk: int, *, other: int, actor: User) -> bool:
    """Links the two. Returns False if they were linked already. Raises CannotRelate."""
    if pk == other:
        raise CannotRelate(_("That’s the number of this request. Enter the other request’s number."))
    one, two = _lock(pk, other)
    if one.jurisdiction_id != two.jurisdiction_id:
        raise CannotRelate(_("That request belongs to another city."))
    if (one.public_state in CONFIDENTIAL) != (two.public_state in CONFIDENTIAL):
        # The link would tell readers of one that the other exists.
        raise CannotRelate(_("One of the requests is confidential and the other isn’t, so they can’t be linked."))
    _link, is_new = RelatedRequest.objects.get_or_create(earlier=one, later=two, defaults={"user": actor})
    if is_new:
        events.record(one, "related", actor=actor, other_id=two.pk)
        events.record(two, "related", actor=actor, other_id=one.pk)
    return is_new


def link_together(service_request: ServiceRequest, others: Iterable[ServiceRequest]) -> None:
    """Links a new report to those that its reporter sent with it. As above, a confidential one isn't linked to any other."""
    is_confidential = service_request.public_state in CONFIDENTIAL
    RelatedRequest.objects.bulk_create(
        [
            RelatedRequest(earlier=other, later=service_request)
            for other in others
            if other.pk < service_request.pk and (other.public_state in CONFIDENTIAL) == is_confidential
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def unrelate(pk: int, *, other: int, actor: User) -> bool:
    """Removes the link. Returns False if there was none."""
    one, two = _lock(pk, other)
    deleted, _by_model = RelatedRequest.objects.filter(earlier=one, later=two).delete()
    if deleted:
        events.record(one, "unrelated", actor=actor, other_id=two.pk)
        events.record(two, "unrelated", actor=actor, other_id=one.pk)
    return bool(deleted)


def _lock(pk: int, other: int) -> list[ServiceRequest]:
    """Both, locked and returned in order of id, so that two opposite links cannot deadlock."""
    return [ServiceRequest.objects.locked(request_id) for request_id in sorted({pk, other})]
