"""The answers to a service's questions, as staff read them."""

from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import Answer, QuestionVersion, ServiceRequest

# Answers with one of these effects concern danger or urgency, so they are shown first.
SAFETY_EFFECTS = {"priority", "resolve_target", "stop", "private_photos"}

_OF_REQUEST = Prepared(
    lambda: (
        Answer.objects.filter(service_request=Parameter("request"))
        .select_related("question_version")
        .order_by("question_version__order")
    )
)


def split(service_request: ServiceRequest, *, for_department: bool) -> tuple[list[Answer], list[Answer]]:
    """Answers about danger or urgency, and the others; without department-only answers unless for_department."""
    safety: list[Answer] = []
    other: list[Answer] = []
    for answer in _OF_REQUEST.rows(request=service_request.pk):
        question = answer.question_version
        if question.visibility == QuestionVersion.Visibility.DEPARTMENT and not for_department:
            continue
        chosen = answer.value if isinstance(answer.value, list) else [answer.value]
        effects = [option.get("effects", {}) for option in question.options if option.get("value") in chosen]
        (safety if any(SAFETY_EFFECTS & set(effect) for effect in effects) else other).append(answer)
    return safety, other
