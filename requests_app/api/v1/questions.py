"""A service's questions as JSON Schema 2020-12, which can say what is asked only after certain answers (`if` and `then`)."""

from collections.abc import Sequence
from typing import Any

from requests_app.core.localized import localized
from requests_app.models import QuestionVersion, ServiceVersion
from requests_app.rules.shared import intake

Schema = dict[str, Any]
Kind = QuestionVersion.Kind


def answers_schema(questions: Sequence[QuestionVersion], version: ServiceVersion) -> Schema:
    """What `answers` of a report must be. It accepts exactly what rules.intake accepts, a test shows, but can't see the place:
    it doesn't demand the number on an asset, which is demanded if the place isn't one."""
    by_code = {question.code: question for question in questions if question.kind != Kind.DISPLAY}
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


def described(question: QuestionVersion, version: ServiceVersion) -> dict[str, Any]:
    """For a form: in the order of the questions, with what is only to be read."""
    return {
        "code": question.code,
        "kind": question.kind,
        "text": localized(question.text),
        "help": localized(question.help) or None,
        "is_required": question.required and question.kind != Kind.DISPLAY,
        "asks_asset": intake.depends_on_place(question, version),
        "options": [
            {"value": str(option["value"]), "label": localized(option.get("label"))} for option in question.options
        ],
        "only_if": {
            "question": str(question.show_if["question"]),
            "values": [str(value) for value in question.show_if.get("values", [])],
        }
        if question.show_if
        else None,
    }


def _schema(question: QuestionVersion) -> Schema:
    named: Schema = {"title": localized(question.text)}
    if words := localized(question.help):
        named["description"] = words
    options = [{"const": str(option["value"]), "title": localized(option.get("label"))} for option in question.options]
    match question.kind:
        case Kind.SINGLE:
            return {**named, "type": "string", "oneOf": options}
        case Kind.MULTI:
            return {
                **named,
                "type": "array",
                "items": {"type": "string", "oneOf": options},
                "maxItems": intake.CHOICES_MAX,
            }
        case Kind.NUMBER:
            return {
                **named,
                "type": "string",
                "pattern": r"^([+-]?[0-9]{1,12}([.,][0-9]{1,6})?)?$",
                "examples": ["3", "2.5"],
            }
        case Kind.DATETIME:
            return {**named, "type": "string", "maxLength": 40, "examples": ["2026-06-03", "2026-06-03T14:30"]}
    return {**named, "type": "string", "maxLength": intake.ANSWER_MAX}


def _demanded(questions: Sequence[QuestionVersion]) -> Schema:
    """They must be there and not be empty."""
    least = {one.code: {"minItems": 1} if one.kind == Kind.MULTI else {"minLength": 1} for one in questions}
    return {"required": list(least), "properties": least}


def _conditions(question: QuestionVersion, by_code: dict[str, QuestionVersion]) -> list[Schema]:
    """When it is asked: each question it depends on is asked itself and has one of these answers."""
    conditions: list[Schema] = []
    asked: QuestionVersion | None = question
    while asked is not None and asked.show_if and len(conditions) <= len(by_code):
        code, values = str(asked.show_if.get("question")), [str(value) for value in asked.show_if.get("values", [])]
        asked = by_code.get(code)
        is_several = asked is not None and asked.kind == Kind.MULTI
        given: Schema = {"contains": {"enum": values}} if is_several else {"enum": values}
        conditions.append({"properties": {code: given}, "required": [code]})
    return conditions
