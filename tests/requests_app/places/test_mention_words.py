"""mention_words.yaml: what is written there is what a text is compared with."""

import pytest
import yaml

from requests_app.places import mention_words
from requests_app.places.mention_words import tokens_of

LISTS = {
    (language, name): words if isinstance(words, list) else [word for each in words.values() for word in each]
    for language, lists in yaml.safe_load(mention_words._FILE.path.read_text(encoding="utf-8")).items()
    for name, words in lists.items()
}
# Of several words, compared as a whole.
PHRASES = {"the_one"}


@pytest.mark.parametrize(("language", "name"), LISTS, ids=lambda value: value)
def test_each_word_is_as_a_text_s_words_are_compared(language: str, name: str) -> None:
    """One with a capital, an accent or a space would never match."""
    for word in LISTS[language, name]:
        tokens = tokens_of(word)
        assert " ".join(token.plain for token in tokens) == word
        assert len(tokens) == 1 or name in PHRASES


def test_no_word_is_listed_twice() -> None:
    # "From" of "across from" and "al" of "frente al" lead to the same words.
    lists = {key: words for key, words in LISTS.items() if key[1] != "preposition_starts"}
    assert {key: sorted(set(words)) for key, words in lists.items()} == {
        key: sorted(words) for key, words in lists.items()
    }
