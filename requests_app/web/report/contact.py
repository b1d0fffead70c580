"""The last pages of a report: a better-fitting service, contact details, and "We got it."."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from requests_app import links
from requests_app.actions.report import drafts
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import ContactForm
from requests_app.messages import wording
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import AccessLink, Draft, ServiceVersion
from requests_app.rules.people.permissions import INVISIBLE
from requests_app.rules.report.nearby import AROUND_M, reported_nearby
from requests_app.rules.report.path import Path
from requests_app.visitor import get_visitor, has_expired, own_draft, set_visitor_cookie
from requests_app.web.language_switch import requested_language
from requests_app.web.only_the_city import only_the_city
from requests_app.web.report import confirm
from requests_app.web.report.draft_page import draft_page, gone, in_other_language, next_of, show, to_next_page
from requests_app.web.report.start import DRAFTS_AN_HOUR
from requests_app.web.request.forms import FollowRequestForm
from requests_app.web.resident import resident_of

# --- Step 4, the end: another service ----------------------------------------------------------------------------------


@draft_page
def other(request: CityRequest, draft: Draft) -> HttpResponse:
    """Offers the service that an answer leads to."""
    path = Path(draft)
    if path.other_service is None or path.version is None:
        return to_next_page(draft)
    code = path.other_service.service.service_code
    if request.method == "POST":
        if "change" in request.POST:
            drafts.save(draft, service=code)
        else:
            drafts.save(draft, stayed=[*draft.typed.get("stayed", []), code])
        return to_next_page(draft)
    return show(request, "other", step=3, draft=draft, version=path.version, other=path.other_service)


# --- Step 5: how can we reach you? ------------------------------------------------------------------------------------


@draft_page
def contact(request: CityRequest, draft: Draft) -> HttpResponse:
    saved = {**(draft.typed.get("contact") or {}), **(draft.typed.get("contact_typed") or {})}
    initial = {"language": draft.typed.get("text_language") or request.LANGUAGE_CODE, **saved}
    version = Path(draft).version
    resident = resident_of(request) if version is not None and version.must_confirm else None
    if resident is not None:
        initial.setdefault("email", resident.address)
    requires_contact = version is not None and bool(version.identity_words or version.must_confirm)
    form = ContactForm(
        _posted(request, version) if request.method == "POST" else None,
        initial=initial,
        jurisdiction=request.jurisdiction,
        version=version,
    )
    if resident is not None:
        form.fields["email"].help_text = ""
    if request.method == "POST":
        if "none" in request.POST and not requires_contact:
            language = str(request.POST.get("language", ""))
            known = language if language in request.jurisdiction.languages else draft.language
            drafts.save(draft, contact={"language": known}, contact_typed={})
            return to_next_page(draft)
        valid = form.is_valid()
        if valid and not requested_language(request):
            drafts.save(draft, contact=form.cleaned_data, contact_typed={})
            return to_next_page(draft)
        drafts.save(
            draft,
            contact_typed={name: str(request.POST.get(name, ""))[:300] for name in form.fields},
            **({"contact": form.cleaned_data} if valid and "contact" in draft.typed else {}),
        )
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        # Show what was typed again, even if it is not to be kept.
        form.data = request.POST
    return show(
        request,
        "contact",
        step=4,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        version=version,
        resident=resident,
    )


def _posted(request: CityRequest, version: ServiceVersion | None) -> QueryDict:
    """ "Don't contact me" for a service that requires a name and an address: drops only the email and phone number."""
    if "none" not in request.POST or version is None or version.must_confirm:
        return request.POST
    posted = request.POST.copy()
    posted["email"] = posted["phone"] = ""
    return posted


# --- Step 7: we got it ------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def sent(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return gone(request, draft, template="sent_gone")
    link = drafts.private_link(draft)
    if draft.service_request is None or link is None:
        return to_next_page(draft)
    if confirm.is_waiting(draft):
        return confirm.one_more_step(request, draft)
    service_request = draft.service_request
    service_request.jurisdiction = request.jurisdiction
    point = service_request.public_point
    followed = draft.typed.get("end") in ("followed", "follows_already")
    has_email = link.person.contact_points.filter(kind="email").exists()
    wants_address = followed and not has_email and service_request.takes_me_too
    return render(
        request,
        "requests_app/report/sent.html",
        {
            "draft": draft,
            "service_request": service_request,
            "next_draft": next_of(request, draft),
            "followed": followed,
            "follows_already": draft.typed.get("end") == "follows_already",
            "private_url": links.url(link, request.jurisdiction),
            "has_email": has_email,
            "form": FollowRequestForm() if wants_address else None,
            "owner": service_request.owner if service_request.priority > 1 else None,
            "together": _together(request, draft, link),
            "promises": wording.promised_steps(service_request),
            "nearby": reported_nearby(service_request),
            "nearby_query": urlencode({"near": f"{point.y:.5f},{point.x:.5f},{AROUND_M}"}) if point else "",
            "closed": wording.read_later(service_request),
            **only_the_city(service_request),
        },
    )


def _together(request: CityRequest, draft: Draft, link: AccessLink) -> list[dict[str, Any]]:
    """The reports that were sent in one go, up to this one, each with its private link; empty if this is the only one."""
    if draft.typed.get("end") != "sent":
        return []
    before = [one for one in drafts.sent_before(draft) if one.service_request.public_state not in INVISIBLE]
    return [
        {"report": one.service_request, "url": links.url(one, request.jurisdiction)}
        for one in ([*before, link] if before else [])
    ]


@require_POST
def another(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    """[Report another problem here], [Report another like this]: starts a draft with what stays the same."""
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return redirect("requests_app:report")
    if not limits.allow(request, "draft", DRAFTS_AN_HOUR):
        messages.error(request, too_many_requests(request.jurisdiction))
        return redirect("requests_app:sent", draft.pk)
    draft.language = request.LANGUAGE_CODE
    visitor = get_visitor(request)
    like = "like" in request.POST
    new_draft = drafts.create_similar(draft, visitor=visitor, like=like)
    return set_visitor_cookie(
        to_next_page(new_draft) if like else redirect("requests_app:problem", new_draft.pk), visitor
    )
