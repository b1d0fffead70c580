"""All that happened to one request, newest first, in words and with the names of staff: the audit as people read it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from requests_app.localized import localized
from requests_app.models import (
    Comment,
    Department,
    Event,
    Owner,
    RoutingDecision,
    Service,
    ServiceRequest,
    User,
)
from requests_app.references import display
from requests_app.rules import survey
from requests_app.rules.text_diff import Piece
from staff_app import due
from staff_app.request import changes as request_changes


@dataclass(frozen=True)
class Line:
    """comment: the words that were said, if any. internal: the public never reads them. diff: what the reporter changed."""

    at: dt.datetime
    what: str
    who: str
    comment: Comment | None = None
    internal: bool = False
    diff: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Names:
    """What the events' ids are called, read once for the whole timeline."""

    departments: dict[int, str]
    users: dict[int, str]
    owners: dict[int, str]
    requests: dict[int, str]
    services: dict[str, str]
    waits: dict[str, str]


def lines(
    service_request: ServiceRequest, waits: dict[str, str], *, for_department: bool, reads_hidden: bool
) -> list[Line]:
    """Events with their words; and words that no event speaks of, as imports and hand-offs leave them.

    for_department: for whoever also reads what is for the request's own department alone; reads_hidden: what was taken out.
    """
    events = list(service_request.events.select_related("user", "person").order_by("-id"))
    comments = {one.pk: one for one in service_request.comments.select_related("user", "person", "department")}
    names = read_names(service_request, events, waits)
    changes = request_changes.by_event(
        service_request, events, for_department=for_department, reads_hidden=reads_hidden
    )
    told: set[int] = set()
    found = []
    for event in events:
        comment = comments.get(event.data.get("comment_id", 0))
        if comment is not None:
            told.add(comment.pk)
        found.append(
            Line(
                at=event.at,
                what=words_of(event, names),
                who=who(event.user, event.person is not None),
                comment=comment,
                internal=comment is not None and not comment.public,
                diff=changes.get(event.pk, ()),
            )
        )
    for comment in comments.values():
        if comment.pk not in told:
            by = who(comment.user, comment.person is not None)
            found.append(Line(comment.created_at, kind_words(comment), by, comment, internal=not comment.public))
    # By id within one moment: sorted() keeps the order of what is equally old.
    return sorted(found, key=lambda line: line.at, reverse=True)


def read_names(service_request: ServiceRequest, events: Iterable[Event], waits: dict[str, str]) -> Names:
    def ids(*keys: str) -> set[int]:
        return {int(event.data[key]) for event in events for key in keys if event.data.get(key)}

    codes = {
        event.data[key] for event in events for key in ("service_code", "from_service_code") if event.data.get(key)
    }
    departments = Department.objects.in_bulk(ids("department_id", "from_department_id"))
    users = User.objects.in_bulk(ids("assignee_id"))
    owners = Owner.objects.in_bulk(ids("owner_id"))
    others = ServiceRequest.objects.filter(pk__in=ids("parent_id", "child_id")).values_list("pk", "reference")
    services = Service.objects.filter(jurisdiction_id=service_request.jurisdiction_id, service_code__in=codes)
    return Names(
        departments={pk: str(one) for pk, one in departments.items()},
        users={pk: str(one) for pk, one in users.items()},
        owners={pk: one.name for pk, one in owners.items()},
        requests={pk: display(reference) for pk, reference in others},
        services={
            one.service_code: localized(one.current.name) if one.current else one.service_code
            for one in services.select_related("current")
        },
        waits=waits,
    )


def who(user: User | None, by_resident: bool) -> str:
    if user is not None:
        return str(user)
    return _("Resident") if by_resident else pgettext("who did it", "System")


def kind_words(comment: Comment) -> str:
    return {
        Comment.Kind.COMMENT: _("Public comment"),
        Comment.Kind.NOTE: _("Internal note"),
        Comment.Kind.QUESTION: _("Question to the reporter"),
        Comment.Kind.ANSWER: _("The reporter said"),
        Comment.Kind.OUTCOME: _("Public words with the outcome"),
    }[Comment.Kind(comment.kind)]


def day(iso: str) -> str:
    return formats.date_format(dt.date.fromisoformat(iso[:10]), "DATE_FORMAT")


def words_of(event: Event, names: Names) -> str:
    """One event as a sentence without its subject, which stands beside it."""
    data = event.data
    department = names.departments.get(data.get("department_id", 0), "")
    match event.kind:
        case "submitted":
            return _("Reported: %(service)s") % {"service": names.services.get(data.get("service_code", ""), "")}
        case "routed":
            return _("Routed to %(department)s (%(reason)s)") % {
                "department": department,
                "reason": routing_reason(data.get("reason", "")),
            }
        case "triaged":
            return _("To the triage queue (%(reason)s)") % {"reason": routing_reason(data.get("reason", ""))}
        case "transferred":
            return _("Transferred to %(department)s") % {"department": department}
        case "service_changed":
            return _("Service changed from %(before)s to %(after)s") % {
                "before": names.services.get(data.get("from_service_code", ""), ""),
                "after": names.services.get(data.get("service_code", ""), ""),
            }
        case "priority_set":
            return _("Priority changed from %(before)s to %(after)s") % {
                "before": data.get("from_priority"),
                "after": data.get("priority"),
            }
        case "assigned":
            name = names.users.get(data.get("assignee_id") or 0)
            return _("Assigned to %(name)s") % {"name": name} if name else _("Assigned to nobody")
        case "escalated":
            return _("Came back again: given to %(name)s") % {"name": names.users.get(data.get("assignee_id") or 0, "")}
        case "surveyed":
            return surveyed_words(data)
        case "scheduled":
            return _("Planned for %(day)s") % {"day": day(str(data.get("date", "")))}
        case "put_on_hold":
            reason = names.waits.get(data.get("reason", ""), data.get("reason", ""))
            return _("On hold until %(day)s: %(reason)s") % {"day": day(str(data.get("until", ""))), "reason": reason}
        case "resolved":
            return _("Ended: %(outcome)s") % {"outcome": due.disposition_words(str(data.get("disposition")))}
        case "handed_over":
            return _("Handed over to %(owner)s") % {"owner": names.owners.get(data.get("owner_id", 0), "")}
        case "merged":
            return _("Joined with %(reference)s") % {"reference": names.requests.get(data.get("parent_id", 0), "")}
        case "absorbed":
            return _("%(reference)s was joined with this") % {
                "reference": names.requests.get(data.get("child_id", 0), "")
            }
        case "unmerged":
            return _("Taken apart from %(reference)s") % {"reference": names.requests.get(data.get("parent_id", 0), "")}
    return simple_words(event.kind)


def surveyed_words(data: dict[str, Any]) -> str:
    """ "Is it fixed?": No (It came back)."""
    question, value, reason = (str(data.get(key) or "") for key in ("question", "value", "reason"))
    said = {"yes": _("yes"), "partly": _("partly"), "no": _("no")}.get(value, value)
    words = _("Says whether it is fixed: %(said)s") if question == "fixed" else _("Says whether treated well: %(said)s")
    why = survey.REASONS.get(question, {}).get(reason, "")
    return words % {"said": said} + (f" ({why})" if why else "")


def simple_words(kind: str) -> str:
    return {
        "confirmed": _("Confirmed by the reporter"),
        "accepted": _("Accepted"),
        "visited": _("Visited"),
        "made_safe": _("Made safe for now"),
        "resumed": _("Off hold"),
        "asked": _("Asked the reporter"),
        "answered": _("A resident wrote"),
        "commented": _("Public comment"),
        "noted": _("Internal note"),
        "withdrawn": _("Withdrawn"),
        "reopened": _("Reopened"),
        "closed": _("Closed, 30 days after it ended"),
        "joined": _("One more person: affected too"),
        "followed": _("One more person follows it"),
        "unsubscribed": _("Wants no more mails"),
        "place_corrected": _("Place corrected"),
        "edited": _("Changed the words of the report"),
        "edited_for_staff": _("Changed what only the city sees"),
        "photo_added": _("Added a photo"),
        "photo_removed": _("Took a photo out that had just been added"),
        "pending_review": _("Held back until somebody has looked"),
        "hidden": _("Hidden from the public"),
        "published": _("Shown to the public"),
        "photo_hidden": _("Photo hidden"),
        "photo_shown": _("Photo shown again"),
        "text_hidden": _("Words hidden from the public"),
        "text_shown": _("Hidden words put back"),
        "reporter_viewed": _("Opened the reporter’s contact"),
        "erased": _("Erased at the person’s wish"),
        "imported": _("Imported from the earlier system"),
    }.get(kind, kind)


def outbox_words(kind: str) -> str:
    """What a row of the outbox does, or a mail says."""
    return {
        "route": _("Routing"),
        "index": _("Search index"),
        "erase": _("Erasing at a person’s wish"),
        "mail_owner": _("Mail to the owner"),
        "mail_supervisor": _("Mail to the supervisor"),
        "notify": _("Notifications"),
        "email_received": _("Mail: received"),
        "email_routed": _("Mail: sent to the department"),
        "email_commented": _("Mail: public comment"),
        "email_asked": _("Mail: our question"),
        "email_on_hold": _("Mail: on hold"),
        "email_resolved": _("Mail: outcome"),
        "email_reopened": _("Mail: open again"),
        "email_changed": _("Mail: what changed"),
    }.get(kind, kind)


def routing_reason(code: str) -> str:
    return {
        "rule": _("a rule of the routing table"),
        "service": _("the service’s own department"),
        "no_match": _("no rule fits"),
        "by_hand": _("by hand"),
        "failed": _("routing failed"),
        "not_ours": _("the ground is not ours"),
    }.get(code, code)


@dataclass(frozen=True)
class Routing:
    at: dt.datetime
    to: str
    reason: str


def routing(service_request: ServiceRequest) -> list[Routing]:
    """Where it was sent and why, newest first."""
    decisions: Iterable[RoutingDecision] = service_request.routing_decisions.select_related(
        "department", "rule"
    ).order_by("-id")
    return [
        Routing(
            one.created_at,
            str(one.department) if one.department else _("Triage"),
            one.rule.name if one.rule else routing_reason(one.reason),
        )
        for one in decisions
    ]
