"""The address of a call, for softphones and telephone systems that open one: /staff/desk/call/?from=…&line=…&call=…

Opening it changes nothing. Its one button, [Answer], begins the contact; the same call leads to the same contact for everybody.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app import references
from requests_app.actions.contacts import calls, lines
from requests_app.models import Contact, PhoneCall
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.desk import PERMISSION

# Of a call whose address names none: the page it is on makes the name, so that a second click makes no second contact.
UNNAMED = "page-"
SENT_MAX = 200


@staff_page
def desk_call(request: StaffRequest) -> HttpResponse:
    need_in_city(request, PERMISSION)
    sent: Mapping[str, str] = request.POST if request.method == "POST" else request.GET
    caller, line = (sent.get(name, "")[:SENT_MAX] for name in ("from", "line"))
    call_id = calls.known_id(sent.get("call", "")[:SENT_MAX]) or UNNAMED + references.random_symbols(16)
    if request.method == "POST":
        contact = calls.take(request.jurisdiction, call_id, caller=caller, line=line, taker=request.user)
        return _to(request, contact)
    known = PhoneCall.objects.filter(jurisdiction=request.jurisdiction, call_id=call_id)
    known_call = known.select_related("contact__taker").first()
    if known_call is not None and known_call.contact is not None:
        return _to(request, known_call.contact)
    if known_call is not None:
        caller, line = known_call.caller_number or caller, known_call.line or line
    dialed = lines.find(request.jurisdiction, line)
    context = {
        "caller": calls.read_caller(caller),
        "line_name": str(dialed) if dialed is not None else line,
        "values": {"from": caller, "line": line, "call": call_id},
        "has_ended": known_call is not None and known_call.ended_at is not None,
        "is_practice": known_call is not None and known_call.is_practice,
    }
    return render(request, "staff_app/desk/call.html", context)


def _to(request: StaffRequest, contact: Contact) -> HttpResponse:
    if contact.taker_id not in (None, request.user.pk):
        messages.info(request, _("%(taker)s has answered this call.") % {"taker": contact.taker})
    return redirect("staff_app:contact", contact.number)
