"""Events of telephone systems, in the shape of Zammad's generic CTI, so that what is made for it works unchanged.

https://docs.zammad.org/en/latest/api/generic-cti/index.html. A newCall, answer or hangup comes as JSON or as a form. The answer is
{}, or {"error": "…"}. Nothing is stored of calls that the city makes.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from requests_app.actions.contacts import calls
from requests_app.actions.setup import telephone_links
from requests_app.core import limits
from requests_app.models import Jurisdiction, User

log = structlog.get_logger(__name__)

# Three events a call, and 7,500 calls in a busy hour make 375.
EVENTS_A_MINUTE = 1200
WRONG_TOKENS_AN_HOUR = 60
BODY_MAX = 20_000
NAMES_MAX = 50


class BadEvent(Exception):
    """What is wrong with it, for who sets the telephone system up."""


@csrf_exempt
@require_POST
@never_cache
def call_event(request: HttpRequest, token: str) -> HttpResponse:
    """The token in the address is the permission, and says which city."""
    link = telephone_links.find(token)
    if link is None:
        is_guessing = not limits.allow(request, "telephone-token", WRONG_TOKENS_AN_HOUR)
        return _refused("Not found.", 429 if is_guessing else 404)
    city = link.jurisdiction
    if not limits.allow_key(f"telephone:{city.pk}", most=EVENTS_A_MINUTE, per_s=60):
        return _refused("Too many events. Try again in a minute.", 429)
    try:
        _take_note(city, _read(request))
    except BadEvent as bad:
        log.info("call_event_refused", jurisdiction=city.jurisdiction_id, reason=str(bad))
        return _refused(str(bad), 422)
    return JsonResponse({})


def _refused(error: str, status: int) -> HttpResponse:
    return JsonResponse({"error": error}, status=status)


def _read(request: HttpRequest) -> Mapping[str, list[str]]:
    """The event's values as lists of texts, from JSON or a form. Raises BadEvent."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > BODY_MAX:
        raise BadEvent("The body is too large.")
    if request.content_type != "application/json":
        return dict(request.POST.lists())
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadEvent("The body is not valid JSON.") from error
    if not isinstance(sent, dict):
        raise BadEvent("The body is not a JSON object.")
    return {
        str(name): [_text(one) for one in (value if isinstance(value, list) else [value])]
        for name, value in sent.items()
    }


def _text(value: Any) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _take_note(city: Jurisdiction, sent: Mapping[str, list[str]]) -> None:
    event, direction = _first(sent, "event"), _first(sent, "direction")
    if event not in ("newCall", "answer", "hangup"):
        raise BadEvent("event is not newCall, answer or hangup.")
    if direction not in ("in", "out"):
        raise BadEvent("Invalid direction!")
    call_id = calls.known_id(_first(sent, "callId"))
    if not call_id:
        raise BadEvent("callId is missing.")
    if direction == "out":
        return
    caller, line = _first(sent, "from"), _first(sent, "to")
    names = [*sent.get("user[]", []), *sent.get("user", [])][:NAMES_MAX]
    if event == "newCall":
        calls.ring(city, call_id, caller=caller, line=line, takers=_rung(city, names, line))
    elif event == "answer":
        calls.answer(city, call_id, caller=caller, line=line, taker=_answering(city, sent, names))
    else:
        is_answered = bool(_first(sent, "answeringNumber"))
        cause = _first(sent, "cause")
        calls.hang_up(city, call_id, caller=caller, line=line, cause=cause, was_answered=is_answered)


def _first(sent: Mapping[str, list[str]], name: str) -> str:
    return next((value.strip() for value in sent.get(name, []) if value.strip()), "")


def _rung(city: Jurisdiction, names: Sequence[str], line: str) -> list[User]:
    """Those whom it names; of a telephone that is somebody's own, they; of a line without names, everybody at the desk."""
    if any(name.strip() for name in names):
        return calls.takers_of(city, names)
    return (calls.takers_of(city, [line]) if line else []) or calls.takers_of(city)


def _answering(city: Jurisdiction, sent: Mapping[str, list[str]], names: Sequence[str]) -> User | None:
    """Who answered; None if it's nobody here, or could be two."""
    number = _first(sent, "answeringNumber")
    for tried in ([number], names):
        if any(name.strip() for name in tried):
            takers = calls.takers_of(city, tried)
            if len(takers) == 1:
                return takers[0]
    return None
