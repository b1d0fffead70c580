"""What the public may read: hidden and published again by staff. It never touches routing, clocks or crews."""

from django.db import transaction

from requests_app import events
from requests_app.actions import counting
from requests_app.actions.assignment import locked
from requests_app.actions.submission import state_of
from requests_app.clock import app_now
from requests_app.models import Photo, PublicState, RequestArea, ServiceRequest, User


def _set_state(service_request: ServiceRequest, state: str) -> None:
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
    if service_request.public_state == PublicState.PUBLIC:
        _set_state(service_request, PublicState.HIDDEN)
        events.record(service_request, "hidden", actor=actor, reason=reason)
    return service_request


@transaction.atomic
def publish(pk: int, *, actor: User) -> ServiceRequest:
    """Back to what its service's rule says."""
    service_request = locked(pk)
    if service_request.public_state in (PublicState.HIDDEN, PublicState.HELD):
        _set_state(service_request, state_of(service_request.service_version, is_test=service_request.is_test))
        events.record(service_request, "published", actor=actor)
    return service_request


@transaction.atomic
def hide_photo(photo_id: int, *, actor: User) -> None:
    photo = Photo.objects.select_for_update(of=("self",)).select_related("service_request").get(pk=photo_id)
    if photo.service_request is not None and photo.hidden_at is None:
        photo.hidden_at = app_now()
        photo.save(update_fields=["hidden_at"])
        events.record(photo.service_request, "photo_hidden", actor=actor, photo_id=photo.pk)
