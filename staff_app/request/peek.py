"""A request next to the list: its words, photos and place, the last of its activity, and what can be done with it.

GET leaves no trace, since the page fetches the next one beforehand. POST says that somebody has it before them, or
(`left`) that they no longer do.
"""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from requests_app.access import get_request_or_404, numbered
from requests_app.actions.people import staff_notices
from requests_app.actions.work import request_reads
from requests_app.messages import wording
from requests_app.models import ServiceRequest, Status, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work import safety_notes
from staff_app import due
from staff_app.decorators import StaffRequest, reads_for_department, staff_page
from staff_app.queue import listing, presence, rows
from staff_app.request import actions, answers, composer, folds, similar
from staff_app.request import triage as service_choice

PHOTOS_MAX, LINES_MAX = 3, 4
_OF_PEEK = numbered(may_have_safety_note=safety_notes.may_have_some())


@staff_page
def peek(request: StaffRequest, reference: str) -> HttpResponse:
    """At most twelve statements."""
    service_request = get_request_or_404(
        request.user, reference, "view", jurisdiction=request.jurisdiction, statement=_OF_PEEK
    )
    if request.method == "POST" and "left" in request.POST:
        presence.leave(request.user, service_request.pk)
        return HttpResponse(status=204)
    if request.method == "POST":
        opened(request.user, service_request)
        presence.enter(request.user, service_request.pk)
        return HttpResponse(status=204)
    return render(request, "staff_app/request/peek.html", _context(request, service_request))


def opened(user: User, service_request: ServiceRequest) -> None:
    """The user has the request before them: its notices are read, and it's no longer unread."""
    staff_notices.mark_request_read(user, service_request)
    request_reads.remember(user, service_request, service_request.last_event_id)


def _context(request: StaffRequest, service_request: ServiceRequest) -> dict[str, Any]:
    user, at = request.user, listing.Moment.of(request.jurisdiction, service_request.loaded_at)
    waits = due.hold_words(request.jurisdiction) if service_request.status == Status.ON_HOLD else {}
    for_department = reads_for_department(user, service_request)
    safety, other = answers.split(service_request, for_department=for_department)
    photos = similar.photos_of(service_request, [], user)[:PHOTOS_MAX]
    if not permissions.reads_identity(user, service_request):
        redaction.redact_answers([*safety, *other])
        redaction.redact_photos(photos)
    activity = folds.activity(request, service_request)
    # All of it is on the request's own page.
    activity = replace(activity, lines=activity.lines[:LINES_MAX], earlier=None)
    return {
        "service_request": service_request,
        "due": due.of(service_request, at.now, waits),
        "status": wording.status_words(service_request, now=at.now),
        "why": due.priority_reason(service_request),
        "flags": rows.flags(service_request, at.now, request.jurisdiction),
        "owner": rows.owner(service_request),
        "may_have_safety_note": service_request.may_have_safety_note,
        "answers": [*safety, *other],
        "photos": photos,
        "activity": activity,
        "buttons": actions.buttons(user, service_request),
        "composer": composer.of(service_request, user) if permissions.can(user, "note", service_request) else None,
        "can_choose_service": service_choice.may_choose(user, service_request),
    }
