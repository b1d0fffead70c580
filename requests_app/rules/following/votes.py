"""Votes on public requests: which are possible, and whether a device or its user is counted already."""

from collections.abc import Iterable

from requests_app.core.limits import hashed
from requests_app.models import Draft, Participation, Person, RequestVote, ServiceRequest

# They are counted in people_count. A follower may be affected or not.
COUNTED_ROLES = (Participation.Role.REPORTER, Participation.Role.CALLER, Participation.Role.AFFECTED)


def is_possible(service_request: ServiceRequest, kind: str) -> bool:
    me_too = kind == RequestVote.Kind.ME_TOO
    return service_request.takes_me_too if me_too else service_request.takes_thanks


def device_of(visitor_hash: str, kind: str, pk: int) -> str:
    return hashed(f"vote:{kind}:{pk}:{visitor_hash}")


def vote_of(visitor_hash: str, kind: str, requests: Iterable[int]) -> RequestVote | None:
    """This browser's vote on one of the requests: one that was merged, and the one it was merged into."""
    pks = list(requests)
    devices = [device_of(visitor_hash, kind, pk) for pk in pks]
    return RequestVote.objects.filter(service_request__in=pks, kind=kind, device__in=devices).first()


def with_merged(pk: int) -> list[int]:
    """The request and those that were merged into it, which it counts."""
    return [pk, *ServiceRequest.objects.filter(duplicate_of=pk).values_list("pk", flat=True)]


def is_reporter(visitor_hash: str, person: Person | None, requests: Iterable[int]) -> bool:
    """Whether they reported or joined one of the requests: from this browser, or as the holder of its private link."""
    pks = list(requests)
    if person is not None and person.participations.filter(service_request__in=pks, role__in=COUNTED_ROLES).exists():
        return True
    return Draft.objects.filter(visitor_hash=visitor_hash, service_request__in=pks).exists()
