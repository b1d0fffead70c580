"""The timeline of one request, newest first: its events as sentences, with the names of staff."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import BigIntegerField, Q, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from requests_app import event_kinds
from requests_app.actions.contacts import caller_views
from requests_app.actions.privacy import reporter_views
from requests_app.actions.work import staff_texts
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.core.prepared import Parameter, Prepared
from requests_app.event_kinds import KINDS
from requests_app.messages import hand_over_words, wording
from requests_app.models import (
    AlarmCall,
    Channel,
    Comment,
    Department,
    Disposition,
    Event,
    Jurisdiction,
    Mention,
    Owner,
    RoutingDecision,
    Service,
    ServiceRequest,
    SilenceQuestion,
    Target,
    Task,
    User,
)
from requests_app.references import display
from requests_app.rules.people import permissions
from requests_app.rules.promises import silence
from requests_app.rules.publication import redaction
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.publication.public_words import KIND_WORDS
from requests_app.rules.shared import directory
from requests_app.rules.shared.text_diff import Piece
from requests_app.rules.truth import surveys
from requests_app.rules.work import evidence
from requests_app.rules.work.staff_actions import UNDO_FOR, UNDOABLE
from staff_app import due
from staff_app.queue import alarms
from staff_app.request import changes as request_changes
from staff_app.request import reference_links

# The rest is a link.
LINES_MAX = 30


@dataclass(frozen=True)
class Line:
    """internal: whether the public never sees the comment; readers: who does. may_edit, may_withdraw: the user wrote it.
    diff: the edit, if the event is one. undone: by the one who did it. undoable: the event, while its reader can still undo it.
    is_links: a note of addresses that a program sent."""

    at: dt.datetime
    what: str
    who: str
    comment: Comment | None = None
    internal: bool = False
    readers: str = ""
    may_edit: bool = False
    may_withdraw: bool = False
    diff: tuple[Piece, ...] = ()
    undone: bool = False
    undoable: int | None = None
    # Colleagues named in the comment: their ids by handle.
    named: dict[str, int] = field(default_factory=dict)
    is_links: bool = False


@dataclass(frozen=True)
class Page:
    """earlier: the event (id) before which there is more. openable: the report numbers in the texts that become links."""

    lines: list[Line]
    earlier: int | None
    openable: frozenset[str]


@dataclass(frozen=True)
class Change:
    """A change that someone has not seen yet: what, who and when."""

    what: str
    who: str
    at: dt.datetime
    ago: str


@dataclass(frozen=True)
class Names:
    """Names for the ids in the events, fetched once for the whole timeline."""

    departments: dict[int, str]
    users: dict[int, str]
    owners: dict[int, str]
    requests: dict[int, str]
    services: dict[str, str]
    waits: dict[str, str]
    # Who was alerted, by the id of the call.
    callees: dict[int, str] = field(default_factory=dict)
    no_evidence: dict[str, str] = field(default_factory=dict)
    teams: dict[int, str] = field(default_factory=dict)
    emergency_number: str = ""


def _events(pk: int | Parameter) -> QuerySet[Event]:
    return Event.objects.filter(service_request=pk).select_related("user", "api_key").order_by("-id")


def _all_comments(pk: int | Parameter) -> QuerySet[Comment]:
    return Comment.objects.filter(service_request=pk).select_related("user", "department")


_NEWEST = Prepared(lambda: _events(Parameter("request"))[: LINES_MAX + 1])
_COMMENTS = Prepared(lambda: _all_comments(Parameter("request")))


def page(
    service_request: ServiceRequest, user: User, *, before: int | None = None, for_department: bool, reads_hidden: bool
) -> Page:
    """The newest LINES_MAX events with their comments, and comments without an event, as imports and hand-overs leave them.

    before: only what happened before this event (id). for_department: whether the user may read department-only answers;
    reads_hidden: whether they may read hidden text.
    """
    if before is None:
        events = _NEWEST.rows(request=service_request.pk)
    else:
        # Itself too: comments of its time are its own, and on the page before.
        events = list(_events(service_request.pk).filter(id__lte=before)[: LINES_MAX + 2])
    upper = events.pop(0) if before is not None and events and events[0].pk == before else None
    has_more = len(events) > LINES_MAX
    events = events[:LINES_MAX]
    reads_identity = permissions.reads_identity(user, service_request)
    comments = {
        one.pk: one
        for one in redaction.readable_comments(
            _comments(service_request, events, upper, has_more), user, reads_identity=reads_identity
        )
    }
    names = read_names(service_request.jurisdiction, events, None, service_request)
    changes = request_changes.by_event(
        service_request,
        events,
        for_department=for_department,
        reads_hidden=reads_hidden,
        reads_identity=reads_identity,
    )
    named = _named(comments.values())
    shown: set[int] = set()
    lines = []
    by_id = {event.pk: event for event in events}
    undone = {event.data.get("event_id") for event in events if event.kind == "undone"}
    if upper is not None:
        undos = service_request.events.filter(kind="undone", id__gte=upper.pk)
        undone |= set(undos.values_list("data__event_id", flat=True))
    now = service_request.loaded_at
    # The first event of an action, whose events have one time, is the one that undoes it. The newest event comes first here.
    own = {event.at: event.pk for event in events if event.kind in UNDOABLE and event.user_id == user.pk}
    for event in events:
        # Only once: the same text is edited later.
        is_about_text = event.kind in ("text_edited", "text_withdrawn")
        comment = None if is_about_text else comments.get(event.data.get("comment_id", 0))
        if comment is not None:
            shown.add(comment.pk)
            # Its writer undid it. It stays on record for staff who may read hidden text.
            comment = None if comment.hidden_at and not reads_hidden else comment
        lines.append(
            Line(
                at=event.at,
                what=words_of(event, names, undone=by_id.get(event.data.get("event_id", 0))),
                who=done_by(event, names),
                comment=comment,
                internal=comment is not None and not comment.public,
                readers=readers_words(comment),
                may_edit=(is_own := comment is not None and staff_texts.is_editable(comment, user)),
                may_withdraw=is_own and now - event.at <= staff_texts.WITHDRAW_WITHIN,
                diff=changes.get(event.pk, ()),
                undone=event.pk in undone,
                undoable=event.pk
                if own.get(event.at) == event.pk and event.pk not in undone and now - event.at <= UNDO_FOR
                else None,
                named=named.get(comment.pk, {}) if comment is not None else {},
            )
        )
    for comment in comments.values():
        if comment.pk not in shown and (reads_hidden or comment.hidden_at is None):
            by = who(comment.user, comment.person_id is not None)
            lines.append(
                Line(
                    comment.created_at,
                    kind_words(comment),
                    by,
                    comment,
                    internal=not comment.public,
                    readers=readers_words(comment),
                    is_links=comment.kind == Comment.Kind.NOTE and comment.user_id is None,
                )
            )
    # sorted() is stable: events with the same time stay ordered by id.
    lines.sort(key=lambda line: line.at, reverse=True)
    texts = [line.what for line in lines] + [line.comment.text for line in lines if line.comment]
    return Page(
        lines,
        earlier=events[-1].pk if has_more else None,
        openable=reference_links.openable(user, service_request.jurisdiction, texts),
    )


def _comments(
    service_request: ServiceRequest, events: list[Event], upper: Event | None, has_more: bool
) -> Iterable[Comment]:
    """Those of these events, and those without an event from the same time."""
    if upper is None and not has_more:
        return _COMMENTS.rows(request=service_request.pk)
    comments = _all_comments(service_request.pk)
    named = service_request.events.annotate(
        comment_id=Cast(KeyTextTransform("comment_id", "data"), BigIntegerField())
    ).exclude(comment_id=None)
    alone = ~Q(pk__in=named.values("comment_id"))
    if upper is not None:
        alone &= Q(created_at__lt=upper.at)
    if has_more:
        alone &= Q(created_at__gte=events[-1].at)
    ids = {int(event.data["comment_id"]) for event in events if event.data.get("comment_id")}
    return comments.filter(Q(pk__in=ids) | alone)


def _named(comments: Iterable[Comment]) -> dict[int, dict[str, int]]:
    """Who is named in which comment. Most requests have no such note, and cost no query."""
    notes = [one.pk for one in comments if one.kind == Comment.Kind.NOTE and "@" in one.text]
    handles: dict[int, dict[str, int]] = {}
    if notes:
        for mention in Mention.objects.filter(comment__in=notes):
            handles.setdefault(mention.comment_id, {})[mention.handle] = mention.user_id
    return handles


def change_lines(service_request: ServiceRequest, events: list[Event]) -> list[Change]:
    """Events as changes, in their order."""
    names = read_names(service_request.jurisdiction, events, due.hold_words(service_request.jurisdiction))
    now = app_now()
    return [
        Change(words_of(event, names), done_by(event, names), event.at, wording.ago(event.at, now)) for event in events
    ]


def read_names(
    jurisdiction: Jurisdiction,
    events: Iterable[Event],
    waits: dict[str, str] | None,
    about: ServiceRequest | None = None,
) -> Names:
    """waits: the result of due.hold_words(), if the caller has it. about: the request of all these events, as far as it is loaded
    with its service and department, whose names are not read again."""

    def ids(*keys: str) -> set[int]:
        return {int(event.data[key]) for event in events for key in keys if event.data.get(key)}

    codes = {
        event.data[key] for event in events for key in ("service_code", "from_service_code") if event.data.get(key)
    }
    reasons = {event.data["no_evidence"] for event in events if event.data.get("no_evidence")}
    wanted = ids("department_id", "from_department_id", "by_department_id")
    known = directory.of(jurisdiction).departments
    departments = {pk: known[pk] for pk in wanted & known.keys()}
    departments |= Department.objects.in_bulk(wanted - known.keys())
    users: dict[int, User] = {event.user_id: event.user for event in events if event.user_id and event.user}
    if about is not None and ServiceRequest.assignee.is_cached(about) and about.assignee is not None:
        users[about.assignee.pk] = about.assignee
    users |= User.objects.in_bulk(ids("assignee_id") - users.keys())
    owners = Owner.objects.in_bulk(ids("owner_id"))
    others = ServiceRequest.objects.filter(pk__in=ids("parent_id", "child_id", "other_id")).values_list(
        "pk", "reference"
    )
    calls = ids("call_id")
    own = {about.service.service_code: localized(about.service_version.name)} if about is not None else {}
    services = Service.objects.filter(jurisdiction=jurisdiction, service_code__in=codes - own.keys())
    if waits is None:
        is_on_hold = any(event.kind == "put_on_hold" for event in events)
        waits = due.hold_words(jurisdiction) if is_on_hold else {}
    return Names(
        departments={pk: str(department) for pk, department in departments.items()},
        users={pk: str(user) for pk, user in users.items()},
        owners={pk: owner.name for pk, owner in owners.items()},
        requests={pk: display(reference) for pk, reference in others},
        services={
            service.service_code: localized(service.current.name) if service.current else service.service_code
            for service in services.select_related("current")
        }
        | own,
        waits=waits,
        # Most requests have none, so do not ask for them.
        callees=dict(AlarmCall.objects.filter(pk__in=calls).values_list("pk", "name")) if calls else {},
        no_evidence={code: evidence.reason_words(jurisdiction, code) for code in reasons},
        teams={pk: str(team) for pk, team in directory.of(jurisdiction).teams.items()} if ids("team_id") else {},
        emergency_number=jurisdiction.emergency_number,
    )


def done_by(event: Event, names: Names) -> str:
    """Nobody was signed in who used the link in an email to a department."""
    if department := names.departments.get(event.data.get("by_department_id") or 0):
        return _("%(department)s, by the link in its email") % {"department": department}
    if event.person_id is not None and event.data.get("contact_id"):
        return _("Resident, by phone or at the counter")
    if event.data.get("channel") == Channel.SENSOR:
        return _("Sensor")
    name = who(event.user, event.person_id is not None)
    if event.api_key is None:
        return name
    # Translators: a program did it with this person’s permissions.
    return _("%(name)s, through %(program)s") % {"name": name, "program": event.api_key.name}


def who(user: User | None, by_resident: bool) -> str:
    if user is not None:
        return str(user)
    return _("Resident") if by_resident else pgettext("who did it", "System")


def kind_words(comment: Comment) -> str:
    return {
        Comment.Kind.COMMENT: _("Public comment"),
        Comment.Kind.NOTE: _("Internal note"),
        Comment.Kind.QUESTION: _("Question to the reporter"),
        Comment.Kind.ANSWER: _("Reporter’s reply"),
        Comment.Kind.OUTCOME: _("Public outcome message"),
    }[Comment.Kind(comment.kind)]


def readers_words(comment: Comment | None) -> str:
    """Who reads a comment that is not public."""
    if comment is None:
        return ""
    if comment.hidden_at is not None:
        return _("Withdrawn. Only city staff can read this.")
    if comment.public:
        return ""
    if comment.kind != Comment.Kind.NOTE:
        return _("The public can’t see this.")
    if comment.audience == Comment.Audience.EVERYONE:
        return _("City staff and assigned contractors can read this. The public can’t.")
    return _("Only city staff can read this.")


def day(iso: str) -> str:
    return formats.date_format(dt.date.fromisoformat(iso[:10]), "DATE_FORMAT")


def words_of(event: Event, names: Names, *, undone: Event | None = None) -> str:
    """One event as a sentence; its subject is shown next to it. undone: the event that it undid, if known."""
    if event.kind == "undone" and undone is not None:
        return _("Undone: %(action)s") % {"action": words_of(undone, names)}
    sentence = SENTENCES.get(event.kind)
    return sentence(event, names) if sentence is not None else simple_words(event.kind)


def _submitted(event: Event, names: Names) -> str:
    return _("Reported: %(service)s") % {"service": names.services.get(event.data.get("service_code", ""), "")}


def _department(event: Event, names: Names) -> str:
    return names.departments.get(event.data.get("department_id", 0), "")


def _routed(event: Event, names: Names) -> str:
    return _("Routed to %(department)s (%(reason)s)") % {
        "department": _department(event, names),
        "reason": routing_reason(event.data.get("reason", "")),
    }


def _triaged(event: Event, names: Names) -> str:
    return _("Sent to triage (%(reason)s)") % {"reason": routing_reason(event.data.get("reason", ""))}


def _transferred(event: Event, names: Names) -> str:
    return _("Transferred to %(department)s") % {"department": _department(event, names)}


def _service_changed(event: Event, names: Names) -> str:
    return _("Service changed from %(before)s to %(after)s") % {
        "before": names.services.get(event.data.get("from_service_code", ""), ""),
        "after": names.services.get(event.data.get("service_code", ""), ""),
    }


def _priority_set(event: Event, names: Names) -> str:
    return _("Priority changed from %(before)s to %(after)s") % {
        "before": event.data.get("from_priority"),
        "after": event.data.get("priority"),
    }


def _assigned(event: Event, names: Names) -> str:
    name = names.users.get(event.data.get("assignee_id") or 0) or names.teams.get(event.data.get("team_id") or 0)
    return _("Assigned to %(name)s") % {"name": name} if name else _("Unassigned")


def _escalated(event: Event, names: Names) -> str:
    name = names.users.get(event.data.get("assignee_id") or 0, "")
    words = (
        _("Late: %(name)s was notified") if event.data.get("clock_kind") else _("Reopened again: escalated to %(name)s")
    )
    return words % {"name": name}


def _due_soon(event: Event, names: Names) -> str:
    accept = event.data.get("clock_kind") == Target.Kind.ACKNOWLEDGE
    return _("Should be accepted soon") if accept else _("About to be late")


def _silence_answered(event: Event, names: Names) -> str:
    reason = event.data.get("reason")
    if reason not in SilenceQuestion.Reason.values:
        return simple_words(event.kind)
    return _("No update because: %(reason)s") % {"reason": silence.REASONS[reason]}


def _scheduled(event: Event, names: Names) -> str:
    return _("Scheduled for %(day)s") % {"day": day(str(event.data.get("date", "")))}


def _put_on_hold(event: Event, names: Names) -> str:
    code = event.data.get("reason", "")
    return _("On hold until %(day)s: %(reason)s") % {
        "day": day(str(event.data.get("until", ""))),
        "reason": names.waits.get(code, code),
    }


def _handed_over(event: Event, names: Names) -> str:
    return _("Handed over to %(owner)s") % {"owner": names.owners.get(event.data.get("owner_id", 0), "")}


def _merged(event: Event, names: Names) -> str:
    return _("Merged into %(reference)s") % {"reference": names.requests.get(event.data.get("parent_id", 0), "")}


def _duplicate_merged(event: Event, names: Names) -> str:
    reference = names.requests.get(event.data.get("child_id", 0), "")
    return _("%(reference)s was merged into this") % {"reference": reference}


def _unmerged(event: Event, names: Names) -> str:
    return _("Unmerged from %(reference)s") % {"reference": names.requests.get(event.data.get("parent_id", 0), "")}


def _related(event: Event, names: Names) -> str:
    return _("Linked to %(reference)s") % {"reference": names.requests.get(event.data.get("other_id", 0), "")}


def _unrelated(event: Event, names: Names) -> str:
    reference = names.requests.get(event.data.get("other_id", 0), "")
    return _("No longer linked to %(reference)s") % {"reference": reference}


def _personal_data_kept(event: Event, names: Names) -> str:
    kinds = str(event.data.get("kinds", "")).split("+")
    words = ", ".join(str(KIND_WORDS[Kind(kind)]).lower() for kind in kinds if kind)
    return _("Left in after a warning: %(kinds)s") % {"kinds": words}


def _reporter_viewed(event: Event, names: Names) -> str:
    reason = event.data.get("reason")
    if reason in reporter_views.VIEW_REASONS:
        words = str(reporter_views.VIEW_REASONS[reason])
        return _("Viewed the reporter’s contact information (%(reason)s)") % {"reason": words}
    if reason == reporter_views.FOUND_BY_CONTACT:
        return _("Found by the reporter’s phone or email")
    if reason == caller_views.ON_CALL:
        return _("Shown during a call")
    if reason == reporter_views.BY_WEBHOOK:
        return _("A program got the reporter’s contact information by webhook")
    return simple_words(event.kind)


def _task(event: Event, names: Names) -> str:
    return task_words(event.kind) % {"department": _department(event, names)}


def _alarm_raised(event: Event, names: Names) -> str:
    return _("Alarm: %(reason)s") % {"reason": alarms.reason_words(str(event.data.get("reason") or "words"))}


def _emergency_called(event: Event, names: Names) -> str:
    return _("Called %(number)s: %(reason)s") % {
        "number": names.emergency_number,
        "reason": hand_over_words.REASONS[event.data.get("reason") or "unknown"],
    }


def task_words(kind: str) -> str:
    return {
        "task_added": _("Task for %(department)s added"),
        "task_team_set": _("Task for %(department)s given to another team"),
        "task_linked": _("Task for %(department)s: work order linked"),
        "task_done": _("Task for %(department)s done"),
        "task_dropped": _("Task for %(department)s not needed"),
        "task_reopened": _("Task for %(department)s opened again"),
    }[kind]


def alarm_words(event: Event, names: Names) -> str:
    name = alarms.callee_name(names.callees.get(event.data.get("call_id") or 0, ""))
    by_sms = event.data.get("channel") == AlarmCall.Channel.SMS
    if event.kind == "alarm_accepted":
        through_link = event.data.get("call_id") and event.user_id is None
        return _("Alarm: “I have it” (%(name)s)") % {"name": name} if through_link else _("Alarm: “I have it”")
    if event.kind == "alarm_sent":
        words = _("Alarm: text message to %(name)s") if by_sms else _("Alarm: email to %(name)s")
    else:
        words = _("Alarm: text message to %(name)s failed") if by_sms else _("Alarm: email to %(name)s failed")
    return words % {"name": name}


def _resolved(event: Event, names: Names) -> str:
    """ "Resolved: Fixed. No photo or visit: it wasn't safe"."""
    data = event.data
    words = _("Resolved: %(outcome)s") % {"outcome": due.disposition_words(str(data.get("disposition")))}
    why = names.no_evidence.get(str(data.get("no_evidence") or ""), "")
    return f"{words}. " + _("No photo or visit: %(reason)s") % {"reason": why} if why else words


def _crew_result_kept(event: Event, names: Names) -> str:
    """What a crew said after somebody else had been faster."""
    data = event.data
    outcome = {
        Disposition.FIXED: due.disposition_words(Disposition.FIXED),
        Disposition.ACTION_TAKEN: due.disposition_words(Disposition.ACTION_TAKEN),
        Disposition.NOT_FOUND: due.disposition_words(Disposition.NOT_FOUND),
        Task.State.DONE: _("Task done"),
        Task.State.DROPPED: _("Task not needed"),
    }.get(data.get("outcome", ""), _("couldn’t be done"))
    photos = ngettext("%(count)d photo was kept", "%(count)d photos were kept", data.get("photos", 0))
    return _("A crew’s result arrived too late and wasn’t used: %(said)s. %(photos)s for staff only.") % {
        "said": outcome,
        "photos": photos % {"count": data.get("photos", 0)},
    }


def _survey_answered(event: Event, names: Names) -> str:
    """ "Is it fixed?": No (It came back)."""
    question, value, reason = (str(event.data.get(key) or "") for key in ("question", "value", "reason"))
    answer = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}.get(value, value)
    words = _("Survey: is it fixed? %(said)s") if question == "fixed" else _("Survey: treated well? %(said)s")
    why = surveys.REASONS.get(question, {}).get(reason, "")
    return words % {"said": answer} + (f" ({why})" if why else "")


SENTENCES: dict[str, Callable[[Event, Names], str]] = {
    "submitted": _submitted,
    "routed": _routed,
    "triaged": _triaged,
    "transferred": _transferred,
    "service_changed": _service_changed,
    "priority_set": _priority_set,
    "assigned": _assigned,
    "crew_result_kept": _crew_result_kept,
    "escalated": _escalated,
    "due_soon": _due_soon,
    "silence_answered": _silence_answered,
    "survey_answered": _survey_answered,
    "scheduled": _scheduled,
    "put_on_hold": _put_on_hold,
    "resolved": _resolved,
    "handed_over": _handed_over,
    "merged": _merged,
    "duplicate_merged": _duplicate_merged,
    "personal_data_kept": _personal_data_kept,
    "unmerged": _unmerged,
    "related": _related,
    "unrelated": _unrelated,
    "reporter_viewed": _reporter_viewed,
    **dict.fromkeys(
        ["task_added", "task_team_set", "task_linked", "task_done", "task_dropped", "task_reopened"], _task
    ),
    "alarm_raised": _alarm_raised,
    "emergency_called": _emergency_called,
    **dict.fromkeys(["alarm_sent", "alarm_failed", "alarm_accepted"], alarm_words),
}
event_kinds.complete(
    {*SENTENCES, *(name for name, kind in KINDS.items() if kind.staff_words)},
    KINDS,
    "SENTENCES of staff_app/request/timeline.py, nor staff_words in event_kinds.py",
)


def simple_words(kind: str) -> str:
    """What says enough without the event's data, or is read where it has none."""
    return _(KINDS[kind].staff_words or kind)


def routing_reason(code: str) -> str:
    return {
        "rule": _("a routing rule"),
        "service": _("the service’s department"),
        "no_match": _("no rule matches"),
        "by_hand": _("by hand"),
        "failed": _("routing failed"),
        "not_ours": _("not city property"),
        "undone": _("undone"),
    }.get(code, code)


@dataclass(frozen=True)
class Routing:
    at: dt.datetime
    to: str
    reason: str


def routing(service_request: ServiceRequest) -> list[Routing]:
    """The routing decisions, newest first."""
    decisions: Iterable[RoutingDecision] = (
        service_request.routing_decisions.select_related("department", "rule", "version")
        .defer("version__rules")
        .order_by("-id")
    )
    return [
        Routing(
            decision.created_at,
            str(decision.department) if decision.department else _("Triage"),
            _decided_by(decision),
        )
        for decision in decisions
    ]


def _decided_by(decision: RoutingDecision) -> str:
    """The rule, with the version of the rules that was in use."""
    if decision.rule is None:
        return routing_reason(decision.reason)
    if decision.version is None:
        return decision.rule.name
    words = _("%(rule)s, version %(number)d of the rules")
    return words % {"rule": decision.rule.name, "number": decision.version.number}
