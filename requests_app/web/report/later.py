"""Save and finish later: here, or on another device with an emailed link."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.report import resume_draft
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import LaterForm
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Draft
from requests_app.rules.report.path import Path
from requests_app.visitor import get_visitor, has_expired, own_draft, set_visitor_cookie
from requests_app.web.report.draft_page import draft_page, page_url, to_next_page

LINKS_AN_HOUR = 10
LINKS_TO_ONE_ADDRESS_A_DAY = 5
DAY_S = 24 * 3600


@draft_page
def later(request: CityRequest, draft: Draft) -> HttpResponse:
    """Says how long the draft is kept and how to return to it, and emails a link. Not a step of the path."""
    contact = draft.typed.get("contact") or draft.typed.get("contact_typed") or {}
    initial = {"email": draft.typed.get("mail_link_to") or contact.get("email", "")}
    form = LaterForm(request.POST if request.method == "POST" else None, initial=initial)
    status, mailed_to = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            status = 429
            email = form.cleaned_data["email"]
            if limits.allow_email(
                request, "later", email, an_hour=LINKS_AN_HOUR, to_one=LINKS_TO_ONE_ADDRESS_A_DAY, per_s=DAY_S
            ):
                try:
                    resume_draft.send_link(draft, email=email)
                    status, mailed_to = 200, email
                except resume_draft.TooManyLinks:
                    form.add_error(
                        "email", _("We already emailed you this link. Check your inbox and your spam folder.")
                    )
            else:
                form.add_error(None, too_many_requests(request.jurisdiction))
    context = {
        "draft": draft,
        "form": form,
        "mailed_to": mailed_to,
        "back_url": page_url(draft, Path(draft).next_page()),
    }
    return render(request, "requests_app/report/later.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def resume(request: CityRequest, token: str) -> HttpResponse:
    """The emailed link. A GET changes nothing, since mail scanners visit links; the button moves the draft here."""
    draft = links.find_draft(token)
    if draft is None or draft.jurisdiction_id != request.jurisdiction.pk:
        return render(request, "requests_app/report/draft_gone.html", status=404)
    draft.jurisdiction = request.jurisdiction
    if draft.service_request is not None:
        # Never a second report. The browser that sent it sees its report; others only learn that it was sent.
        if own_draft(request, draft.pk) is not None:
            return redirect("requests_app:sent", draft.pk)
        return render(request, "requests_app/report/draft_gone.html", {"sent": draft.service_request}, status=410)
    if has_expired(draft):
        return render(request, "requests_app/report/draft_gone.html", {"expired": draft}, status=410)
    if own_draft(request, draft.pk) is not None:
        return to_next_page(draft)
    if request.method != "POST":
        return render(request, "requests_app/report/resume.html", {"draft": draft})
    visitor = get_visitor(request)
    resume_draft.resume(draft, visitor=visitor)
    return set_visitor_cookie(redirect(request.path) if draft.service_request_id else to_next_page(draft), visitor)
