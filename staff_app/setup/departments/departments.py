"""Departments: the list, adding and changing one, and closing it once nothing points to it."""

from functools import partial

import structlog
from django.contrib import messages
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.setup import departments as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.models import Department, Team
from requests_app.rules.routing import consequences
from requests_app.rules.routing.routing import written_rule
from requests_app.rules.routing.words import sentence_of
from requests_app.rules.setup.department_use import COUNT_MAX, department_use
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.departments.forms import DepartmentForm, MoveForm, taken_words
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/departments/department.html"


@staff_page
def departments(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    language = request.LANGUAGE_CODE if request.LANGUAGE_CODE in city.languages else city.languages[0]
    rows = Department.objects.filter(jurisdiction=city).select_related("calendar")
    listed = listing(
        request,
        rows.annotate(title=KeyTextTransform(language, "name")),
        caption=gettext_lazy("Departments"),
        columns={
            "name": Column(gettext_lazy("Name"), ("title", "id")),
            "code": Column(gettext_lazy("Code"), ("code", "id")),
            "email": Column(gettext_lazy("Email"), ("email", "id")),
            "phone": Column(gettext_lazy("Phone")),
            "calendar": Column(gettext_lazy("Calendar")),
        },
        row_template="staff_app/setup/departments/_department_row.html",
        empty=gettext_lazy("No departments yet. Every service needs one that does the work."),
        search=[*(f"name__{one}" for one in city.languages), "code", "email"],
    )
    return render(request, "staff_app/setup/departments/departments.html", {"list": listed})


@staff_page
def new_department(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    return _edit(request, Department(jurisdiction=request.jurisdiction))


@staff_page
def department(request: StaffRequest, department_id: int) -> HttpResponse:
    return _edit(request, get_city_row_or_404(request, "administer", Department, department_id))


def _edit(request: StaffRequest, row: Department) -> HttpResponse:
    edit = edit_row(request, partial(DepartmentForm, department=row), actions.DEPARTMENT, row)
    form = edit.form
    teams = Team.objects.filter(department=row).order_by("-active", "code") if row.pk else []
    context = {"department": row, "teams": teams}
    if edit.is_valid():
        try:
            saved = actions.DEPARTMENT.save(row, actor=request.user, seen=edit.seen, **form.columns())
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except NameTaken:
            # Somebody else took the code after the form had checked it.
            form.add_error("code", taken_words(form.cleaned_data["code"]))
        else:
            log.info("department_saved", department_id=saved.pk, user_id=request.user.pk)
            messages.success(request, edit.saved(_("%(name)s was saved.") % {"name": saved}))
            return redirect("staff_app:department", saved.pk)
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
def close_department(request: StaffRequest, department_id: int) -> HttpResponse:
    """Says what points to it and moves what can be moved; then closes it."""
    row = get_city_row_or_404(request, "administer", Department, department_id)
    moving = "move" in request.POST
    form = MoveForm(request.POST if moving else None, department=row)
    status = 200
    if moving and form.is_valid():
        to = form.cleaned_data["to"]
        actions.move_everything(row, to, actor=request.user)
        log.info("department_moved", department_id=row.pk, to_id=to.pk, user_id=request.user.pk)
        messages.success(request, _("Everything that could be moved went to %(name)s.") % {"name": to})
        return redirect("staff_app:close_department", row.pk)
    if moving:
        status = 422
    elif request.method == "POST":
        try:
            actions.close_department(row, actor=request.user)
        except actions.StillUsed:
            status = 409
        else:
            log.info("department_closed", department_id=row.pk, user_id=request.user.pk)
            messages.success(request, _("%(name)s is closed.") % {"name": row})
            return redirect("staff_app:department", row.pk)
    use, names = department_use(row), Names(request.jurisdiction)
    context = {
        "form": form,
        "department": row,
        "use": use,
        "rules": [sentence_of(written_rule(rule), names) for rule in use.rules],
        "affected": consequences.of_change(request.jurisdiction, lambda known: known.without_department(row.code))
        if use.is_free
        else [],
        "has_more": use.open_requests > COUNT_MAX,
        "most": COUNT_MAX,
    }
    return render(request, "staff_app/setup/departments/close_department.html", context, status=status)


@staff_page
@require_POST
def reopen_department(request: StaffRequest, department_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", Department, department_id)
    actions.DEPARTMENT.change(row.pk, actor=request.user, active=True)
    log.info("department_reopened", department_id=row.pk, user_id=request.user.pk)
    messages.success(request, _("%(name)s is open again.") % {"name": row})
    return redirect("staff_app:department", row.pk)
