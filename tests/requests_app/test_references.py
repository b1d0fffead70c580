"""Report numbers, as people type them."""

import pytest

from requests_app import references


def test_a_new_one_has_eight_symbols_that_nobody_confuses() -> None:
    made = {references.new_reference() for _ in range(2000)}
    assert len(made) == 2000
    assert all(len(one) == 8 and set(one) <= set(references.ALPHABET) for one in made)
    assert not set("ILOU") & set("".join(made))


@pytest.mark.shows("2.14")
@pytest.mark.parametrize("typed", ["7K3M-9QWT", "7k3m9qwt", " 7K3M 9QWT ", "7K3M–9QWT", "#7K3M-9QWT", "7k3m.9qwt"])
def test_any_case_and_spacing_is_accepted(typed: str) -> None:
    assert references.parse(typed) == "7K3M9QWT"


@pytest.mark.shows("2.14")
def test_confusable_letters_are_read_as_what_was_meant() -> None:
    assert references.parse("oilo-0110") == "01100110"


@pytest.mark.parametrize("typed", ["", "7K3M-9QW", "7K3M-9QWTT", "7K3M-9QWU", "¿qué?", "7K3M/9QWT"])
def test_what_cannot_be_one_is_none(typed: str) -> None:
    assert references.parse(typed) is None
