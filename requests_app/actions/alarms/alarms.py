"""Alarms about danger: raised in the transaction of the write that tells of it, accepted, marked as needless, ended.

calls.py alerts one person after another until somebody accepts.
"""

import secrets
from collections.abc import Iterable

from django.core.cache import cache
from django.db import transaction

from requests_app import events
from requests_app.actions.alarms import calls
from requests_app.actions.shared import clocks
from requests_app.clock import app_now
from requests_app.core import transactions
from requests_app.models import Alarm, AlarmCall, Comment, ServiceRequest, User
from requests_app.rules.alarms import alarms, screening

State = Alarm.State
# The priority_reason of a request whose text tells of danger.
DANGER = "danger"
VERSION_KEPT_S = 600


def raise_alarm(
    service_request: ServiceRequest, *, reason: str, actor: User | None = None, comment: Comment | None = None
) -> Alarm | None:
    """Raises an alarm for a locked or new request, which gets priority 1. Returns the alarm that is already ringing, if any.

    Who is alerted follows from what the request's words tell of, whatever raised it. Test reports raise none. Call it in the
    transaction of the write.
    """
    if service_request.is_test:
        return None
    if service_request.priority != 1:
        before, service_request.priority, service_request.priority_reason = service_request.priority, 1, DANGER
        clocks.retarget(service_request, service_request.department or service_request.service_version.department)
        service_request.save(update_fields=["priority", "priority_reason", *clocks.DUE_FIELDS])
        events.record(service_request, "priority_set", actor=None, priority=1, from_priority=before)
    ringing = Alarm.objects.filter(service_request=service_request, state=State.RINGING).first()
    kind = alarms.kind_of(service_request, comment)
    if ringing is not None:
        if kind in screening.DISTRESS and ringing.kind not in screening.DISTRESS:
            ringing.kind = kind
            ringing.save(update_fields=["kind"])
            calls.alert_others(ringing)
        return ringing
    if (scope := transactions.current()) is not None:
        scope.calm.discard(service_request.pk)
    now = app_now()
    alarm = Alarm.objects.create(
        jurisdiction_id=service_request.jurisdiction_id,
        service_request=service_request,
        reason=reason,
        kind=kind,
        comment=comment,
        started_at=now,
        next_at=now,
    )
    _forget_ringing(alarm.jurisdiction_id)
    # The event enqueues the first call.
    events.record(service_request, "alarm_raised", actor=actor, alarm_id=alarm.pk, reason=reason)
    return alarm


def ringing_version(jurisdiction_id: int) -> str:
    """Changes whenever an alarm begins or ends: staff pages keep what rings for some seconds."""
    return str(cache.get(f"ringing-alarms:{jurisdiction_id}") or "")


def _forget_ringing(jurisdiction_id: int) -> None:
    cache.set(f"ringing-alarms:{jurisdiction_id}", secrets.token_hex(8), VERSION_KEPT_S)


def raise_for_words(
    service_request: ServiceRequest, texts: Iterable[str], *, before: Iterable[str] = (), comment: Comment | None = None
) -> Alarm | None:
    """Raises an alarm if these texts tell of danger and the earlier ones, if any, did not tell of the same."""
    danger = alarms.danger_in(service_request.jurisdiction, texts)
    if danger is None or danger == alarms.danger_in(service_request.jurisdiction, before):
        return None
    return raise_alarm(service_request, reason=Alarm.Reason.WORDS, comment=comment)


@transaction.atomic
def accept(pk: int, *, actor: User | None = None, call: AlarmCall | None = None) -> Alarm:
    """[I have it]. actor: a member of staff who is signed in; call: the message whose link was used.

    Nobody else is alerted then. If the alarm is no longer ringing, nothing changes: see who has it.
    """
    # Lock first: of two people who accept at once, the second must learn of the first.
    alarm = _locked(pk)
    if alarm.state != State.RINGING:
        return alarm
    if actor is None and call is not None:
        actor = call.user
    alarm.state, alarm.accepted_at, alarm.next_at = State.ACCEPTED, app_now(), None
    alarm.accepted_by, alarm.accepted_call = actor, call
    alarm.save(update_fields=["state", "accepted_at", "next_at", "accepted_by", "accepted_call"])
    _forget_ringing(alarm.jurisdiction_id)
    events.record(
        alarm.service_request, "alarm_accepted", actor=actor, alarm_id=alarm.pk, call_id=call.pk if call else None
    )
    return alarm


@transaction.atomic
def mark_needless(pk: int, *, actor: User) -> Alarm:
    """Nobody was in danger. Counted, and nobody else is alerted. The priority stays; staff can change it."""
    alarm = _locked(pk)
    if alarm.needless_at is not None:
        return alarm
    alarm.needless_at, alarm.needless_by = app_now(), actor
    if alarm.state == State.RINGING:
        alarm.state, alarm.ended_at, alarm.next_at = State.ENDED, alarm.needless_at, None
    alarm.save(update_fields=["needless_at", "needless_by", "state", "ended_at", "next_at"])
    _forget_ringing(alarm.jurisdiction_id)
    events.record(alarm.service_request, "alarm_needless", actor=actor, alarm_id=alarm.pk)
    return alarm


def end_alarms(service_request: ServiceRequest) -> None:
    """Ends the alarm of a request that a person resolved, merged or withdrew. Call it in that transaction."""
    scope = transactions.current()
    if scope is not None and service_request.pk in scope.calm:
        return
    ringing = Alarm.objects.select_for_update(of=("self",)).filter(service_request=service_request, state=State.RINGING)
    for alarm in ringing:
        alarm.state, alarm.ended_at, alarm.next_at = State.ENDED, app_now(), None
        alarm.save(update_fields=["state", "ended_at", "next_at"])
        _forget_ringing(alarm.jurisdiction_id)
        events.record(service_request, "alarm_ended", actor=None, alarm_id=alarm.pk)


def accepted_name(alarm: Alarm) -> str:
    """The name of the person who has it. Empty for the desk's night number, and while nobody has."""
    if alarm.accepted_by is not None:
        return str(alarm.accepted_by)
    return alarm.accepted_call.name if alarm.accepted_call is not None else ""


def _locked(pk: int) -> Alarm:
    # The request first, as everywhere, or this and a step of the alarm could wait for each other.
    ServiceRequest.objects.locked(Alarm.objects.values_list("service_request_id", flat=True).get(pk=pk))
    return (
        Alarm.objects.select_for_update(of=("self",))
        .select_related("service_request__jurisdiction", "accepted_by", "accepted_call")
        .get(pk=pk)
    )
