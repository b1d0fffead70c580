"""Tasks by API, whom they may be given to, and the work orders of other systems that they are kept in."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from requests_app.actions.work import tasks as actions
from requests_app.api.framework.conditional import version_of
from requests_app.api.framework.problems import Problem, unknown_values
from requests_app.api.framework.query_fields import ChoiceParameter, TextParameter
from requests_app.api.v1.base import PageQuerySerializer
from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, ServiceRequest, Task, Team, User
from requests_app.rules.shared import directory as directories
from requests_app.rules.work import tasks as rules
from staff_app.api.base import denied

ALL, NO_TEAM = "all", "none"


class TasksQuerySerializer(PageQuerySerializer):
    state = ChoiceParameter(
        choices=["open", ALL],
        default="open",
        help_text="`all` includes tasks that have ended or can’t start yet.",
        example="all",
    )
    department = TextParameter(max_length=60, help_text="The code of a department.", example="PW")
    team = TextParameter(
        max_length=18, help_text="The id of a team, or `none` for tasks of the whole department.", example="4"
    )
    number = TextParameter(
        max_length=60,
        help_text="The number of a work order in another system, whatever its state.",
        example="WO-4711",
    )


RELATED = (
    "department",
    "team",
    "service_request__service",
    "service_request__service_version",
    "service_request__jurisdiction",
)


def listed(user: User, city: Jurisdiction, query: Mapping[str, Any]) -> QuerySet[Task]:
    """Raises a 400 problem for what names nothing."""
    if _unknown(query, directories.of(city)) and (names := _unknown(query, directories.of(city, reload=True))):
        raise unknown_values(names)
    every = query["number"] or query["state"] == ALL
    tasks = rules.visible_to(user, city) if every else rules.open_tasks(user, city)
    if query["department"]:
        tasks = tasks.filter(department__code=query["department"])
    if query["team"]:
        tasks = tasks.filter(team=None if query["team"] == NO_TEAM else int(query["team"]))
    if query["number"]:
        tasks = tasks.filter(outside_number=query["number"])
    return tasks.select_related(*RELATED)


def _unknown(query: Mapping[str, Any], directory: directories.Directory) -> list[str]:
    known = {
        "department": directory.department_by_code.keys(),
        "team": {NO_TEAM, *map(str, directory.teams)},
    }
    return [name for name, values in known.items() if query[name] and query[name] not in values]


def find(user: User, city: Jurisdiction, task_id: int) -> Task:
    found = rules.visible_to(user, city).select_related(*RELATED).filter(pk=task_id).first()
    if found is None:
        raise Problem("not-found", _("Task not found, or you don’t have access to it."))
    return found


def version(task: Task) -> str:
    """Of what a program can change, for If-Match; a status in another system's words makes no event."""
    order = (task.outside_number, task.outside_url, task.outside_status)
    return version_of(task.pk, task.team_id, task.state, *order)


def add(service_request: ServiceRequest, sent: Mapping[str, Any], *, user: User) -> Task:
    """sent: of a valid NewTaskSerializer. Call it in a transaction. Raises a 409 problem if the request has ended."""
    given = dict(sent)
    order = _order(given.pop("work_order"))
    try:
        task = actions.add(service_request.pk, actor=user, **given)
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


def change(task: Task, sent: Mapping[str, Any], *, user: User) -> None:
    """sent: of a valid TaskEditSerializer. Call it in a transaction. Raises a 409 problem if the task or its request has ended, and
    a 403 problem for a team by those who don't give out its department's work."""
    order, state, sets_team = _order(sent["work_order"]), sent["state"], "team" in sent
    if sets_team and not rules.may_set_team(user, task):
        raise denied("assign")
    try:
        # Only an open task changes its team, so before it ends or after it is open again.
        was_open = task.state == Task.State.OPEN
        if sets_team and was_open:
            actions.set_team(task.pk, team=sent["team"], actor=user)
        if order:
            actions.link_order(task.pk, order, actor=user)
            # Its status may have ended the task, or opened it again.
            task.refresh_from_db(fields=["state"])
        if state == Task.State.OPEN:
            actions.reopen(task.pk, actor=user)
        elif state and state != task.state:
            actions.end(task.pk, state=state, note=sent["note"], actor=user)
        if sets_team and not was_open:
            actions.set_team(task.pk, team=sent["team"], actor=user)
    except actions.HasEnded:
        raise _has_ended() from None


def _has_ended() -> Problem:
    return Problem("conflict", _("This task or its request has ended."))


def _order(sent: Mapping[str, str] | None) -> actions.OutsideOrder | None:
    return actions.OutsideOrder(**sent) if sent and sent["number"] else None
