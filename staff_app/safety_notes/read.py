"""Shows the words of safety notes, after recording who reads them."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from requests_app.access import get_request_or_404
from requests_app.actions.work import safety_notes as actions
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work import safety_notes as rules
from staff_app.decorators import StaffRequest, staff_page
from staff_app.safety_notes.safety_notes import PAGE, get_note_or_404, note_edit, page_of, texts_of
from staff_app.setup.conflict import edit_page


@staff_page
@require_POST
def read_safety_notes(request: StaffRequest, reference: str) -> HttpResponse:
    """Those of a request's place."""
    service_request = get_request_or_404(
        request.user, reference, rules.READING_PERMISSION, jurisdiction=request.jurisdiction
    )
    notes = rules.at(service_request)
    actions.read(notes, service_request=service_request, actor=request.user)
    if not permissions.reads_identity(request.user, service_request):
        redaction.redact_safety_notes(notes, service_request)
    context = {"service_request": service_request, "shown": [(note, rules.KINDS[note.kind]) for note in notes]}
    return render(request, "staff_app/safety_notes/read_safety_notes.html", context)


@staff_page
@require_POST
def read_safety_note(request: StaffRequest, note_id: int) -> HttpResponse:
    """One of them, on its own page, where those who set notes can change it then. 404 once it has ended."""
    note = get_note_or_404(request, note_id)
    edit = note_edit(request, note, is_sent=False)
    form = edit.form
    if note.ends_at <= form.now:
        raise Http404
    actions.read([note], service_request=None, actor=request.user)
    return edit_page(
        request, PAGE, {**page_of(request, note, form), "edits_words": True, **texts_of(note)}, form, edit=edit
    )
