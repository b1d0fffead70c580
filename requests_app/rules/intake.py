"""What a report must hold before it is taken: the same rule for the form, the call taker and the API."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from requests_app.localized import localized
from requests_app.models.catalogue import QuestionVersion, ServiceVersion

# Open311 allows 4,000 characters; the form says so while one types.
DESCRIPTION_MAX = 4000
ANSWER_MAX = 1000
CHOICES_MAX = 50
# Bidirectional overrides can make a text read other than it is written; so can what is seen by nobody.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]")
_UNSEEN = re.compile("[\u200b\u2060-\u2064\ufeff\u00ad\u180e]")
# Persian, the Indic scripts and emoji join with these; between Latin letters, figures and spaces they only hide a word.
_LATIN = "A-Za-z0-9\u00c0-\u024f"
_JOINERS = re.compile(f"(?<![^\\W_{_LATIN}]|[^\\w\\s])[\u200c\u200d]+|[\u200c\u200d]+(?=[{_LATIN}\\s]|$)")


def clean_text(text: str) -> str:
    """What was typed, without what cannot be stored or would deceive: NUL and other controls, lone surrogates, bidi overrides,
    what has no width. Composed, so that two ways to type an é are one."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _JOINERS.sub("", _UNSEEN.sub("", _BIDI.sub("", text)))
    text = unicodedata.normalize("NFC", text)
    return "".join(letter for letter in text if not _is_harmful(letter)).strip()


def _is_harmful(letter: str) -> bool:
    """Controls, surrogates and noncharacters. Letters newer than our Unicode tables (the next emoji) are kept."""
    if letter in "\n\t":
        return False
    code = ord(letter)
    noncharacter = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return noncharacter or unicodedata.category(letter) in ("Cc", "Cs")


@dataclass
class Answers:
    """The answers that count. problems: question code → what to do. given: (question, value, the words shown)."""

    given: list[tuple[QuestionVersion, Any, str]] = field(default_factory=list)
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
    """Whether a question's condition holds; without one it is always asked."""
    if not question.show_if:
        return True
    given = answers.get(str(question.show_if.get("question")))
    given_values = given if isinstance(given, list) else [given]
    return bool({str(one) for one in given_values} & {str(one) for one in question.show_if.get("values", [])})


def _one(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return value[0] if value else ""
    return value


def _read(question: QuestionVersion, raw: Any) -> tuple[Any, str, str]:
    """(value, words, problem) of one answer; an empty value is no answer, but "0" is one."""
    kind = question.kind
    labels = {str(option["value"]): localized(option.get("label")) for option in question.options}
    if kind == QuestionVersion.Kind.MULTI:
        several = raw if isinstance(raw, list | tuple) else [raw]
        chosen = [str(one) for one in several if one is not None and str(one) != ""]
        wrong = [one for one in chosen if one not in labels]
        if wrong or len(chosen) > CHOICES_MAX:
            return None, "", _("Choose from the list.")
        return chosen or None, ", ".join(labels[one] for one in chosen), ""
    text = clean_text(str(_one(raw)) if _one(raw) is not None else "")
    if text == "":
        return None, "", ""
    if kind == QuestionVersion.Kind.SINGLE:
        return (text, labels[text], "") if text in labels else (None, "", _("Choose one from the list."))
    if kind == QuestionVersion.Kind.NUMBER:
        if not re.fullmatch(r"[+-]?\d{1,12}([.,]\d{1,6})?", text):
            return None, "", _("Enter a number, like 3.")
        return text.replace(",", "."), text, ""
    if kind == QuestionVersion.Kind.DATETIME:
        try:
            dt.datetime.fromisoformat(text.replace(" ", "T"))
        except ValueError:
            return None, "", _("Enter a date, like 2026-06-03.")
        return text, text, ""
    if len(text) > ANSWER_MAX:
        return None, "", _("Use %(most)s characters or fewer.") % {"most": ANSWER_MAX}
    return text, text, ""


def read_answers(
    questions: Sequence[QuestionVersion], given: Mapping[str, Any], *, only: set[str] | None = None
) -> Answers:
    """Checks answers by the questions that are asked; hidden questions neither block nor count.

    only: the codes on this page, where a form asks in several.
    """
    result = Answers()
    values: dict[str, Any] = {}
    for question in questions:
        if question.kind == QuestionVersion.Kind.DISPLAY or not is_asked(question, values):
            continue
        value, words, problem = _read(question, given.get(question.code))
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
            result.given.append((question, value, words))
            _apply_effects(question, value, result)
    return result


def _apply_effects(question: QuestionVersion, value: Any, result: Answers) -> None:
    chosen = {str(one) for one in (value if isinstance(value, list) else [value])}
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


def questions_of(version: ServiceVersion) -> list[QuestionVersion]:
    return list(version.questions.order_by("order"))


def who_problems(version: ServiceVersion, *, name: str, postal_address: str, email: str) -> dict[str, str]:
    """What a service that has to know who reports still needs, by field. Most need nothing."""
    needed = {}
    if version.identity_words and not name.strip():
        needed["name"] = _("Enter your name. We can’t take this report without it.")
    if version.identity_words and not postal_address.strip():
        needed["postal_address"] = _("Enter your mailing address. We can’t take this report without it.")
    if version.must_confirm and not email.strip():
        needed["email"] = _("Enter your email address. We’ll email you a link. We won’t get your report until you select it.")
    return needed
