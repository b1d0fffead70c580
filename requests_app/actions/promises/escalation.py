"""Warning of clocks that are about to run out, and telling who has to know of those that have."""

import datetime as dt

import structlog
from django.db import transaction

from requests_app import events
from requests_app.actions.shared import clocks
from requests_app.clock import app_now
from requests_app.models import OPEN, Clock, ServiceRequest, User
from requests_app.rules.people import leaves, permissions
from requests_app.rules.promises import escalation
from requests_app.rules.promises.escalation import ASSIGNEE, HEAD, STEPS, WARNING

log = structlog.get_logger(__name__)

AT_MOST = 1000
# Of what became due while nobody watched (a long outage, an import), only newer steps count.
TOLD_WITHIN = dt.timedelta(days=2)


def take_due_steps(*, at_most: int = AT_MOST) -> int:
    """Takes each step that is due, once, and returns how many."""
    due = Clock.objects.filter(met_at=None, step_at__lte=app_now()).order_by("step_at", "id")
    return sum(_take(pk, request_id) for pk, request_id in due.values_list("pk", "service_request_id")[:at_most])


@transaction.atomic
def _take(pk: int, request_id: int) -> bool:
    # Lock first: it may be met, put on hold or dated again in the same second.
    service_request = ServiceRequest.objects.locked(request_id)
    now = app_now()
    clock = Clock.objects.select_related("target__calendar").filter(
        pk=pk, met_at=None, paused_at=None, step_at__lte=now
    ).first()  # fmt: skip
    number = escalation.next_step(clock.kind, clock.step) if clock else None
    if clock is None or clock.step_at is None or number is None:
        return False
    is_told = now - clock.step_at < TOLD_WITHIN and service_request.status in OPEN and not service_request.is_test
    # Warning of what is late already says nothing new.
    if is_told and not (STEPS[number].code == WARNING and clock.due_at <= now):
        _tell(service_request, clock, STEPS[number].code)
    clocks.take_step(service_request, clock)
    return True


def _tell(service_request: ServiceRequest, clock: Clock, code: str) -> None:
    if code == WARNING:
        events.record(service_request, "due_soon", actor=None, clock_kind=clock.kind)
        return
    reader = _reader(service_request, code)
    if reader is not None:
        events.record(service_request, "escalated", actor=None, assignee_id=reader.pk, clock_kind=clock.kind, step=code)


def _reader(service_request: ServiceRequest, code: str) -> User | None:
    """Who is notified: its assignee; without one, or later, a supervisor; at last the department's head."""
    department = service_request.department
    assignee, head = service_request.assignee, department.head if department else None
    away = leaves.away_ids(service_request.jurisdiction)
    if code == ASSIGNEE and assignee is not None and assignee.is_active and assignee.pk not in away:
        return assignee
    if code == HEAD and head is not None and head.is_active:
        return head
    return permissions.find_supervisor(department) if department else None


def date_undated(*, at_most: int = 100_000) -> int:
    """Dates the next step of running clocks that have none: those of an import. What has passed is not told any more."""
    undated = Clock.objects.filter(met_at=None, paused_at=None, step_at=None, step=0).order_by("pk")
    dated = 0
    for pk, request_id in undated.values_list("pk", "service_request_id")[:at_most]:
        with transaction.atomic():
            service_request = ServiceRequest.objects.locked(request_id)
            clock = Clock.objects.filter(pk=pk, met_at=None, paused_at=None, step_at=None, step=0).first()
            if clock is not None:
                clocks.skip_passed_steps(service_request, clock)
                dated += 1
    return dated
