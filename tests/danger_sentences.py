"""Sentences that the danger model has never seen, written by hand, and how it hears them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from requests_app.danger.model import LANGUAGES
from requests_app.danger.sentences import Sentence, read
from requests_app.models import EmergencyPhrase
from requests_app.rules.alarms import screening
from requests_app.rules.alarms.screening import Assessment, Level

FOLDER = Path(__file__).parent / "requests_app/rules/alarms/danger_sentences"


# By two writers who saw neither the training sentences nor the patterns. The second knows the kinds of distress, and the hazards.
SETS = {"first": "{language}", "second": "second_{language}"}


@dataclass(frozen=True)
class Judged:
    """distress: the kind of which it perhaps tells, so that it's private; empty if none."""

    sentence: Sentence
    level: Level | None
    kind: str
    distress: str

    @property
    def is_distress(self) -> bool:
        """Whether the sentence tells of distress."""
        return self.sentence.label == "danger" and self.sentence.kind in screening.DISTRESS


@cache
def phrases() -> tuple[EmergencyPhrase, ...]:
    return tuple(phrase for _words, phrase in screening._shipped())


def judge(text: str) -> tuple[Level | None, str]:
    """As screening.assess() in a city without phrases of its own, without a database."""
    danger = assess(text).danger
    return (danger.level, danger.kind) if danger else (None, "")


def assess(text: str) -> Assessment:
    """As screening.find_danger(), likewise."""
    found = [one.phrase for one in screening.heard(phrases(), text) if not one.excused_by]
    return screening.assessed(found, text)


@cache
def judged(sentences: str) -> tuple[Judged, ...]:
    """sentences: one of SETS."""
    return tuple(_judged(sentences))


def _judged(sentences: str) -> Iterator[Judged]:
    for language in LANGUAGES:
        name = SETS[sentences].format(language=language)
        for sentence in read(FOLDER / f"{name}.tsv", language):
            found = assess(sentence.text)
            level, kind = (found.danger.level, found.danger.kind) if found.danger else (None, "")
            yield Judged(sentence, level, kind, found.distress)


def share(found: list[Judged], *levels: Level) -> float:
    return sum(one.level in levels for one in found) / len(found)


def share_private(found: list[Judged]) -> float:
    return sum(bool(one.distress) for one in found) / len(found)
