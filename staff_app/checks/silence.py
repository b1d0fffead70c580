"""Requests that went without a public update for too long, and why. Nothing that is answered here is posted."""

from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.actions.promises import silence as actions
from requests_app.clock import app_now
from requests_app.models import ServiceRequest, SilenceQuestion
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work.attention import ATTENTION
from staff_app.checks.forms import SilenceForm
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue.listing import matching

SHOWN = 100


@staff_page
def silent(request: StaffRequest) -> HttpResponse:
    """Those I may see, the longest silence first."""
    question = SilenceQuestion.objects.filter(service_request=OuterRef("pk"), answered_at=None, ended_at=None)
    visible = permissions.visible_filter(request.user, "note", triage=False)
    service_requests = (
        ServiceRequest.objects.open()
        .filter(visible, Exists(question), jurisdiction=request.jurisdiction)
        .select_related("service_version", "assignee", "department")
        .only(
            "reference", "status", "address", "submitted_at", "last_public_message_at", "assignee__name",
            "department__name", "service_version__name",
        )
        .order_by("submitted_at", "id")[:SHOWN]
    )  # fmt: skip
    redaction.redact_addresses(request.user, service_requests, request.jurisdiction)
    now = app_now()
    rows: list[dict[str, Any]] = [
        {"request": one, "days": (now - (one.last_public_message_at or one.submitted_at)).days}
        for one in service_requests
    ]
    rows.sort(key=lambda row: row["request"].last_public_message_at or row["request"].submitted_at)
    everywhere = matching(ATTENTION["silent"].query, request.user, request.jurisdiction)
    context = {
        "rows": rows,
        "days": request.jurisdiction.silent_days,
        "silent": everywhere.count(),
        "queue_url": f"{reverse('staff_app:queue')}?{urlencode(ATTENTION['silent'].query)}",
    }
    return render(request, "staff_app/checks/silent.html", context)


@staff_page
def answer_silence(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "note", jurisdiction=request.jurisdiction)
    form = SilenceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason, note = form.cleaned_data["reason"], form.cleaned_data["note"]
        if actions.answer(service_request.pk, reason=reason, text=note, actor=request.user):
            days = request.jurisdiction.silent_days
            messages.success(request, _("Thank you. We’ll ask again in %(days)s days.") % {"days": days})
        else:
            messages.info(request, _("It’s been updated, or someone gave a reason."))
        return redirect("staff_app:silent")
    context = {"form": form, "service_request": service_request}
    return render(request, "staff_app/checks/answer_silence.html", context, status=422 if form.errors else 200)
