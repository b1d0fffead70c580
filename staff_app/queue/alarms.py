"""Alarms as staff see them: those that ring, at the top of the queue; and all of one request, with who was alerted when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from requests_app.actions.alarms import accepted_name
from requests_app.localized import localized
from requests_app.models import Alarm, AlarmCall, Jurisdiction, ServiceRequest, User
from requests_app.prepared import Parameter, Prepared
from requests_app.rules import key_sentence, redaction

# After a storm there may be many. The oldest come first, and each that is taken makes room.
SHOWN_MAX = 25
FIRST_WORDS = 90


@dataclass(frozen=True)
class Alert:
    """One person who was alerted, by one or two channels. words: how, and whether the message left."""

    name: str
    level: str
    at: dt.datetime
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AlarmRow:
    alarm: Alarm
    service_request: ServiceRequest
    service: str
    first_words: str
    reason: str
    alerts: list[Alert]
    accepted_name: str

    @property
    def alerted_names(self) -> str:
        return ", ".join(dict.fromkeys(alert.name for alert in self.alerts))


_RINGING = Prepared(
    lambda: Alarm.objects.filter(jurisdiction=Parameter("city"), state=Alarm.State.RINGING).order_by(
        "started_at", "id"
    )[: 4 * SHOWN_MAX]
)


def ringing(user: User, city: Jurisdiction) -> list[AlarmRow]:
    """The alarms that nobody has accepted, oldest first, of requests that the user may see."""
    found = _RINGING.rows(city=city.pk)
    if not found:
        return []
    visible = (
        ServiceRequest.objects.visible_to(user)
        .in_jurisdiction(city)
        .filter(pk__in=[alarm.service_request_id for alarm in found])
        .select_related("service_version")
        .in_bulk()
    )
    redaction.redact_for(user, visible.values())
    shown = [alarm for alarm in found if alarm.service_request_id in visible][:SHOWN_MAX]
    calls = _calls(shown)
    return [_row(alarm, visible[alarm.service_request_id], calls.get(alarm.pk, [])) for alarm in shown]


def of_request(service_request: ServiceRequest) -> list[AlarmRow]:
    """All alarms of a request, newest first."""
    found = list(
        service_request.alarms.select_related("accepted_by", "accepted_call", "needless_by").order_by(
            "-started_at", "-id"
        )
    )
    calls = _calls(found)
    return [_row(alarm, service_request, calls.get(alarm.pk, [])) for alarm in found]


def _calls(alarms: Iterable[Alarm]) -> dict[int, list[AlarmCall]]:
    calls: dict[int, list[AlarmCall]] = {}
    if ids := [alarm.pk for alarm in alarms]:
        for call in AlarmCall.objects.filter(alarm__in=ids).order_by("step", "id"):
            calls.setdefault(call.alarm_id, []).append(call)
    return calls


def _row(alarm: Alarm, service_request: ServiceRequest, calls: list[AlarmCall]) -> AlarmRow:
    alerts: dict[int, Alert] = {}
    for call in calls:
        one = alerts.setdefault(call.step, Alert(callee_name(call.name), level_words(call.level), call.created_at))
        one.words.append(call_words(call))
    return AlarmRow(
        alarm=alarm,
        service_request=service_request,
        service=localized(service_request.service_version.name),
        first_words=key_sentence.first_words(service_request, FIRST_WORDS),
        reason=reason_words(alarm.reason),
        alerts=list(alerts.values()),
        accepted_name=callee_name(accepted_name(alarm)) if alarm.state == Alarm.State.ACCEPTED else "",
    )


def callee_name(name: str) -> str:
    return name or _("the night number")


def reason_words(reason: str) -> str:
    return {
        Alarm.Reason.WORDS: _("Words about danger"),
        Alarm.Reason.ANSWER: _("An urgent answer"),
        Alarm.Reason.STAFF: _("Priority set by staff"),
    }[Alarm.Reason(reason)]


def level_words(level: str) -> str:
    return {
        AlarmCall.Level.DANGER: _("contact for this danger"),
        AlarmCall.Level.DEPARTMENT: _("department, on call"),
        AlarmCall.Level.SUPERVISOR: _("supervisor"),
        AlarmCall.Level.DESK: _("desk, on call"),
        AlarmCall.Level.NIGHT_NUMBER: _("desk"),
    }[AlarmCall.Level(level)]


def call_words(call: AlarmCall) -> str:
    """ "email sent", "text message failed (500)"."""
    states = {
        (AlarmCall.Channel.EMAIL, AlarmCall.State.WAITING): _("email waiting to be sent"),
        (AlarmCall.Channel.EMAIL, AlarmCall.State.SENT): _("email sent"),
        (AlarmCall.Channel.EMAIL, AlarmCall.State.FAILED): _("email failed (%(error)s)"),
        (AlarmCall.Channel.EMAIL, AlarmCall.State.UNNEEDED): _("email no longer needed"),
        (AlarmCall.Channel.SMS, AlarmCall.State.WAITING): _("text message waiting to be sent"),
        (AlarmCall.Channel.SMS, AlarmCall.State.SENT): _("text message sent"),
        (AlarmCall.Channel.SMS, AlarmCall.State.FAILED): _("text message failed (%(error)s)"),
        (AlarmCall.Channel.SMS, AlarmCall.State.UNNEEDED): _("text message no longer needed"),
    }
    words = states[AlarmCall.Channel(call.channel), AlarmCall.State(call.state)]
    return words % {"error": call.error} if call.state == AlarmCall.State.FAILED else words
