"""Undo: staff reverse what they just did, while its email waits."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from requests_app import event_kinds
from requests_app.actions.work import staff_actions
from requests_app.models import Event, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.work.staff_actions import UNDOABLE
from staff_app import in_place
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import changed_row
from staff_app.request import timeline

TAG = "undo-"


def undo_tag(event: Event | None) -> str:
    """Extra tags of a message about an action, from which its Undo button is made (see templatetags/staff.py)."""
    return f"{TAG}{event.pk}" if event else ""


@staff_page
def undo(request: StaffRequest, event_id: int) -> HttpResponse:
    """GET asks, POST undoes. 409 if it's too late or something else happened since; 403 for anyone but the one who did it."""
    event, about = _own_event_or_404(request, event_id)
    if request.method != "POST":
        return _page(request, event, about)
    try:
        service_request = staff_actions.undo(event_id, actor=request.user)
    except staff_actions.TooLateToUndo:
        return _page(request, event, about, too_late=True, status=409)
    except staff_actions.Changed as error:
        return _page(request, event, about, changes=timeline.change_lines(about, error.changes), status=409)
    messages.success(request, _("Undone. No one was emailed."))
    if in_place.is_asked(request):
        return changed_row.answer(request, service_request)
    if permissions.can(request.user, "view", service_request):
        return redirect("staff_app:detail", about.reference)
    return redirect("staff_app:queue")


def _own_event_or_404(request: StaffRequest, event_id: int) -> tuple[Event, ServiceRequest]:
    """Even if they may not see the request anymore: undoing brings it back, as when it was transferred by mistake."""
    events = Event.objects.filter(jurisdiction=request.jurisdiction, kind__in=UNDOABLE, user__isnull=False)
    event = get_object_or_404(events.select_related("user", "api_key"), pk=event_id)
    requests = ServiceRequest.objects.select_related("service_version", "jurisdiction")
    if event.user_id != request.user.pk:
        get_object_or_404(requests.visible_to(request.user), pk=event.service_request_id)
        raise permissions.Denied(message=_("Only the person who did this can undo it."))
    return event, get_object_or_404(requests, pk=event.service_request_id)


def _page(
    request: StaffRequest,
    event: Event,
    service_request: ServiceRequest,
    *,
    too_late: bool = False,
    changes: list[timeline.Change] | None = None,
    status: int = 200,
) -> HttpResponse:
    kind = event_kinds.KINDS[event.kind]
    can_view = permissions.can(request.user, "view", service_request)
    context = {
        "service_request": service_request,
        "can_view": can_view,
        "event": event,
        "what": timeline.change_lines(service_request, [event])[0].what,
        "too_late": too_late,
        "changes": changes,
        "instead": _(kind.instead_words),
        "instead_verb": kind.instead
        if can_view and permissions.can(request.user, kind.instead, service_request)
        else "",
    }
    return render(request, "staff_app/request/undo.html", context, status=status)
