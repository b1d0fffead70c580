"""Outbox tasks that failed for good, with a button to retry each."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app import outbox as queue
from requests_app.models import OutboxRow
from requests_app.paging import Order, page_or_first_page
from requests_app.rules import permissions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.request import timeline

NEWEST_DEAD: Order = [("dead_at", "desc"), ("id", "desc")]


@staff_page
def outbox(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "read_outbox")
    dead = OutboxRow.objects.filter(service_request__jurisdiction=request.jurisdiction).exclude(dead_at=None)
    dead = dead.select_related("service_request")
    found = page_or_first_page(dead, NEWEST_DEAD, request.GET.get("cursor"))
    context = {
        "rows": [
            # Only users who may open the request see its reference.
            {
                "row": row,
                "what": timeline.outbox_words(row.kind),
                "may_open": row.service_request and permissions.can(request.user, "view", row.service_request),
            }
            for row in found.rows
        ],
        "pager": found.urls(),
    }
    return render(request, "staff_app/setup/outbox.html", context)


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
