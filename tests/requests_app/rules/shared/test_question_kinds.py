"""One class says all of a kind of question: what it lacks stops the start with the kind's name."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from requests_app.forms.details_form import CONTROLS
from requests_app.models import QuestionVersion
from requests_app.rules.shared.question_kinds import (
    ANSWER_MAX,
    CHOICES,
    CHOICES_MAX,
    FREE_TEXT,
    KINDS,
    QuestionKind,
    Single,
    check_controls,
    complete,
)

ASKING = Path(__file__).parents[4] / "static/js/offline/asking.js"


@pytest.mark.parametrize("part", QuestionKind.PARTS)
def test_a_class_that_lacks_a_part_is_named_with_the_part(part: str) -> None:
    parts = {name: value for name, value in vars(Single).items() if name in QuestionKind.PARTS and name != part}
    with pytest.raises(ImproperlyConfigured, match=f"The question kind Rating has no {part}"):
        type("Rating", (QuestionKind,), parts)


def test_a_kind_without_a_class_or_a_control_is_named() -> None:
    complete(KINDS, QuestionVersion.Kind.values)
    with pytest.raises(ImproperlyConfigured, match="The question kind rating has no class"):
        complete(KINDS, [*QuestionVersion.Kind.values, "rating"])
    # What is only read has no control in a form.
    assert set(CONTROLS) == {kind.control for kind in KINDS.values()} - {"note"}
    with pytest.raises(ImproperlyConfigured, match="The question kind datetime has no control in CONTROLS"):
        check_controls(KINDS, CONTROLS.keys() - {"date"}, "CONTROLS")


def test_a_device_has_each_control_too() -> None:
    named = set(re.findall(r'question\.control === "(\w+)"', ASKING.read_text()))
    # The others are one line, with the attributes of the kind.
    assert named == {kind.control for kind in KINDS.values()} - {"words", "input"}


def test_what_kinds_have_options_and_what_people_type_freely() -> None:
    assert sorted(CHOICES) == ["multi", "single"]
    assert list(FREE_TEXT) == ["text"]
    assert {code for code, kind in KINDS.items() if kind.is_several} == {"multi"}
    assert {code for code, kind in KINDS.items() if not kind.is_answered} == {"display"}


def test_an_answer_may_be_as_long_as_it_says_and_no_longer() -> None:
    options = [{"value": str(number), "label": {"en": f"Hole {number}"}} for number in range(CHOICES_MAX + 1)]
    every = [str(number) for number in range(CHOICES_MAX + 1)]
    for kind, longest, longer in (
        ("multi", every[:-1], every),
        ("text", ["a" * ANSWER_MAX], ["a" * (ANSWER_MAX + 1)]),
    ):
        question = QuestionVersion(code="holes", kind=kind, options=options)
        assert KINDS[kind].read(question, longest).problem == ""
        assert KINDS[kind].read(question, longer).problem != ""
