"""Text input is kept, except characters that cannot be stored or could deceive readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app.rules.shared.intake import clean_text


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
