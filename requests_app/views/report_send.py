"""Reporting, second half: how can we reach you, check and send, and "We got it"."""

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from requests_app import links
from requests_app.actions import drafting, submission
from requests_app.clock import app_now
from requests_app.forms.report import ContactForm
from requests_app.messages import wording
from requests_app.models import Article, Draft, QuestionVersion, ServiceVersion
from requests_app.places.public_place import public_place
from requests_app.rules import service_levels
from requests_app.rules.report_path import Path
from requests_app.views.door import CityRequest, switched_to
from requests_app.views.report import draft_page, go_on, in_other_language, page_url, show
from requests_app.views.visitor import has_expired, own_draft, remember, visitor_of
from requests_app.words import say

# What looks like an e-mail address or a phone number in words that everyone can read.
EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[a-z]{2,}", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w.])(?:\+?\d[\s().-]*)?(?:\(?\d{3}\)?[\s.-]*)?\d{3}[\s.-]\d{4}(?!\w)")


# --- Step 4, its end: another service ---------------------------------------------------------------------------------


@draft_page
def other(request: CityRequest, draft: Draft) -> HttpResponse:
    """An answer says that another service is the right one."""
    path = Path(draft)
    if path.other_service is None or path.version is None:
        return go_on(draft)
    code = path.other_service.service.service_code
    if request.method == "POST":
        if "change" in request.POST:
            drafting.keep(draft, service=code)
        else:
            drafting.keep(draft, stayed=[*draft.typed.get("stayed", []), code])
        return go_on(draft)
    return show(request, "other", step=3, draft=draft, version=path.version, other=path.other_service)


# --- Step 5: how can we reach you? ------------------------------------------------------------------------------------


@draft_page
def contact(request: CityRequest, draft: Draft) -> HttpResponse:
    kept = draft.typed.get("contact") or draft.typed.get("contact_typed") or {}
    initial = {"language": draft.typed.get("text_language") or request.LANGUAGE_CODE, **kept}
    form = ContactForm(
        request.POST if request.method == "POST" else None, initial=initial, jurisdiction=request.jurisdiction
    )
    if request.method == "POST":
        if "none" in request.POST:
            language = str(request.POST.get("language", ""))
            known = language if language in request.jurisdiction.languages else draft.language
            drafting.keep(draft, contact={"language": known}, contact_typed={})
            return go_on(draft)
        valid = form.is_valid()
        if valid and not switched_to(request):
            drafting.keep(draft, contact=form.cleaned_data, contact_typed={})
            return go_on(draft)
        drafting.keep(
            draft,
            contact_typed={name: str(request.POST.get(name, ""))[:300] for name in form.fields},
            **({"contact": form.cleaned_data} if valid and "contact" in draft.typed else {}),
        )
        if language := switched_to(request):
            return in_other_language(request, draft, language)
    return show(
        request,
        "contact",
        step=4,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        version=Path(draft).version,
    )


# --- Step 6: check and send -------------------------------------------------------------------------------------------


@draft_page
def check(request: CityRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        try:
            drafting.send(draft.pk)
        except drafting.NotReady as error:
            return redirect(page_url(draft, error.page))
        except submission.Refused as error:
            for problem in error.problems.values():
                messages.error(request, problem)
            pages = {"service": "service", "place": "where", "outside": "where", "emergency": "emergency"}
            return redirect(page_url(draft, pages.get(error.code, "details:1")))
        return redirect("requests_app:sent", draft.pk)
    path = Path(draft)
    page = path.next_page()
    if page != "check" or path.version is None:
        return redirect(page_url(draft, page))
    everyone, city = _shown_to(draft, path, path.version)
    return show(
        request,
        "check",
        step=5,
        draft=draft,
        version=path.version,
        everyone=everyone,
        city_only=city,
        warnings=_found_contacts(everyone),
        article=_article_of(request, path),
        owner=path.owner if path.version.priority > 1 else None,
    )


def _shown_to(draft: Draft, path: Path, version: ServiceVersion) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The report's facts in two boxes: what everyone can see, and what only the city sees."""
    visibility = version.visibility
    confidential = visibility in (ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF)
    everyone: list[dict[str, Any]] = []
    city: list[dict[str, Any]] = []
    for_all = city if confidential else everyone
    language = path.typed.get("text_language") or draft.language

    def row(label: str, value: str, page: str, **more: Any) -> dict[str, Any]:
        return {"label": label, "value": value, "url": page_url(draft, page), **more}

    for_all.append(row(_("Service"), say(version.name), "service"))
    if path.text:
        for_all.append(row(_("Your words"), path.text, "details:1", lang=language, free=True))
    address = path.place.get("address", "")
    _point, public_address = public_place(visibility, path.point, address)
    if not path.place:
        for_all.append(row(_("Place"), _("No place"), "where"))
    elif confidential:
        city.append(row(_("Place"), address or _("The spot on the map"), "where"))
    else:
        shown = public_address or (_("The spot on the map") if not address else _("Not shown"))
        everyone.append(row(_("Place"), shown, "where"))
        if public_address != address and address:
            city.append(row(_("Exact place"), address, "where"))
    if note := path.place.get("note"):
        city.append(row(_("How to find it"), note, "where", lang=language, free=True))
    for number, questions in enumerate(path.pages, 1):
        codes = {question.code for question in questions}
        for question, _value, words in path.answers.given:
            if question.code in codes:
                public = question.visibility == QuestionVersion.Visibility.PUBLIC and not confidential
                free = question.kind == QuestionVersion.Kind.TEXT
                box = everyone if public else city
                box.append(
                    row(say(question.text), words, f"details:{number}", lang=language if free else "", free=free)
                )
    pictures = list(draft.photos.order_by("id")) if path.takes_photos else []
    if pictures:
        box = city if confidential or path.answers.private_photos else everyone
        box.append(row(_("Photos"), "", "details:1", photos=pictures))
    city += _contact_rows(draft, path)
    return everyone, city


def _contact_rows(draft: Draft, path: Path) -> list[dict[str, Any]]:
    contact = path.typed.get("contact") or {}
    url = page_url(draft, "contact")
    reach = [
        {"label": label, "value": contact[name], "url": url}
        for name, label in (("email", _("E-mail")), ("phone", _("Phone")), ("name", _("Name")))
        if contact.get(name)
    ]
    if not contact.get("email") and not contact.get("phone"):
        reach.insert(0, {"label": _("How we reach you"), "value": _("Don’t contact me"), "url": url})
    elif contact.get("language") and len(draft.jurisdiction.languages) > 1:
        name = get_language_info(contact["language"])["name_local"].capitalize()
        reach.append({"label": _("Language"), "value": name, "url": url, "lang": contact["language"]})
    return reach


def _found_contacts(everyone: list[dict[str, Any]]) -> list[str]:
    """What one may not want to show to everyone."""
    words = "\n".join(one["value"] for one in everyone if one.get("free"))
    found = []
    if EMAIL.search(words):
        found.append(_("Your words hold an e-mail address. Everyone can read it."))
    if PHONE.search(words):
        found.append(_("Your words hold what looks like a phone number. Everyone can read it."))
    return found


def _article_of(request: CityRequest, path: Path) -> Article | None:
    """What an answer leads to besides the report."""
    code = path.answers.leads_to_article
    if not code:
        return None
    return Article.objects.filter(jurisdiction=request.jurisdiction, published=True, code=code).first()


# --- Step 7: we got it ------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def sent(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return render(request, "requests_app/draft_gone.html", {"expired": draft}, status=410 if draft else 404)
    link = drafting.link_of(draft)
    if draft.service_request is None or link is None:
        return go_on(draft)
    service_request = draft.service_request
    service_request.jurisdiction = request.jurisdiction
    zone = request.jurisdiction.zone
    department = service_request.department or service_request.service_version.department
    hours = service_levels.working_hours(department.calendar, zone)
    now = app_now()
    opens = None if hours.always else hours.add(now, 0)
    name = wording.department_words(service_request)
    closed = _("%(department)s is closed now and reads it when it opens: %(time)s.")
    return render(
        request,
        "requests_app/sent.html",
        {
            "draft": draft,
            "service_request": service_request,
            "followed": draft.typed.get("end") in ("followed", "follows_already"),
            "follows_already": draft.typed.get("end") == "follows_already",
            "private_url": links.url(link, request.jurisdiction),
            "has_email": link.person.contact_points.filter(kind="email").exists(),
            "owner": service_request.owner if service_request.priority > 1 else None,
            "promises": wording.promises(service_request),
            "closed": wording.one_stop(closed % {"department": name, "time": wording.long_time(opens, zone)})
            if opens is not None and opens > now
            else "",
        },
    )


@require_POST
def another(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    """[Report another here]: place and contact are not asked again."""
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return redirect("requests_app:report")
    draft.language = request.LANGUAGE_CODE
    visitor = visitor_of(request)
    begun = drafting.another(draft, visitor=visitor)
    return remember(redirect("requests_app:problem", begun.pk), visitor)
