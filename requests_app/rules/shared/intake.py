"""Validation of a report, shared by the form, the call taker and the API."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models.catalog import QuestionVersion, ServiceVersion
from requests_app.rules.shared import question_kinds
from requests_app.rules.shared.question_kinds import Reading

# Open311 allows 4,000 characters.
DESCRIPTION_MAX = 4000
# Bidirectional overrides and invisible characters can make a text look different from what it says.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\u180e]")
# Joiners are needed in Persian, Indic scripts and emoji; between Latin letters, digits and spaces they only hide words.
_LATIN = "A-Za-z0-9\u00c0-\u024f"
_JOINERS = re.compile(f"(?<![^\\W_{_LATIN}]|[^\\w\\s])[\u200c\u200d]+|[\u200c\u200d]+(?=[{_LATIN}\\s]|$)")


def clean_text(text: str) -> str:
    """The text without characters that cannot be stored or that deceive: NUL and other controls, lone surrogates, bidi overrides
    and zero-width characters. Normalized to NFC, so that an é compares equal however it was typed."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _JOINERS.sub("", _UNSEEN.sub("", _BIDI.sub("", text)))
    text = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in text if not _is_harmful(letter)).strip()


def _is_harmful(letter: str) -> bool:
    """Whether it is a control, surrogate or noncharacter. Unassigned code points (future emoji) are kept."""
    if letter in "\n\t":
        return False
    code = ord(letter)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return noncharacter or unicodedata.category(letter) in ("Cc", "Cs")


@dataclass
class Answers:
    """Validated answers. problems: question code → message. answered: (question, value, the text that was shown)."""

    answered: list[tuple[QuestionVersion, Any, str]] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    stopped_by: QuestionVersion | None = None
    priority: int | None = None
    priority_reason: str = ""
    resolve_target: dict[str, Any] = field(default_factory=dict)
    private_photos: bool = False
    # Another service, or an article, that an answer leads to (codes).
    leads_to_service: str = ""
    leads_to_article: str = ""


def is_asked(question: QuestionVersion, answers: Mapping[str, Any]) -> bool:
    """Whether the question's condition holds; a question without one is always asked."""
    if not question.show_if:
        return True
    given = answers.get(str(question.show_if.get("question")))
    given_values = given if isinstance(given, list) else [given]
    return bool({str(value) for value in given_values} & {str(value) for value in question.show_if.get("values", [])})


def _first(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return value[0] if value else ""
    return value


def _read(question: QuestionVersion, raw: Any) -> Reading:
    """One answer. An empty value is no answer, but "0" is."""
    kind = question_kinds.of(question)
    if kind.is_several:
        several = raw if isinstance(raw, list | tuple) else [raw]
        answer = [str(value) for value in several if value is not None and str(value) != ""]
    else:
        text = clean_text(str(_first(raw)) if _first(raw) is not None else "")
        answer = [text] if text else []
    return kind.read(question, answer) if answer else Reading(None, "")


def read_answers(
    questions: Sequence[QuestionVersion], raw_answers: Mapping[str, Any], *, only: set[str] | None = None
) -> Answers:
    """Validates the answers to the questions that are asked; hidden questions neither block nor count.

    only: the question codes to report on, for a form with several pages.
    """
    result = Answers()
    values: dict[str, Any] = {}
    for question in questions:
        if not question_kinds.of(question).is_answered or not is_asked(question, values):
            continue
        value, text, problem = _read(question, raw_answers.get(question.code))
        values[question.code] = value
        if only is not None and question.code not in only:
            continue
        if problem:
            result.problems[question.code] = problem
        elif value is None:
            if question.required:
                result.problems[question.code] = _("Answer this question: %(question)s") % {
                    "question": localized(question.text)
                }
        else:
            result.answered.append((question, value, text))
            _apply_effects(question, value, result)
    return result


def _apply_effects(question: QuestionVersion, value: Any, result: Answers) -> None:
    chosen = {str(item) for item in (value if isinstance(value, list) else [value])}
    for option in question.options:
        if str(option.get("value")) not in chosen:
            continue
        effects = option.get("effects") or {}
        if effects.get("stop") and result.stopped_by is None:
            result.stopped_by = question
        priority = effects.get("priority")
        if priority and (result.priority is None or priority < result.priority):
            result.priority, result.priority_reason = int(priority), question.code
        result.resolve_target = effects.get("resolve_target") or result.resolve_target
        result.private_photos = result.private_photos or bool(effects.get("private_photos"))
        result.leads_to_service = effects.get("service") or result.leads_to_service
        result.leads_to_article = effects.get("article") or result.leads_to_article


def priority_of(version: ServiceVersion, answers: Answers) -> int:
    """An answer can make a report more urgent than its service, never less."""
    return min(answers.priority or version.priority, version.priority)


def questions_of(version: ServiceVersion, asset_kind: str = "") -> list[QuestionVersion]:
    """In order. asset_kind: of the city's asset that the place is, if it is one; then nobody is asked for the number on it."""
    asked = version.questions.order_by("order")
    return [question for question in asked if not (question.asks_asset and asset_kind in version.asset_kinds)]


def depends_on_place(question: QuestionVersion, version: ServiceVersion) -> bool:
    """Whether it isn't asked about one of the city's assets."""
    return question.asks_asset and bool(version.asset_kinds)


def who_problems(version: ServiceVersion, *, name: str, postal_address: str, email: str) -> dict[str, str]:
    """Error messages, by field, for contact details that the service requires and the reporter has not given."""
    missing = {}
    if version.identity_words and not name.strip():
        missing["name"] = _("Enter your name. We can’t take this report without it.")
    if version.identity_words and not postal_address.strip():
        missing["postal_address"] = _("Enter your postal address. We can’t take this report without it.")
    if version.must_confirm and not email.strip():
        missing["email"] = _(
            "Enter your email address. We’ll email you a link. We won’t get your report until you select it."
        )
    return missing
