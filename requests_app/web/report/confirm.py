"""Confirming a report by email: the page after sending, sending the link again, and the link's own page."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.report import confirm_report, drafts, submission
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import ConfirmAgainForm
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Draft, OneTimeLink, PublicState, ServiceRequest
from requests_app.visitor import get_visitor, has_expired, own_draft
from requests_app.web.link_cookie import set_link_cookie
from requests_app.web.report.draft_page import gone, next_of

AGAIN_AN_HOUR, TO_ONE_ADDRESS_A_DAY = 20, 5
DAY_S = 24 * 3600


def is_waiting(draft: Draft) -> bool:
    made = draft.service_request
    return made is not None and made.public_state == PublicState.UNCONFIRMED


def one_more_step(
    request: CityRequest, draft: Draft, *, form: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    """The page shown instead of "We got it.". It gives no report number, which only a confirmed report gets to show."""
    link = drafts.private_link(draft)
    point = link.person.contact_points.filter(kind="email").first() if link else None
    email = point.value if point else ""
    context = {
        "draft": draft,
        "email": email,
        "form": form or ConfirmAgainForm(initial={"email": email}),
        "days": confirm_report.EXPIRES_AFTER.days,
        "next_draft": next_of(request, draft),
    }
    return render(request, "requests_app/report/confirm.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resend_confirmation(request: CityRequest, draft_id: uuid.UUID) -> HttpResponse:
    """Sends the link again, to a corrected address if the first was mistyped."""
    draft = own_draft(request, draft_id)
    if draft is None or has_expired(draft):
        return gone(request, draft)
    if request.method != "POST" or draft.service_request is None or not is_waiting(draft):
        return redirect("requests_app:sent", draft.pk)
    form = ConfirmAgainForm(request.POST)
    if not form.is_valid():
        return one_more_step(request, draft, form=form, status=422)
    email = form.cleaned_data["email"]
    if not _may_mail(request, email):
        form.add_error(None, too_many_requests(request.jurisdiction, per_s=DAY_S))
        return one_more_step(request, draft, form=form, status=429)
    try:
        confirm_report.resend_link(draft.service_request.pk, email=email, visitor_hash=draft.visitor_hash)
    except submission.Refused as refused:
        for name, words in refused.problems.items():
            form.add_error(name, words)
        return one_more_step(request, draft, form=form, status=422)
    messages.success(request, _("We’re emailing the link to %(email)s.") % {"email": email})
    return redirect("requests_app:sent", draft.pk)


def _may_mail(request: CityRequest, email: str) -> bool:
    return limits.allow_email(
        request, "confirm", email, an_hour=AGAIN_AN_HOUR, to_one=TO_ONE_ADDRESS_A_DAY, per_s=DAY_S
    )


# --- The emailed link's page ------------------------------------------------------------------------------------------


def act(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """The page's buttons: confirming the report, or another link. Raises verify_email.LinkExpired."""
    return _again(request, link) if "again" in request.POST else _confirmed(request, link)


def _confirmed(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """Confirms the report. Only the browser that wrote it is given its private link, since an email can be forwarded."""
    made = confirm_report.confirm(link)
    if made is None:
        return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
    if _wrote_it(request, link):
        messages.success(request, _("Thank you. Your report has been sent."))
        return _to_own_report(link, made)
    return render(request, "requests_app/account/verify.html", {"link": link, "done": True, "report": made})


def is_settled(link: OneTimeLink) -> bool:
    """Whether its report was confirmed already, or is gone."""
    made = link.service_request
    return made is None or made.public_state != PublicState.UNCONFIRMED


def over(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """A link that was used or has expired: leads to the report, and never makes a second one."""
    made = link.service_request
    if made is not None and is_settled(link) and _wrote_it(request, link):
        return _to_own_report(link, made)
    if made is not None and made.is_public:
        return redirect("requests_app:track", made.reference)
    context = {"link": link, "over": True, "waits": not is_settled(link)}
    return render(request, "requests_app/account/verify.html", context, status=410)


def _wrote_it(request: CityRequest, link: OneTimeLink) -> bool:
    return bool(link.visitor_hash) and link.visitor_hash == drafts.visitor_hash(get_visitor(request))


def _to_own_report(link: OneTimeLink, made: ServiceRequest) -> HttpResponse:
    response = redirect("requests_app:track", made.reference)
    set_link_cookie(response, links.token(links.get_or_create_link(link.contact_point.person, made)), made)
    return response


def _again(request: CityRequest, link: OneTimeLink) -> HttpResponse:
    """Replaces an expired link with a new one to the same address."""
    context = {"link": link, "over": True, "waits": True}
    if link.service_request_id is None or not _may_mail(request, link.contact_point.value):
        return render(
            request,
            "requests_app/account/verify.html",
            {**context, "too_much": too_many_requests(request.jurisdiction, per_s=DAY_S)},
            status=429,
        )
    try:
        mailed = confirm_report.resend_link(
            link.service_request_id, email=link.contact_point.value, visitor_hash=link.visitor_hash
        )
    except submission.Refused as refused:
        words = " ".join(refused.problems.values())
        return render(request, "requests_app/account/verify.html", {"link": link, "banned": words}, status=403)
    if not mailed:
        return over(request, link)
    return render(request, "requests_app/account/verify.html", {**context, "mailed": True})
