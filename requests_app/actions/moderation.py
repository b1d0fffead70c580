"""What the public may read: hidden and published again by staff. It never touches routing, clocks or crews."""

from django.db import transaction

from requests_app import events
from requests_app.actions import counting
from requests_app.actions.assignment import locked
from requests_app.actions.submission import state_of
from requests_app.clock import app_now
from requests_app.models import PublicState, RequestArea, ServiceRequest, User


def set_state(service_request: ServiceRequest, state: str) -> None:
    """Of a locked request: on it, where it is listed and counted."""
    before = service_request.public_state
    service_request.public_state = state
    service_request.updated_at = app_now()
    service_request.save(update_fields=["public_state", "updated_at"])
    RequestArea.objects.filter(service_request=service_request).update(public_state=state)
    counting.moved(service_request, public_state=before)


@transaction.atomic
def hide(pk: int, *, reason: str, actor: User) -> ServiceRequest:
    """Off every public surface at once. reason is a code: personal_data, abuse, not_a_report, other."""
    service_request = locked(pk)
    if service_request.public_state in (PublicState.PUBLIC, PublicState.HELD):
        set_state(service_request, PublicState.HIDDEN)
        events.record(service_request, "hidden", actor=actor, reason=reason)
    return service_request


@transaction.atomic
def publish(pk: int, *, actor: User) -> ServiceRequest:
    """Back to what its service's rule says."""
    service_request = locked(pk)
    if service_request.public_state in (PublicState.HIDDEN, PublicState.HELD):
        # Somebody has looked: what a program found stands in the log alone.
        service_request.held_reason = ""
        service_request.save(update_fields=["held_reason"])
        set_state(service_request, state_of(service_request.service_version, is_test=service_request.is_test))
        events.record(service_request, "published", actor=actor)
    return service_request
