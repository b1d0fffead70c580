"""The tasks of a department, the page of each, and adding one to a request."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.actions import tasks as actions
from requests_app.models import OPEN, Task
from requests_app.paging import Order, page_or_first_page
from requests_app.rules import redaction
from requests_app.rules import tasks as rules
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.tasks.forms import EndTaskForm, OrderForm, TaskForm

OLDEST: Order = [("id", "asc")]
PAGE_SIZE = 50


@staff_page
def tasks(request: StaffRequest) -> HttpResponse:
    found = rules.open_tasks(request.user, request.jurisdiction).select_related(
        "department", "service_request__service_version"
    )
    page = page_or_first_page(found, OLDEST, request.GET.get("cursor"), PAGE_SIZE)
    today = listing.Moment.of(request.jurisdiction).now.astimezone(request.jurisdiction.zone).date()
    return render(
        request,
        "staff_app/tasks/tasks.html",
        {"tasks": page.rows, "today": today, "pager": page.urls(lambda cursor: f"?cursor={cursor}")},
    )


@staff_page
def task(request: StaffRequest, task_id: int) -> HttpResponse:
    """POST with act: done, dropped or open; or order, for the work order of another system."""
    found = rules.visible_to(request.user, request.jurisdiction)
    found = found.select_related("department", "after", "service_request__service_version", "ended_by")
    row = found.filter(pk=task_id).first()
    if row is None:
        raise Http404
    form, order_form = EndTaskForm(), OrderForm(initial=_order(row))
    act = request.POST.get("act", "")
    if request.method == "POST":
        if act == "order":
            order_form = OrderForm(request.POST)
        else:
            form = EndTaskForm(request.POST)
        try:
            if act == "order" and order_form.is_valid():
                actions.link_order(row.pk, actions.OutsideOrder(**order_form.cleaned_data), actor=request.user)
                messages.success(request, _("Work order saved."))
                return redirect("staff_app:task", row.pk)
            if act == Task.State.OPEN:
                actions.reopen(row.pk, actor=request.user)
                messages.success(request, _("The task is open again."))
                return redirect("staff_app:task", row.pk)
            if act in (Task.State.DONE, Task.State.DROPPED) and form.is_valid():
                actions.end(row.pk, state=act, note=form.cleaned_data["note"], actor=request.user)
                messages.success(request, _("Task ended. The department that has the request can see it."))
                return redirect("staff_app:tasks")
        except actions.HasEnded:
            row = found.get(pk=task_id)
            messages.error(request, _("Someone else was faster: this task or its request has ended."))
            return _page(request, row, form, order_form, typed=request.POST.get("note", ""), status=409)
        return _page(request, row, form, order_form, status=422)
    return _page(request, row, form, order_form)


def _order(row: Task) -> dict[str, str]:
    return {"number": row.outside_number, "url": row.outside_url, "status": row.outside_status}


def _page(
    request: StaffRequest, row: Task, form: EndTaskForm, order_form: OrderForm, *, typed: str = "", status: int = 200
) -> HttpResponse:
    """typed: the note of somebody who was too late."""
    service_request = row.service_request
    redaction.redact_for(request.user, [service_request])
    reads_words = rules.reads_words(request.user, service_request)
    context: dict[str, Any] = {
        "task": row,
        "service_request": service_request,
        "reads_words": reads_words,
        "photos": service_request.photos.filter(hidden_at=None, is_private=False).order_by("id")
        if reads_words and service_request.is_public
        else [],
        "waits": row.after is not None and row.after.state == Task.State.OPEN,
        "can_work": row.state == Task.State.OPEN and service_request.status in OPEN,
        "can_reopen": row.state != Task.State.OPEN and service_request.status in OPEN,
        "form": form,
        "typed": typed,
        "order_form": order_form,
    }
    return render(request, "staff_app/tasks/task.html", context, status=status)


@staff_page
def add_task(request: StaffRequest, reference: str) -> HttpResponse:
    service_request = get_request_or_404(request.user, reference, "assign", jurisdiction=request.jurisdiction)
    form = TaskForm(request.POST or None, service_request=service_request)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                actions.add(service_request.pk, actor=request.user, **form.cleaned_data)
            except actions.HasEnded:
                form.add_error(None, _("This request has ended, so it gets no more tasks. Reopen it first."))
                status = 409
            else:
                messages.success(request, _("Task added. That department sees it in its list of tasks."))
                return redirect("staff_app:detail", service_request.reference)
    context = {"service_request": service_request, "form": form}
    return render(request, "staff_app/tasks/add_task.html", context, status=status)
