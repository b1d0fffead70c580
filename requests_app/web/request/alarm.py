"""The page behind the link in an alarm's email or text message, for staff and outside contacts without signing in."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.alarms import alarms
from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.models import Alarm, AlarmCall
from requests_app.rules.alarms import calls
from requests_app.rules.people import permissions
from requests_app.rules.shared import question_kinds

# How long the link still shows the report to the person who accepted the alarm.
READABLE_FOR = dt.timedelta(days=2)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alarm(request: CityRequest, token: str) -> HttpResponse:
    """GET changes nothing, since email scanners open links; the button [I have it] does."""
    call = links.find_alarm_call(token, request.jurisdiction)
    if call is None or call.alarm.service_request.public_state in permissions.INVISIBLE:
        return render(request, "requests_app/request/alarm.html", {"call": None}, status=404)
    is_concerned = calls.is_theirs(call)
    if request.method == "POST" and is_concerned:
        alarms.accept(call.alarm_id, call=call)
        call = links.find_alarm_call(token, request.jurisdiction) or call
    is_ringing, is_theirs = is_concerned and call.alarm.state == Alarm.State.RINGING, _has_it(call)
    shows = is_ringing or (is_concerned and _still_reads(call))
    context = {
        "call": call,
        "alarm": call.alarm,
        "service_request": call.alarm.service_request,
        "is_ringing": is_ringing,
        "is_theirs": is_theirs,
        "is_concerned": is_concerned,
        "accepted_name": alarms.accepted_name(call.alarm),
        # What the reporter wrote is for people who may still have to act, not for everybody who was ever alerted.
        "texts": _reporter_texts(call) if shows else [],
        "shows_place": shows,
    }
    return render(request, "requests_app/request/alarm.html", context)


def _has_it(call: AlarmCall) -> bool:
    """Whether this person accepted it, through this link or another one."""
    alarm = call.alarm
    if alarm.state != Alarm.State.ACCEPTED:
        return False
    same_user = call.user_id is not None and alarm.accepted_by_id == call.user_id
    return same_user or (alarm.accepted_call is not None and alarm.accepted_call.callee_key == call.callee_key)


def _still_reads(call: AlarmCall) -> bool:
    accepted_at = call.alarm.accepted_at
    return _has_it(call) and accepted_at is not None and app_now() < accepted_at + READABLE_FOR


def _reporter_texts(call: AlarmCall) -> list[str]:
    """What the reporter wrote: the description, answers in words, and the message that raised the alarm."""
    service_request = call.alarm.service_request
    answers = service_request.answers.filter(question_version__kind__in=question_kinds.FREE_TEXT)
    texts = [
        service_request.description,
        *answers.order_by("question_version__order").values_list("value_text", flat=True),
    ]
    if call.alarm.comment is not None:
        texts.append(call.alarm.comment.text)
    return [text for text in texts if text]
