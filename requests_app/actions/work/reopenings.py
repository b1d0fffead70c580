"""Reopening what has ended, and undoing that."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import F

from requests_app import events
from requests_app.actions.publication import publication
from requests_app.actions.shared import clocks, counters
from requests_app.actions.work import endings, merged_people, progress
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import Comment, Event, Participation, Person, RequestArea, ServiceRequest, Status, User
from requests_app.rules.people import permissions
from requests_app.rules.shared.lifecycle import next_status
from requests_app.rules.work import reopenings

# From this reopening on, the request goes to a supervisor.
ESCALATE_AT_REOPENING = 2


@atomic_action
def reopen(
    pk: int, *, text: str, actor: User | Person | None, language: str = "", checked_by: User | None = None
) -> ServiceRequest:
    """Reopens with a shorter clock. Raises TooLate for a resident after the time in rules/work/reopenings.py."""
    service_request, fields = progress.transition(pk, "reopen")
    ended_at = service_request.resolved_at
    if isinstance(actor, Person) and not reopenings.is_in_time(service_request):
        raise progress.TooLate
    if service_request.duplicate_of is not None:
        _leave_parent(service_request, service_request.duplicate_of, actor)
        fields.append("duplicate_of")
    comment = None
    if text:
        comment = Comment.objects.create(
            service_request=service_request,
            kind=Comment.Kind.COMMENT,
            text=text,
            language=language or (actor.language if isinstance(actor, User) else service_request.language),
            public=not isinstance(actor, Person),
            person=actor if isinstance(actor, Person) else None,
            user=actor if isinstance(actor, User) else None,
        )
    before: dict[str, Any] = {
        "disposition": service_request.disposition,
        "reason": service_request.disposition_reason or None,
        "ended_at": ended_at,
        "acknowledged_at": service_request.acknowledged_at,
        "assignee_id": service_request.assignee_id,
    }
    service_request.disposition = service_request.disposition_reason = ""
    service_request.resolved_at = service_request.closed_at = service_request.acknowledged_at = None
    # Plans of the time before.
    service_request.scheduled_for = service_request.made_safe_at = None
    service_request.reopened_count += 1
    service_request.has_new_answer = service_request.has_new_answer or isinstance(actor, Person)
    service_request.in_triage = service_request.department_id is None
    if service_request.in_triage:
        # It was closed before a department had it (handed over, for example), so it goes to triage.
        service_request.status = Status.RECEIVED
    clocks.start(
        service_request,
        department=service_request.department or service_request.service_version.department,
        at=app_now(),
        shorter=True,
    )
    service_request.save(
        update_fields=[
            *fields, "disposition", "disposition_reason", "resolved_at", "closed_at", "acknowledged_at", "scheduled_for",
            "made_safe_at", "reopened_count", "has_new_answer", "in_triage", *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(is_open=True)
    counters.reopened(service_request)
    reopened = events.record(
        service_request,
        "reopened",
        actor=actor,
        count=service_request.reopened_count,
        comment_id=comment.pk if comment else None,
        **endings.vouched(checked_by),
        **before,
    )
    if comment is not None and isinstance(actor, Person):
        publication.screen_message(service_request, comment)
    if service_request.reopened_count >= ESCALATE_AT_REOPENING:
        _give_to_supervisor(service_request, reopened)
    return service_request


def _leave_parent(service_request: ServiceRequest, parent: ServiceRequest, actor: User | Person | None) -> None:
    """Separates a reopened request from the one it was merged into. Its people get updates on this one only."""
    people = list(service_request.participations.values_list("person_id", flat=True))
    above: ServiceRequest | None = parent
    while above is not None:
        # The parent may have been merged into a third request meanwhile, and its people with it.
        above.participations.filter(person_id__in=people, role=Participation.Role.AFFECTED).delete()
        above = above.duplicate_of
    merged_people.leave(service_request, parent)
    service_request.duplicate_of = None
    # Its people are emailed that it was reopened.
    events.record(service_request, "unmerged", actor=actor, quiet=True, parent_id=parent.pk)


def _give_to_supervisor(service_request: ServiceRequest, reopened: Event) -> None:
    """Assigns to a supervisor, since resolving it did not work twice."""
    department = service_request.department
    supervisor = permissions.find_supervisor(department) if department else None
    if supervisor is None:
        return
    service_request.assignee = supervisor
    service_request.save(update_fields=["assignee"])
    events.record(service_request, "escalated", actor=None, follows=reopened, assignee_id=supervisor.pk)


@transaction.atomic
def undo_reopening(pk: int, *, actor: Person) -> ServiceRequest:
    """Undoes this person's reopening: it is resolved as before. Raises TooLate if anyone acted on it since."""
    # Lock first: staff may accept it in the same second.
    service_request = ServiceRequest.objects.locked(pk)
    event = reopenings.reopening_to_undo(service_request, actor)
    if event is None:
        raise progress.TooLate
    acknowledged_at = event.data.get("acknowledged_at")
    service_request.status = next_status(service_request.status, "undo_reopening")
    service_request.disposition = event.data["disposition"]
    service_request.disposition_reason = event.data.get("reason") or ""
    service_request.resolved_at = dt.datetime.fromisoformat(event.data["ended_at"])
    service_request.acknowledged_at = dt.datetime.fromisoformat(acknowledged_at) if acknowledged_at else None
    service_request.assignee_id = event.data.get("assignee_id")
    service_request.reopened_count -= 1
    service_request.has_new_answer = service_request.in_triage = False
    service_request.updated_at = app_now()
    # The clocks of the reopening never counted.
    service_request.clocks.filter(met_at=None).update(
        met_at=F("started_at"), paused_at=None, suspension=None, step_at=None
    )
    clocks.update_due_fields(service_request)
    service_request.save(
        update_fields=[
            "status", "disposition", "disposition_reason", "resolved_at", "acknowledged_at", "assignee", "reopened_count",
            "has_new_answer", "in_triage", "updated_at", *clocks.DUE_FIELDS,
        ]
    )  # fmt: skip
    RequestArea.objects.filter(service_request=service_request).update(is_open=False)
    counters.ended(service_request)
    events.record(service_request, "reopening_undone", actor=actor, count=service_request.reopened_count)
    return service_request
