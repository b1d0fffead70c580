"""Steps that a macro or a bulk job does to a request: stored as {"verb": …, …}, checked against what the city has now.

loaded() finds what a step names, once for all requests. refusal() says for one request why a step isn't possible.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from requests_app.models import (
    AnswerTemplate,
    Comment,
    Department,
    Disposition,
    Jurisdiction,
    Membership,
    Service,
    ServiceRequest,
    ServiceVersion,
    User,
)
from requests_app.rules.people import leaves, permissions
from requests_app.rules.shared import lifecycle
from requests_app.rules.work import evidence

Definition = dict[str, Any]

# What each step may say, apart from its verb.
ARGUMENTS: dict[str, frozenset[str]] = {
    verb: frozenset(names.split())
    for verb, names in {
        "accept": "",
        # assignee: the id of a user, "me", or None for no one.
        "assign": "assignee",
        # department: its code.
        "transfer": "department reason",
        # until: a day, or days: that many from today.
        "hold": "reason until days",
        "set_priority": "priority",
        # text, or template: the id of an answer template, filled in for each request in its reporter's language.
        "comment": "text template",
        "note": "text audience",
        "resolve": "disposition words template reason visited no_evidence",
        # service: its code.
        "change_service": "service",
        # parent: the id of the request they are merged into.
        "merge": "parent",
    }.items()
}
# The event of each step, for what follows from it.
EVENTS = {
    "accept": "accepted",
    "assign": "assigned",
    "transfer": "transferred",
    "hold": "put_on_hold",
    "set_priority": "priority_set",
    "comment": "commented",
    "note": "note_added",
    "resolve": "resolved",
    "change_service": "service_changed",
    "merge": "merged",
}
# After these a request is no longer theirs to change, so nothing can follow.
LAST = ("transfer", "resolve", "merge")


class Refused(Exception):
    """A step isn't possible for this request, or for any.

    reason: status, permission, not_visible, changed, same_department, not_in_department, same_service, evidence, merge,
    no_department, no_person, no_service, no_template, no_parent, invalid.
    """

    def __init__(self, reason: str, verb: str = "") -> None:
        self.reason, self.verb = reason, verb
        super().__init__(f"{verb}: {reason}")


@dataclass(frozen=True)
class Step:
    """row: what the step names: a department, user, service version, template or request."""

    verb: str
    arguments: Definition
    row: Any = None
    # Of an assignee: the departments they work in.
    departments: frozenset[int] = field(default_factory=frozenset)


def check(steps: Iterable[Definition]) -> None:
    """Raises Refused if these are no steps, as when a row was edited by hand or comes from another version."""
    verbs = []
    for one in steps:
        verb = one.get("verb", "")
        if verb not in ARGUMENTS or not set(one) <= {"verb", *ARGUMENTS[verb]}:
            raise Refused("invalid", verb)
        verbs.append(verb)
    if not verbs or len(set(verbs)) != len(verbs) or any(verb in LAST for verb in verbs[:-1]):
        raise Refused("invalid", verbs[-1] if verbs else "")


def loaded(steps: Sequence[Definition], city: Jurisdiction, user: User | None) -> list[Step]:
    """The steps with what they name. Raises Refused if something is gone: then none of them is done.

    user: who runs them; None if they are only stored, when "me" is nobody yet.
    """
    check(steps)
    return [_LOADERS.get(one["verb"], _plain)(one, city, user) for one in steps]


def _plain(step: Definition, _city: Jurisdiction, _user: User | None) -> Step:
    return Step(step["verb"], step)


def _assignee(step: Definition, city: Jurisdiction, user: User | None) -> Step:
    wanted = step.get("assignee")
    if wanted == "me":
        wanted = user.pk if user else None
    if wanted is None:
        return Step("assign", step)
    found = User.objects.filter(pk=wanted, is_active=True, memberships__jurisdiction=city).first()
    if found is None:
        raise Refused("no_person", "assign")
    own = Membership.objects.filter(user=found, jurisdiction=city, department__isnull=False)
    return Step("assign", step, found, frozenset(own.values_list("department_id", flat=True)))


def _department(step: Definition, city: Jurisdiction, _user: User | None) -> Step:
    found = Department.objects.filter(jurisdiction=city, code=step.get("department", ""), active=True).first()
    if found is None:
        raise Refused("no_department", "transfer")
    return Step("transfer", step, found)


def _service(step: Definition, city: Jurisdiction, _user: User | None) -> Step:
    services = Service.objects.filter(jurisdiction=city, service_code=step.get("service", ""), active=True)
    found = ServiceVersion.objects.select_related("service").filter(pk__in=services.values("current")).first()
    if found is None:
        raise Refused("no_service", "change_service")
    return Step("change_service", step, found)


def _template(step: Definition, city: Jurisdiction, _user: User | None) -> Step:
    if not step.get("template"):
        return Step(step["verb"], step)
    found = AnswerTemplate.objects.filter(pk=step["template"], jurisdiction=city, active=True).first()
    if found is None:
        raise Refused("no_template", step["verb"])
    return Step(step["verb"], step, found)


def _parent(step: Definition, city: Jurisdiction, user: User | None) -> Step:
    if user is None:
        raise Refused("no_parent", "merge")
    visible = ServiceRequest.objects.in_jurisdiction(city).visible_to(user)
    found = visible.filter(pk=step.get("parent") or 0, duplicate_of=None).first()
    if found is None:
        raise Refused("no_parent", "merge")
    return Step("merge", step, found)


_LOADERS: dict[str, Callable[[Definition, Jurisdiction, User | None], Step]] = {
    "assign": _assignee,
    "transfer": _department,
    "change_service": _service,
    "comment": _template,
    "resolve": _template,
    "merge": _parent,
}


def refusal(steps: Sequence[Step], service_request: ServiceRequest, user: User) -> Refused | None:
    """The first reason why these steps, one after the other, aren't possible for this request. Lock it first."""
    if not permissions.can(user, "view", service_request):
        return Refused("not_visible")
    status = service_request.status
    for step in steps:
        if not permissions.can(user, step.verb, service_request):
            return Refused("permission", step.verb)
        try:
            status = lifecycle.next_status(status, step.verb)
        except lifecycle.IllegalTransition:
            return Refused("status", step.verb)
        if reason := _own_reason(step, service_request, user):
            return Refused(reason, step.verb)
    return None


def _own_reason(step: Step, service_request: ServiceRequest, user: User) -> str:
    if step.verb == "transfer" and step.row.pk == service_request.department_id:
        return "same_department"
    if step.verb == "change_service" and step.row.service_id == service_request.service_id:
        return "same_service"
    if step.verb == "assign" and step.row is not None and step.row.pk != user.pk:
        return "" if service_request.department_id in step.departments else "not_in_department"
    if step.verb == "merge" and step.row.pk == service_request.pk:
        return "merge"
    if step.verb == "resolve" and not step.arguments.get("no_evidence"):
        given = step.arguments
        if evidence.missing(service_request, given["disposition"], visited=given.get("visited")):
            return "evidence"
    return ""


def hold_day(step: Step, city: Jurisdiction) -> dt.date:
    if until := step.arguments.get("until"):
        return dt.date.fromisoformat(until)
    return leaves.today(city) + dt.timedelta(days=int(step.arguments.get("days") or 7))


def statuses(verbs: Iterable[str]) -> list[str]:
    """The statuses in which these verbs, one after the other, are possible."""
    found = []
    verbs = list(verbs)
    for start in {status for status, _verb in lifecycle.TRANSITIONS}:
        status: str | None = start
        for verb in verbs:
            status = lifecycle.TRANSITIONS.get((status, verb)) if status else None
        if status:
            found.append(str(start))
    return sorted(found)


AUDIENCES = frozenset(str(one) for one in Comment.Audience)
# Handing over, merging and withdrawing are actions of their own; "no reply" and "removed" need a look at each request.
OUTCOMES = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
)
# Whatever the service asks for, these need neither a photo nor a visit, so that a macro can resolve with them.
WITHOUT_EVIDENCE = (Disposition.ANSWERED, Disposition.CANNOT_DO)
