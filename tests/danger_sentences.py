"""Sentences that the danger model has never seen, written by hand, and how it hears them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from requests_app.danger.model import LANGUAGES
from requests_app.danger.sentences import Sentence, read
from requests_app.models import EmergencyPhrase
from requests_app.rules import screening
from requests_app.rules.screening import Level

FOLDER = Path(__file__).parent / "requests_app/rules/danger_sentences"


@dataclass(frozen=True)
class Judged:
    sentence: Sentence
    level: Level | None
    kind: str


@cache
def phrases() -> tuple[EmergencyPhrase, ...]:
    return tuple(phrase for _words, phrase in screening._shipped())


def judge(text: str) -> tuple[Level | None, str]:
    """As screening.assess() in a city without phrases of its own, without a database."""
    found = [one.phrase for one in screening.heard(phrases(), text) if not one.excused_by]
    danger = screening.assessed(found, text).danger
    return (danger.level, danger.kind) if danger else (None, "")


def judged() -> Iterator[Judged]:
    for language in LANGUAGES:
        for sentence in read(FOLDER / f"{language}.tsv", language):
            yield Judged(sentence, *judge(sentence.text))


def share(found: list[Judged], *levels: Level) -> float:
    return sum(one.level in levels for one in found) / len(found)
