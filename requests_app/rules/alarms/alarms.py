"""Which reports raise an alarm about danger."""

from collections.abc import Iterable

from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.service_request import Comment, ServiceRequest
from requests_app.rules.alarms import screening
from requests_app.rules.shared import intake


def danger_in(jurisdiction: Jurisdiction, texts: Iterable[str]) -> screening.Danger | None:
    """The danger that these texts, read together, surely tell of."""
    danger = screening.assess(jurisdiction, "\n".join(text for text in texts if text))
    return danger if danger is not None and danger.level == screening.Level.SURE else None


def is_urgent_answer(answers: intake.Answers) -> bool:
    """Whether an answer sets priority 1, or is one that stops the form and was sent anyway."""
    return answers.priority == 1 or any(
        screening.stopping_option(question, value) for question, value, _ in answers.answered
    )


def kind_of(service_request: ServiceRequest, comment: Comment | None = None) -> str:
    """What the words of a stored request, and of a later message, tell of (EmergencyPhrase.Kind); empty if of no danger.

    Distress comes first, also where the words only perhaps tell of it: it decides who may be alerted.
    """
    answers = service_request.answers.exclude(value_text="").values_list("value_text", flat=True)
    photo_words = service_request.photos.exclude(alt="").values_list("alt", flat=True)
    messages = [comment.text] if comment is not None else []
    texts = [service_request.description, service_request.address, service_request.place_note]
    words = "\n".join(text for text in [*texts, *answers, *photo_words, *messages] if text)
    found = screening.find_danger(service_request.jurisdiction, words)
    return found.distress or (found.danger.kind if found.danger else "")
