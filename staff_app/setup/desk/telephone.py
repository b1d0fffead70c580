"""The address for the city's telephone system: made, replaced, ended; and a test ring at the administrator's own desk."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app import links
from requests_app.actions.setup import telephone_links
from requests_app.models import TelephoneLink
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.phone import test_ring

log = structlog.get_logger(__name__)


@staff_page
def telephone_setup(request: StaffRequest) -> HttpResponse:
    """The address is shown in the answer to the POST that makes it, and never again."""
    need_in_city(request, "administer")
    if "test" in request.POST:
        test_ring(request.jurisdiction, request.user)
        messages.success(request, _("A test call is ringing. Nothing is counted."))
        return redirect("staff_app:telephone_setup")
    if "end" in request.POST:
        telephone_links.end(request.jurisdiction, actor=request.user)
        log.info("telephone_link_ended", user_id=request.user.pk)
        messages.success(request, _("The telephone system can’t send anything anymore."))
        return redirect("staff_app:telephone_setup")
    address = ""
    if request.method == "POST":
        _link, token = telephone_links.replace(request.jurisdiction, actor=request.user)
        log.info("telephone_link_replaced", user_id=request.user.pk)
        address = links.base_url(request.jurisdiction) + reverse("call_event", args=[token])
    link = TelephoneLink.objects.filter(jurisdiction=request.jurisdiction).first()
    return render(request, "staff_app/setup/desk/telephone.html", {"link": link, "address": address})
