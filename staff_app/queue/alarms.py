"""Alarms as staff see them: those that ring, a line each on every page; and all of one request, with who was alerted when."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.actions.alarms import alarms
from requests_app.actions.alarms.alarms import accepted_name
from requests_app.core.localized import localized
from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Alarm, AlarmCall, Jurisdiction, ServiceRequest, User
from requests_app.rules.alarms import calls as rules
from requests_app.rules.alarms.screening import DISTRESS
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction

# After a storm there may be many. The oldest come first, and each that is taken makes room.
SHOWN_MAX = 25
# Seconds. The poll of open pages asks without it.
KEPT_S = 5


@dataclass(frozen=True)
class Alert:
    """One person who was alerted, by one or two channels. attempts: how, and whether the message left."""

    name: str
    level: str
    at: dt.datetime
    attempts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Line:
    """A ringing alarm, on every staff page. since: ISO 8601. link: of somebody who was alerted but may not see the request."""

    alarm_id: int
    since: str
    number: str
    link: str = ""
    reference: str = ""
    service: str = ""
    place: str = ""
    reason: str = ""
    alerted: str = ""

    @property
    def started_at(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.since)


@dataclass(frozen=True)
class AlarmRow:
    alarm: Alarm
    service_request: ServiceRequest
    service: str
    reason: str
    alerts: list[Alert]
    accepted_name: str


_RINGING = Prepared(
    lambda: Alarm.objects.filter(jurisdiction=Parameter("city"), state=Alarm.State.RINGING).order_by(
        "started_at", "id"
    )[: 4 * SHOWN_MAX]
)


def lines(user: User, city: Jurisdiction, *, is_fresh: bool = False) -> list[Line]:
    """The alarms that nobody has accepted, oldest first: of requests that the user may see, and those that they were alerted about.

    Distress is for readers of confidential requests, not for the crew whose service it was reported to.

    is_fresh: asks for what rings now. Otherwise a page knows it as it was at most KEPT_S seconds ago, and costs no query.
    """
    key = f"alarm-lines:{alarms.ringing_version(city.pk)}:{city.pk}:{user.pk}:{get_language()}"
    if not is_fresh and (kept := cache.get(key)) is not None:
        return [Line(**line) for line in kept]
    found = _read_lines(user, city)
    cache.set(key, [asdict(line) for line in found], KEPT_S)
    return found


def _read_lines(user: User, city: Jurisdiction) -> list[Line]:
    ringing = _RINGING.rows(city=city.pk)
    if not ringing:
        return []
    visible = (
        ServiceRequest.objects.visible_to(user)
        .in_jurisdiction(city)
        .filter(pk__in=[alarm.service_request_id for alarm in ringing])
        .select_related("service_version")
        .in_bulk()
    )
    for alarm in ringing:
        request = visible.get(alarm.service_request_id)
        if alarm.kind in DISTRESS and request is not None and not permissions.can(user, "view_private", request):
            del visible[alarm.service_request_id]
    redaction.redact_for(user, visible.values())
    calls = _calls(ringing)
    shown = [_line(alarm, visible.get(alarm.service_request_id), calls.get(alarm.pk, []), user) for alarm in ringing]
    return [line for line in shown if line is not None][:SHOWN_MAX]


def _line(alarm: Alarm, request: ServiceRequest | None, calls: list[AlarmCall], user: User) -> Line | None:
    if request is not None:
        return Line(
            alarm_id=alarm.pk,
            since=alarm.started_at.isoformat(),
            number=request.display_reference,
            reference=request.reference,
            service=localized(request.service_version.name),
            place=request.address,
            reason=reason_words(alarm.reason),
            alerted=", ".join(dict.fromkeys(callee_name(call.name) for call in calls)),
        )
    own = next((call for call in reversed(calls) if call.user_id == user.pk), None)
    if own is None:
        return None
    call = AlarmCall.objects.select_related("alarm__jurisdiction", "alarm__service_request__jurisdiction").get(
        pk=own.pk
    )
    if not rules.is_theirs(call):
        return None
    number = call.alarm.service_request.display_reference
    return Line(alarm.pk, alarm.started_at.isoformat(), number, link=links.alarm_url(call))


def of_request(service_request: ServiceRequest) -> list[AlarmRow]:
    """All alarms of a request, newest first."""
    rows = list(
        service_request.alarms.select_related("accepted_by", "accepted_call", "needless_by").order_by(
            "-started_at", "-id"
        )
    )
    calls = _calls(rows)
    return [_row(alarm, service_request, calls.get(alarm.pk, [])) for alarm in rows]


def _calls(alarms: Iterable[Alarm]) -> dict[int, list[AlarmCall]]:
    calls: dict[int, list[AlarmCall]] = {}
    if ids := [alarm.pk for alarm in alarms]:
        for call in AlarmCall.objects.filter(alarm__in=ids).order_by("step", "id"):
            calls.setdefault(call.alarm_id, []).append(call)
    return calls


def _row(alarm: Alarm, service_request: ServiceRequest, calls: list[AlarmCall]) -> AlarmRow:
    alerts: dict[int, Alert] = {}
    for call in calls:
        alert = alerts.setdefault(call.step, Alert(callee_name(call.name), level_words(call.level), call.created_at))
        alert.attempts.append(call_words(call))
    return AlarmRow(
        alarm=alarm,
        service_request=service_request,
        service=localized(service_request.service_version.name),
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
