"""A service's questions as JSON Schema 2020-12, which can say what is asked only after certain answers (`if` and `then`)."""

from collections.abc import Sequence

from requests_app.core.localized import localized
from requests_app.models import QuestionVersion, ServiceVersion
from requests_app.rules.shared import intake, question_kinds
from requests_app.rules.shared.question_kinds import Schema


def answers_schema(questions: Sequence[QuestionVersion], version: ServiceVersion) -> Schema:
    """What `answers` of a report must be. It accepts exactly what rules.intake accepts, a test shows, but can't see the place:
    it doesn't demand the number on an asset, which is demanded if the place isn't one."""
    by_code = {question.code: question for question in questions if question_kinds.of(question).is_answered}
    required = [one for one in by_code.values() if one.required and not intake.depends_on_place(one, version)]
    demands = [
        {"if": {"allOf": _conditions(one, by_code)}, "then": _demanded([one])} for one in required if one.show_if
    ]
    if always := [one for one in required if not one.show_if]:
        demands.insert(0, _demanded(always))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {code: _schema(question) for code, question in by_code.items()},
        "additionalProperties": False,
        **({"allOf": demands} if demands else {}),
    }


def _schema(question: QuestionVersion) -> Schema:
    named: Schema = {"title": localized(question.text)}
    if words := localized(question.help):
        named["description"] = words
    return {**named, **question_kinds.of(question).schema(question)}


def _demanded(questions: Sequence[QuestionVersion]) -> Schema:
    """They must be there and not be empty."""
    least = {one.code: {"minItems": 1} if question_kinds.of(one).is_several else {"minLength": 1} for one in questions}
    return {"required": list(least), "properties": least}


def _conditions(question: QuestionVersion, by_code: dict[str, QuestionVersion]) -> list[Schema]:
    """When it is asked: each question it depends on is asked itself and has one of these answers."""
    conditions: list[Schema] = []
    asked: QuestionVersion | None = question
    while asked is not None and asked.show_if and len(conditions) <= len(by_code):
        code, values = str(asked.show_if.get("question")), [str(value) for value in asked.show_if.get("values", [])]
        asked = by_code.get(code)
        is_several = asked is not None and question_kinds.of(asked).is_several
        given: Schema = {"contains": {"enum": values}} if is_several else {"enum": values}
        conditions.append({"properties": {code: given}, "required": [code]})
    return conditions
