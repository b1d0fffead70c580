"""One stop: what to do there and how to get there. The reporter is never on it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.access import get_request_or_404, numbered
from requests_app.messages import wording
from requests_app.models import OPEN, ServiceRequest
from requests_app.places import assets
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work import safety_notes
from staff_app import due
from staff_app.crew import result_form
from staff_app.crew.script_text import crew_words
from staff_app.decorators import StaffRequest, reads_for_department, staff_page
from staff_app.queue import listing, rows
from staff_app.request import answers

_OF_STOP = numbered(may_have_safety_note=safety_notes.may_have_some())


@staff_page
def crew_stop(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(
        request.user, reference, "view", jurisdiction=request.jurisdiction, statement=_OF_STOP
    )
    at = listing.Moment.of(request.jurisdiction, service_request.loaded_at)
    waits = due.hold_words(request.jurisdiction) if service_request.status == "on_hold" else {}
    photos = list(service_request.photos.filter(hidden_at=None).order_by("id"))
    for_department = reads_for_department(request.user, service_request)
    safety, other = answers.split(service_request, for_department=for_department)
    if not permissions.reads_identity(request.user, service_request):
        redaction.redact_photos(photos)
        redaction.redact_answers([*safety, *other])
    asset = service_request.asset
    context = {
        "service_request": service_request,
        "due": due.of(service_request, at.now, waits),
        "status": wording.status_words(service_request, to_reporter=False, now=at.now),
        "flags": rows.flags(service_request, at.now, request.jurisdiction),
        "photos": photos,
        "safety": safety,
        "safety_notes": len(safety_notes.for_reader(service_request, request.user))
        if service_request.may_have_safety_note
        else 0,
        "answers": other,
        **_result(request, service_request),
        "asset_name": assets.name_of(request.jurisdiction, asset) if asset else "",
    }
    return render(request, "staff_app/crew/crew_stop.html", context)


def _result(request: StaffRequest, service_request: ServiceRequest) -> dict[str, Any]:
    """The form for the result, for those who go out, while there is something to do."""
    if service_request.status not in OPEN or not permissions.can(request.user, "visit", service_request):
        return {}
    shown = service_request.last_event_id
    return {"script_text": crew_words(), **result_form.context(service_request, request.user, shown=shown)}
