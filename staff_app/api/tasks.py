"""Tasks by API, whom they may be given to, and the work orders of other systems that they are kept in."""

from typing import Any

from django.utils.translation import gettext as _

from requests_app.actions.work import tasks as actions
from requests_app.api.framework.bodies import Body
from requests_app.api.framework.conditional import version_of
from requests_app.api.framework.parameters import Choice, Parameter, Query
from requests_app.api.framework.problems import FieldError, Problem, invalid_cursor, invalid_parameter
from requests_app.core.localized import localized
from requests_app.core.paging import BadCursor, Order, Page, page
from requests_app.models import Department, Jurisdiction, ServiceRequest, Task, Team, User
from requests_app.rules.shared import directory as directories
from requests_app.rules.work import tasks as rules
from staff_app.api import form_errors
from staff_app.api.base import denied
from staff_app.tasks.forms import EndTaskForm, OrderForm, TaskForm, TeamForm

OLDEST: Order = [("id", "asc")]
ALL, NO_TEAM = "all", "none"
FILTERS = (
    Choice(
        "state",
        "`all` includes tasks that have ended or can’t start yet.",
        example="all",
        values=("open", ALL),
        default="open",
    ),
    Parameter("department", "The code of a department.", example="PW", most=60),
    Parameter("team", "The id of a team, or `none` for tasks of the whole department.", example="4", most=18),
    Parameter(
        "number", "The number of a work order in another system, whatever its state.", example="WO-4711", most=60
    ),
)
RELATED = (
    "department",
    "team",
    "service_request__service",
    "service_request__service_version",
    "service_request__jurisdiction",
)


def listed(user: User, city: Jurisdiction, query: Query) -> Page[Task]:
    """Raises a 400 problem for what names nothing, and for a cursor that isn't ours."""
    if _unknown(query, directories.of(city)) and (errors := _unknown(query, directories.of(city, reload=True))):
        raise invalid_parameter(errors)
    every = query["number"] or query["state"] == ALL
    tasks = rules.visible_to(user, city) if every else rules.open_tasks(user, city)
    if query["department"]:
        tasks = tasks.filter(department__code=query["department"])
    if query["team"]:
        tasks = tasks.filter(team=None if query["team"] == NO_TEAM else int(query["team"]))
    if query["number"]:
        tasks = tasks.filter(outside_number=query["number"])
    try:
        return page(tasks.select_related(*RELATED), OLDEST, query["cursor"], query["limit"])
    except BadCursor:
        raise invalid_cursor() from None


def _unknown(query: Query, directory: directories.Directory) -> list[FieldError]:
    known = {
        "department": directory.department_by_code.keys(),
        "team": {NO_TEAM, *map(str, directory.teams)},
    }
    return [
        FieldError(name, "unknown-value", _("%(name)s was not found.") % {"name": name})
        for name, values in known.items()
        if query[name] and query[name] not in values
    ]


def find(user: User, city: Jurisdiction, task_id: int) -> Task:
    found = rules.visible_to(user, city).select_related(*RELATED).filter(pk=task_id).first()
    if found is None:
        raise Problem("not-found", _("Task not found, or you don’t have access to it."))
    return found


def version(task: Task) -> str:
    """Of what a program can change, for If-Match; a status in another system's words makes no event."""
    order = (task.outside_number, task.outside_url, task.outside_status)
    return version_of(task.pk, task.team_id, task.state, *order)


def add(service_request: ServiceRequest, data: Any, *, user: User) -> Task:
    """Call it in a transaction. Raises a 422 problem, and a 409 problem if the request has ended."""
    body = Body(data)
    sent = {
        "department": body.text("department", 60, required=True),
        "team": body.text("team", 18),
        "what": body.text("what", 500, required=True, lines=True),
        "due_on": body.text("due_on", 10),
        "after": body.text("after", 18),
    }
    order = _order(body)
    body.no_others()
    departments = Department.objects.filter(code=sent["department"], jurisdiction=service_request.jurisdiction)
    found = departments.values_list("pk", flat=True).first()
    form = TaskForm({**sent, "department": str(found or 0)}, service_request=service_request)
    for name in ("team", "after"):
        # The form has no field where there is nothing to choose.
        if sent[name] and name not in form.fields:
            body.refuse(name, "unknown-value", _("%(name)s was not found.") % {"name": name})
    form_errors.refuse(body, form)
    body.check()
    try:
        task = actions.add(service_request.pk, actor=user, **form.cleaned_data)
        return actions.link_order(task.pk, order, actor=user) if order else task
    except actions.HasEnded:
        raise _has_ended() from None


def departments(city: Jurisdiction) -> list[dict[str, Any]]:
    """Those that may be given a task, with their teams."""
    teams: dict[int, list[Team]] = {}
    for team in rules.teams_of(city).order_by("department", "code"):
        teams.setdefault(team.department_id, []).append(team)
    return [
        {
            "code": one.code,
            "name": localized(one.name),
            "teams": [{"id": str(team.pk), "name": str(team)} for team in teams.get(one.pk, [])],
        }
        for one in rules.may_be_given(city).order_by("code")
    ]


def change(task: Task, data: Any, *, user: User) -> None:
    """Call it in a transaction. Raises a 422 problem, a 409 problem if the task or its request has ended, and a 403 problem for a
    team by those who don't give out its department's work."""
    body = Body(data)
    order = _order(body)
    team = TeamForm({"team": body.text("team", 18)}, task=task) if "team" in body.data else None
    state = body.choice("state", list(Task.State.values), "")
    note = body.text("note", 4000, lines=True)
    body.no_others()
    if note and state not in (Task.State.DONE, Task.State.DROPPED):
        body.refuse("note", "not-taken", _("Send a note only when you end a task."))
    for form in (EndTaskForm({"note": note}), team):
        if form is not None:
            form_errors.refuse(body, form)
    body.check()
    if team is not None and not rules.may_set_team(user, task):
        raise denied("assign")
    try:
        # Only an open task changes its team, so before it ends or after it is open again.
        was_open = task.state == Task.State.OPEN
        if team is not None and was_open:
            actions.set_team(task.pk, team=team.cleaned_data["team"], actor=user)
        if order:
            actions.link_order(task.pk, order, actor=user)
            # Its status may have ended the task, or opened it again.
            task.refresh_from_db(fields=["state"])
        if state == Task.State.OPEN:
            actions.reopen(task.pk, actor=user)
        elif state and state != task.state:
            actions.end(task.pk, state=state, note=note, actor=user)
        if team is not None and not was_open:
            actions.set_team(task.pk, team=team.cleaned_data["team"], actor=user)
    except actions.HasEnded:
        raise _has_ended() from None


def _has_ended() -> Problem:
    return Problem("conflict", _("This task or its request has ended."))


def _order(body: Body) -> actions.OutsideOrder | None:
    if body.data.get("work_order") is None:
        body.read.add("work_order")
        return None
    inner = body.inner("work_order")
    number = inner.text("number", 60, required=True)
    sent = {"number": number, "url": inner.text("url", 300), "status": inner.text("status", 60)}
    inner.no_others()
    form = OrderForm(sent)
    form_errors.refuse(inner, form)
    return actions.OutsideOrder(**form.cleaned_data) if form.is_valid() else None
