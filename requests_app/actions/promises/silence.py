"""Asking, every night, why there’s no update about a request, and keeping the answer. Nothing here is public."""

from django.db import transaction
from django.db.models import F, Q

from requests_app import events
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.models import OPEN, Jurisdiction, ServiceRequest, SilenceQuestion, User
from requests_app.rules.promises import silence

# A night.
AT_MOST = 5000


def ask(city: Jurisdiction, *, at_most: int = AT_MOST) -> int:
    """Ends the questions that an update has answered, and asks about the requests that have become silent. Returns how many."""
    end_answered(city)
    found = silence.to_ask(city, now=app_now()).order_by("pk").values_list("pk", flat=True)
    return sum(_ask(pk) for pk in list(found[:at_most]))


def end_answered(city: Jurisdiction) -> int:
    """Questions whose request has ended, waits, or has had a public word since."""
    pointless = ~Q(service_request__status__in=OPEN) | Q(service_request__status="on_hold")
    pointless |= Q(service_request__last_public_message_at__gt=F("asked_at"))
    unanswered = SilenceQuestion.objects.filter(
        pointless, service_request__jurisdiction=city, answered_at=None, ended_at=None
    )
    return SilenceQuestion.objects.filter(pk__in=list(unanswered.values_list("pk", flat=True))).update(
        ended_at=app_now()
    )


@transaction.atomic
def _ask(pk: int) -> bool:
    service_request = ServiceRequest.objects.locked(pk)
    # It may have had a word, or been asked about, since it was listed.
    if not silence.to_ask(service_request.jurisdiction, now=app_now()).filter(pk=pk).exists():
        return False
    SilenceQuestion.objects.create(service_request=service_request, asked_id=service_request.assignee_id)
    events.record(service_request, "silence_asked", actor=None, asked_id=service_request.assignee_id)
    return True


@transaction.atomic
def answer(pk: int, *, reason: str, text: str, actor: User) -> bool:
    """Answers the open question of a request with a reason (a code) and, if given, an internal note. False if there is none."""
    service_request = ServiceRequest.objects.locked(pk)
    question = SilenceQuestion.objects.filter(service_request=service_request, answered_at=None, ended_at=None).first()
    if question is None:
        return False
    question.reason, question.answered_by, question.answered_at = reason, actor, app_now()
    question.save(update_fields=["reason", "answered_by", "answered_at"])
    events.record(service_request, "silence_answered", actor=actor, reason=reason)
    if text:
        conversation.note(pk, text=text, actor=actor)
    return True
