"""Statuses of work orders that are kept in another system, from a CSV file."""

import csv
import io
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from requests_app.actions.work import tasks as actions
from requests_app.models import OutsideStatus, Task
from requests_app.rules.people import permissions
from requests_app.rules.work import tasks as rules
from staff_app.decorators import StaffRequest, staff_page
from staff_app.tasks.forms import STATE_WORDS, WorkOrdersForm

COLUMNS = ("task", "number", "link", "status")
ROWS_MAX = 5000


@dataclass(frozen=True)
class Row:
    line: int
    task: Task
    order: actions.OutsideOrder


@staff_page
def work_orders(request: StaffRequest) -> HttpResponse:
    """Nothing is saved until every row is right and every status has a meaning."""
    if rules.departments_of(request.user, request.jurisdiction) == []:
        raise permissions.Denied("accept")
    form = WorkOrdersForm(request.POST or None, request.FILES or None)
    if request.method != "POST":
        return render(request, "staff_app/tasks/work_orders.html", {"form": form})
    if not form.is_valid():
        return render(request, "staff_app/tasks/work_orders.html", {"form": form}, status=422)
    text: str = form.cleaned_data["rows"]
    rows, mistakes = _read(request, text)
    unknown = _unknown(rows) if not mistakes else []
    chosen = {(department, words): request.POST.get(name, "") for department, words, name in unknown}
    if mistakes or any(state not in STATE_WORDS for state in chosen.values()):
        context = {
            "form": WorkOrdersForm(initial={"rows": text}),
            "mistakes": mistakes[:50],
            "unknown": [(name, words) for _department, words, name in unknown],
            "states": STATE_WORDS.items(),
        }
        return render(request, "staff_app/tasks/work_orders.html", context, status=422)
    for department in {row.task.department for row in rows}:
        meanings = [(words, state) for (of, words), state in chosen.items() if of == department.pk]
        actions.map_statuses(department, meanings, actor=request.user)
    saved = sum(_save(row, request) for row in rows)
    words = ngettext("%(n)d work order saved.", "%(n)d work orders saved.", saved) % {"n": saved}
    messages.success(request, words)
    return redirect("staff_app:work_orders")


def _save(row: Row, request: StaffRequest) -> bool:
    try:
        actions.link_order(row.task.pk, row.order, actor=request.user)
    except actions.HasEnded:
        # Its request has ended since; its work order doesn't matter any more.
        return False
    return True


def _unknown(rows: list[Row]) -> list[tuple[int, str, str]]:
    """Statuses that nobody has said the meaning of: department, words, and the name of the field that asks."""
    said = {(row.task.department_id, row.order.status) for row in rows if row.order.status}
    departments = {department for department, _words in said}
    known = set(OutsideStatus.objects.filter(department__in=departments).values_list("department_id", "words"))
    return [(department, words, f"means-{number}") for number, (department, words) in enumerate(sorted(said - known))]


def _read(request: StaffRequest, text: str) -> tuple[list[Row], list[str]]:
    """The rows, and what is wrong with the others, by line."""
    reader = csv.DictReader(io.StringIO(text), skipinitialspace=True)
    names = {str(name or "").strip().lower() for name in reader.fieldnames or []}
    if not {"number", "status"} <= names:
        return [], [_("Line 1: the heading needs “number” and “status”, and “task” for work orders we don’t know yet.")]
    reader.fieldnames = [str(name or "").strip().lower() for name in reader.fieldnames or []]
    numbered_rows = [(reader.line_num, {name: str(row.get(name) or "").strip() for name in COLUMNS}) for row in reader]
    if len(numbered_rows) > ROWS_MAX:
        return [], [_("More than %(most)s rows. Split the file.") % {"most": ROWS_MAX}]
    mine = rules.visible_to(request.user, request.jurisdiction).select_related("department")
    ids = {int(row["task"]) for _line, row in numbered_rows if row["task"].isdecimal() and len(row["task"]) < 19}
    by_id = mine.in_bulk(ids)
    numbers = [row["number"] for _line, row in numbered_rows if not row["task"]]
    by_number = {one.outside_number: one for one in mine.filter(outside_number__in=numbers).order_by("id")}
    rows, mistakes = [], []
    for line, row in numbered_rows:
        found = by_id.get(int(row["task"])) if row["task"].isdecimal() else by_number.get(row["number"])
        if (wrong := _wrong(row, found)) or found is None:
            mistakes.append(_("Line %(line)d: %(wrong)s") % {"line": line, "wrong": wrong})
        else:
            order = actions.OutsideOrder(row["number"], row["link"] or found.outside_url, row["status"])
            rows.append(Row(line, found, order))
    return rows, mistakes


def _wrong(row: dict[str, str], task: Task | None) -> str:
    if task is None and row["task"]:
        return _("your departments have no task %(task)s.") % {"task": row["task"][:40]}
    if task is None:
        return _("no task has the work order %(number)s. Name the task, too.") % {"number": row["number"][:60] or "?"}
    if not row["number"]:
        return _("the number is missing.")
    if len(row["number"]) > 60 or len(row["status"]) > 60:
        return _("a number or status has more than 60 characters.")
    if row["link"]:
        try:
            URLValidator(schemes=["https", "http"])(row["link"])
        except ValidationError:
            return _("“%(link)s” isn’t a web address.") % {"link": row["link"][:60]}
    return ""
