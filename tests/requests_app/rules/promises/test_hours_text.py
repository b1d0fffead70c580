"""Working hours as people type them, and as pages say them."""

import pytest
from django.utils.translation import override

from requests_app.rules.promises.hours_text import BadHours, parse_hours, spans_in_words

pytestmark = pytest.mark.shows("13.4")


@pytest.mark.parametrize(
    ("typed", "spans"),
    [
        ("", []),
        ("8-17", [["08:00", "17:00"]]),
        ("13:00 to 17:30, 08:00–12:00", [["08:00", "12:00"], ["13:00", "17:30"]]),
        ("8 am-5 p.m.", [["08:00", "17:00"]]),
        ("12 pm-12 am", [["12:00", "24:00"]]),
        ("00:00-24:00", [["00:00", "24:00"]]),
        ("8-12;12-16", [["08:00", "12:00"], ["12:00", "16:00"]]),
    ],
)
def test_hours_are_read_as_people_write_them(typed: str, spans: list[list[str]]) -> None:
    assert parse_hours(typed) == spans


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("22:00-06:00", "Write it on both days: 22:00–24:00 on the first, and 00:00–06:00 on the next."),
        ("8-8", "past midnight"),
        ("8-13, 12-17", "These hours overlap: 08:00–13:00 and 12:00–17:00."),
        ("8:75-9", "Write it like 08:00–17:00."),
        ("8:60-10", "Write it like 08:00–17:00."),
        ("25-26", "Write it like"),
        ("13 am-2 pm", "Write it like"),
        ("all day", "Write it like"),
        ("8", "Write it like"),
    ],
)
def test_other_hours_are_refused_with_words_that_help(typed: str, words: str) -> None:
    with pytest.raises(BadHours, match=words.replace(".", r"\.")):
        parse_hours(typed)


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "midnight–7 a.m., 7:30 a.m.–noon, 11 p.m.–midnight"), ("es", "00:00–07:00, 07:30–12:00, 23:00–24:00")],
)
def test_hours_are_said_as_the_language_writes_them(language: str, text: str) -> None:
    with override(language):
        assert spans_in_words([["00:00", "07:00"], ["07:30", "12:00"], ["23:00", "24:00"]]) == text
