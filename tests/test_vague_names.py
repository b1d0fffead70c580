"""No new public name is `found`, `words` or `written`: it says what it is. The list of those that remain only shrinks."""

import pytest

from tests import vague_names


def test_no_new_name_is_vague() -> None:
    new = vague_names.in_use() - vague_names.listed()
    assert not new, "\n".join(["Name what it is (row, match, label, text, draft …):", *sorted(new)])


def test_the_list_has_no_name_that_is_gone() -> None:
    gone = vague_names.listed() - vague_names.in_use()
    assert not gone, "\n".join(["Run .venv/bin/python -m tests.vague_names:", *sorted(gone)])


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("def found(): ...", "found()"),
        ("def read(text, *, words): ...", "read(words)"),
        ("class Row:\n    said: str", "Row.said"),
        ("class Row:\n    known = 1", "Row.known"),
        ("class Row:\n    def __init__(self, given): ...", "Row.__init__(given)"),
    ],
)
def test_a_vague_name_is_found(source: str, name: str) -> None:
    assert vague_names.in_python(source) == {name}


@pytest.mark.parametrize(
    "source", ["def _read(words): ...", "def read(text):\n    words = text", "[one.pk for one in rows]", "words = 1"]
)
def test_a_private_or_a_short_lived_one_is_left_alone(source: str) -> None:
    assert vague_names.in_python(source) == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("{{ words }}", {"words"}),
        ("{% if row.said %}", {"said"}),
        ("{% for one in rows %}", {"one"}),
        ('{% translate "in other words" %} words', set()),
        ("{{ keywords|linebreaks }} {{ row.words_of }}", set()),
    ],
)
def test_variables_of_a_template_are_read(source: str, names: set[str]) -> None:
    assert vague_names.in_template(source) == names
