""" "Me too" and thanks: counted once for each device, and undone by it.

They aren't events. The log keeps what happened to a request for good, and a vote may be undone; a storm of them would hide the
rest.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from requests_app.models import Person, RequestVote, ServiceRequest
from requests_app.rules.following import votes


class CannotVote(Exception):
    """The request was closed, reopened or hidden meanwhile."""


@transaction.atomic
def vote(
    pk: int, kind: str, *, visitor_hash: str, person: Person | None = None, merged: Iterable[int] = ()
) -> RequestVote | None:
    """Counts one vote. Returns None if they are counted already. Raises CannotVote.

    person: the holder of the private link, if any. merged: requests that were merged into this one, where they may have voted.
    """
    # Lock first: it may be closed or hidden at the same time, and a double click must find the vote.
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=pk)
    if not votes.is_possible(service_request, kind):
        raise CannotVote
    requests = [pk, *merged]
    if votes.vote_of(visitor_hash, kind, requests) is not None:
        return None
    # A reporter is one of those affected. They may thank a crew like everybody else.
    if kind == RequestVote.Kind.ME_TOO and votes.is_reporter(visitor_hash, person, requests):
        return None
    given = RequestVote.objects.create(
        service_request=service_request, kind=kind, device=votes.device_of(visitor_hash, kind, pk)
    )
    _count(service_request, kind, 1)
    return given


@transaction.atomic
def undo(pks: Iterable[int], kind: str, *, visitor_hash: str) -> bool:
    """Removes this browser's vote on one of the requests. Returns False if there is none, or if they count as a reporter anyway."""
    pks = list(pks)
    given = votes.vote_of(visitor_hash, kind, pks)
    if given is None or (kind == RequestVote.Kind.ME_TOO and votes.is_reporter(visitor_hash, None, pks)):
        return False
    # As in vote(): the request is locked first.
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=given.service_request_id)
    deleted, _rows = RequestVote.objects.filter(pk=given.pk).delete()
    if deleted:
        _count(service_request, kind, -1)
    return bool(deleted)


def _count(service_request: ServiceRequest, kind: str, delta: int) -> None:
    """Also in the request that it was merged into, which counts the votes of both."""
    column = "me_too_count" if kind == RequestVote.Kind.ME_TOO else "thanks_count"
    counted: ServiceRequest | None = service_request
    while counted is not None:
        ServiceRequest.objects.filter(pk=counted.pk).update(**{column: Greatest(0, F(column) + delta)})
        counted = counted.duplicate_of if kind == RequestVote.Kind.ME_TOO else None
