"""Correcting the place of a request, which may route it again."""

from django.contrib.gis.geos import Point
from django.db import transaction

from requests_app import events
from requests_app.actions.routing import routing
from requests_app.actions.shared import request_place
from requests_app.models import ServiceRequest, User
from requests_app.rules.routing.routing import decide
from requests_app.rules.shared.lifecycle import next_status


@transaction.atomic
def correct_place(pk: int, *, point: Point | None, address: str, note: str, actor: User) -> ServiceRequest:
    """Moves the request, and routes it once more if the routing rules treat its new place differently.

    If they don't, it stays where it is: staff may have sent it there by hand.
    """
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "correct_place")
    before = decide(service_request) if routing.may_reroute(service_request) else None
    revision = request_place.save(service_request, point=point, address=address, note=note)
    after = decide(service_request) if before is not None else None
    reroutes = before is not None and after is not None and after.goes_elsewhere_than(before)
    # One email: that it was routed says more.
    events.record(service_request, "place_corrected", actor=actor, quiet=reroutes, revision_id=revision.pk)
    if after is not None and reroutes:
        routing.reroute_moved(service_request, after, actor=actor)
    return service_request
