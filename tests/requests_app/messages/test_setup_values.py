"""How much of two long texts a change shows, at each number that decides."""

import pytest

from requests_app.messages import setup_values
from requests_app.messages.setup_values import PLACES_MAX, QUOTED_MAX, WHOLE_MAX, WORDS_AROUND


def shown(old: str, new: str) -> list[str]:
    return list(setup_values._text_changes("Body", old, new))


def words(text: str, count: int) -> str:
    return " ".join(f"{text}{number}" for number in range(count))


def test_a_short_text_is_shown_whole() -> None:
    old, new = f"Red {'a' * (WHOLE_MAX - 4)}", f"Old {'a' * (WHOLE_MAX - 4)}"
    assert len(old) == WHOLE_MAX
    assert old in shown(old, new)[0]
    # One letter more, and only what is around the change is shown.
    before, after = f"{words('a', 20)} red {words('b', 20)}", f"{words('a', 20)} old {words('b', 20)}"
    assert "“… a16 a17 a18 a19 red b0 b1 b2 b3 …”" in shown(before, after)[0]


@pytest.mark.parametrize(("around", "is_cut"), [(WORDS_AROUND, False), (WORDS_AROUND + 1, True)])
def test_so_many_words_around_a_change_are_shown(around: int, is_cut: bool) -> None:
    old, new = (f"{words('a', around)} {'x' * WHOLE_MAX}{end} {words('b', around)}" for end in "yz")
    [change] = shown(old, new)
    assert (change.count("… a1"), change.count(f"b{WORDS_AROUND - 1} …")) == ((2, 2) if is_cut else (0, 0))


@pytest.mark.parametrize(("between", "places"), [(2 * WORDS_AROUND, 1), (2 * WORDS_AROUND + 1, 2)])
def test_two_changes_with_few_words_between_are_one(between: int, places: int) -> None:
    old, new = (f"{'x' * WHOLE_MAX} {one} {words('a', between)} {one} end" for one in ("red", "old"))
    assert len(shown(old, new)) == places


@pytest.mark.parametrize("more", [0, 1])
def test_only_the_first_places_are_shown_and_the_others_counted(more: int) -> None:
    old, new = (words(f"{one} {words('a', 10)} ", PLACES_MAX + more) for one in ("red", "old"))
    changes = shown(old, new)
    assert len(changes) == PLACES_MAX + more
    assert ("changed in 1 more place" in changes[-1]) is bool(more)


def test_a_quote_has_an_end() -> None:
    assert setup_values._cut("a" * QUOTED_MAX) == f"“{'a' * QUOTED_MAX}”"
    assert setup_values._cut("a" * (QUOTED_MAX + 1)) == f"“{'a' * QUOTED_MAX}…”"
