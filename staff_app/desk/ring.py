"""Who is calling the taker's telephone right now, asked for by their page every 1.5 seconds (static/js/ring.js)."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.actions.contacts import calls
from requests_app.city_request import CityRequest
from requests_app.models import User
from requests_app.rules.contacts import ringing
from requests_app.rules.contacts.ringing import Ringing


def address(request: HttpRequest, jurisdiction_id: int) -> str:
    """Where this session asks, without its cookie; empty for nobody who could be called."""
    user, key = request.user, request.session.session_key
    if not isinstance(user, User) or user.is_role or not key:
        return ""
    session = ringing.session_name(key)
    signature = links.signature(_message(user.pk, jurisdiction_id, session))
    return reverse("staff_app:ring", args=[f"{user.pk}-{session}-{signature}"])


def _message(user_id: int, jurisdiction_id: int, session: str) -> str:
    return f"ring {jurisdiction_id} {user_id} {session}"


@require_safe
def ring(request: CityRequest, token: str) -> HttpResponse:
    """No session is loaded: its address is signed, and a 404 once the session has ended."""
    user_id, _dash, rest = token.partition("-")
    session, _dash, signature = rest.partition("-")
    city = request.jurisdiction
    if not (user_id.isdecimal() and len(user_id) < 19):
        return HttpResponseNotFound(content_type="text/plain")
    if not links.is_signed(_message(int(user_id), city.pk, session), signature):
        return HttpResponseNotFound(content_type="text/plain")
    rows = ringing.at(int(user_id), city, session)
    if rows is None:
        return HttpResponseNotFound(content_type="text/plain")
    return JsonResponse({"calls": [described(row) for row in rows]})


def described(row: Ringing) -> dict[str, Any]:
    """text: who is calling; url: of the contact, or where it's answered."""
    query = urlencode({"from": row.caller, "line": row.line, "call": row.call_id})
    url = (
        reverse("staff_app:contact", args=[row.contact]) if row.contact else f"{reverse('staff_app:desk_call')}?{query}"
    )
    return {
        "id": row.call_id,
        "text": _text(row),
        "action": pgettext("call", "Open") if row.contact else pgettext("call", "Answer"),
        "url": url,
    }


def _text(row: Ringing) -> str:
    caller = calls.read_caller(row.caller)
    if caller.number:
        words = _("%(number)s is calling %(line)s") if row.line else _("%(number)s is calling")
    elif caller.by_relay:
        words = _("A relay service is calling %(line)s") if row.line else _("A relay service is calling")
    else:
        words = (
            _("A number that isn’t shown is calling %(line)s")
            if row.line
            else _("A number that isn’t shown is calling")
        )
    text = words % {"number": caller.number, "line": row.line}
    return _("Practice: %(text)s") % {"text": text} if row.is_practice else text
