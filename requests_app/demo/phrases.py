"""Phrase banks: lines with choices, [a|b], and slots, <slot>, from which demo texts are generated."""

import random
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

TEXTS = Path(__file__).parent / "texts"
# Slot values: a text, or a function that returns one. A line with a missing slot is not used.
Slots = Mapping[str, "str | Callable[[], str]"]
Part = str | tuple[str, Any]

_SPECIAL = re.compile(r"([\[\]|]|<[a-z0-9]+>)")


class MissingSlotError(Exception):
    """The line uses a slot that this request does not have."""


def compile_line(line: str) -> tuple[Part, ...]:
    """The line as parts: text, ("slot", name) or ("choice", lines). Raises ValueError on unbalanced brackets."""
    pieces = [piece for piece in _SPECIAL.split(line) if piece]
    parts, rest = _parts(pieces, 0, nested=False)
    if rest != len(pieces):
        raise ValueError(f"Brackets do not match in: {line}")
    return parts


def _parts(pieces: list[str], index: int, *, nested: bool) -> tuple[tuple[Part, ...], int]:
    parts: list[Part] = []
    while index < len(pieces):
        piece = pieces[index]
        if piece == "[":
            options = []
            while True:
                option, index = _parts(pieces, index + 1, nested=True)
                options.append(option)
                if index >= len(pieces):
                    raise ValueError("A choice is not closed.")
                if pieces[index] == "]":
                    break
            parts.append(("choice", tuple(options)))
        elif piece in "]|" and nested:
            return tuple(parts), index
        elif piece.startswith("<") and piece.endswith(">"):
            parts.append(("slot", piece[1:-1]))
        else:
            parts.append(piece)
        index += 1
    return tuple(parts), index


def fill(parts: tuple[Part, ...], rng: random.Random, slots: Slots) -> str:
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        elif part[0] == "choice":
            texts.append(fill(rng.choice(part[1]), rng, slots))
        else:
            value = slots.get(part[1])
            if value is None:
                raise MissingSlotError(part[1])
            texts.append(value if isinstance(value, str) else value())
    return "".join(texts)


@cache
def lines(block: str) -> tuple[tuple[Part, ...], ...]:
    """The compiled phrases of a bank, one per line."""
    return tuple(compile_line(line.strip()) for line in block.splitlines() if line.strip())


def say(block: str, rng: random.Random, slots: Slots) -> str:
    """A random phrase from the bank, filled in; "" if none fits."""
    bank = lines(block)
    for _ in range(8 if bank else 0):
        try:
            return tidy(fill(rng.choice(bank), rng, slots))
        except MissingSlotError:
            continue
    return ""


def tidy(text: str) -> str:
    """Cleans up after empty choices: double spaces, spaces before punctuation, a trailing comma."""
    text = re.sub(r"\s+", " ", text).strip()
    text = re.sub(r"\s+([,.!?;:])", r"\1", text)
    return re.sub(r",+([.!?]|$)", r"\1", text)


def capitalized(text: str) -> str:
    for index, letter in enumerate(text):
        if letter.isalpha():
            return text[:index] + letter.upper() + text[index + 1 :]
        if letter.isdigit():
            break
    return text


def _slip(word: str, rng: random.Random) -> str:
    """The word with a typo: two letters swapped, one lost or one doubled."""
    at = rng.randrange(1, len(word) - 2)
    kind = rng.randrange(3)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    return word[:at] + (word[at] * 2 if kind == 1 else "") + word[at + 1 :]


_NO_ACCENTS = str.maketrans("áéíóúüñÁÉÍÓÚ", "aeiouunAEIOU")
_SHORT_EN = (
    (r"\bplease\b", "pls"), (r"\byou\b", "u"), (r"\bare\b", "r"), (r"\bbecause\b", "bc"), (r"\bthanks\b", "thx"),
    (r"\bpeople\b", "ppl"), (r"\bwith\b", "w/"), (r"\band\b", "&"), (r"\bstreet\b", "st"), (r"\bcan't\b", "cant"),
    (r"\bdoes not\b", "doesnt"), (r"\bdon't\b", "dont"), (r"\bit is\b", "its"), (r"\bit's\b", "its"),
)  # fmt: skip
_SHORT_ES = ((r"\bque\b", "q"), (r"\bpor favor\b", "porfa"), (r"\bporque\b", "xq"), (r"[¿¡]", ""), (r"\bpor\b", "x"))


def roughen(text: str, rng: random.Random, language: str) -> str:
    """The text as typed in a hurry on a phone: lowercase, no accents or periods, abbreviations, a typo or two."""
    if rng.random() < 0.5:
        text = text.lower()
    if language == "es" and rng.random() < 0.7:
        text = text.translate(_NO_ACCENTS)
    for pattern, short in _SHORT_ES if language == "es" else _SHORT_EN:
        if rng.random() < 0.35:
            text = re.sub(pattern, short, text, flags=re.IGNORECASE)
    words = text.split(" ")
    for _ in range(rng.randrange(3)):
        index = rng.randrange(len(words))
        if len(words[index]) > 5 and words[index].isalpha():
            words[index] = _slip(words[index], rng)
    text = " ".join(words)
    if rng.random() < 0.4:
        text = text.rstrip(".")
    elif rng.random() < 0.15:
        text = text.rstrip(".") + rng.choice(["!!", "!!!", "...", " ??"])
    return text


@cache
def bank(name: str) -> dict[str, Any]:
    """texts/<name>.yaml, parsed."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load((TEXTS / f"{name}.yaml").read_text(encoding="utf-8"), loader)
    return loaded
