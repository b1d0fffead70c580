"""Calls between a 911 center and 311, recorded once each in the transaction of what they became."""

from django.db import transaction

from requests_app import events
from requests_app.actions.alarms import alarms
from requests_app.clock import app_now
from requests_app.models import Alarm, ApiKey, Contact, EmergencyHandOver, Event, ServiceRequest, User
from requests_app.rules.alarms.hand_overs import REASONS, Direction, Reason


def _new(direction: str, reason: str, event_number: str, is_warm: bool | None) -> EmergencyHandOver:
    """An unknown reason is stored as one that nobody said."""
    return EmergencyHandOver(
        direction=direction,
        reason=reason if reason in REASONS[Direction(direction)] else Reason.UNKNOWN,
        event_number=event_number,
        has_event_number=bool(event_number),
        is_warm=is_warm,
        at=app_now(),
    )


def record_from_911(
    service_request: ServiceRequest,
    *,
    event_number: str,
    reason: str = "",
    is_warm: bool | None = None,
    actor: User | None,
    api_key: ApiKey | None = None,
) -> EmergencyHandOver:
    """What a 911 center passed on, which became this new request. Call it in the transaction of the submission."""
    row = _new(Direction.IN, reason, event_number, is_warm)
    row.jurisdiction_id, row.service_request = service_request.jurisdiction_id, service_request
    row.by, row.api_key = actor, api_key
    row.save(force_insert=True)
    return row


def record_from_contact(
    contact: Contact, *, event_number: str, reason: str = "", is_warm: bool | None, actor: User
) -> EmergencyHandOver | None:
    """A caller whom the desk transferred to 911. None for an invented caller, who counts nowhere."""
    if contact.is_practice:
        return None
    row = _new(Direction.OUT, reason, event_number, is_warm)
    row.jurisdiction_id, row.contact, row.by = contact.jurisdiction_id, contact, actor
    row.save(force_insert=True)
    return row


@transaction.atomic
def call_911(pk: int, *, reason: str, is_warm: bool, event_number: str, actor: User) -> EmergencyHandOver:
    """Somebody called 911 about this request. If its alarm rings, they have it."""
    service_request = ServiceRequest.objects.locked(pk)
    ringing = Alarm.objects.filter(service_request=service_request, state=Alarm.State.RINGING).first()
    if ringing is not None:
        alarms.accept(ringing.pk, actor=actor)
    row = _new(Direction.OUT, reason, event_number, is_warm)
    row.jurisdiction_id = service_request.jurisdiction_id
    row.service_request, row.alarm, row.by = service_request, ringing, actor
    row.save(force_insert=True)
    events.record(
        service_request, "emergency_called", actor=actor, hand_over_id=row.pk, reason=row.reason, is_warm=is_warm
    )
    return row


def take_back(event: Event) -> None:
    """Undoes a call to 911, which figures then leave out. The alarm stays with the person who has it."""
    EmergencyHandOver.objects.filter(pk=event.data["hand_over_id"], undone_at=None).update(undone_at=app_now())
