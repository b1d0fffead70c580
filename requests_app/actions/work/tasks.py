"""Tasks of a request: adding, giving to a team, ending and reopening them, and work orders of other systems."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from requests_app import events
from requests_app.actions.shared import setup_changes
from requests_app.actions.work import conversation, holds
from requests_app.clock import app_now
from requests_app.models import OPEN, Department, OutsideStatus, ServiceRequest, Status, Task, Team, User
from requests_app.models.service_request import WAITS_FOR_TASKS


class HasEnded(Exception):
    """The task's request has ended, or the task itself."""


@transaction.atomic
def add(
    pk: int,
    *,
    department: Department,
    what: str,
    actor: User,
    team: Team | None = None,
    after: Task | None = None,
    due_on: dt.date | None = None,
) -> Task:
    """Gives a department, or one of its teams, its part of the work. Raises HasEnded."""
    service_request = _locked_and_open(pk)
    task = Task.objects.create(
        service_request=service_request,
        department=department,
        team=team,
        what=what,
        after=after,
        due_on=due_on,
        created_by=actor,
    )
    events.record(service_request, "task_added", actor=actor, task_id=task.pk, department_id=department.pk)
    return task


@transaction.atomic
def set_team(task_id: int, *, team: Team | None, actor: User) -> Task:
    """Gives the task to a team of its department, or to the whole department. Raises HasEnded."""
    task = _locked_task(task_id)
    if task.state != Task.State.OPEN:
        raise HasEnded
    if task.team_id != (team.pk if team else None):
        task.team = team
        task.save(update_fields=["team"])
        events.record(
            task.service_request, "task_team_set", actor=actor, task_id=task.pk, department_id=task.department_id
        )
    return task


@transaction.atomic
def end(task_id: int, *, state: str, actor: User, note: str = "") -> Task:
    """Marks it done or not needed. With the last one, a request that waits for its tasks resumes. Raises HasEnded."""
    task = _locked_task(task_id)
    if task.state != Task.State.OPEN:
        raise HasEnded
    task.state, task.ended_at, task.ended_by = state, app_now(), actor
    task.save(update_fields=["state", "ended_at", "ended_by"])
    _record_end(task, actor)
    if note:
        conversation.note(task.service_request_id, text=note, actor=actor)
    _go_on_without_tasks(task.service_request_id)
    return task


@transaction.atomic
def reopen(task_id: int, *, actor: User) -> Task:
    """Raises HasEnded if its request has ended."""
    task = _locked_task(task_id)
    if task.state == Task.State.OPEN:
        return task
    task.state, task.ended_at, task.ended_by = Task.State.OPEN, None, None
    task.save(update_fields=["state", "ended_at", "ended_by"])
    _record_reopening(task, actor)
    return task


def is_open(task_id: int) -> bool:
    """Whether it and its request can still be worked on."""
    return Task.objects.filter(pk=task_id, state=Task.State.OPEN, service_request__status__in=OPEN).exists()


@dataclass(frozen=True)
class OutsideOrder:
    """A work order of another system: its number, its address there, and its status in that system's words."""

    number: str
    url: str
    status: str


@transaction.atomic
def link_order(task_id: int, order: OutsideOrder, *, actor: User) -> Task:
    """Keeps the work order with the task. A status that is mapped (OutsideStatus) ends or reopens the task. Raises HasEnded."""
    task = _locked_task(task_id)
    before = (task.outside_number, task.outside_url, task.outside_status)
    if before == (order.number, order.url, order.status):
        return task
    task.outside_number, task.outside_url, task.outside_status = order.number, order.url, order.status
    mapped = OutsideStatus.objects.filter(department=task.department_id, words=order.status).first()
    was_open = task.state == Task.State.OPEN
    if mapped is not None and mapped.state != task.state:
        task.state = mapped.state
        is_over = mapped.state != Task.State.OPEN
        task.ended_at, task.ended_by = (app_now(), actor) if is_over else (None, None)
    task.save(update_fields=["outside_number", "outside_url", "outside_status", "state", "ended_at", "ended_by"])
    if before[0] != order.number:
        events.record(
            task.service_request, "task_linked", actor=actor, task_id=task.pk, department_id=task.department_id
        )
    if was_open and task.state != Task.State.OPEN:
        _record_end(task, actor)
        _go_on_without_tasks(task.service_request_id)
    elif not was_open and task.state == Task.State.OPEN:
        _record_reopening(task, actor)
    return task


@transaction.atomic
def map_statuses(department: Department, meanings: Iterable[tuple[str, str]], *, actor: User) -> None:
    """Remembers what words of another system mean, as (words, state)."""
    before = _meanings(department)
    for words, state in meanings:
        OutsideStatus.objects.update_or_create(department=department, words=words, defaults={"state": state})
    if (after := _meanings(department)) != before:
        setup_changes.record(
            department.jurisdiction,
            "work_orders",
            department.code,
            actor=actor,
            name=str(department),
            before={"statuses": before},
            after={"statuses": after},
        )


def _meanings(department: Department) -> dict[str, str]:
    return dict(department.outside_statuses.order_by("words").values_list("words", "state"))


def _locked_and_open(pk: int) -> ServiceRequest:
    service_request = ServiceRequest.objects.locked(pk)
    if not service_request.is_open:
        raise HasEnded
    return service_request


def _locked_task(task_id: int) -> Task:
    """The request first, as everywhere, so that two departments that end their parts at once can't miss each other."""
    service_request = _locked_and_open(Task.objects.values_list("service_request_id", flat=True).get(pk=task_id))
    task = Task.objects.select_for_update().select_related("department").get(pk=task_id)
    task.service_request = service_request
    return task


def _record_end(task: Task, actor: User) -> None:
    kind = "task_done" if task.state == Task.State.DONE else "task_dropped"
    events.record(task.service_request, kind, actor=actor, task_id=task.pk, department_id=task.department_id)


def _record_reopening(task: Task, actor: User) -> None:
    events.record(task.service_request, "task_reopened", actor=actor, task_id=task.pk, department_id=task.department_id)


def _go_on_without_tasks(pk: int) -> None:
    """Ends the wait for the last task."""
    service_request = ServiceRequest.objects.get(pk=pk)
    waits = service_request.status == Status.ON_HOLD and service_request.hold_reason == WAITS_FOR_TASKS
    if waits and not service_request.tasks.filter(state=Task.State.OPEN).exists():
        holds.resume(pk, actor=None)
