"""A text's scores are those of the definition, which is spelled out here without NumPy."""

import random
from collections import Counter
from math import log, sqrt

import pytest

from requests_app.rules.answers.word_search import NEAREST, TOGETHER, UNKNOWN, Match, Phrases, features_of

WORDS = ["pothole", "hole", "deep", "the", "on", "road", "light", "lamp", "out", "dark", "tree", "branch", "fell"]
STEMS = {word: [f"={word.rstrip('s')}"] for word in WORDS if word not in ("the", "on")}


def level(values: dict[str, float], rest: float = 0.0) -> dict[str, float]:
    whole = sqrt(sum(value**2 for value in values.values()) + rest)
    return {feature: value / whole for feature, value in values.items()}


def likeness(one: dict[str, float], other: dict[str, float]) -> float:
    return sum(value * other.get(feature, 0.0) for feature, value in one.items())


def defined(said: dict[Match, list[list[str]]], words: list[str]) -> dict[Match, float]:
    counted = {match: [features_of(phrase, STEMS) for phrase in phrases] for match, phrases in said.items()}
    total = dict.fromkeys(said, 0.0)
    nearest: dict[Match, list[float]] = {match: [0.0] * len(phrases) for match, phrases in said.items()}
    for part in (0, 1):
        has = Counter(
            feature
            for phrases in counted.values()
            for feature in {feature for found in phrases for feature in found[part]}
        )
        rarity = {feature: log(1 + len(said) / count) for feature, count in has.items()}

        def weigh(count: Counter[str], rest: float = 0.0, rarity: dict[str, float] = rarity) -> dict[str, float]:
            return level({one: (1 + log(count[one])) * rarity[one] for one in count if one in rarity}, rest)

        typed = features_of(words, STEMS)[part]
        text = weigh(typed, UNKNOWN * sum(feature not in rarity for feature in typed))
        for match, phrases in counted.items():
            vectors = [weigh(found[part]) for found in phrases]
            for number, vector in enumerate(vectors):
                nearest[match][number] += likeness(text, vector)
            together: Counter[str] = Counter()
            for vector in vectors:
                together.update(vector)  # type: ignore[arg-type]
            roots = level({feature: sqrt(value) for feature, value in together.items()})
            total[match] += TOGETHER * likeness(text, roots)
    return {match: total[match] + sum(sorted(nearest[match])[-NEAREST:]) for match in said}


@pytest.mark.parametrize("seed", range(3))
def test_scores_are_those_of_the_definition(seed: int) -> None:
    dice = random.Random(seed)
    # Words are repeated within a phrase, and some matches have fewer phrases than count one by one.
    said: dict[Match, list[list[str]]] = {
        ("service", number): [dice.choices(WORDS, k=dice.randint(1, 5)) for _ in range(dice.randint(1, 8))]
        for number in range(6)
    }
    phrases = Phrases.of(said, STEMS)
    for text in (["deep", "hole", "on", "the", "road"], ["hole", "hole", "unheardof"], dice.choices(WORDS, k=9)):
        expected = {match: score for match, score in defined(said, text).items() if score > 0}
        assert phrases.scores(text, STEMS) == pytest.approx(expected, rel=1e-5), text


def test_no_phrases_score_nothing() -> None:
    assert Phrases.of({}, {}).scores(["hole"], {}) == {}
