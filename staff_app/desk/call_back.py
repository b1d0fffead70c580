"""One who waits for the desk: what they said, and what came of calling them. One page, also without a script."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from requests_app.actions.contacts import call_back_tries, voicemail
from requests_app.clock import app_now
from requests_app.core import byte_ranges
from requests_app.messages import wording
from requests_app.models import CallBack, Contact
from requests_app.rules.contacts import call_backs as rules
from requests_app.rules.people import permissions
from requests_app.rules.shared import directory
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.call_back_forms import KINDS, OUTCOMES, AgainForm, EndForm
from staff_app.desk.desk import PERMISSION


def get_call_back_or_404(request: StaffRequest, pk: int) -> CallBack:
    need_in_city(request, PERMISSION)
    rows = CallBack.objects.select_related("owner", "call", "contact", "service_request")
    row = get_object_or_404(rows, pk=pk, jurisdiction=request.jurisdiction)
    row.jurisdiction = request.jurisdiction
    if row.service_request is not None:
        row.service_request.jurisdiction = request.jurisdiction
        directory.of(request.jurisdiction).fill([row.service_request])
        if not permissions.can(request.user, "view", row.service_request):
            if row.kind == CallBack.Kind.TRANSFER_911:
                raise Http404
            row.service_request = None
    return row


def shown_in_contact(request: StaffRequest, contact: Contact) -> dict[str, Any]:
    """What the page of a contact shows of whom it calls back; contact: with `call_back_id`, as rules.of_call() reads it."""
    pk = getattr(contact, "call_back_id", None)
    if pk is None:
        return {}
    row = get_call_back_or_404(request, pk)
    return {"call_back": row, "call_back_kind": KINDS[row.kind]}


@staff_page
@require_safe
def call_back(request: StaffRequest, call_back_id: int) -> HttpResponse:
    return _show(request, get_call_back_or_404(request, call_back_id))


def _show(
    request: StaffRequest,
    row: CallBack,
    *,
    again: AgainForm | None = None,
    end: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = app_now()
    context = {
        "row": row,
        "kind": KINDS[row.kind],
        "outcome": OUTCOMES.get(row.outcome, ""),
        "waits_since": wording.ago(row.created_at, now),
        "is_late": row.closed_at is None and rules.is_late(row, now),
        "is_mine": row.owner_id == request.user.pk and row.closed_at is None,
        "is_open": row.closed_at is None,
        "again_form": again or AgainForm(),
        "end_form": end or EndForm(),
    }
    return render(request, "staff_app/desk/call_back.html", context, status=status)


@staff_page
@require_safe
def call_back_audio(request: StaffRequest, call_back_id: int) -> HttpResponseBase:
    """The recording, for a player in the page. Nothing keeps it: no browser, no proxy."""
    row = get_call_back_or_404(request, call_back_id)
    if not row.audio_name:
        raise Http404
    try:
        file = default_storage.open(voicemail.path_of(row))
    except FileNotFoundError:
        raise Http404 from None
    answer = byte_ranges.response(
        file,
        size=row.audio_bytes,
        content_type=voicemail.AUDIO_TYPES[row.audio_type],
        range_header=request.headers.get("Range", ""),
    )
    answer["Content-Disposition"] = "inline"
    answer["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer


# --- What a taker does ------------------------------------------------------------------------------------------------

Sent = Callable[[StaffRequest, CallBack], HttpResponse]


def on_waiting(view: Sent) -> Callable[[HttpRequest, int], HttpResponseBase]:
    """For what is sent about somebody who waits: somebody else may have taken them, or ended it, right now."""

    @require_POST
    @staff_page
    @wraps(view)
    def guarded(request: StaffRequest, call_back_id: int) -> HttpResponse:
        row = get_call_back_or_404(request, call_back_id)
        try:
            return view(request, row)
        except call_back_tries.Taken as taken:
            words = _("%(name)s already took this one. Take the next one.") % {"name": taken.owner}
        except call_back_tries.Closed:
            words = _("This one is no longer on the list. Take the next one.")
        messages.warning(request, words)
        return redirect("staff_app:waiting")

    return guarded


@on_waiting
def take_call_back(request: StaffRequest, row: CallBack) -> HttpResponse:
    """Opens a contact to call them; what a 911 center passed on opens as a request."""
    taken = call_back_tries.take(row.pk, taker=request.user)
    if taken.kind == CallBack.Kind.TRANSFER_911 and taken.service_request is not None:
        return redirect("staff_app:detail", taken.service_request.reference)
    if taken.call is None or taken.call.closed_at is not None:
        return redirect("staff_app:call_back", row.pk)
    return redirect("staff_app:contact", taken.call.number)


@on_waiting
def no_answer(request: StaffRequest, row: CallBack) -> HttpResponse:
    form = AgainForm(request.POST)
    if not form.is_valid():
        return _show(request, row, again=form, status=422)
    call_back_tries.no_answer(row.pk, actor=request.user, again_at=form.at)
    messages.success(request, _("It’s back on the list until then."))
    return redirect("staff_app:waiting")


@on_waiting
def end_call_back(request: StaffRequest, row: CallBack) -> HttpResponse:
    form = EndForm(request.POST)
    if not form.is_valid() or row.kind == CallBack.Kind.TRANSFER_911:
        return _show(request, row, end=form, status=422)
    call = call_back_tries.close(row.pk, form.cleaned_data["outcome"], actor=request.user)
    if call is not None:
        return redirect("staff_app:contact", call.number)
    messages.success(request, _("It’s off the list."))
    return redirect("staff_app:waiting")


@on_waiting
def give_back(request: StaffRequest, row: CallBack) -> HttpResponse:
    """It was taken by mistake."""
    call_back_tries.give_back(row.pk, actor=request.user)
    return redirect("staff_app:waiting")
