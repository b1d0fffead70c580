"""What everybody sees of a request, and the history of what was hidden from them and shown again."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils import formats
from django.utils import timezone as tz
from django.utils.translation import gettext as _

from requests_app.localized import localized
from requests_app.models import Comment, Photo, QuestionVersion, ServiceRequest, TextRevision, User
from requests_app.rules import permissions, public_texts
from requests_app.rules.public_texts import PublicText
from requests_app.rules.text_diff import Piece, text_diff
from staff_app.decorators import reads_for_department
from staff_app.moderation import review_queue
from staff_app.queue import rows
from staff_app.request import timeline

AT_MOST = 50
EVENTS = ("pending_review", "hidden", "published", "photo_hidden", "photo_shown")


def label_of(text: PublicText) -> str:
    """What a text is, in words: of several comments, whose and when."""
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
    return text.of.question_words if text.of is not None else _("Description")


def reason_words(code: str) -> str:
    return {
        "personal_data": _("personal data"),
        "abuse": _("abuse"),
        "threat": _("a threat"),
        "not_a_report": _("no report"),
        "unchecked": _("waits for a look"),
        "other": _("another reason"),
    }.get(code, "")


@dataclass(frozen=True)
class Entry:
    """One line of the history. diff: what changed; of an own edit of the writer's, there is no way back."""

    at: dt.datetime
    who: str
    what: str
    why: str = ""
    of: str = ""
    language: str = ""
    diff: tuple[Piece, ...] = ()
    revision: TextRevision | None = None
    can_put_back: bool = False


@dataclass(frozen=True)
class PublicView:
    """history: for who may hide, None for everybody else."""

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
        texts=[(label_of(one), one) for one in public_texts.public_texts(service_request)],
        photos=[one for one in photos if not one.is_private],
        can_hide=can_hide,
        can_show=can_hide and permissions.can(user, "publish", service_request),
        history=_history(service_request, user) if can_hide else None,
    )


def _history(service_request: ServiceRequest, user: User) -> list[Entry]:
    found = [*_changes(service_request, user), *_switches(service_request)]
    return sorted(found, key=lambda one: one.at, reverse=True)


def _changes(service_request: ServiceRequest, user: User) -> Iterator[Entry]:
    """Words that staff took out, and words that their writer changed: told apart."""
    may_put_back = permissions.can(user, "publish", service_request)
    for_department = reads_for_department(user, service_request)
    revisions = service_request.text_revisions.select_related(
        "user", "person", "undone_by", "answer__question_version", "comment"
    )
    for one in revisions.order_by("-id")[:AT_MOST]:
        question = one.answer.question_version if one.answer else None
        if question and question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        by_staff = one.reason in public_texts.REASONS
        yield Entry(
            at=one.created_at,
            who=timeline.who(one.user, one.person_id is not None),
            what=_what(one),
            why=reason_words(one.reason),
            of=revision_label(one),
            language=one.comment.language if one.comment else service_request.language,
            diff=tuple(text_diff(one.before, one.after)),
            revision=one,
            can_put_back=by_staff and one.undone_at is None and may_put_back,
        )


def _what(revision: TextRevision) -> str:
    if revision.reason in public_texts.REASONS:
        return _("Words hidden from the public")
    return _("Words put back by hand") if revision.reason == "restore" else _("Changed by its writer")


def revision_label(revision: TextRevision) -> str:
    if revision.answer is not None:
        return revision.answer.question_words
    return {
        TextRevision.Field.DESCRIPTION: _("Description"),
        TextRevision.Field.PLACE_NOTE: _("Where exactly"),
        TextRevision.Field.PHOTO: _("What the photo shows"),
    }.get(TextRevision.Field(revision.field)) or (timeline.kind_words(revision.comment) if revision.comment else "")


def _switches(service_request: ServiceRequest) -> Iterator[Entry]:
    """The whole request, and whole photos."""
    happened = service_request.events.filter(kind__in=EVENTS).select_related("user")
    for event in happened.order_by("-id")[:AT_MOST]:
        reason = str(event.data.get("reason") or "")
        yield Entry(
            at=event.at,
            who=timeline.who(event.user, event.person_id is not None),
            what=timeline.simple_words(event.kind),
            why=review_queue.reason_words(reason) if event.kind == "pending_review" else reason_words(reason),
        )


@dataclass(frozen=True)
class Meanwhile:
    """What somebody else did to a text between reading and pressing the button."""

    who: str
    at: dt.datetime | None
    diff: tuple[Piece, ...]


def meanwhile(service_request: ServiceRequest, text: PublicText, seen: str) -> Meanwhile:
    """seen: the version that was read. The log of changes knows its words; a change that it does not know is told as it is now."""
    revisions = [
        one
        for one in service_request.text_revisions.select_related("user", "person").order_by("-id")[:AT_MOST]
        if public_texts.key_of_revision(one) == text.key
    ]
    before = next((one.before for one in revisions if public_texts.version_of(one.before) == seen), text.words)
    last = revisions[0] if revisions else None
    return Meanwhile(
        who=timeline.who(last.user, last.person_id is not None) if last else "",
        at=last.created_at if last else None,
        diff=tuple(text_diff(before, text.words)),
    )
