"""Text input is kept, except characters that cannot be stored or could deceive readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.models import QuestionVersion
from requests_app.rules.shared.intake import clean_text, read_answers


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Hole\x00 here", "Hole here"),
        ("safe\u202e txt.exe", "safe txt.exe"),
        ("two\r\nlines", "two\nlines"),
        ("Año nuevo: niños 👷🏽‍♀️", "Año nuevo: niños 👷🏽‍♀️"),
        ("lone \ud800 surrogate", "lone  surrogate"),
        ("  spaces  ", "spaces"),
    ],
)
def test_it_takes_out_only_what_does_harm(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept


@given(st.text())
def test_what_is_left_can_be_stored_and_is_stable(typed: str) -> None:
    kept = clean_text(typed)
    kept.encode()
    assert "\x00" not in kept
    assert clean_text(kept) == kept


def test_of_two_answers_that_are_as_urgent_the_first_says_why() -> None:
    def urgent(code: str, priority: int) -> QuestionVersion:
        option = {"value": "yes", "label": {"en": "Yes"}, "effects": {"priority": priority}}
        return QuestionVersion(code=code, kind="single", text={"en": code}, options=[option])

    for priorities, expected in (((2, 2), (2, "first")), ((3, 2), (2, "second")), ((2, 3), (2, "first"))):
        questions = [urgent(code, priority) for code, priority in zip(("first", "second"), priorities, strict=True)]
        read = read_answers(questions, {"first": "yes", "second": "yes"})
        assert (read.priority, read.priority_reason) == expected
