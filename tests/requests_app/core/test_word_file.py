"""Lists of words by language: each language counts, and what YAML reads as something else is named."""

from pathlib import Path

import pytest

from requests_app.core.word_file import WordFile

TEXT = """
en:
  joiners: [and, "on"]
  kinds: {light: [lamp], tree: [tree]}
es:
  joiners: ["y"]
  kinds: {light: [farol]}
  titles: [señora]
"""


def word_file(folder: Path, text: str = TEXT) -> WordFile:
    path = folder / "mentions.yaml"
    path.write_text(text, encoding="utf-8")
    return WordFile(path)


def test_the_words_of_all_languages_count(tmp_path: Path) -> None:
    words = word_file(tmp_path)
    assert words.word_list("joiners") == ("and", "on", "y")
    assert words.word_list("titles") == ("señora",), "a list that one language has"
    assert words.table("kinds") == {"light": ("lamp", "farol"), "tree": ("tree",)}


@pytest.mark.parametrize("word", ["on", "no", "12"])
def test_a_word_that_needs_quotes_is_named(tmp_path: Path, word: str) -> None:
    words = word_file(tmp_path, f"en:\n  joiners: [and, {word}]\n  kinds: {{light: [{word}]}}\n")
    with pytest.raises(ValueError, match=r"mentions.yaml, joiners: put (True|False|12) in quotes"):
        words.word_list("joiners")
    with pytest.raises(ValueError, match=r"mentions.yaml, kinds: light: put"):
        words.table("kinds")


def test_a_list_that_no_language_has_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match=r"mentions.yaml has no joinrs"):
        word_file(tmp_path).word_list("joinrs")
