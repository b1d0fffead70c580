"""Safety notes of the city: the list, a new one, and one of them with the record of who read it."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app import access
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.actions.work import safety_notes as actions
from requests_app.clock import AppNow
from requests_app.models import SafetyNote, ServiceRequest
from requests_app.rules.people import permissions
from requests_app.rules.work import safety_notes as rules
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.safety_notes.forms import EditNoteForm, SafetyNoteForm, UntilForm
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import Edit, edit_row
from staff_app.setup.listing import Column, listing

# The newest readings on a note's page.
READINGS_SHOWN = 200
PAGE = "staff_app/safety_notes/safety_note.html"

COLUMNS = {
    "place": Column(gettext_lazy("Place"), ("address", "id")),
    "kind": Column(gettext_lazy("What it is"), ("kind", "id")),
    "ends": Column(gettext_lazy("Until"), ("ends_at", "id")),
    "by": Column(gettext_lazy("Set by")),
}


@staff_page
def safety_notes(request: StaffRequest) -> HttpResponse:
    """The words of none: they're shown on request, which is logged."""
    need_in_city(request, rules.PERMISSION, rules.LOG_PERMISSION)
    shows_ended = request.GET.get("show") == "ended"
    rows = SafetyNote.objects.filter(jurisdiction=request.jurisdiction, ends_at__lte=AppNow())
    listed = listing(
        request,
        (rows if shows_ended else rules.live(request.jurisdiction)).select_related("created_by"),
        caption=_("Safety notes"),
        columns=COLUMNS,
        row_template="staff_app/safety_notes/_row.html",
        empty=_("None has ended recently.") if shows_ended else _("No place has a safety note."),
        search=["address"],
        order="ends",
        kept={"show": "ended"} if shows_ended else {},
        describe=lambda notes: [_described(note) for note in notes],
    )
    context = {"list": listed, "shows_ended": shows_ended, "days": rules.LOG_KEPT.days, **_may(request)}
    return render(request, "staff_app/safety_notes/safety_notes.html", context)


def _described(note: SafetyNote) -> dict[str, Any]:
    return {"note": note, "kind": rules.KINDS[note.kind]}


def _may(request: StaffRequest) -> dict[str, bool]:
    return {"may_change": permissions.can_in_city(request.user, rules.PERMISSION, request.jurisdiction)}


def get_note_or_404(request: StaffRequest, note_id: int) -> SafetyNote:
    need_in_city(request, rules.PERMISSION, rules.LOG_PERMISSION)
    return get_object_or_404(
        SafetyNote.objects.select_related("created_by", "jurisdiction"), pk=note_id, jurisdiction=request.jurisdiction
    )


@staff_page
def new_safety_note(request: StaffRequest) -> HttpResponse:
    """?reference=: a request, whose place is filled in."""
    need_in_city(request, rules.PERMISSION)
    data = request.POST if request.method == "POST" else None
    form = SafetyNoteForm(data, city=request.jurisdiction, initial=_place_of_request(request))
    if form.is_valid() and form.point:
        columns = {name: form.cleaned_data[name] for name in ("kind", "words", "address")}
        actions.add(request.jurisdiction, **columns, point=form.point, ends_at=form.ends_at(), actor=request.user)
        messages.success(request, _("Saved. It’s offered on every request at this place."))
        return redirect("staff_app:safety_notes")
    status = 422 if form.errors else 200
    return render(request, "staff_app/safety_notes/new_safety_note.html", {"form": form}, status=status)


def _place_of_request(request: StaffRequest) -> dict[str, Any]:
    reference = request.GET.get("reference", "")
    if not reference:
        return {}
    service_request = access.get_request_or_404(request.user, reference, jurisdiction=request.jurisdiction)
    point = service_request.point
    if point is None:
        return {}
    address = service_request.address or f"{point.y:.5f}, {point.x:.5f}"
    return {"address": address, "latitude": point.y, "longitude": point.x}


@staff_page
def safety_note(request: StaffRequest, note_id: int) -> HttpResponse:
    note = get_note_or_404(request, note_id)
    if request.method == "POST":
        need_in_city(request, rules.PERMISSION)
    form = UntilForm(request.POST if request.method == "POST" else None, city=request.jurisdiction)
    if form.is_valid():
        try:
            actions.renew(note.pk, ends_at=form.ends_at(), actor=request.user)
        except actions.AlreadyOver:
            messages.warning(request, _("It has already ended. Set a new one."))
        else:
            messages.success(request, _("Renewed."))
        return redirect("staff_app:safety_note", note.pk)
    return render(
        request,
        PAGE,
        page_of(request, note, form),
        status=422 if form.errors else 200,
    )


@staff_page
@require_POST
def edit_safety_note(request: StaffRequest, note_id: int) -> HttpResponse:
    """From the page that shows the words. If somebody else changed them meanwhile, these are shown, which is logged."""
    need_in_city(request, rules.PERMISSION)
    note = get_note_or_404(request, note_id)
    edit = note_edit(request, note)
    form = edit.form
    if not edit.is_valid():
        return _edit_again(request, note, edit)
    try:
        actions.change(
            note.pk, text=form.cleaned_data["words"], ends_at=form.ends_at(), actor=request.user, seen=edit.seen
        )
    except actions.AlreadyOver:
        messages.warning(request, _("It has already ended. Set a new one."))
    except ChangedMeanwhile as changed:
        note.refresh_from_db()
        return _edit_again(request, note, edit, changed)
    else:
        messages.success(request, edit.saved(_("Saved.")))
    return redirect("staff_app:safety_note", note.pk)


def _edit_again(
    request: StaffRequest, note: SafetyNote, edit: Edit[EditNoteForm], changed: ChangedMeanwhile | None = None
) -> HttpResponse:
    context = {**page_of(request, note, edit.form), "edits_words": True}
    # The fingerprint of the note as it is comes from a page that showed it, which was logged.
    if changed or request.POST.get("seen") != edit.fingerprint:
        actions.read([note], service_request=None, actor=request.user)
        context |= texts_of(note)
    return edit_page(request, PAGE, context, edit.form, edit=edit, changed=changed)


def note_edit(request: StaffRequest, note: SafetyNote, *, is_sent: bool = True) -> Edit[EditNoteForm]:
    """With the words, for those who were shown them."""
    city = request.jurisdiction
    initial = {"words": note.words, "until": note.ends_at.astimezone(city.zone).date()}
    return edit_row(request, partial(EditNoteForm, city=city, initial=initial), actions.NOTE, note, is_sent=is_sent)


def texts_of(note: SafetyNote) -> dict[str, Any]:
    """What it says and said before, for those whose reading was logged."""
    earlier = note.earlier_texts.select_related("changed_by").order_by("-id")
    return {"is_shown": True, "earlier_texts": list(earlier)}


def page_of(request: StaffRequest, note: SafetyNote, form: UntilForm) -> dict[str, Any]:
    """The readings name only requests that this user may open."""
    readings = list(note.readings.select_related("user").order_by("-id")[:READINGS_SHOWN])
    requests = ServiceRequest.objects.visible_to(request.user).in_bulk({one.service_request_id for one in readings})
    return {
        "row": _described(note),
        "is_over": note.ends_at <= form.now,
        "form": form,
        "readings": [(one, requests.get(one.service_request_id)) for one in readings],
        **_may(request),
    }


@staff_page
@require_POST
def end_safety_note(request: StaffRequest, note_id: int) -> HttpResponse:
    need_in_city(request, rules.PERMISSION)
    note = get_note_or_404(request, note_id)
    try:
        actions.end(note.pk, actor=request.user)
    except actions.AlreadyOver:
        messages.warning(request, _("It has already ended."))
    else:
        messages.success(request, _("Ended. No one sees it anymore."))
    return redirect("staff_app:safety_notes")
