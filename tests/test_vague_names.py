"""No new public name is `found`, `words` or `written`: it says what it is. The list of those that remain only shrinks."""

import pytest

from tests import vague_names


def test_no_new_name_is_vague() -> None:
    new = vague_names.in_use() - vague_names.listed()
    assert not new, "\n".join(["Name what it is (row, match, label, text, draft …):", *sorted(new)])


def test_the_list_has_no_name_that_is_gone() -> None:
    gone = vague_names.listed() - vague_names.in_use()
    assert not gone, "\n".join(["Run .venv/bin/python -m tests.vague_names:", *sorted(gone)])


def test_no_local_is_vague_where_a_reader_no_longer_sees_what_it_is() -> None:
    vague = vague_names.long_lived_in(("requests_app", "config"), besides="requests_app/web")
    assert not vague, "\n".join(["Name what it is, or use it within ten lines:", *vague])


@pytest.mark.parametrize(
    ("body", "is_vague"),
    [
        (["found = look()", *["..."] * 9, "use(found)"], False),
        (["found = look()", *["..."] * 10, "use(found)"], True),
        (["[one.pk for one in rows]", *["..."] * 20, "[one.pk for one in rows]"], False),
        (["rows = sorted(rows, key=lambda one: one.pk)", *["..."] * 20, "[one.pk for one in rows]"], False),
        (["[found for row in rows]", *["..."] * 20, "use(found)"], True),
    ],
)
def test_a_local_is_vague_if_it_lives_longer_than_ten_lines(body: list[str], is_vague: bool) -> None:
    source = "\n    ".join(["def read(text):", *body])
    assert bool(vague_names.long_lived(source)) == is_vague


def test_a_parameter_that_is_used_late_is_vague_too() -> None:
    assert vague_names.long_lived("def _read(words):" + "\n    ..." * 11 + "\n    use(words)") == {"_read: words"}


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
