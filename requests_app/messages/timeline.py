"""The timeline of a request for residents: newest first, with departments but never names."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from requests_app import event_kinds
from requests_app.core.localized import localized
from requests_app.event_kinds import KINDS
from requests_app.events import PUBLIC_KINDS, SUBSCRIBER_KINDS, without_undone
from requests_app.messages import wording
from requests_app.models import Comment, Department, Disposition, Event, Owner, Person, ServiceRequest, TextRevision
from requests_app.rules.publication.public_texts import key_of

# Not shown: people who joined are a number on the page, not a line each; closed looks like resolved.
UNTOLD = event_kinds.where(residents="counted")
AT_MOST = 200
# Events that come several at a time when someone does it once.
IN_SERIES = {"edited", "photo_added"}
SOON = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """text: a comment in its own language. note: that staff removed a part of it."""

    at: dt.datetime
    sentence: str
    text: str = ""
    language: str = ""
    note: str = ""


def lines(
    service_request: ServiceRequest,
    *,
    parent: ServiceRequest | None = None,
    reporter: Person | None = None,
    reader: Person | None = None,
    notes: Mapping[str, str] | None = None,
    with_texts: bool = True,
) -> list[Line]:
    """Lines of the timeline, newest first.

    parent: the request it was merged into. reporter: set if the reader is the reporter, who also sees our questions.
    reader: the person whose own messages are shown. notes: moderation_notes.text_notes(). with_texts=False: without any comment.
    """
    own = reporter is not None
    requests = [service_request, parent] if parent is not None else [service_request]
    ids = [request.pk for request in requests]
    kinds = PUBLIC_KINDS - UNTOLD | {"undone"}
    events = without_undone(Event.objects.filter(service_request__in=ids, kind__in=kinds).order_by("-id")[:AT_MOST])
    comments = Comment.objects.filter(service_request__in=ids if with_texts else [], hidden_at=None)
    comments = comments.select_related("department")
    readable = {comment.pk: comment for comment in comments if _may_read(comment, service_request, reporter, reader)}
    departments = {
        one.pk: localized(one.name)
        for one in Department.objects.filter(jurisdiction_id=service_request.jurisdiction_id)
    }
    owners = names_of_owners(events)
    rows = []
    shown: set[int] = set()
    mine = (event for event in events if event.service_request_id == service_request.pk)
    begun = min(((event.at, event.pk) for event in mine), default=(service_request.submitted_at, 0))
    for event, newer in zip(events, [None, *events], strict=False):
        if newer is not None and event.kind in IN_SERIES and _is_alike(event, newer):
            continue
        # Events of the parent belong to the timeline only from the time of the report on.
        if event.service_request_id != service_request.pk and (event.at, event.pk) < begun:
            continue
        comment = readable.get(event.data.get("comment_id") or 0)
        if comment is not None:
            shown.add(comment.pk)
        about = service_request if event.service_request_id == service_request.pk else parent or service_request
        # Others who joined also send messages, which aren't the reader's.
        by_another = event.kind == "answered" and reporter is not None and event.person_id not in (None, reporter.pk)
        by_reader = reader is not None and event.person_id == reader.pk
        line = sentence_of(event, about, departments, owners, own=by_reader or (own and not by_another))
        rows.append(Line(event.at, line, *_comment_text(comment, notes or {})))
    for comment in readable.values():
        # Comments without an event, from an import.
        is_earlier = comment.created_at < begun[0]
        if comment.pk not in shown and comment.public and not is_earlier:
            who = localized(comment.department.name) if comment.department else _("The city")
            rows.append(
                Line(comment.created_at, _("Update from %(who)s") % {"who": who}, *_comment_text(comment, notes or {}))
            )
    # sorted() is stable, so lines of the same time stay in the order of their ids.
    return sorted(rows, key=lambda line: line.at, reverse=True)


def _is_alike(event: Event, newer: Event) -> bool:
    """Whether one line is enough for both, as for three photos or two answers on one page."""
    return (event.kind, event.person_id, event.service_request_id) == (
        newer.kind,
        newer.person_id,
        newer.service_request_id,
    ) and newer.at - event.at < SOON


def _comment_text(comment: Comment | None, notes: Mapping[str, str]) -> tuple[str, str, str]:
    """The comment's text, its language and its note."""
    if comment is None:
        return "", "", ""
    return comment.text, comment.language, notes.get(key_of(TextRevision.Field.COMMENT, comment.pk), "")


def _may_read(
    comment: Comment, service_request: ServiceRequest, reporter: Person | None, reader: Person | None
) -> bool:
    """Public comments, the reader's own, and for the reporter our questions. Never internal notes."""
    if comment.public or (reader is not None and comment.person_id == reader.pk):
        return True
    asked = comment.kind == Comment.Kind.QUESTION and comment.service_request_id == service_request.pk
    return asked and reporter is not None


def names_of_owners(events: Iterable[Event]) -> dict[int, str]:
    ids = {event.data["owner_id"] for event in events if event.data.get("owner_id")}
    return dict(Owner.objects.filter(pk__in=ids).values_list("pk", "name"))


def sentence_of(
    event: Event,
    service_request: ServiceRequest,
    departments: Mapping[int, str],
    owners: Mapping[int, str],
    *,
    own: bool,
) -> str:
    """What happened, in words. departments, owners: names by primary key, so that a list needs no query per event."""
    if sentence := SENTENCES.get(event.kind):
        return sentence(_Told(event, service_request, departments, owners, own))
    kind = KINDS[event.kind]
    return _((own and kind.own_words) or kind.resident_words or kind.name)


def change_words(event: Event, service_request: ServiceRequest, *, own: bool) -> str:
    """What one event did, for an email about it alone."""
    departments = Department.objects.filter(pk=event.data.get("department_id") or 0)
    return sentence_of(
        event,
        service_request,
        {department.pk: localized(department.name) for department in departments},
        names_of_owners([event]),
        own=own,
    )


@dataclass(frozen=True)
class _Told:
    """An event, and what its sentence is made of: see words()."""

    event: Event
    service_request: ServiceRequest
    departments: Mapping[int, str]
    owners: Mapping[int, str]
    own: bool


def _sent(told: _Told) -> str:
    department = told.departments.get(told.event.data.get("department_id") or 0, "") or _("The city")
    return _("Sent to %(department)s") % {"department": department}


def _scheduled(told: _Told) -> str:
    day = parse_date(str(told.event.data.get("date", "")))
    return _("Scheduled for %(date)s") % {"date": wording.long_date(day)} if day else _("Scheduled")


def _put_on_hold(told: _Told) -> str:
    data = told.event.data
    return _held(
        told.service_request, str(data.get("reason", "")), parse_date(str(data.get("until", ""))), own=told.own
    )


def _resolved(told: _Told) -> str:
    data = told.event.data
    return _ended(told.service_request, str(data.get("disposition", "")), str(data.get("reason") or ""), own=told.own)


def _handed_over(told: _Told) -> str:
    return _("Sent to %(owner)s") % {
        "owner": told.owners.get(told.event.data.get("owner_id") or 0, _("another office"))
    }


def _asked(told: _Told) -> str:
    return _("We asked you a question") if told.own else _("We asked the person who reported it a question")


def _answered(told: _Told) -> str:
    return _("You sent us a message") if told.own else _("A resident sent us a message")


def _commented(told: _Told) -> str:
    department = told.service_request.department
    return _("Update from %(who)s") % {"who": localized(department.name) if department else _("The city")}


def _place_corrected(told: _Told) -> str:
    if told.event.person_id is None:
        return _("The place was corrected")
    return _("You changed the place") if told.own else _("The person who reported it changed the place")


def _held(service_request: ServiceRequest, reason: str, until: dt.date | None, *, own: bool) -> str:
    """Same words as the status, but with the hold reason of that time."""
    then = ServiceRequest(jurisdiction=service_request.jurisdiction, hold_reason=reason)
    words = wording.hold_words(then, to_reporter=own)
    if until is None:
        return _("Waiting for %(reason)s") % {"reason": words}
    return _("On hold until %(date)s: waiting for %(reason)s") % {"reason": words, "date": wording.long_date(until)}


def _ended(service_request: ServiceRequest, disposition: str, reason: str, *, own: bool) -> str:
    if disposition not in Disposition.values:
        return _("Closed")
    then = ServiceRequest(
        jurisdiction=service_request.jurisdiction,
        service_version=service_request.service_version,
        disposition=disposition,
        disposition_reason=reason,
        owner=service_request.owner,
        owner_reference=service_request.owner_reference,
    )
    return wording.outcome(then, to_reporter=own)


# What depends on the event's data, or on who reads it.
SENTENCES: dict[str, Callable[[_Told], str]] = {
    "routed": _sent,
    "transferred": _sent,
    "scheduled": _scheduled,
    "put_on_hold": _put_on_hold,
    "resolved": _resolved,
    "handed_over": _handed_over,
    "asked": _asked,
    "answered": _answered,
    "commented": _commented,
    "place_corrected": _place_corrected,
}
event_kinds.complete(
    {*SENTENCES, *(name for name, kind in KINDS.items() if kind.resident_words)},
    event_kinds.where(residents="read") | SUBSCRIBER_KINDS,
    "SENTENCES of messages/timeline.py, nor words in event_kinds.py",
)
