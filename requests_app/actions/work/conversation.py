"""Comments, notes, questions to the reporter, and residents' answers and additions."""

import datetime as dt
from typing import Any

from django.db import transaction

from requests_app import events
from requests_app.actions.people import staff_notices
from requests_app.actions.publication import publication
from requests_app.actions.shared import clocks
from requests_app.actions.work import holds, reopenings
from requests_app.clock import app_now
from requests_app.core.transactions import atomic_action
from requests_app.models import Comment, Disposition, Jurisdiction, Person, ServiceRequest, Status, User
from requests_app.models.service_request import WAITS_FOR_REPORTER
from requests_app.rules.shared.lifecycle import next_status
from requests_app.rules.work import mentions, reminders

ANSWER_DEADLINE = dt.timedelta(days=14)
# No earlier in the day, by the city's clock.
REMINDED_FROM_HOUR = 9


@atomic_action
def comment(pk: int, *, text: str, actor: User | None, language: str = "", checked_by: User | None = None) -> Comment:
    """Posts a public comment by the department. Reporter and followers are notified.

    language: of the text, if not the writer's own. checked_by: who vouches for words in that language.
    """
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "comment")
    service_request.updated_at = service_request.last_public_message_at = app_now()
    service_request.has_new_answer = False
    service_request.save(update_fields=["status", "updated_at", "last_public_message_at", "has_new_answer"])
    created = Comment.objects.create(
        service_request=service_request,
        text=text,
        language=language or (actor or service_request).language,
        public=True,
        user=actor,
        department=service_request.department,
    )
    checked: dict[str, Any] = {"checked_by_id": checked_by.pk} if checked_by else {}
    events.record(service_request, "commented", actor=actor, comment_id=created.pk, **checked)
    return created


@atomic_action
def note(
    pk: int, *, text: str, actor: User | None, audience: str = Comment.Audience.DEPARTMENT, language: str = ""
) -> Comment:
    """Adds an internal note. audience: who may read it (Comment.Audience). Colleagues named in it, as @handle, are notified.

    actor: None if a device wrote it, then in this language.
    """
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "note")
    created = Comment.objects.create(
        service_request=service_request,
        kind=Comment.Kind.NOTE,
        audience=audience,
        text=text,
        language=language or (actor or service_request).language,
        user=actor,
        department=service_request.department,
    )
    if named := mentions.find([service_request], text, audience=audience).users:
        staff_notices.mention(created.pk, named)
    events.record(service_request, "note_added", actor=actor, comment_id=created.pk)
    return created


@transaction.atomic
def ask(
    pk: int,
    *,
    question: str,
    actor: User | None,
    until: dt.date | None = None,
    language: str = "",
    checked_by: User | None = None,
) -> Comment:
    """Asks the reporter a question that only they can see. The clock is paused until they answer.

    until: the day on which the request is closed without an answer; None: in 14 days. language, checked_by: as in comment().
    """
    service_request = ServiceRequest.objects.locked(pk)
    service_request.status = next_status(service_request.status, "ask")
    service_request.hold_reason = WAITS_FOR_REPORTER
    service_request.hold_until = until or holds.local_day(service_request.jurisdiction) + ANSWER_DEADLINE
    service_request.updated_at = app_now()
    clocks.pause(service_request)
    service_request.save(update_fields=["status", "hold_reason", "hold_until", "updated_at", *clocks.DUE_FIELDS])
    created = Comment.objects.create(
        service_request=service_request,
        kind=Comment.Kind.QUESTION,
        text=question,
        language=language or (actor or service_request).language,
        user=actor,
        department=service_request.department,
    )
    checked: dict[str, Any] = {"checked_by_id": checked_by.pk} if checked_by else {}
    events.record(
        service_request, "asked", actor=actor, comment_id=created.pk, until=service_request.hold_until, **checked
    )
    return created


def remind_reporters(city: Jurisdiction, *, at_most: int = 5000) -> int:
    """Reminds reporters of questions that will soon be closed without an answer, once for each question."""
    now = app_now().astimezone(city.zone)
    if now.hour < REMINDED_FROM_HOUR:
        return 0
    soon = holds.on_hold(city).filter(
        hold_reason=WAITS_FOR_REPORTER,
        hold_until__gt=now.date(),
        hold_until__lte=now.date() + reminders.BEFORE_DEADLINE,
    )
    return sum(_remind(pk) for pk in soon.values_list("pk", flat=True)[:at_most])


@transaction.atomic
def _remind(pk: int) -> bool:
    # Lock first: the answer may have come since the list was read.
    service_request = ServiceRequest.objects.locked(pk)
    question = reminders.question_to_remind_of(service_request)
    if question is None:
        return False
    question_id, until = question.data["comment_id"], service_request.hold_until
    events.record(service_request, "reminded", actor=None, question_id=question_id, until=until)
    return True


@transaction.atomic
def answer(pk: int, *, text: str, actor: Person | User) -> Comment:
    """Adds the reporter's answer (or a call taker's, for them). A hold for the reporter ends; any other hold goes on."""
    service_request = ServiceRequest.objects.locked(pk)
    waited = service_request.waits_for_reporter
    if service_request.status == Status.ON_HOLD and not waited:
        return _add_resident_comment(service_request, text, actor)
    service_request.save(update_fields=holds.end_hold(service_request, "answer"))
    return _add_resident_comment(service_request, text, actor, resumed=waited)


@transaction.atomic
def add_message(pk: int, *, text: str, actor: Person, language: str = "") -> Comment:
    """Adds a resident's comment without a question. Status and clocks do not change. language: of the text, if known."""
    service_request = ServiceRequest.objects.locked(pk)
    next_status(service_request.status, "add")
    return _add_resident_comment(service_request, text, actor, language)


def _add_resident_comment(
    service_request: ServiceRequest, text: str, actor: Person | User, language: str = "", *, resumed: bool = False
) -> Comment:
    """Stored for staff, not public. If the request was closed for lack of an answer, any message reopens it.

    resumed: it was the answer that the request waited for.
    """
    service_request.has_new_answer = True
    service_request.updated_at = app_now()
    service_request.save(update_fields=["has_new_answer", "updated_at"])
    created = Comment.objects.create(
        service_request=service_request,
        kind=Comment.Kind.ANSWER,
        text=text,
        language=language or service_request.language,
        person=actor if isinstance(actor, Person) else None,
        user=actor if isinstance(actor, User) else None,
    )
    events.record(service_request, "answered", actor=actor, comment_id=created.pk, resumed=resumed or None)
    publication.screen_message(service_request, created)
    if service_request.disposition == Disposition.NO_REPLY:
        reopenings.reopen(service_request.pk, text="", actor=actor)
    return created


@transaction.atomic
def mark_read(pk: int, *, actor: User) -> None:
    """Marks the reporter's messages as read."""
    ServiceRequest.objects.filter(pk=pk, has_new_answer=True).update(has_new_answer=False)
