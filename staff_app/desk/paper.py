"""Paper: blank forms of each service to print, and what was sent in on one. The next sheet keeps the service and the day."""

import datetime as dt
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import override
from django.views.decorators.http import require_safe

from requests_app import links, photos
from requests_app.actions.contacts import contacts, letter_pages
from requests_app.core.localized import localized
from requests_app.models import Channel, Contact, ContactRequest, QuestionVersion, ServiceVersion
from requests_app.rules.people import permissions
from requests_app.rules.report import paper as rules
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.rules.shared import question_kinds
from requests_app.rules.shared.jurisdictions import page_languages
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.forms import LetterForm

PERMISSION = "submit_for_others"


@staff_page
def paper(request: StaffRequest) -> HttpResponse:
    """Blank forms for everybody who works here; for the desk, also what came. ?form= and ?came= fill in the next sheet."""
    city = request.jurisdiction
    versions = offered_versions(city)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = LetterForm(*sent, city=city, initial=_next(request))
    if request.method == "POST":
        need_in_city(request, PERMISSION)
        if form.is_valid():
            contact = _begin(request, form)
            _add_scan(request, contact, form.cleaned_data["scan"])
            return redirect("staff_app:contact", contact.number)
    context = {
        "form": form if permissions.can_in_city(request.user, PERMISSION, city) else None,
        "versions": versions,
        "languages": page_languages(city),
    }
    return render(request, "staff_app/desk/paper.html", context, status=422 if form.errors else 200)


def _next(request: StaffRequest) -> dict[str, Any]:
    came = request.GET.get("came", "")[:10]
    try:
        day = dt.date.fromisoformat(came)
    except ValueError:
        day = rules.today(request.jurisdiction)
    return {"number": request.GET.get("form", "")[:80], "received_on": day}


def _begin(request: StaffRequest, form: LetterForm) -> Contact:
    """A contact of its own for each sheet, with the service and the version whose questions are on it."""
    sheet = form.cleaned_data["number"]
    contact = contacts.start(
        request.jurisdiction,
        taker=request.user,
        channel=Channel.LETTER,
        language=sheet.language if sheet is not None else request.jurisdiction.languages[0],
    )
    typed: dict[str, Any] = {
        "received_on": form.cleaned_data["received_on"].isoformat(),
        "late_reason": form.cleaned_data["late_reason"],
    }
    if sheet is not None:
        typed["service"] = sheet.version.service.service_code
    draft = contacts.begin_draft(contact, **typed)
    if sheet is not None and draft.typed.get("version"):
        # What they were asked is what is on the sheet.
        contacts.use_version(draft, sheet.version)
    return contact


def _add_scan(request: StaffRequest, contact: Contact, files: list[UploadedFile]) -> None:
    """What can't be read keeps nobody from typing the letter in: the next page says why and takes another one."""
    try:
        if files:
            letter_pages.add(contact, files, actor=request.user)
    except photos.PhotoRefused as refused:
        messages.warning(request, str(refused))


def next_sheet(contact: Contact) -> str:
    """The address of the page for the next letter of the same pile."""
    made = contact.contact_requests.filter(role=ContactRequest.Role.MADE).order_by("-id")
    request = next(
        (one.service_request for one in made.select_related("service_request__service_version__service")[:1]), None
    )
    if request is None:
        return reverse("staff_app:paper")
    came = request.submitted_at.astimezone(contact.jurisdiction.zone).date()
    query = {"form": rules.form_number(request.service_version, contact.language), "came": came.isoformat()}
    return f"{reverse('staff_app:paper')}?{urlencode(query)}"


@staff_page
@require_safe
def paper_form(request: StaffRequest, service_code: str) -> HttpResponse:
    """A blank form of a service that residents may ask for today; ?language= of the city's pages."""
    city = request.jurisdiction
    version = next((one for one in offered_versions(city) if one.service.service_code == service_code), None)
    if version is None:
        raise Http404
    languages = page_languages(city)
    language = request.GET.get("language", "")
    asked = (language, request.LANGUAGE_CODE, languages[0])
    language = next(one for one in asked if one in languages)
    number = rules.form_number(version, language)
    with override(language):
        context = {
            "version": version,
            "questions": _questions(version),
            "form_language": language,
            "languages": languages,
            "number": number,
            "url": f"{links.base_url(city)}{reverse('staff_app:paper')}?{urlencode({'form': number})}",
            "asks_who": bool(version.identity_words),
        }
        # The language switches once for the whole sheet (the template does).
        return render(request, "staff_app/desk/paper_form.html", context)


def _questions(version: ServiceVersion) -> list[dict[str, Any]]:
    """As a sheet shows them: boxes to tick, or lines to write on. condition: after which answer it is asked."""
    questions = list(version.questions.order_by("order"))
    by_code = {question.code: question for question in questions}
    return [
        {
            "question": question,
            "kind": _kind(question),
            "options": [localized(option["label"]) for option in question.options],
            "condition": _condition(question, by_code),
        }
        for question in questions
    ]


def _kind(question: QuestionVersion) -> str:
    """note, boxes, lines (three of them) or line."""
    kind = question_kinds.of(question)
    if not kind.is_answered:
        return "note"
    if kind.is_choice:
        return "boxes"
    return "lines" if kind.control == "words" else "line"


def _condition(question: QuestionVersion, by_code: dict[str, QuestionVersion]) -> dict[str, str]:
    asked = by_code.get(str(question.show_if.get("question"))) if question.show_if else None
    if asked is None:
        return {}
    values = {str(value) for value in question.show_if.get("values", [])}
    labels = [localized(option["label"]) for option in asked.options if str(option["value"]) in values]
    return {"question": localized(asked.text), "answer": " / ".join(labels)}
