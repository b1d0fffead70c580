"""Routing: once by a worker, and again on demand."""

from django.db import transaction

from requests_app import events, outbox
from requests_app.actions.alarms import alarms
from requests_app.actions.shared import clocks
from requests_app.actions.work import endings
from requests_app.clock import app_now
from requests_app.models import (
    Alarm,
    Department,
    Event,
    OutboxRow,
    PublicState,
    RoutingDecision,
    ServiceRequest,
    Status,
    User,
)
from requests_app.rules.routing import load
from requests_app.rules.routing.routing import Decision, decide, forward_owner
from requests_app.rules.shared.lifecycle import TRANSITIONS, next_status


def route_row(row: OutboxRow) -> None:
    if row.service_request_id is not None:
        route(row.service_request_id)


@transaction.atomic
def route(pk: int) -> ServiceRequest:
    """Routes for the first time. Calling it again does nothing, thanks to the unique first RoutingDecision."""
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.public_state == PublicState.UNCONFIRMED or service_request.status != Status.RECEIVED:
        return service_request
    if service_request.routing_decisions.filter(is_first=True).exists():
        return service_request
    if not _forward(service_request, is_first=True):
        decision = decide(service_request)
        _apply(service_request, decision, counted_for=service_request.service_version.department, is_first=True)
    return service_request


@transaction.atomic
def reroute_edited(pk: int) -> ServiceRequest:
    """Routes a report again after its reporter changed the text or the place. Idempotent."""
    service_request = ServiceRequest.objects.locked(pk)
    if not service_request.routing_decisions.filter(is_first=True).exists():
        # Not routed yet: the worker will see the new content.
        return service_request
    if _forward(service_request):
        return service_request
    decision = decide(service_request)
    if decision.department != service_request.department:
        before = service_request.department or service_request.service_version.department
        _apply(service_request, decision, counted_for=before)
    return service_request


def _forward(service_request: ServiceRequest, *, is_first: bool = False) -> bool:
    """Hands the request over if it belongs to another owner. Returns whether it did."""
    owner = forward_owner(service_request)
    if owner is None:
        return False
    RoutingDecision.objects.create(
        service_request=service_request, department=None, reason="not_ours", is_first=is_first
    )
    endings.hand_over(service_request.pk, owner=owner, text="", actor=None)
    service_request.refresh_from_db()
    return True


def _apply(
    service_request: ServiceRequest,
    decision: Decision,
    *,
    counted_for: Department,
    is_first: bool = False,
    actor: User | None = None,
) -> None:
    """counted_for: the department whose working hours the clocks used so far."""
    RoutingDecision.objects.create(
        service_request=service_request,
        department=decision.department,
        rule_id=decision.rule_id,
        version_id=decision.version_id,
        reason=decision.reason,
        is_first=is_first,
    )
    department = decision.department
    if department is None:
        event = _send_to_triage(service_request, decision.reason, actor=actor)
    else:
        assignee_before = service_request.assignee_id
        _set_department(service_request, decision)
        if department != counted_for:
            clocks.recalculate(service_request, department)
            service_request.save(update_fields=clocks.DUE_FIELDS)
        event = events.record(
            service_request,
            "routed",
            actor=actor,
            department_id=department.pk,
            team_id=decision.team.pk if decision.team else None,
            reason=decision.reason,
            rule_id=decision.rule_id,
            version_id=decision.version_id,
        )
        if service_request.assignee_id != assignee_before:
            events.record(service_request, "assigned", actor=actor, assignee_id=service_request.assignee_id)
    # What staff have set stays, and no rule makes danger less urgent.
    if decision.priority is not None and service_request.priority != 1 and service_request.priority_reason != "staff":
        _set_priority(service_request, decision.priority, department or counted_for, actor=actor)
    _inform(event, decision)


def _set_priority(
    service_request: ServiceRequest, priority: int, department: Department, *, actor: User | None
) -> None:
    before = service_request.priority
    if priority == before:
        return
    service_request.priority, service_request.priority_reason = priority, "rule"
    clocks.retarget(service_request, department)
    service_request.save(update_fields=["priority", "priority_reason", *clocks.DUE_FIELDS])
    events.record(service_request, "priority_set", actor=actor, priority=priority, from_priority=before)
    if priority == 1:
        alarms.raise_alarm(service_request, reason=Alarm.Reason.STAFF, actor=actor)


def _inform(event: Event, decision: Decision) -> None:
    """An email to each department that the rule informs, once for this decision."""
    if event.service_request is not None and event.service_request.is_test:
        return
    for department in decision.inform:
        if department != decision.department and department.email:
            outbox.enqueue(
                "mail_informed",
                lane="outside",
                service_request=event.service_request,
                event=event,
                dedupe_key=f"mail_informed:{department.pk}:{event.pk}",
            )


@transaction.atomic
def reroute(pk: int, *, actor: User) -> ServiceRequest:
    """Routes again by hand, after the service, place or text was corrected."""
    service_request = ServiceRequest.objects.locked(pk)
    next_status(service_request.status, "route")
    decision = decide(service_request)
    if decision.department is not None and (
        decision.department.pk == service_request.department_id and service_request.status != Status.RECEIVED
    ):
        # It stays where it is; only the reason is noted.
        RoutingDecision.objects.create(
            service_request=service_request,
            department=decision.department,
            rule_id=decision.rule_id,
            version_id=decision.version_id,
            reason=decision.reason,
        )
        return service_request
    before = service_request.department or service_request.service_version.department
    _apply(service_request, decision, counted_for=before, actor=actor)
    return service_request


def may_reroute(service_request: ServiceRequest) -> bool:
    """Whether it was routed before, and its status lets the rules route it again."""
    was_routed = service_request.department_id is not None or service_request.in_triage
    return was_routed and (service_request.status, "route") in TRANSITIONS


def reroute_moved(service_request: ServiceRequest, decision: Decision, *, actor: User) -> None:
    """Routes a locked request whose place was corrected, in the caller's transaction."""
    before = service_request.department or service_request.service_version.department
    if decision.department is not None and decision.department.pk != service_request.department_id:
        # Its assignee works for the department that had it.
        service_request.assignee = None
        service_request.save(update_fields=["assignee"])
    _apply(service_request, decision, counted_for=before, actor=actor)


@transaction.atomic
def route_failed(row: OutboxRow) -> None:
    """Sends the request to triage after routing failed for good, so that it is not lost."""
    if row.service_request_id is None:
        return
    service_request = ServiceRequest.objects.locked(row.service_request_id)
    if service_request.status == Status.RECEIVED and not service_request.in_triage:
        RoutingDecision.objects.get_or_create(
            service_request=service_request, is_first=True, defaults={"reason": "failed"}
        )
        _send_to_triage(service_request, "failed")


def _set_department(service_request: ServiceRequest, decision: Decision) -> None:
    service_request.status = next_status(service_request.status, "route")
    service_request.department = decision.department
    service_request.team = decision.team
    # A test is nobody's work, whatever the rule says.
    if not service_request.is_test:
        service_request.assignee = decision.assignee or service_request.assignee
        shares = decision.team is not None and decision.team.shares_by_load
        if decision.team is not None and shares and service_request.assignee is None:
            service_request.assignee = load.next_in_team(decision.team)
    service_request.in_triage = False
    service_request.routed_at = service_request.updated_at = app_now()
    service_request.save(
        update_fields=["status", "department", "team", "assignee", "in_triage", "routed_at", "updated_at"]
    )


def _send_to_triage(service_request: ServiceRequest, reason: str, *, actor: User | None = None) -> Event:
    service_request.in_triage = True
    service_request.department = service_request.team = None
    service_request.status = next_status(service_request.status, "triage")
    service_request.updated_at = app_now()
    service_request.save(update_fields=["in_triage", "department", "team", "status", "updated_at"])
    return events.record(service_request, "triaged", actor=actor, reason=reason)
