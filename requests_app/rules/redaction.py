"""What identity-blind staff, such as contractors, read of a request: personal data is replaced, and notes for others are left out.

The replacement happens on the server, so that a page contains no trace of what it stands for.
"""

import re
from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext as _

from requests_app.models import Answer, Comment, Photo, ServiceRequest, User
from requests_app.rules import permissions
from requests_app.rules.personal_data import Kind
from requests_app.rules.public_words import found_in

NAME_LENGTH = 3
_WORD = re.compile(r"\w+")


def placeholder(kind: Kind) -> str:
    return {
        Kind.EMAIL: _("[email address]"),
        Kind.PHONE: _("[phone number]"),
        Kind.PLATE: _("[license plate]"),
        Kind.NAME: _("[name]"),
    }[kind]


def redacted(text: str, where: str = "text", *, label: str = "") -> str:
    """The text with each finding replaced. where: as for found_in(); label: the question that the text answers."""
    parts, at = [], 0
    for finding in found_in(where, text, label=label) if text else []:
        parts += [text[at : finding.start], placeholder(finding.kind)]
        at = finding.end
    return "".join([*parts, text[at:]])


def without_names(text: str, names: Iterable[str]) -> str:
    """The text without each word of these names, in whatever case. Shorter words than NAME_LENGTH stay."""
    words = {word.casefold() for name in names for word in _WORD.findall(name) if len(word) >= NAME_LENGTH}
    return _WORD.sub(lambda found: placeholder(Kind.NAME) if found[0].casefold() in words else found[0], text)


def redact(service_request: ServiceRequest) -> None:
    """Replaces the texts of this object only. It must not be saved; actions load and lock the row again."""
    service_request.description = redacted(service_request.description)
    service_request.place_note = redacted(service_request.place_note)
    service_request.address = redacted(service_request.address, "address")
    service_request.public_address = redacted(service_request.public_address, "address")


def redact_for(user: User | AnonymousUser, service_requests: Iterable[ServiceRequest]) -> None:
    """Redacts those of the requests whose reader is identity-blind."""
    for service_request in service_requests:
        if not permissions.reads_identity(user, service_request):
            redact(service_request)


def redact_answers(answers: Iterable[Answer]) -> None:
    for answer in answers:
        answer.value_text = redacted(answer.value_text, label=answer.question_text)


def redact_photos(photos: Iterable[Photo]) -> None:
    for photo in photos:
        photo.alt = redacted(photo.alt)


def readable_comments(
    comments: Iterable[Comment], user: User | AnonymousUser, *, reads_identity: bool
) -> list[Comment]:
    """The comments that the user may read. For identity-blind users: redacted, without notes for the department by others
    and without what was hidden."""
    if reads_identity:
        return list(comments)
    readable = []
    for comment in comments:
        is_own = comment.user_id is not None and comment.user_id == user.pk
        is_for_others = comment.kind == Comment.Kind.NOTE and comment.audience != Comment.Audience.EVERYONE
        if (is_for_others and not is_own) or comment.hidden_at is not None:
            continue
        comment.text = redacted(comment.text)
        readable.append(comment)
    return readable
