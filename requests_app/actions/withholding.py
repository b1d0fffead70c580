"""What waits for a look before everybody can read it: held back, and looked at by a moderator. Routing and clocks go on."""

from django.db import transaction

from requests_app import events
from requests_app.actions import moderation
from requests_app.actions.assignment import locked
from requests_app.models import Event, PublicState, ServiceRequest, User


class Decided(Exception):
    """Somebody was faster. event: what they did, if that is known; nobody's decision is overwritten."""

    def __init__(self, service_request: ServiceRequest) -> None:
        self.service_request = service_request
        self.event: Event | None = (
            Event.objects.filter(service_request=service_request, kind__in=["published", "hidden"])
            .select_related("user")
            .order_by("-id")
            .first()
        )
        super().__init__(service_request.reference)


@transaction.atomic
def hold(pk: int, *, reason: str) -> ServiceRequest:
    """What everybody could read was changed into something that waits for a look. reason: see rules.holding."""
    service_request = locked(pk)
    if service_request.public_state == PublicState.PUBLIC:
        service_request.held_reason = reason
        service_request.save(update_fields=["held_reason"])
        moderation.set_state(service_request, PublicState.HELD)
        events.record(service_request, "withheld", actor=None, reason=reason)
    return service_request


@transaction.atomic
def publish(pk: int, *, actor: User) -> ServiceRequest:
    """Raises Decided."""
    return moderation.publish(_waiting(pk).pk, actor=actor)


@transaction.atomic
def keep_hidden(pk: int, *, reason: str, actor: User) -> ServiceRequest:
    """reason: a code of moderation.hide(). Raises Decided."""
    return moderation.hide(_waiting(pk).pk, reason=reason, actor=actor)


def _waiting(pk: int) -> ServiceRequest:
    # Lock first: of two moderators who press at once, the second must find what the first one did.
    service_request = locked(pk)
    if service_request.public_state != PublicState.HELD:
        raise Decided(service_request)
    return service_request
