"""The editors of a service's words, of who does it and when, and of its privacy. Each saves its part in the draft."""

from django.http import HttpResponse
from django.urls import reverse

from requests_app.actions.setup import service_drafts
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import conflict, framing, load, save, saved_and_back, show
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
    if request.method != "POST":
        return show(request, "section", editing, section=name, form=form_class(editing=editing))
    form = form_class(request.POST, editing=editing)
    if not form.is_good():
        return show(request, "section", editing, section=name, form=form, status=422)
    try:
        save(request, editing, form.definition())
    except service_drafts.Conflict:
        # What was typed stays on the page, now over what the other one saved.
        editing = load(request, code)
        form = form_class(request.POST, editing=editing)
        found = conflict(request, editing, keeps_typed=True)
        return show(request, "section", editing, section=name, form=form, conflict=found, status=409)
    url = reverse("staff_app:service", args=[code])
    return saved_and_back(request, f"{url}#{name.removeprefix('service_')}")
