"""Running a macro on one request: from its page, or from its row in the queue."""

import datetime as dt

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions.work import macros, staff_actions
from requests_app.actions.work.merges import CannotMerge
from requests_app.models import Event, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.work.steps import Refused
from staff_app import in_place, last_event
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import bulk_words, changed_row, macro_choices
from staff_app.queue.list_position import after_action
from staff_app.request import conflict
from staff_app.request.undo import undo_tag


def _last_event(request: StaffRequest, service_request: ServiceRequest) -> int | None:
    """Of the page of the request; or as of when the queue was shown, whose rows have no number of their own."""
    try:
        seen = dt.datetime.fromisoformat(request.POST.get("seen", ""))
        shown = Event.objects.filter(service_request=service_request, at__lte=seen).order_by("-id")
        return shown.values_list("id", flat=True).first() or 0
    except (ValueError, TypeError):
        return last_event.posted(request)


@staff_page
@require_POST
def run_macro(request: StaffRequest, reference: str, macro_id: int) -> HttpResponseBase:
    """Does all of it or nothing, and says why not. 409 if the request changed after it was shown."""
    service_request = get_request_or_404(request.user, reference, "view", jurisdiction=request.jurisdiction)
    macro = macro_choices.find(request.user, request.jurisdiction, str(macro_id))
    if macro is None:
        raise Http404
    is_done = False
    try:
        event = macros.run(
            macro, service_request, actor=request.user, last_event_id=_last_event(request, service_request)
        )
    except staff_actions.Changed as error:
        return conflict.page(request, service_request, error.changes)
    except Refused as error:
        words = _("“%(name)s” was not run: %(reason)s Nothing was changed.")
        messages.error(request, words % {"name": macro.name, "reason": bulk_words.refusal_words(error.reason)})
    except CannotMerge:
        messages.error(request, bulk_words.refusal_words("merge"))
    else:
        done = _("%(number)s: “%(name)s” is done.")
        words = done % {"number": service_request.display_reference, "name": macro.name}
        messages.success(request, words, extra_tags=undo_tag(event))
        is_done = True
    if in_place.is_asked(request):
        return changed_row.answer(request, service_request)
    current = ServiceRequest.objects.get(pk=service_request.pk)
    can_view = permissions.can(request.user, "view", current)
    back = redirect("staff_app:detail", current.reference) if can_view else redirect("staff_app:queue")
    return after_action(request, current, back) if is_done else back
