"""A request's public text written by people, and what staff removed from it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery

from requests_app.models import (
    Answer,
    Comment,
    Event,
    Membership,
    Photo,
    QuestionVersion,
    ServiceRequest,
    TextRevision,
)
from requests_app.rules.shared import question_kinds
from requests_app.rules.shared.intake import clean_text

# Why staff removed something (codes). Revisions with other reasons removed nothing.
REASONS = ("personal_data", "abuse", "threat", "other")
REMOVED = "[…]"
# The newest comments, for a request with hundreds of them.
COMMENTS_MAX = 200

Of = Answer | Comment | Photo | None
Field = TextRevision.Field


@dataclass(frozen=True)
class PublicText:
    """Text that is public while the request is. of: the row that stores it; None: the request itself."""

    field: str
    text: str
    language: str
    of: Of = None

    @property
    def key(self) -> str:
        return key_of(self.field, self.of.pk if self.of else None)

    @property
    def version(self) -> str:
        return version_of(self.text)


def key_of(field: str, pk: int | None) -> str:
    return f"{field}-{pk}" if pk else field


def version_of(text: str) -> str:
    """A hash, so that a form can say which version its reader saw."""
    return hashlib.sha256(clean_text(text).encode()).hexdigest()[:16]


def public_texts(service_request: ServiceRequest) -> list[PublicText]:
    """Each public text typed by a person, in page order: description, answers, photos, comments."""
    language = service_request.language
    texts = [PublicText(Field.DESCRIPTION, service_request.description, language)]
    answers = service_request.answers.filter(
        question_version__kind__in=question_kinds.FREE_TEXT,
        question_version__visibility=QuestionVersion.Visibility.PUBLIC,
    )
    for answer in answers.select_related("question_version").order_by("question_version__order", "id"):
        texts.append(PublicText(Field.ANSWER, answer.value_text, language, answer))
    for photo in service_request.photos.filter(is_private=False, hidden_at=None).exclude(alt="").order_by("id"):
        texts.append(PublicText(Field.PHOTO, photo.alt, language, photo))
    comments = service_request.comments.filter(public=True, hidden_at=None).select_related("department", "user")
    for comment in reversed(comments.order_by("-id")[:COMMENTS_MAX]):
        texts.append(PublicText(Field.COMMENT, comment.text, comment.language, comment))
    return [text for text in texts if text.text]


def current_text(revision: TextRevision) -> str:
    """The current text at the place of a revision."""
    if revision.answer is not None:
        return revision.answer.value_text
    if revision.comment is not None:
        return revision.comment.text
    if revision.photo is not None:
        return revision.photo.alt
    return revision.service_request.description


def key_of_revision(revision: TextRevision) -> str:
    return key_of(revision.field, revision.answer_id or revision.comment_id or revision.photo_id)


def removed_texts(
    service_request: ServiceRequest, parent: ServiceRequest | None = None
) -> Iterator[tuple[str, str, dict[str, str] | None]]:
    """The texts of which a part is removed now: key, reason, and the department that did it, if not the city. Includes comments of
    `parent`, into which the request was merged."""
    of_staff = Membership.objects.filter(
        user=OuterRef("user"), jurisdiction=service_request.jurisdiction_id, department__isnull=False
    )
    where = Q(service_request=service_request)
    if parent is not None:
        where |= Q(service_request=parent, field=Field.COMMENT)
    changes: QuerySet[TextRevision] = TextRevision.objects.filter(where, reason__in=REASONS, restored_at=None)
    by = Subquery(of_staff.order_by("id").values("department__name")[:1], output_field=JSONField())
    for revision in changes.annotate(by=by).order_by("id"):
        yield key_of_revision(revision), revision.reason, revision.by


def hidden_reason(service_request: ServiceRequest) -> str:
    """Why staff hid the request (a code)."""
    last = Event.objects.filter(service_request=service_request, kind="hidden").order_by("-id").first()
    return str(last.data.get("reason", "")) if last else ""
