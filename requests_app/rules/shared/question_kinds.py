"""The kinds of questions, one class each: what a valid answer is, and how pages, devices and programs ask for it.

A class that lacks a part stops the start with the kind's name, as does a kind of QuestionVersion without a class.
"""

import datetime as dt
import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.localized import localized
from requests_app.models.catalog import QuestionVersion

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

ANSWER_MAX = 1000
CHOICES_MAX = 50

Schema = dict[str, Any]


class Reading(NamedTuple):
    """text: the value as it's shown. problem: what's wrong with the answer, in words; then there's no value."""

    value: Any
    text: str
    problem: str = ""


def _refused(problem: str) -> Reading:
    return Reading(None, "", problem)


class QuestionKind(ABC):
    """Each class says all of PARTS.

    code: as stored. name: in the editor, with a hint below it. control: one of forms/details_form.py CONTROLS and of
    static/js/offline/asking.js; attributes: of its <input>. datatype: GeoReport v2, GET Service Definition. is_words: people type
    what they want, so personal data and danger are looked for, and the reporter may edit it. opens_in_place: below the choice that
    it depends on.
    """

    PARTS = ("code", "name", "control", "datatype", "is_words", "opens_in_place", "read", "schema")

    code: ClassVar[QuestionVersion.Kind]
    name: "ClassVar[_StrOrPromise]"
    hint: "ClassVar[_StrOrPromise]" = ""
    control: ClassVar[str]
    attributes: ClassVar[Mapping[str, str]] = {}
    letters_max: ClassVar[int] = ANSWER_MAX
    datatype: ClassVar[str]
    is_words: ClassVar[bool]
    opens_in_place: ClassVar[bool]

    def __init_subclass__(cls) -> None:
        missing = [part for part in cls.PARTS if not any(part in vars(base) for base in cls.__mro__[:-3])]
        if missing:
            raise ImproperlyConfigured(f"The question kind {cls.__name__} has no {', '.join(missing)}.")

    @property
    def is_choice(self) -> bool:
        """Whether it has options."""
        return self.control in ("radio", "checkbox")

    @property
    def is_several(self) -> bool:
        """Whether its answer is a list."""
        return self.control == "checkbox"

    @property
    def is_answered(self) -> bool:
        return self.control != "note"

    @abstractmethod
    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        """answer: what was typed or chosen, never empty; only lists have more than one."""

    @abstractmethod
    def schema(self, question: QuestionVersion) -> Schema:
        """What read() accepts, and the empty string, as JSON Schema 2020-12."""


def _labels(question: QuestionVersion) -> dict[str, str]:
    return {str(option["value"]): localized(option.get("label")) for option in question.options}


def _one_of(question: QuestionVersion) -> Schema:
    options = [{"const": value, "title": label} for value, label in _labels(question).items()]
    return {"type": "string", "oneOf": options}


class Single(QuestionKind):
    code = QuestionVersion.Kind.SINGLE
    name = gettext_lazy("One from a list")
    hint = gettext_lazy("Quickest to answer on a phone.")
    control = "radio"
    datatype = "singlevaluelist"
    is_words = False
    opens_in_place = True

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        labels, text = _labels(question), answer[0]
        return Reading(text, labels[text]) if text in labels else _refused(_("Choose one from the list."))

    def schema(self, question: QuestionVersion) -> Schema:
        return _one_of(question)


class Multi(QuestionKind):
    code = QuestionVersion.Kind.MULTI
    name = gettext_lazy("Several from a list")
    control = "checkbox"
    datatype = "multivaluelist"
    is_words = False
    opens_in_place = False

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        labels = _labels(question)
        if len(answer) > CHOICES_MAX or any(value not in labels for value in answer):
            return _refused(_("Choose from the list."))
        return Reading(list(answer), ", ".join(labels[value] for value in answer))

    def schema(self, question: QuestionVersion) -> Schema:
        return {"type": "array", "items": _one_of(question), "maxItems": CHOICES_MAX}


class Text(QuestionKind):
    code = QuestionVersion.Kind.TEXT
    name = gettext_lazy("A few words")
    control = "words"
    datatype = "text"
    is_words = True
    opens_in_place = True

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        if len(answer[0]) > ANSWER_MAX:
            return _refused(_("Use %(most)s characters or fewer.") % {"most": ANSWER_MAX})
        return Reading(answer[0], answer[0])

    def schema(self, question: QuestionVersion) -> Schema:
        return {"type": "string", "maxLength": ANSWER_MAX}


class Number(QuestionKind):
    code = QuestionVersion.Kind.NUMBER
    name = gettext_lazy("A number")
    control = "input"
    attributes: ClassVar[Mapping[str, str]] = {"inputmode": "decimal"}
    letters_max = 30
    datatype = "number"
    is_words = False
    opens_in_place = True

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        if not re.fullmatch(r"[+-]?\d{1,12}([.,]\d{1,6})?", answer[0]):
            return _refused(_("Enter a number, like 3."))
        return Reading(answer[0].replace(",", "."), answer[0])

    def schema(self, question: QuestionVersion) -> Schema:
        return {"type": "string", "pattern": r"^([+-]?[0-9]{1,12}([.,][0-9]{1,6})?)?$", "examples": ["3", "2.5"]}


class Datetime(QuestionKind):
    code = QuestionVersion.Kind.DATETIME
    name = gettext_lazy("A date")
    control = "date"
    datatype = "datetime"
    is_words = False
    opens_in_place = True

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        try:
            dt.datetime.fromisoformat(answer[0].replace(" ", "T"))
        except ValueError:
            return _refused(_("Enter a date, like 2026-06-03."))
        return Reading(answer[0], answer[0])

    def schema(self, question: QuestionVersion) -> Schema:
        return {"type": "string", "maxLength": 40, "examples": ["2026-06-03", "2026-06-03T14:30"]}


class Display(QuestionKind):
    code = QuestionVersion.Kind.DISPLAY
    name = gettext_lazy("Only text to read")
    hint = gettext_lazy("It has no answer.")
    control = "note"
    datatype = "string"
    is_words = False
    opens_in_place = False

    def read(self, question: QuestionVersion, answer: Sequence[str]) -> Reading:
        return Reading(None, "")

    def schema(self, question: QuestionVersion) -> Schema:
        return {}


# In the order of the editor.
KINDS: dict[str, QuestionKind] = {
    kind.code.value: kind for kind in (Single(), Multi(), Text(), Number(), Datetime(), Display())
}
CHOICES = frozenset(code for code, kind in KINDS.items() if kind.is_choice)
FREE_TEXT = frozenset(code for code, kind in KINDS.items() if kind.is_words)


def complete(kinds: Mapping[str, QuestionKind], expected: Sequence[str]) -> None:
    """Raises ImproperlyConfigured, with the kind's name, unless each has its class."""
    if missing := [code for code in expected if code not in kinds]:
        raise ImproperlyConfigured(
            f"The question kind {', '.join(missing)} has no class in rules/shared/question_kinds.py."
        )


complete(KINDS, QuestionVersion.Kind.values)


def check_controls(kinds: Mapping[str, QuestionKind], controls: Collection[str], what: str) -> None:
    """Raises ImproperlyConfigured, with the kind's name, unless each kind's control is there. what: its name in the error."""
    if missing := [code for code, kind in kinds.items() if kind.is_answered and kind.control not in controls]:
        raise ImproperlyConfigured(f"The question kind {', '.join(missing)} has no control in {what}.")


def of(question: QuestionVersion) -> QuestionKind:
    return KINDS[question.kind]
