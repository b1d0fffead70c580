"""Teams of departments: the list, adding and changing one, and ending it."""

from functools import partial

import structlog
from django.contrib import messages
from django.db.models import Count, F
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.actions.setup import departments as actions
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.models import Department, Team
from requests_app.rules.routing import consequences
from requests_app.rules.setup.department_use import COUNT_MAX, open_in_team
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.departments.forms import EndTeamForm, TeamForm, taken_words
from staff_app.setup.edit import edit_row
from staff_app.setup.listing import Column, listing

log = structlog.get_logger(__name__)

PAGE = "staff_app/setup/departments/team.html"


@staff_page
def teams(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    language = request.LANGUAGE_CODE if request.LANGUAGE_CODE in city.languages else city.languages[0]
    rows = Team.objects.filter(department__jurisdiction=city).select_related("department")
    listed = listing(
        request,
        rows.annotate(
            title=KeyTextTransform(language, "name"),
            department_code=F("department__code"),
            people=Count("members"),
        ),
        caption=gettext_lazy("Teams"),
        columns={
            "name": Column(gettext_lazy("Name"), ("title", "id")),
            "department": Column(gettext_lazy("Department"), ("department_code", "id")),
            "people": Column(gettext_lazy("Members"), is_number=True),
        },
        row_template="staff_app/setup/departments/_team_row.html",
        empty=gettext_lazy("No teams yet. Add one from its department’s page."),
        search=[*(f"name__{one}" for one in city.languages), "code", "department__code"],
    )
    open_departments = Department.objects.filter(jurisdiction=city, active=True).order_by("code")
    context = {"list": listed, "departments": open_departments}
    return render(request, "staff_app/setup/departments/teams.html", context)


@staff_page
def new_team(request: StaffRequest, department_id: int) -> HttpResponse:
    department = get_city_row_or_404(request, "administer", Department, department_id)
    return _edit(request, Team(department=department))


@staff_page
def team(request: StaffRequest, team_id: int) -> HttpResponse:
    return _edit(request, _team(request, team_id))


def _edit(request: StaffRequest, row: Team) -> HttpResponse:
    edit = edit_row(request, partial(TeamForm, team=row), actions.TEAM, row)
    form = edit.form
    context = {"team": row, "department": row.department}
    if edit.is_valid():
        try:
            saved = actions.TEAM.save(row, actor=request.user, seen=edit.seen, **form.columns())
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        except NameTaken:
            # Somebody else took the code after the form had checked it.
            form.add_error("code", taken_words(form.cleaned_data["code"]))
        else:
            log.info("team_saved", team_id=saved.pk, user_id=request.user.pk)
            messages.success(request, edit.saved(_("%(name)s was saved.") % {"name": saved}))
            return redirect("staff_app:department", saved.department_id)
    return edit_page(request, PAGE, context, form, edit=edit)


@staff_page
def end_team(request: StaffRequest, team_id: int) -> HttpResponse:
    """Asks where its open requests go."""
    row = _team(request, team_id)
    form = EndTeamForm(request.POST if request.method == "POST" else None, team=row)
    if form.is_valid():
        moved = actions.end_team(row, to=form.cleaned_data["to"], actor=request.user)
        log.info("team_ended", team_id=row.pk, moved=moved, user_id=request.user.pk)
        words = ngettext(
            "%(name)s has ended, and %(count)d open request was moved.",
            "%(name)s has ended, and %(count)d open requests were moved.",
            moved,
        )
        messages.success(request, words % {"name": row, "count": moved})
        return redirect("staff_app:department", row.department_id)
    count = open_in_team(row)
    department, code = row.department, row.code
    affected = consequences.of_change(request.jurisdiction, lambda known: known.without_team(department.code, code))
    context = {
        "form": form,
        "team": row,
        "count": count,
        "has_more": count > COUNT_MAX,
        "most": COUNT_MAX,
        "affected": affected,
    }
    return render(request, "staff_app/setup/departments/end_team.html", context, status=422 if form.errors else 200)


def _team(request: StaffRequest, team_id: int) -> Team:
    need_in_city(request, "administer")
    teams = Team.objects.select_related("department__jurisdiction")
    return get_object_or_404(teams, pk=team_id, department__jurisdiction=request.jurisdiction)
