"""Undo: staff reverse what they just did, while its email waits."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app import event_kinds
from requests_app.actions.work import staff_actions
from requests_app.models import Event, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.work.staff_actions import UNDOABLE
from staff_app.decorators import StaffRequest, staff_page
from staff_app.request import timeline

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

TAG = "undo-"

# What to do once it is too late, and the verb of the form for it.
INSTEAD: "dict[str, tuple[str, _StrPromise]]" = {
    "accepted": ("triage", gettext_lazy("If it isn’t yours, return it to triage or transfer it.")),
    "answered": ("note", gettext_lazy("Add a note that says what the reporter really said.")),
    "asked": ("resume", gettext_lazy("If you don’t need an answer anymore, resume the request.")),
    "assigned": ("assign", gettext_lazy("Assign it again, to the right person or to no one.")),
    "commented": (
        "comment",
        gettext_lazy("Post another comment that corrects it. To remove words from public view, hide the text."),
    ),
    "handed_over": ("reopen", gettext_lazy("Reopen the request, then tell the owner yourself that it isn’t theirs.")),
    "hidden": ("publish", gettext_lazy("Show it to the public again.")),
    "made_public": ("hide", gettext_lazy("Hide it from the public.")),
    "made_safe": ("comment", gettext_lazy("Post a comment that says what’s true.")),
    "merged": ("unmerge", gettext_lazy("Unmerge the request.")),
    "note_added": ("note", gettext_lazy("Add another note that corrects it.")),
    "place_corrected": (
        "correct_place",
        gettext_lazy("Correct the location again. The old one is in the activity list."),
    ),
    "priority_set": ("set_priority", gettext_lazy("Change the priority again.")),
    "published": ("hide", gettext_lazy("Hide it from the public.")),
    "put_on_hold": ("resume", gettext_lazy("Resume the request.")),
    "reopened": ("resolve", gettext_lazy("Resolve it again, and tell people why.")),
    "resolved": ("reopen", gettext_lazy("Reopen the request, and tell people why.")),
    "resumed": ("hold", gettext_lazy("Put it on hold again.")),
    "routed": ("transfer", gettext_lazy("Transfer it to the right department.")),
    "scheduled": ("schedule", gettext_lazy("Schedule it again, with the right day.")),
    "service_changed": ("change_service", gettext_lazy("Change the service again.")),
    "transferred": (
        "transfer",
        gettext_lazy("Transfer it again. If you can’t open it anymore, ask the department that has it."),
    ),
    "triaged": ("transfer", gettext_lazy("Transfer it to the right department.")),
    "unmerged": ("merge", gettext_lazy("Merge it again.")),
    "visited": ("comment", gettext_lazy("Post a comment that says what’s true.")),
    "withdrawn": ("reopen", gettext_lazy("Reopen the request, and tell people why.")),
}
event_kinds.complete(INSTEAD, UNDOABLE, "INSTEAD of staff_app/request/undo.py")


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
        raise permissions.Denied(words=_("Only the person who did this can undo it."))
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
    verb, words = INSTEAD[event.kind]
    can_view = permissions.can(request.user, "view", service_request)
    context = {
        "service_request": service_request,
        "can_view": can_view,
        "event": event,
        "what": timeline.change_lines(service_request, [event])[0].what,
        "too_late": too_late,
        "changes": changes,
        "instead": words,
        "instead_verb": verb if can_view and permissions.can(request.user, verb, service_request) else "",
    }
    return render(request, "staff_app/request/undo.html", context, status=status)
