"""Approve the emergency check of a service, say that it needs no article, and go live with it."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.setup import go_live as actions
from requests_app.clock import app_now
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_services
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.go_live.forms import ApprovalForm
from staff_app.setup.go_live.go_live import get_service_or_404, show

log = structlog.get_logger(__name__)


@staff_page
@require_POST
def approve_emergency(request: StaffRequest, service_code: str) -> HttpResponse:
    """Answers 409 if the emergency check was changed after the page was loaded."""
    service = get_service_or_404(request, service_code)
    form = ApprovalForm(request.POST, today=app_now().astimezone(request.jurisdiction.zone).date())
    if not form.is_valid():
        return show(request, service, form=form, status=422)
    emergency = rules.emergency_words(written_services([service])[service.pk], request.jurisdiction)
    is_seen = request.POST.get("seen") == rules.fingerprint(emergency)
    try:
        is_stored = is_seen and actions.approve_emergency(
            service, **form.cleaned_data, seen=emergency, actor=request.user
        )
    except rules.NotReady:
        # The list says why.
        return show(request, service, form=form, status=422)
    if not is_stored:
        return show(request, service, form=form, status=409, has_changed=True)
    log.info("emergency_check_approved", service_id=service.pk, user_id=request.user.pk)
    messages.success(request, _("The emergency check is approved."))
    return redirect("staff_app:service_go_live", service.service_code)


@staff_page
@require_POST
def no_article(request: StaffRequest, service_code: str) -> HttpResponse:
    service = get_service_or_404(request, service_code)
    actions.set_no_article(service, needs_none="needs_none" in request.POST, actor=request.user)
    messages.success(request, _("Saved."))
    return redirect("staff_app:service_go_live", service.service_code)


@staff_page
@require_POST
def offer_service(request: StaffRequest, service_code: str) -> HttpResponse:
    """POST offer=1: residents can use it from now on; offer=0: they can't. Answers 409 if something is missing."""
    service = get_service_or_404(request, service_code)
    offered = request.POST.get("offer") == "1"
    try:
        actions.set_offered(service, offered=offered, actor=request.user)
    except actions.NotReady:
        return show(request, service, status=409, is_early=True)
    log.info("service_offered", service_id=service.pk, offered=offered, user_id=request.user.pk)
    if not offered:
        messages.success(request, _("Nobody can use it anymore."))
    elif service.is_for_staff:
        messages.success(request, _("Staff can use it now."))
    else:
        messages.success(request, _("Residents can use it now."))
    return redirect("staff_app:service_go_live", service.service_code)
