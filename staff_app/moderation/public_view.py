"""What the public sees of a request, and the history of what was hidden and shown again."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.utils import formats
from django.utils import timezone as tz
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import Comment, Photo, QuestionVersion, ServiceRequest, TextRevision, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import public_texts, redaction
from requests_app.rules.publication.public_texts import PublicText
from requests_app.rules.shared.text_diff import Piece, text_diff
from staff_app.decorators import reads_for_department
from staff_app.moderation import review_queue
from staff_app.queue import rows
from staff_app.request import timeline

HISTORY_MAX = 50
EVENTS = ("pending_review", "hidden", "published", "photo_hidden", "photo_restored")


def label_of(text: PublicText) -> str:
    """The label of a text; for a comment also its author and time, to tell comments apart."""
    if isinstance(text.of, Comment):
        on = formats.date_format(tz.localtime(text.of.created_at), "SHORT_DATETIME_FORMAT")
        by = (
            localized(text.of.department.name)
            if text.of.department
            else timeline.who(text.of.user, text.of.user is None)
        )
        return f"{timeline.kind_words(text.of)}, {by}, {on}"
    if isinstance(text.of, Photo):
        return _("What the photo shows")
    return text.of.question_text if text.of is not None else _("Description")


def reason_words(code: str) -> str:
    return {
        "personal_data": _("personal data"),
        "abuse": _("abuse"),
        "threat": _("a threat"),
        "not_a_report": _("not a report"),
        "unchecked": _("pending review"),
        "undone": _("undone"),
        "other": _("another reason"),
    }.get(code, "")


@dataclass(frozen=True)
class Entry:
    """One line of the history. Staff can restore what staff hid, but not undo an author's own edit."""

    at: dt.datetime
    who: str
    what: str
    why: str = ""
    of: str = ""
    language: str = ""
    diff: tuple[Piece, ...] = ()
    revision: TextRevision | None = None
    can_restore: bool = False


@dataclass(frozen=True)
class PublicView:
    """history: None for users who may not hide."""

    state: str
    texts: list[tuple[str, PublicText]]
    photos: list[Photo]
    can_hide: bool
    can_show: bool
    history: list[Entry] | None


def public_view(service_request: ServiceRequest, user: User, photos: list[Photo]) -> PublicView:
    can_hide = permissions.can(user, "hide", service_request)
    return PublicView(
        state="" if service_request.is_public else rows.public_state_words(service_request),
        texts=_texts(service_request, user),
        photos=[photo for photo in photos if not photo.is_private],
        can_hide=can_hide,
        can_show=can_hide and permissions.can(user, "publish", service_request),
        history=_history(service_request, user) if can_hide else None,
    )


def _texts(service_request: ServiceRequest, user: User) -> list[tuple[str, PublicText]]:
    texts = [(label_of(text), text) for text in public_texts.public_texts(service_request)]
    if permissions.reads_identity(user, service_request):
        return texts
    known = redaction.of_request(service_request.pk)
    return [
        (label, replace(text, text=redaction.redacted(text.text, label=label, people=known))) for label, text in texts
    ]


def _history(service_request: ServiceRequest, user: User) -> list[Entry]:
    entries = [*_text_changes(service_request, user), *_visibility_changes(service_request)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)


def _text_changes(service_request: ServiceRequest, user: User) -> Iterator[Entry]:
    """Texts hidden by staff, and texts edited by their author."""
    may_restore = permissions.can(user, "publish", service_request)
    for_department = reads_for_department(user, service_request)
    revisions = service_request.text_revisions.select_related(
        "user", "person", "restored_by", "answer__question_version", "comment"
    )
    for revision in revisions.order_by("-id")[:HISTORY_MAX]:
        question = revision.answer.question_version if revision.answer else None
        if question and question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        by_staff = revision.reason in public_texts.REASONS
        yield Entry(
            at=revision.created_at,
            who=timeline.who(revision.user, revision.person_id is not None),
            what=_revision_kind(revision),
            why=reason_words(revision.reason),
            of=revision_label(revision),
            language=revision.comment.language if revision.comment else service_request.language,
            diff=tuple(text_diff(revision.before, revision.after)),
            revision=revision,
            can_restore=by_staff and revision.restored_at is None and may_restore,
        )


def _revision_kind(revision: TextRevision) -> str:
    if revision.reason in public_texts.REASONS:
        return _("Text hidden from the public")
    return _("Text restored by hand") if revision.reason == "restore" else _("Edited by its author")


def revision_label(revision: TextRevision) -> str:
    if revision.answer is not None:
        return revision.answer.question_text
    return {
        TextRevision.Field.DESCRIPTION: _("Description"),
        TextRevision.Field.PLACE_NOTE: _("Where exactly"),
        TextRevision.Field.PHOTO: _("What the photo shows"),
    }.get(TextRevision.Field(revision.field)) or (timeline.kind_words(revision.comment) if revision.comment else "")


def _visibility_changes(service_request: ServiceRequest) -> Iterator[Entry]:
    """The request or a photo as a whole, hidden or shown."""
    events = service_request.events.filter(kind__in=EVENTS).select_related("user")
    for event in events.order_by("-id")[:HISTORY_MAX]:
        reason = str(event.data.get("reason") or "")
        yield Entry(
            at=event.at,
            who=timeline.who(event.user, event.person_id is not None),
            what=timeline.simple_words(event.kind),
            why=review_queue.reason_words(reason) if event.kind == "pending_review" else reason_words(reason),
        )


@dataclass(frozen=True)
class Meanwhile:
    """A change someone else made to a text between a moderator's GET and POST."""

    who: str
    at: dt.datetime | None
    diff: tuple[Piece, ...]


def meanwhile(service_request: ServiceRequest, text: PublicText, seen: str) -> Meanwhile:
    """seen: the version the moderator saw; its text comes from the revisions, or else is taken as the current one."""
    revisions = [
        revision
        for revision in service_request.text_revisions.select_related("user", "person").order_by("-id")[:HISTORY_MAX]
        if public_texts.key_of_revision(revision) == text.key
    ]
    before = next((entry.before for entry in revisions if public_texts.version_of(entry.before) == seen), text.text)
    last = revisions[0] if revisions else None
    return Meanwhile(
        who=timeline.who(last.user, last.person_id is not None) if last else "",
        at=last.created_at if last else None,
        diff=tuple(text_diff(before, text.text)),
    )
