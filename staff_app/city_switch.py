"""From one city's pages to another's, for staff of both. Each host has a session of its own."""

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from requests_app import links
from requests_app.actions.people import city_switch as actions
from requests_app.models import Jurisdiction
from staff_app.decorators import StaffRequest, staff_page
from staff_app.sign_in import BY_PROVIDER, start_session

log = structlog.get_logger(__name__)


@staff_page
@require_POST
def switch_city(request: StaffRequest, jurisdiction_id: int) -> HttpResponse:
    """Answers with a page that leads on, since a form may not send anybody to another host (CSP, form-action)."""
    # 404, not 403: who doesn't work there need not know that it is here.
    there = get_object_or_404(
        Jurisdiction.objects.filter(memberships__user=request.user).distinct().defer("boundary"), pk=jurisdiction_id
    )
    if there.pk == request.jurisdiction.pk:
        return redirect("staff_app:queue")
    if request.session.get(BY_PROVIDER):
        # One city's provider must not open another city's pages.
        url = links.base_url(there) + reverse("account_login")
        return render(request, "staff_app/switch_city.html", {"there": there, "url": url, "must_sign_in": True})
    switch = actions.start(request.user, there)
    url = links.city_switch_url(switch)
    response = render(request, "staff_app/switch_city.html", {"there": there, "url": url})
    response["Refresh"] = f"0; url={url}"
    return response


def arrive(request: HttpRequest, token: str) -> HttpResponse:
    """GET asks, so that nobody is signed in as somebody else by a link they were sent; POST uses the link up."""
    city: Jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    switch = links.find_city_switch(token, city)
    if switch is None:
        raise Http404
    if actions.is_over(switch):
        return render(request, "staff_app/arrive.html", {"is_over": True}, status=410)
    if request.method != "POST":
        return render(request, "staff_app/arrive.html", {"person": switch.user})
    try:
        user = actions.use(switch)
    except (actions.LinkExpired, actions.NotAMember):
        return render(request, "staff_app/arrive.html", {"is_over": True}, status=410)
    start_session(request, user, method="")
    log.info("city_switched", user_id=user.pk)
    return redirect("staff_app:queue")
