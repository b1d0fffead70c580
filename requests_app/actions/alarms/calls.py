"""Alerts one person after another about an alarm, until somebody accepts it.

Each step is a row of the outbox, due when the wait before it is over, and enqueues the next one. So it survives what the outbox
survives, and never ends by itself: after the last person it starts again with the first.
"""

import datetime as dt

import structlog

from requests_app import events, outbox
from requests_app.clock import app_now
from requests_app.models import Alarm, AlarmCall, OutboxRow, ServiceRequest, Status
from requests_app.rules.alarms import calls as rules
from requests_app.rules.alarms import screening

log = structlog.get_logger(__name__)

# The handler of each channel's messages.
OUTBOX_KINDS = {AlarmCall.Channel.EMAIL: "alarm_email", AlarmCall.Channel.SMS: "alarm_sms"}
# The first step waits this long at most for the worker to route the request, so that the right roster is read.
ROUTING_WAIT = dt.timedelta(seconds=20)
ROUTING_CHECK = dt.timedelta(seconds=2)


def alert_row(row: OutboxRow) -> None:
    """The first step, from the event alarm_raised; and each later one, from the step before."""
    alarm_id, step = _step_of(row)
    service_request = ServiceRequest.objects.locked(_request_of(row))
    alarm = _locked(service_request, alarm_id)
    if alarm.state != Alarm.State.RINGING or alarm.step != step:
        return
    now = app_now()
    if step == 0 and _awaits_routing(alarm) and now < alarm.started_at + ROUTING_WAIT:
        _enqueue_step(alarm, now + ROUTING_CHECK, again=row.pk)
        return
    _alert_next(alarm, now)


def alert_failed(row: OutboxRow) -> None:
    """A step was given up after too many errors: goes on with the next one after the usual wait."""
    alarm_id, step = _step_of(row)
    alarm = _locked(ServiceRequest.objects.locked(_request_of(row)), alarm_id)
    if alarm.state == Alarm.State.RINGING and alarm.step == step:
        log.error("alarm_step_failed", alarm_id=alarm.pk, step=step)
        _finish_step(alarm, app_now() + _wait(alarm))


def message_failed(row: OutboxRow) -> None:
    """A message was given up. If no other one to this person is on its way, the next person is alerted now."""
    call = call_of(row)
    alarm = _locked(ServiceRequest.objects.locked(_request_of(row)), call.alarm_id)
    call.state, call.error = AlarmCall.State.FAILED, row.last_error
    call.save(update_fields=["state", "error"])
    events.record(
        alarm.service_request,
        "alarm_failed",
        actor=None,
        alarm_id=alarm.pk,
        call_id=call.pk,
        channel=call.channel,
        reason=row.last_error if events.is_code(row.last_error) else "failed",
    )
    is_current = alarm.state == Alarm.State.RINGING and alarm.step == call.step + 1
    reached = alarm.calls.filter(step=call.step, state__in=[AlarmCall.State.WAITING, AlarmCall.State.SENT])
    if not is_current or reached.exists():
        return
    now = app_now()
    if rules.next_callee(alarm, _alerted(alarm), now) is not None:
        # Only within a round: if nobody can be reached, each is tried once in that time, not in a tight loop.
        _finish_step(alarm, now)


def mark_sent(call: AlarmCall) -> None:
    """Records that a message was handed to the mail server or the gateway."""
    call.state, call.sent_at = AlarmCall.State.SENT, app_now()
    call.save(update_fields=["state", "sent_at"])
    events.record(
        call.alarm.service_request,
        "alarm_sent",
        actor=None,
        alarm_id=call.alarm_id,
        call_id=call.pk,
        channel=call.channel,
    )


def mark_unneeded(call: AlarmCall) -> None:
    """The alarm was over before its message was sent."""
    call.state = AlarmCall.State.UNNEEDED
    call.save(update_fields=["state"])


def alert_others(alarm: Alarm) -> None:
    """Goes on now rather than after the wait, since others are to be alerted than those who were.

    Call it with the request locked.
    """
    alarm.next_at = app_now()
    alarm.save(update_fields=["next_at"])
    # The row that is due later finds that its step is over.
    _enqueue_step(alarm, alarm.next_at, again=alarm.kind)


def call_of(row: OutboxRow) -> AlarmCall:
    """The call that a message row is about."""
    related = ("alarm__service_request__service_version", "alarm__jurisdiction", "alarm__comment", "user")
    return AlarmCall.objects.select_related(*related).get(pk=int(row.dedupe_key.split(":")[1]))


def _alert_next(alarm: Alarm, now: dt.datetime) -> None:
    service_request = alarm.service_request
    callee = rules.next_callee(alarm, _alerted(alarm), now)
    if callee is None and alarm.calls.filter(round=alarm.round).exists():
        # Everybody was alerted: start again with the first.
        alarm.round += 1
        callee = rules.next_callee(alarm, (), now)
    if callee is None:
        log.error("alarm_reaches_nobody", alarm_id=alarm.pk, reference=service_request.reference)
        if alarm.step == 0:
            events.record(service_request, "alarm_unanswerable", actor=None, alarm_id=alarm.pk)
    else:
        _send_to(callee, alarm)
    _finish_step(alarm, now + _wait(alarm))


def _send_to(callee: rules.Callee, alarm: Alarm) -> None:
    for channel, address in rules.channels(callee):
        call = AlarmCall.objects.create(
            alarm=alarm,
            step=alarm.step,
            round=alarm.round,
            level=callee.level,
            callee_key=callee.key,
            user=callee.user,
            name=callee.name,
            channel=channel,
            address=address,
        )
        kind = OUTBOX_KINDS[channel]
        outbox.enqueue(
            kind,
            lane=OutboxRow.Lane.ALARM,
            dedupe_key=f"{kind}:{call.pk}",
            service_request=alarm.service_request,
        )


def _finish_step(alarm: Alarm, next_at: dt.datetime) -> None:
    alarm.step += 1
    alarm.next_at = next_at
    alarm.save(update_fields=["step", "round", "next_at"])
    _enqueue_step(alarm, next_at)


def _enqueue_step(alarm: Alarm, due_at: dt.datetime, *, again: int | str = "") -> None:
    # No ordering key: rows of the request that come later must not wait for this one.
    outbox.enqueue(
        "alert_next",
        lane=OutboxRow.Lane.DATABASE,
        dedupe_key=f"alert_next:{alarm.pk}:{alarm.step}" + (f":{again}" if again else ""),
        service_request=alarm.service_request,
        due_at=due_at,
    )


def _locked(service_request: ServiceRequest, alarm_id: int) -> Alarm:
    """Locks an alarm of a locked request. In this order everywhere, or two of them could wait for each other."""
    alarm = Alarm.objects.select_for_update(of=("self",)).get(pk=alarm_id, service_request=service_request)
    alarm.service_request = service_request
    return alarm


def _request_of(row: OutboxRow) -> int:
    if row.service_request_id is None:
        raise ValueError("An alarm's row has no request.")
    return row.service_request_id


def _step_of(row: OutboxRow) -> tuple[int, int]:
    if row.event is not None:
        return int(row.event.data["alarm_id"]), 0
    _kind, alarm_id, step = row.dedupe_key.split(":")[:3]
    return int(alarm_id), int(step)


def _alerted(alarm: Alarm) -> set[str]:
    """The keys of those who were alerted in this round."""
    return set(alarm.calls.filter(round=alarm.round).values_list("callee_key", flat=True))


def _awaits_routing(alarm: Alarm) -> bool:
    if alarm.kind in screening.DISTRESS:
        # Goes to the desk, whatever the routing says.
        return False
    service_request = alarm.service_request
    return service_request.status == Status.RECEIVED and not service_request.routing_decisions.exists()


def _wait(alarm: Alarm) -> dt.timedelta:
    return dt.timedelta(minutes=alarm.service_request.jurisdiction.alarm_minutes)
