"""The sentences that the danger model learns from: written by hand (`sentences/*.tsv`) and drawn from patterns."""

import csv
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from requests_app.danger.features import fold, sentences_of, tokens_of
from requests_app.danger.model import LANGUAGES, WHOLE_WORDS
from requests_app.danger.phrases import shipped_phrases

FOLDER = Path(__file__).parent / "sentences"
SEED = 311
# So many different sentences are drawn from each pattern, if it has as many and its section says no other number.
DRAWN = 12
TRIES = 4
# Of the sentences written by hand: how many of the ordinary ones are misspelled, and how many are joined with another problem.
MISSPELLED_ORDINARY, JOINED = 0.3, 0.35
WORDS_PER_ERROR, SHORTEST_MISSPELLED = 6, 4
# Long texts: for each harmless sentence written by hand, and for each dangerous one, how many there are, of how many others.
LONG_HARMLESS, LONG_DANGEROUS = 0.5, 0.3
JOINED_TO = (2, 3, 4)
# The demo city's phrase banks (requests_app/demo/phrases.py). Their slots hold names, places and times.
DEMO_TEXTS = Path(__file__).parents[1] / "demo/texts"
DRAWN_OF_A_REPORT = 2
# A name in all of them would look harmless by itself.
OTHER_SLOT = [""]
_HAZARD = re.compile(
    r"wire|gas\b|fire|smok|burn|spark|cable|bleed|blood|breath|wake up|not moving|unconscious|passed out|collapsed|hurt|drown"
    r"|fuego|humo|chispa|corriente|sangr|respir|despiert|no se mueve|inconsciente|herid|electroc|danger|peligro|fell in|cayo"
)
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"<([a-z0-9]+)>")


@dataclass(frozen=True)
class Sentence:
    """label: danger, lookalike or ordinary. kind: who could help, "emergency" for the emergency number, or "-".

    is_variant: made of one written by hand, with typing errors or inside another text.
    """

    label: str
    kind: str
    text: str
    language: str
    by_hand: bool
    is_variant: bool = False


def by_hand(language: str) -> list[Sentence]:
    return read(FOLDER / f"{language}.tsv", language)


def read(path: Path, language: str) -> list[Sentence]:
    """Lines of label, kind and sentence, separated by tabs. Raises ValueError on another number of columns."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [Sentence(label, kind, text, language, True) for label, kind, text in rows]


def by_pattern(language: str) -> Iterator[Sentence]:
    """Sentences drawn from the patterns with a fixed seed."""
    rng = random.Random(SEED)  # noqa: S311 - sentences, no secret
    slots: dict[str, list[str]] = {}
    label = kind = ""
    wanted = DRAWN
    for line in (FOLDER / f"patterns_{language}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            label, kind, *number = line[3:].split()
            wanted = int(number[0]) if number else DRAWN
        elif definition := re.fullmatch(r"<([a-z0-9]+)> = (.*)", line):
            slots[definition[1]] = definition[2].split("|")
        elif line and not line.startswith("#"):
            drawn = {_draw(line, slots, rng) for _ in range(wanted * TRIES)}
            # A set of strings has no order of its own.
            for text in rng.sample(sorted(drawn), min(wanted, len(drawn))):
                yield Sentence(label, kind, text, language, False)


def _draw(pattern: str, slots: dict[str, list[str]], rng: random.Random) -> str:
    # Slots may hold choices, and choices slots.
    while _CHOICE.search(pattern) or _SLOT.search(pattern):
        pattern = _SLOT.sub(lambda slot: rng.choice(slots.get(slot[1], OTHER_SLOT)), pattern)
        pattern = _CHOICE.sub(lambda choice: rng.choice(choice[1].split("|")), pattern)
    return " ".join(pattern.split())


def ordinary_reports(language: str) -> Iterator[Sentence]:
    """What residents of the demo city write, and how staff answer, without what sounds dangerous."""
    rng = random.Random(SEED)  # noqa: S311 - sentences, no secret
    phrases = [fold(phrase.phrase) for phrase in shipped_phrases()]
    for path in sorted(DEMO_TEXTS.glob("*.yaml")):
        for line in _lines(yaml.safe_load(path.read_text(encoding="utf-8")), language):
            pattern = line.partition("=>")[2] or line
            for _ in range(DRAWN_OF_A_REPORT):
                text = _draw(pattern, {}, rng)
                folded = fold(text)
                if not any(phrase in folded for phrase in phrases) and not _HAZARD.search(folded):
                    yield Sentence("ordinary", "-", text, language, False)


def _lines(node: object, language: str, inside: bool = False) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key not in LANGUAGES or key == language:
                yield from _lines(value, language, inside or key == language)
    elif isinstance(node, list):
        for value in node:
            yield from _lines(value, language, inside)
    elif isinstance(node, str) and inside:
        yield from (line.strip() for line in node.splitlines() if line.strip())


def variants(sentences: list[Sentence]) -> Iterator[Sentence]:
    """Those written by hand once more: with typing errors, and before or after another problem in the same report."""
    rng = random.Random(SEED)  # noqa: S311 - sentences, no secret
    others = {
        language: [
            sentence.text for sentence in sentences if sentence.label == "ordinary" and sentence.language == language
        ]
        for language in LANGUAGES
    }
    for sentence in sentences:
        if sentence.label != "ordinary" or rng.random() < MISSPELLED_ORDINARY:
            yield replace(sentence, text=_misspelled(sentence.text, rng), by_hand=False, is_variant=True)
        if rng.random() < JOINED:
            pair = [sentence.text, rng.choice(others[sentence.language])]
            rng.shuffle(pair)
            text = ". ".join(part.rstrip(".") for part in pair)
            if len(text.split()) <= WHOLE_WORDS:
                yield replace(sentence, text=text, by_hand=False, is_variant=True)


def long_texts(sentences: list[Sentence]) -> Iterator[Sentence]:
    """Harmless sentences written by hand, several in one text, and a dangerous one among them; also the parts of longer ones.

    Without these, a long complaint sounds dangerous since it has a word of everything, and a danger in it harmless.
    """
    rng = random.Random(SEED)  # noqa: S311 - sentences, no secret
    harmless = [sentence for sentence in sentences if sentence.label != "danger"]
    ordinary = [sentence.text for sentence in harmless if sentence.label == "ordinary"]
    for sentence in sentences:
        others = rng.sample(ordinary, rng.choice(JOINED_TO))
        if rng.random() < (LONG_DANGEROUS if sentence.label == "danger" else LONG_HARMLESS):
            texts = [sentence.text]
            for other in others:
                if len(" ".join([*texts, other]).split()) <= WHOLE_WORDS:
                    texts.insert(rng.randrange(len(texts) + 1), other)
            text = " ".join(text if text[-1] in ".?!" else f"{text}." for text in texts)
            yield replace(sentence, text=text, by_hand=False, is_variant=True)
        if sentence.label != "danger" and len(parts := sentences_of(sentence.text)) > 1:
            yield from (replace(sentence, text=part, by_hand=False, is_variant=True) for part in parts)


def _misspelled(text: str, rng: random.Random) -> str:
    """With a letter left out, doubled or swapped with the next in about every sixth word."""
    tokens = text.split()
    for _ in range(max(1, len(tokens) // WORDS_PER_ERROR)):
        place = rng.randrange(len(tokens))
        word = tokens[place]
        if len(word) < SHORTEST_MISSPELLED:
            continue
        at = rng.randrange(1, len(word) - 1)
        tokens[place] = rng.choice(
            [
                word[:at] + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
                word[: at + 1] + word[at:],
            ]
        )
    return " ".join(tokens)


def training_sentences() -> list[Sentence]:
    """All of them, each text once; what was written by hand comes first and wins."""
    by_text: dict[str, Sentence] = {}
    for language in LANGUAGES:
        written = by_hand(language)
        for sentence in [
            *written,
            *by_pattern(language),
            *ordinary_reports(language),
            *variants(written),
            *long_texts(written),
        ]:
            if tokens_of(sentence.text):
                by_text.setdefault(sentence.text.casefold(), sentence)
    return list(by_text.values())
