"""The tasks of a department, the page of each, and adding one to a request."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from requests_app.access import get_request_or_404
from requests_app.actions.work import tasks as actions
from requests_app.core.paging import Order, page_or_first_page
from requests_app.models import OPEN, Task
from requests_app.rules.people import permissions
from requests_app.rules.publication import redaction
from requests_app.rules.work import crew_day
from requests_app.rules.work import tasks as rules
from staff_app.crew import result_form
from staff_app.crew.script_text import crew_words
from staff_app.decorators import StaffRequest, staff_page
from staff_app.queue import listing
from staff_app.tasks.forms import EndTaskForm, OrderForm, TaskForm, TeamForm

OLDEST: Order = [("id", "asc")]
PAGE_SIZE = 50


@dataclass(frozen=True)
class Forms:
    """Those of a task's page. team: None for those who don't give out work there."""

    end: EndTaskForm
    order: OrderForm
    team: TeamForm | None


@staff_page
def tasks(request: StaffRequest) -> HttpResponse:
    found = rules.open_tasks(request.user, request.jurisdiction).select_related(
        "department", "team", "service_request__service_version"
    )
    page = page_or_first_page(found, OLDEST, request.GET.get("cursor"), PAGE_SIZE)
    redaction.redact_tasks(request.user, page.rows, request.jurisdiction)
    redaction.redact_addresses(request.user, [row.service_request for row in page.rows], request.jurisdiction)
    today = listing.Moment.of(request.jurisdiction).now.astimezone(request.jurisdiction.zone).date()
    return render(
        request,
        "staff_app/tasks/tasks.html",
        {"tasks": page.rows, "today": today, "pager": page.urls(lambda cursor: f"?cursor={cursor}")},
    )


@staff_page
def task(request: StaffRequest, task_id: int) -> HttpResponse:
    """POST with act: done, dropped or open; team, for the team that does it; or order, for the work order of another system."""
    visible = rules.visible_to(request.user, request.jurisdiction)
    visible = visible.select_related("department", "team", "after", "service_request__service_version", "ended_by")
    row = visible.filter(pk=task_id).first()
    if row is None:
        raise Http404
    act = request.POST.get("act", "")
    forms = Forms(
        EndTaskForm(request.POST if act in (Task.State.DONE, Task.State.DROPPED) else None),
        OrderForm(request.POST if act == "order" else None, initial=_order(row)),
        TeamForm(request.POST if act == "team" else None, task=row) if rules.may_set_team(request.user, row) else None,
    )
    if request.method != "POST":
        return _page(request, row, forms)
    try:
        done = _act(request, row, act, forms)
    except actions.HasEnded:
        row = visible.get(pk=task_id)
        messages.error(request, _("Someone else already updated this: the task or its request has ended."))
        return _page(request, row, forms, typed=request.POST.get("note", ""), status=409)
    return done or _page(request, row, forms, status=422)


def _act(request: StaffRequest, row: Task, act: str, forms: Forms) -> HttpResponse | None:
    """None: something in the form is wrong. Raises actions.HasEnded."""
    if act == "order" and forms.order.is_valid():
        actions.link_order(row.pk, actions.OutsideOrder(**forms.order.cleaned_data), actor=request.user)
        messages.success(request, _("Work order saved."))
        return redirect("staff_app:task", row.pk)
    if act == "team" and forms.team is None:
        raise permissions.Denied("assign")
    if act == "team" and forms.team is not None and forms.team.is_valid():
        team = forms.team.cleaned_data["team"]
        actions.set_team(row.pk, team=team, actor=request.user)
        words = _("The task is on the day list of %(team)s.") % {"team": team}
        messages.success(request, words if team else _("The task belongs to the whole department."))
        return redirect("staff_app:task", row.pk)
    if act == Task.State.OPEN:
        actions.reopen(row.pk, actor=request.user)
        messages.success(request, _("The task is open again."))
        return redirect("staff_app:task", row.pk)
    if act in (Task.State.DONE, Task.State.DROPPED) and forms.end.is_valid():
        actions.end(row.pk, state=act, note=forms.end.cleaned_data["note"], actor=request.user)
        messages.success(request, _("Task ended. The department that has the request can see it."))
        return redirect("staff_app:tasks")
    return None


def _order(row: Task) -> dict[str, str]:
    return {"number": row.outside_number, "url": row.outside_url, "status": row.outside_status}


def _page(request: StaffRequest, row: Task, forms: Forms, *, typed: str = "", status: int = 200) -> HttpResponse:
    """typed: the note of somebody who was too late."""
    service_request = row.service_request
    redaction.redact_for(request.user, [service_request])
    redaction.redact_tasks(request.user, filter(None, [row, row.after]), request.jurisdiction)
    reads_words = rules.reads_words(request.user, service_request)
    can_work = row.state == Task.State.OPEN and service_request.status in OPEN
    photos = service_request.photos.filter(hidden_at=None, is_private=False).order_by("id")
    shown = list(photos) if reads_words and service_request.is_public else []
    if not permissions.reads_identity(request.user, service_request):
        redaction.redact_photos(shown)
    context: dict[str, Any] = {
        "task": row,
        "service_request": service_request,
        "reads_words": reads_words,
        "photos": shown,
        "waits": row.after is not None and row.after.state == Task.State.OPEN,
        "can_work": can_work,
        "can_reopen": row.state != Task.State.OPEN and service_request.status in OPEN,
        "form": forms.end,
        "typed": typed,
        "order_form": forms.order,
        "team_form": forms.team if can_work else None,
    }
    if can_work and crew_day.works_outside(request.user, request.jurisdiction):
        context |= {"script_text": crew_words(), **result_form.task_context(row, request.user)}
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
                form.add_error(None, _("This request has ended, so you can’t add tasks. Reopen it first."))
                status = 409
            else:
                messages.success(request, _("Task added. That department sees it in its list of tasks."))
                return redirect("staff_app:detail", service_request.reference)
    context = {"service_request": service_request, "form": form}
    return render(request, "staff_app/tasks/add_task.html", context, status=status)
