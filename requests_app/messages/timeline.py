"""What happened to a request, as residents read it: newest first, in words, departments and never names."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from requests_app.events import PUBLIC_KINDS
from requests_app.localized import localized
from requests_app.messages import wording
from requests_app.models import Comment, Department, Disposition, Event, Owner, Person, ServiceRequest, TextRevision
from requests_app.rules.public_texts import key_of

# Others who have the problem too are one number on the page, not a line each; closed looks like resolved.
UNTOLD = {"joined", "absorbed", "closed"}
AT_MOST = 200
# What comes several times in a row when somebody does it once.
AT_ONCE = {"edited", "photo_added"}
SOON = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Line:
    """text: words that somebody wrote, in their own language. note: that a part of them was taken out."""

    at: dt.datetime
    words: str
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
) -> list[Line]:
    """reporter: for them, who also read what we asked. reader: whose own words are among it. parent: the request it was
    joined with.

    notes: of texts of which a part was taken out (moderated.text_notes).
    """
    own = reporter is not None
    requests = [service_request, parent] if parent is not None else [service_request]
    ids = [one.pk for one in requests]
    kinds = PUBLIC_KINDS - UNTOLD
    events = list(Event.objects.filter(service_request__in=ids, kind__in=kinds).order_by("-id")[:AT_MOST])
    comments = Comment.objects.filter(service_request__in=ids, hidden_at=None).select_related("department")
    spoken = {one.pk: one for one in comments if _may_read(one, service_request, reporter, reader)}
    departments = {
        one.pk: localized(one.name)
        for one in Department.objects.filter(jurisdiction_id=service_request.jurisdiction_id)
    }
    owners = names_of_owners(events)
    found = []
    told: set[int] = set()
    mine = (event for event in events if event.service_request_id == service_request.pk)
    begun = min(((event.at, event.pk) for event in mine), default=(service_request.submitted_at, 0))
    for event, newer in zip(events, [None, *events], strict=False):
        if newer is not None and event.kind in AT_ONCE and _is_alike(event, newer):
            continue
        # What happened to the parent since is the reader's own story; what was before their report is not.
        if event.service_request_id != service_request.pk and (event.at, event.pk) < begun:
            continue
        comment = spoken.get(event.data.get("comment_id") or 0)
        if comment is not None:
            told.add(comment.pk)
        about = service_request if event.service_request_id == service_request.pk else parent or service_request
        # Others who joined write to us as well: their words are not the reader's.
        by_another = event.kind == "answered" and reporter is not None and event.person_id not in (None, reporter.pk)
        by_reader = reader is not None and event.person_id == reader.pk
        told_as = words(event, about, departments, owners, own=by_reader or (own and not by_another))
        found.append(Line(event.at, told_as, *_said(comment, notes or {})))
    for comment in spoken.values():
        # Words that no event speaks of: an import leaves them so.
        is_earlier = comment.created_at < begun[0]
        if comment.pk not in told and comment.public and not is_earlier:
            who = localized(comment.department.name) if comment.department else _("The city")
            found.append(
                Line(comment.created_at, _("Update from %(who)s") % {"who": who}, *_said(comment, notes or {}))
            )
    # sorted() keeps the order of what is equally old, and that is by id.
    return sorted(found, key=lambda line: line.at, reverse=True)


def _is_alike(event: Event, newer: Event) -> bool:
    """Three photos, or two answers on one page: one line says it."""
    return (event.kind, event.person_id, event.service_request_id) == (
        newer.kind,
        newer.person_id,
        newer.service_request_id,
    ) and newer.at - event.at < SOON


def _said(comment: Comment | None, notes: Mapping[str, str]) -> tuple[str, str, str]:
    """Its words, their language and the note below them."""
    if comment is None:
        return "", "", ""
    return comment.text, comment.language, notes.get(key_of(TextRevision.Field.COMMENT, comment.pk), "")


def _may_read(
    comment: Comment, service_request: ServiceRequest, reporter: Person | None, reader: Person | None
) -> bool:
    """Everybody: what is public. Each their own words; the reporter also what we asked them; never a note."""
    if comment.public or (reader is not None and comment.person_id == reader.pk):
        return True
    asked = comment.kind == Comment.Kind.QUESTION and comment.service_request_id == service_request.pk
    return asked and reporter is not None


def names_of_owners(events: Iterable[Event]) -> dict[int, str]:
    ids = {event.data["owner_id"] for event in events if event.data.get("owner_id")}
    return dict(Owner.objects.filter(pk__in=ids).values_list("pk", "name"))


def words(
    event: Event,
    service_request: ServiceRequest,
    departments: Mapping[int, str],
    owners: Mapping[int, str],
    *,
    own: bool,
) -> str:
    """What happened. departments, owners: their names by key, so that a list's events cost no query each."""
    data = event.data
    department = departments.get(data.get("department_id") or 0, "") or _("The city")
    if event.kind in ("routed", "transferred"):
        return _("Sent to %(department)s") % {"department": department}
    if event.kind == "scheduled":
        day = parse_date(str(data.get("date", "")))
        return _("Scheduled for %(date)s") % {"date": wording.long_date(day)} if day else _("Scheduled")
    if event.kind == "put_on_hold":
        return _held(service_request, str(data.get("reason", "")), parse_date(str(data.get("until", ""))), own=own)
    if event.kind == "resolved":
        return _ended(service_request, str(data.get("disposition", "")), str(data.get("reason") or ""), own=own)
    if event.kind == "handed_over":
        return _("Sent to %(owner)s") % {"owner": owners.get(data.get("owner_id") or 0, _("another office"))}
    if event.kind == "asked":
        return _("We asked you a question") if own else _("We asked the person who reported it a question")
    if event.kind == "answered":
        return _("You sent us a message") if own else _("A resident sent us a message")
    return {
        "submitted": _("We got the report"),
        "published": _("We got the report"),
        "accepted": _("Work has started"),
        "visited": _("Someone visited the site"),
        "made_safe": _("Made safe for now; repair still to come"),
        "resumed": _("Work has resumed"),
        "commented": _("Update from %(who)s")
        % {"who": localized(service_request.department.name) if service_request.department else _("The city")},
        "merged": _("Combined with an earlier report"),
        "edited": _("You edited the report") if own else _("The person who reported it edited the report"),
        "place_corrected": _place_words(event, own=own),
        "photo_added": _("You added photos") if own else _("The person who reported it added photos"),
        "unmerged": _("Separated from the earlier report"),
        "withdrawn": _("You withdrew this report") if own else _("Withdrawn by the person who reported it"),
        "reopened": _("Reopened"),
    }.get(event.kind, event.kind)


def change_words(event: Event, service_request: ServiceRequest, *, own: bool) -> str:
    """What one event did, for a mail about it alone."""
    departments = Department.objects.filter(pk=event.data.get("department_id") or 0)
    return words(
        event, service_request, {one.pk: localized(one.name) for one in departments}, names_of_owners([event]), own=own
    )


def _place_words(event: Event, *, own: bool) -> str:
    if event.person_id is None:
        return _("The place was corrected")
    return _("You changed the place") if own else _("The person who reported it changed the place")


def _held(service_request: ServiceRequest, reason: str, until: dt.date | None, *, own: bool) -> str:
    """As the status says it, for the reason of that day and not of today."""
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
