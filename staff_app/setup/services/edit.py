"""The editors of a service's words, of who does it and when, and of its privacy. Each saves its part in the draft."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.setup import service_drafts
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import edit_draft, framing, load, save_merged, show
from staff_app.setup.services.forms import HandlingForm, PrivacyForm, SectionForm, WordsForm


@framing
@staff_page
def service_words(request: StaffRequest, code: str) -> HttpResponse:
    return _section(request, code, "service_words", WordsForm)


@framing
@staff_page
def service_handling(request: StaffRequest, code: str) -> HttpResponse:
    return _section(request, code, "service_handling", HandlingForm)


@framing
@staff_page
def service_privacy(request: StaffRequest, code: str) -> HttpResponse:
    return _section(request, code, "service_privacy", PrivacyForm)


def _section(request: StaffRequest, code: str, name: str, form_class: type[SectionForm]) -> HttpResponse:
    editing = load(request, code)
    edit = edit_draft(request, editing, partial(form_class, editing=editing))
    context: dict[str, Any] = {"section": name, "form": edit.form, "edit": edit, "seen": edit.fingerprint}
    if request.method != "POST":
        return show(request, "section", editing, **context)
    if not edit.form.is_good() or edit.conflicts:
        return show(request, "section", editing, status=409 if edit.conflicts else 422, **context)
    try:
        save_merged(request, editing, edit.form.definition())
    except service_drafts.Conflict:
        # Somebody saved in the last moment: it's merged with that.
        return _section(request, code, name, form_class)
    messages.success(request, edit.saved(_("Saved in the draft. Residents see it once you publish it.")))
    return redirect("staff_app:service", code)
