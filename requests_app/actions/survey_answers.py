"""Saving survey answers. They do not reopen the request or change anything else."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from requests_app import events
from requests_app.actions import counters
from requests_app.actions.progress import TooLate
from requests_app.models import Person, ServiceRequest, SurveyAnswer
from requests_app.rules import survey


@transaction.atomic
def answer(pk: int, *, said: Mapping[str, tuple[str, str]], actor: Person, through: ServiceRequest) -> None:
    """said: {question: (value, reason)}. Answering again replaces the earlier answer. Raises TooLate.

    through: the actor's own report: this request, or one merged into it.
    """
    service_request = ServiceRequest.objects.locked(pk)
    if not survey.is_asked(service_request, actor, through=through):
        raise TooLate
    for question, (value, reason) in said.items():
        stored_reason = "" if value == SurveyAnswer.Value.YES else reason
        which: dict[str, Any] = {
            "service_request": service_request,
            "person": actor,
            "question": question,
            "ending": service_request.reopened_count,
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
