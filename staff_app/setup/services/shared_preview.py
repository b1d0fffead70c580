"""A draft's preview for review, behind a link that shows that draft's form and nothing else; making and ending the link."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST

from requests_app import links
from requests_app.actions.setup import draft_links
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.services.editing import Editing, load
from staff_app.setup.services.preview import walk

USES_AN_HOUR = 300


@staff_page
@require_POST
def share_draft(request: StaffRequest, code: str) -> HttpResponse:
    """POST end: the link ends now. Otherwise makes a new one."""
    draft = load(request, code).draft
    if draft is None:
        messages.error(request, _("There’s no draft to share. Somebody published or discarded it."))
    elif "end" in request.POST:
        draft_links.end(draft, actor=request.user)
        messages.success(request, _("The link has ended. It shows nothing anymore."))
    else:
        draft_links.share(draft, actor=request.user)
        messages.success(request, _("Anyone with the link can see the draft’s form for 14 days."))
    return redirect(f"{reverse('staff_app:service', args=[code])}#share")


@cache_control(private=True, no_store=True)
@require_http_methods(["GET", "HEAD", "POST"])
def shared_preview(request: CityRequest, token: str) -> HttpResponse:
    """The form to walk through; a POST stores nothing. 404 once the link has ended, as for one that never was."""
    if not limits.allow(request, "shared_preview", USES_AN_HOUR):
        return render(request, "requests_app/request/too_many.html", {"message": too_many_requests()}, status=429)
    link = links.find_service_draft_link(token, request.jurisdiction)
    if link is None:
        raise Http404
    draft = link.draft
    return walk(request, Editing(draft.jurisdiction, draft.service_code, draft.service, draft), is_shared=True)
