"""Saving survey answers. "No" to "Is it fixed?" reopens the request with that press; the person can undo it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from requests_app import events
from requests_app.actions.shared import counters
from requests_app.actions.work import reopenings
from requests_app.actions.work.progress import TooLate
from requests_app.models import Person, ServiceRequest, SurveyAnswer
from requests_app.rules.truth import surveys
from requests_app.rules.work import reopenings as reopening_rules


@transaction.atomic
def answer(pk: int, *, answers: Mapping[str, tuple[str, str]], actor: Person, through: ServiceRequest) -> bool:
    """answers: {question: (value, reason)}. Answering again replaces the earlier answer. Returns whether it reopened the request.

    through: the actor's own report: this request, or one merged into it. Raises TooLate.
    """
    service_request = ServiceRequest.objects.locked(pk)
    outcome = surveys.outcome_asked_about(service_request, actor, through=through)
    if outcome is None:
        raise TooLate
    for question, (value, reason) in answers.items():
        stored_reason = "" if value == SurveyAnswer.Value.YES else reason
        which: dict[str, Any] = {
            "service_request": service_request,
            "person": actor,
            "question": question,
            "ending": outcome,
        }
        # The request is locked, so nobody else writes this answer meanwhile.
        earlier = SurveyAnswer.objects.filter(**which).values_list("value", flat=True).first()
        given, _ = SurveyAnswer.objects.update_or_create(**which, defaults={"value": value, "reason": stored_reason})
        given.refresh_from_db(fields=["answered_at"])
        if earlier is not None:
            counters.surveyed(service_request, given, -1, value=earlier)
        counters.surveyed(service_request, given, 1)
        events.record(
            service_request,
            "survey_answered",
            actor=actor,
            question=question,
            value=value,
            reason=stored_reason or None,
        )
    fixed, _reason = answers.get(SurveyAnswer.Question.FIXED, ("", ""))
    if fixed != SurveyAnswer.Value.NO or not reopening_rules.is_reopened_by_no(service_request):
        return False
    reopenings.reopen(pk, text="", actor=actor)
    return True


@transaction.atomic
def undo_no(pk: int, *, actor: Person) -> None:
    """Removes a "No" that reopened the request, and undoes the reopening. Raises TooLate."""
    service_request = reopenings.undo_reopening(pk, actor=actor)
    answers = SurveyAnswer.objects.filter(
        service_request=service_request,
        person=actor,
        question=SurveyAnswer.Question.FIXED,
        ending=service_request.reopened_count,
    )
    for given in answers:
        counters.surveyed(service_request, given, -1)
    answers.delete()
