"""Doing the steps of a macro or a bulk job to one request: all of them or none, undone as one, with one email at most."""

from collections.abc import Callable, Sequence

from requests_app.actions.work import assignment, conversation, endings, holds, merges, progress, staff_actions
from requests_app.models import Comment, Event, OutboxRow, ServiceRequest, User
from requests_app.rules.work import answer_templates
from requests_app.rules.work.steps import Step, hold_day, refusal

# Which event's email tells people most, if several steps would send one each.
TELLS_MOST = ("resolved", "merged", "commented", "put_on_hold", "transferred", "accepted", "service_changed")
# Reactions that end in email to residents.
TELLING = ("notify", "match_subscriptions")
RELATED = ("service__current", "service_version__category", "department", "jurisdiction")


def perform(
    pk: int, steps: Sequence[Step], *, actor: User, last_event_id: int | None, bulk_job_id: int | None = None
) -> Event | None:
    """Returns the event that undoes all of them. Raises Refused, staff_actions.Changed and merges.CannotMerge."""

    def act() -> None:
        # Locked by staff_actions.perform().
        service_request = ServiceRequest.objects.select_related(*RELATED).get(pk=pk)
        if (refused := refusal(steps, service_request, actor)) is not None:
            raise refused
        newest = _newest(pk)
        for step in steps:
            _STEPS[step.verb](service_request, step, actor, bulk_job_id)
        if len(steps) > 1:
            _keep_one_email(pk, newest)

    verbs = [step.verb for step in steps]
    return staff_actions.perform(
        pk,
        act,
        # Several steps are outdated by any change of the work.
        form=verbs[0] if len(verbs) == 1 else "macro",
        actor=actor,
        last_event_id=last_event_id,
        with_requests=[step.row.pk for step in steps if step.verb == "merge"],
    )


def _newest(pk: int) -> int:
    found = Event.objects.filter(service_request=pk).order_by("-id").values_list("id", flat=True).first()
    return found or 0


def _keep_one_email(pk: int, newest: int) -> None:
    """Of the email that these steps would cause, only what tells people most stays."""
    rows = OutboxRow.objects.filter(
        service_request=pk, kind__in=TELLING, event__id__gt=newest, event__service_request=pk, done_at=None
    ).select_related("event")
    for kind in TELLING:
        own = sorted((row for row in rows if row.kind == kind), key=_rank)
        # Deleted, not finished: undoing takes a finished row for one whose email has left.
        OutboxRow.objects.filter(pk__in=[row.pk for row in own[1:]]).delete()


def _rank(row: OutboxRow) -> int:
    kind = row.event.kind if row.event else ""
    return TELLS_MOST.index(kind) if kind in TELLS_MOST else len(TELLS_MOST)


def _text(service_request: ServiceRequest, step: Step, name: str, actor: User) -> str:
    if step.row is not None:
        return answer_templates.fill(step.row.words, service_request, service_request.language, staff=actor)
    return str(step.arguments.get(name) or "")


def _hold(service_request: ServiceRequest, step: Step, actor: User, _job: int | None) -> None:
    until = hold_day(step, service_request.jurisdiction)
    holds.hold(service_request.pk, reason=step.arguments["reason"], until=until, actor=actor)


def _resolve(service_request: ServiceRequest, step: Step, actor: User, bulk_job_id: int | None) -> None:
    endings.resolve(
        service_request.pk,
        disposition=step.arguments["disposition"],
        text=_text(service_request, step, "words", actor),
        reason=step.arguments.get("reason", ""),
        visited=step.arguments.get("visited"),
        no_evidence=step.arguments.get("no_evidence", ""),
        bulk_job_id=bulk_job_id,
        actor=actor,
    )


def _note(service_request: ServiceRequest, step: Step, actor: User, _job: int | None) -> None:
    audience = step.arguments.get("audience") or Comment.Audience.DEPARTMENT
    conversation.note(service_request.pk, text=step.arguments["text"], audience=audience, actor=actor)


def _comment(service_request: ServiceRequest, step: Step, actor: User, _job: int | None) -> None:
    conversation.comment(service_request.pk, text=_text(service_request, step, "text", actor), actor=actor)


def _transfer(service_request: ServiceRequest, step: Step, actor: User, _job: int | None) -> None:
    assignment.transfer(service_request.pk, department=step.row, reason=step.arguments.get("reason", ""), actor=actor)


def _set_priority(service_request: ServiceRequest, step: Step, actor: User, _job: int | None) -> None:
    assignment.set_priority(service_request.pk, priority=step.arguments["priority"], actor=actor)


_STEPS: dict[str, Callable[[ServiceRequest, Step, User, int | None], object]] = {
    "accept": lambda r, s, u, j: progress.accept(r.pk, actor=u),
    "assign": lambda r, s, u, j: assignment.assign(r.pk, assignee=s.row, actor=u),
    "transfer": _transfer,
    "hold": _hold,
    "set_priority": _set_priority,
    "comment": _comment,
    "note": _note,
    "resolve": _resolve,
    "change_service": lambda r, s, u, j: assignment.change_service(r.pk, version=s.row, actor=u),
    "merge": lambda r, s, u, j: merges.merge(r.pk, parent=s.row, actor=u),
}
