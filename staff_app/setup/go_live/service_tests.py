"""Test a service: its real pages, in which only the tester sees what is sent, and the mark that it came out right."""

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.report import drafts
from requests_app.actions.setup import go_live as actions
from requests_app.models import ServiceTest
from requests_app.visitor import get_visitor, set_visitor_cookie
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.go_live.go_live import get_service_or_404

log = structlog.get_logger(__name__)


@staff_page
@require_POST
def start_test(request: StaffRequest, service_code: str) -> HttpResponse:
    """Begins a report on the residents' pages. It is a test: only this member of staff can open it."""
    service = get_service_or_404(request, service_code)
    if service.current is None:
        messages.error(request, _("There’s nothing to test yet. Write the service first."))
        return redirect("staff_app:service_go_live", service.service_code)
    visitor = get_visitor(request)
    draft = drafts.create(
        request.jurisdiction,
        visitor=visitor,
        language=request.LANGUAGE_CODE,
        tester=request.user,
        tested_version=service.current,
        service=service.service_code,
    )
    log.info("service_test_started", service_id=service.pk, user_id=request.user.pk)
    return set_visitor_cookie(redirect("requests_app:problem", draft.pk), visitor)


@staff_page
@require_POST
def pass_test(request: StaffRequest, service_code: str, test_id: int) -> HttpResponse:
    service = get_service_or_404(request, service_code)
    test = get_object_or_404(ServiceTest.objects.select_related("service_request"), pk=test_id, service=service)
    made = test.service_request
    if made is None:
        raise Http404
    if made.routed_at is None and not made.in_triage:
        messages.error(request, _("It isn’t routed yet. Reload this page in a moment."))
        return redirect("staff_app:service_go_live", service.service_code)
    actions.pass_test(test, actor=request.user)
    messages.success(request, _("The test has passed."))
    return redirect("staff_app:service_go_live", service.service_code)
