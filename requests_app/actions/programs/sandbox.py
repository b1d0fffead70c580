"""The sandbox: takes a test request through its life on demand, by the same actions as staff, and by no member of staff."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from requests_app.actions.routing import routing
from requests_app.actions.work import assignment, conversation, endings, holds, merges, progress, reopenings
from requests_app.models import Department, Disposition, ListedReason, Owner, Participation, ServiceRequest, Status
from requests_app.rules.shared.lifecycle import IllegalTransition, next_status

ON_HOLD_FOR = dt.timedelta(days=7)
OUTCOMES = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.ANSWERED, Disposition.NOT_FOUND)
# What usually happens next.
USUALLY: dict[str, str] = {
    Status.RECEIVED: "resolve",
    Status.ROUTED: "accept",
    Status.IN_PROGRESS: "resolve",
    Status.ON_HOLD: "resume",
    Status.RESOLVED: "close",
}


@dataclass(frozen=True)
class Step:
    """action: of ACTIONS; empty: what usually happens next. parent: the request to merge into. department, owner: to whom it is
    transferred or handed over."""

    action: str = ""
    text: str = ""
    language: str = ""
    outcome: str = Disposition.FIXED
    parent: ServiceRequest | None = None
    department: Department | None = None
    owner: Owner | None = None


@transaction.atomic
def advance(pk: int, step: Step) -> None:
    """One that just came in is routed first, as a worker would do within seconds.

    Raises IllegalTransition, and merges.CannotMerge.
    """
    service_request = ServiceRequest.objects.locked(pk)
    if service_request.status == Status.RECEIVED and not service_request.in_triage:
        routing.route(pk)
        if not step.action:
            return
        service_request = ServiceRequest.objects.locked(pk)
    action = step.action or USUALLY.get(service_request.status, "")
    if not action:
        raise IllegalTransition(service_request.status, "advance")
    ACTIONS[action](service_request, step)


def _route(service_request: ServiceRequest, step: Step) -> None:
    next_status(service_request.status, "route")


def _schedule(service_request: ServiceRequest, step: Step) -> None:
    tomorrow = holds.local_day(service_request.jurisdiction) + dt.timedelta(days=1)
    progress.schedule(service_request.pk, on=tomorrow, actor=None)


def _hold(service_request: ServiceRequest, step: Step) -> None:
    """For the first of the city's reasons."""
    reasons = ListedReason.objects.filter(
        jurisdiction=service_request.jurisdiction_id, kind=ListedReason.Kind.HOLD, active=True
    )
    until = holds.local_day(service_request.jurisdiction) + ON_HOLD_FOR
    reason = reasons.values_list("code", flat=True).first() or ""
    holds.hold(service_request.pk, reason=reason, until=until, actor=None)


def _resolve(service_request: ServiceRequest, step: Step) -> None:
    endings.resolve(service_request.pk, disposition=step.outcome, text=step.text, actor=None, language=step.language)


def _merge(service_request: ServiceRequest, step: Step) -> None:
    if step.parent is None:
        raise IllegalTransition(service_request.status, "merge")
    merges.merge(service_request.pk, parent=step.parent, actor=None)


def _transfer(service_request: ServiceRequest, step: Step) -> None:
    if step.department is None:
        raise IllegalTransition(service_request.status, "transfer")
    assignment.transfer(service_request.pk, department=step.department, reason=step.text, actor=None)


def _hand_over(service_request: ServiceRequest, step: Step) -> None:
    if step.owner is None:
        raise IllegalTransition(service_request.status, "hand_over")
    endings.hand_over(service_request.pk, owner=step.owner, text=step.text, actor=None, language=step.language)


def _withdraw(service_request: ServiceRequest, step: Step) -> None:
    reporter = service_request.participations.filter(role__in=Participation.OWN).order_by("id").first()
    if reporter is None:
        raise IllegalTransition(service_request.status, "withdraw")
    endings.withdraw(service_request.pk, actor=reporter.person)


ACTIONS: dict[str, Callable[[ServiceRequest, Step], object]] = {
    "route": _route,
    "accept": lambda told, _step: progress.accept(told.pk, actor=None),
    "schedule": _schedule,
    "visit": lambda told, _step: progress.visit(told.pk, actor=None),
    "make_safe": lambda told, _step: progress.make_safe(told.pk, actor=None),
    "hold": _hold,
    "resume": lambda told, _step: holds.resume(told.pk, actor=None),
    "comment": lambda told, step: conversation.comment(told.pk, text=step.text, actor=None, language=step.language),
    "ask": lambda told, step: conversation.ask(told.pk, question=step.text, actor=None, language=step.language),
    "resolve": _resolve,
    "transfer": _transfer,
    "hand_over": _hand_over,
    "merge": _merge,
    "unmerge": lambda told, _step: merges.unmerge(told.pk, actor=None),
    "withdraw": _withdraw,
    "reopen": lambda told, step: reopenings.reopen(told.pk, text=step.text, actor=None, language=step.language),
    "close": lambda told, _step: endings.close(told.pk),
}
WITH_TEXT = frozenset({"comment", "ask", "transfer"})
