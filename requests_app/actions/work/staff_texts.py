"""Texts that staff publish: posted in spite of a warning, withdrawn within 30 seconds, and edited with their history."""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db import transaction

from requests_app import events
from requests_app.actions.shared import clocks
from requests_app.actions.shared.search_index import index_request
from requests_app.clock import app_now
from requests_app.models import Comment, Department, ServiceRequest, Status, TextRevision, User
from requests_app.rules.publication.personal_data import Kind
from requests_app.rules.publication.public_texts import version_of
from requests_app.rules.shared.lifecycle import next_status

WITHDRAW_WITHIN = dt.timedelta(seconds=30)


class TooLateToWithdraw(Exception):
    """The text may have been emailed; it can only be edited."""


class TextEdited(Exception):
    """The text was changed since its writer loaded it. current: as it is now."""

    def __init__(self, current: str) -> None:
        self.current = current
        super().__init__()


@transaction.atomic
def post_marked(
    pk: int,
    post: Callable[[], object],
    *,
    act: str,
    kinds: Iterable[Kind],
    actor: User | None,
    by_department: Department | None = None,
) -> None:
    """Posts a text although personal data was marked in it. The event says who decided, and what was left in, by kind.

    by_department: by the link in its email, without an actor.
    """
    service_request = ServiceRequest.objects.locked(pk)
    by: dict[str, Any] = {"by_department_id": by_department.pk} if by_department is not None else {}
    events.record(
        service_request,
        "personal_data_kept",
        actor=actor,
        act=act,
        kinds="+".join(sorted({str(kind) for kind in kinds})),
        **by,
    )
    post()


def is_editable(comment: Comment, user: User) -> bool:
    """Whether the user wrote this text for the public or the reporter, and it is still shown."""
    for_others = comment.public or comment.kind == Comment.Kind.QUESTION
    return comment.user_id == user.pk and for_others and comment.hidden_at is None


@transaction.atomic
def withdraw(comment_id: int, *, actor: User) -> None:
    """Hides a text from everyone it was written for; email that was not sent yet leaves it out. What was done stays done, except
    that the wait for an answer to a question ends. Does nothing if it was withdrawn before. Raises TooLateToWithdraw."""
    comment = Comment.objects.get(pk=comment_id)
    service_request = ServiceRequest.objects.locked(comment.service_request_id)
    comment.refresh_from_db()
    if not is_editable(comment, actor):
        return
    now = app_now()
    if now - comment.created_at > WITHDRAW_WITHIN:
        raise TooLateToWithdraw
    comment.hidden_at = now
    comment.save(update_fields=["hidden_at"])
    if comment.kind == Comment.Kind.QUESTION and service_request.hold_reason == "reporter":
        _end_wait(service_request)
    events.record(service_request, "text_withdrawn", actor=actor, comment_id=comment.pk)
    _touch(service_request)


def _end_wait(service_request: ServiceRequest) -> None:
    if service_request.status != Status.ON_HOLD:
        return
    service_request.status = next_status(service_request.status, "resume")
    service_request.hold_reason, service_request.hold_until = "", None
    clocks.resume(service_request)
    service_request.save(update_fields=["status", "hold_reason", "hold_until", *clocks.DUE_FIELDS])


@transaction.atomic
def edit(comment_id: int, *, text: str, seen: str, actor: User) -> None:
    """Replaces a text by its writer and keeps the earlier one as a revision. seen: the version the writer loaded
    (rules.public_texts.version_of). Raises TextEdited if a moderator or the writer changed it since."""
    comment = Comment.objects.get(pk=comment_id)
    service_request = ServiceRequest.objects.locked(comment.service_request_id)
    comment.refresh_from_db()
    if not is_editable(comment, actor) or version_of(comment.text) != seen:
        raise TextEdited(comment.text)
    if text == comment.text:
        return
    revision = TextRevision.objects.create(
        service_request=service_request,
        field=TextRevision.Field.COMMENT,
        comment=comment,
        before=comment.text,
        after=text,
        reason="edited",
        user=actor,
    )
    comment.text = text
    comment.save(update_fields=["text"])
    events.record(service_request, "text_edited", actor=actor, comment_id=comment.pk, revision_id=revision.pk)
    _touch(service_request)


def _touch(service_request: ServiceRequest) -> None:
    """For feeds and API clients, and so that a search does not find the old text."""
    service_request.updated_at = app_now()
    service_request.save(update_fields=["updated_at"])
    index_request(service_request.pk)
