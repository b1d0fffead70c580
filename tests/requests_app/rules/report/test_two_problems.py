"""Where a text is cut in two, at each number of words that decides."""

import pytest

from requests_app.rules.report import two_problems


def words(count: int, last: str = "") -> str:
    return " ".join([*(["curb"] * (count - bool(last))), *([last] if last else [])])


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        # A comma alone: two words on both sides, or one next to eight, in twenty altogether.
        (f"Deep hole, {words(2)}", True),
        (f"Hole, {words(8)}", True),
        (f"Hole, {words(9)}", False),
        (f"{words(10)}, {words(10)}", True),
        (f"{words(10)}, {words(11)}", False),
        # Two sentences: four words in each, unless both together have eight.
        (f"{words(4)}. {words(9)}", True),
        (f"{words(3)}. {words(9)}", False),
        (f"{words(3)}. {words(5)}", True),
        (f"{words(3)}. {words(6)}", False),
        # A word that joins them: two words in the clauses that meet there.
        (f"{words(9)} and {words(2)}", True),
        (f"{words(9)} and {words(1)}", False),
        (f"{words(9)}; {words(2)} and {words(9)}", True),
        # The other half goes on about the same thing, unless it says that it adds something.
        (f"{words(4)} and it {words(4)}", False),
        (f"{words(4)} and also it {words(4)}", True),
        # A corner.
        ("Hole at the corner of Elm and Main", False),
    ],
)
def test_where_a_text_is_cut(text: str, is_cut: bool) -> None:
    assert bool(two_problems._cuts(text)) is is_cut


@pytest.mark.parametrize(("least", "joint"), [(3, "SHORT"), (4, "APART")])
def test_sentences_of_a_few_words_are_short(least: int, joint: str) -> None:
    text = f"{words(least)}. {words(5)}"
    [cut] = [one for one in two_problems._CUT.finditer(text) if one[0].strip()]
    assert two_problems._joint(text, cut).name == joint
