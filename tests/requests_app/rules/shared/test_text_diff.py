"""Word-by-word differences between two texts."""

import pytest

from requests_app.rules.shared import text_diff as module
from requests_app.rules.shared.text_diff import Piece, text_diff

CASES = [
    ("", ""),
    ("", "A hole."),
    ("A hole.", ""),
    ("Call Bob Smith at noon.", "Call […] at noon."),
    ("a b a b a b", "b a b a"),
    ("Two\n\nparts  and spaces ", "Two\nparts and spaces"),
    ("ein zwei", "drei"),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = text_diff(before, after)
    assert "".join(one.text for one in pieces if one.how != "in") == before
    assert "".join(one.text for one in pieces if one.how != "out") == after
    assert all(one.text for one in pieces)


def test_only_the_words_that_went_are_marked() -> None:
    assert text_diff("Call Bob Smith at noon.", "Call […] at noon.") == [
        Piece("same", "Call "),
        Piece("out", "Bob Smith "),
        Piece("in", "[…] "),
        Piece("same", "at noon."),
    ]


def test_two_long_texts_that_share_nothing_are_told_as_a_whole() -> None:
    """Compared word by word, they could delay a page for seconds."""
    before, after = "a b " * 1000, "c d " * 1000
    assert [one.how for one in text_diff(f"Hello {before}end", f"Hello {after}end")] == ["same", "out", "in", "same"]


def test_so_many_pairs_of_words_are_compared_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    for most, how in ((9, ["out", "same", "out", "in"]), (8, ["out", "in"])):
        monkeypatch.setattr(module, "PAIRS_MAX", most)
        assert [one.how for one in text_diff("a b c", "b c d")] == how
