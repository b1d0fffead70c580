"""Where a list begins with a text: from its beginning if it fits, from the sentence that matters if it doesn't."""

from collections.abc import Sequence
from typing import Any

import pytest

from requests_app.models import Jurisdiction
from requests_app.rules.answers.word_search import SERVICE
from requests_app.rules.report import key_sentence
from requests_app.rules.report.key_sentence import LONG_WORDS, SHORT, excerpt, shortened, start_of


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the text is compared in: the part that says most "hole" fits best."""
    compared: list[str] = []

    def scores(_city: Any, texts: Sequence[str], _language: str) -> list[dict[tuple[str, int], float]]:
        compared[:] = texts
        return [{(SERVICE, 1): float(text.count("hole")), (SERVICE, 2): 9.0} for text in texts]

    monkeypatch.setattr(key_sentence.word_search, "scores_of_parts", scores)
    return compared


def start(text: str) -> int:
    return start_of(Jurisdiction(), text, "en", 1)


def test_only_a_text_that_is_longer_than_a_list_shows_begins_elsewhere(parts: list[str]) -> None:
    text = f"{'We like it. ' * 30}"[: SHORT - 12] + "..A big hole"
    text = text.replace("..A", ". A")[:SHORT].ljust(SHORT, "!")
    assert (len(text), start(text)) == (SHORT, 0)
    longer = f"{text}!"
    assert longer[start(longer) :].startswith("A big hole")


def test_a_sentence_is_cut_where_it_has_more_words_than_one_can_say_at_once(parts: list[str]) -> None:
    padding = "We have lived here for many years. " * 5
    clauses = " ".join(["word"] * 11) + " and " + " ".join(["hole"] * (LONG_WORDS - 12))
    assert len(clauses.split()) == LONG_WORDS
    start(padding + clauses)
    assert parts[-1] == clauses
    start(f"{padding}{clauses} more")
    assert parts[-2:] == [" ".join(["word"] * 11), " ".join(["hole"] * (LONG_WORDS - 12)) + " more"]
    # Without a word that joins, after so many words.
    many = " ".join(["hole"] * (2 * LONG_WORDS + 1))
    start(padding + many)
    assert [len(one.split()) for one in parts[-3:]] == [LONG_WORDS, LONG_WORDS, 1]


@pytest.mark.parametrize(
    ("text", "at", "most", "shown"),
    [
        ("We live here. A hole.", 14, 21, "We live here. A hole."),
        ("We live here. A hole.", 14, 20, "… A hole."),
        ("We live here. A hole.", 0, 20, "We live here. A hol…"),
        ("We live here. A hole.", 14, 9, "… A hole."),
        ("We live here. A hole.", 14, 8, "… A hol…"),
    ],
)
def test_what_fits_is_shown_whole(text: str, at: int, most: int, shown: str) -> None:
    assert shortened(text, at, most) == shown


def test_a_text_that_was_cut_meanwhile_begins_at_its_beginning_or_the_next_word() -> None:
    assert excerpt("A hole.", 7) == excerpt("A hole.", 8) == "A hole."
    assert excerpt("A deep hole.", 4) == "… hole."
    assert excerpt("A\n deep   hole.", 2) == "… deep hole."
