"""Outbox tasks that failed for good, with a button to retry each."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app import outbox as queue
from requests_app.models import OutboxRow
from requests_app.rules import permissions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.request import timeline
from staff_app.setup.listing import Column, listing

COLUMNS = {
    "task": Column(gettext_lazy("Task"), ("kind", "id")),
    "request": Column(gettext_lazy("Request")),
    "error": Column(gettext_lazy("Error")),
    "attempts": Column(gettext_lazy("Attempts"), is_number=True),
    "failed": Column(gettext_lazy("Failed"), ("dead_at", "id")),
    "actions": Column(gettext_lazy("Actions")),
}


@staff_page
def outbox(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "read_outbox")
    dead = OutboxRow.objects.filter(service_request__jurisdiction=request.jurisdiction).exclude(dead_at=None)
    dead = dead.select_related("service_request")
    found = listing(
        request,
        dead,
        caption=_("Failed tasks"),
        columns=COLUMNS,
        row_template="staff_app/setup/_task_row.html",
        empty=_("No failed tasks."),
        order="-failed",
        describe=lambda rows: [_described(request, row) for row in rows],
    )
    return render(request, "staff_app/setup/outbox.html", {"list": found})


def _described(request: StaffRequest, row: OutboxRow) -> dict[str, Any]:
    """Only users who may open the request see its reference."""
    return {
        "row": row,
        "what": timeline.outbox_words(row.kind),
        "may_open": row.service_request and permissions.can(request.user, "view", row.service_request),
    }


@staff_page
@require_POST
def retry_outbox_row(request: StaffRequest, row_id: int) -> HttpResponse:
    need_in_city(request, "read_outbox")
    if not OutboxRow.objects.filter(pk=row_id, service_request__jurisdiction=request.jurisdiction).exists():
        raise Http404
    if queue.retry(row_id):
        messages.success(request, _("Trying again now."))
    else:
        messages.info(request, _("It was already done or retried."))
    return redirect("staff_app:outbox")
