"""The danger score of a text, from files that ship: a logistic regression on its words, and a kernel on the mean of their vectors.

weights.npy   float16, for each hashed feature: how dangerous it is; by `train_danger`
kinds.npy     float16, hashed features × kinds; by `train_danger`
support.npy   int8, the kernel's support vectors; duals.npy, float32, their weights; both by `train_danger`
words.npy     bytes, sorted; vectors.npy, int8, and rarity.npy, float16, for each word; by word_vectors.py
about.json    format, kinds, biases, thresholds, and the versions it was trained with

They are read-only data without pickles, memory-mapped, so that all processes share them.
"""

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from requests_app.danger.features import BLOCKS, sentences_of, tokens_of

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).parent / "model"
FORMAT = 1
# Features are hashed to so many bits; for the kind, fewer will do.
BITS, KIND_BITS = 18, 15
DIMENSIONS = 48
# How far a support vector reaches (the kernel's gamma), and how much the kernel counts compared with the regression.
REACH = 2.0
MIX = 1.0
ARRAYS = ("weights", "kinds", "support", "duals", "words", "vectors", "rarity")
# EmergencyPhrase.Kind
KINDS = ("red_flag", "poison", "self_harm", "domestic_violence", "utility")
# The languages of the training sentences.
LANGUAGES = ("en", "es")
# A text of up to so many words is read as a whole; of a longer one, neighboring sentences are read together.
WHOLE_WORDS = 60
# A sentence longer than that is read in overlapping parts.
PART_WORDS = 40
# A sentence of a longer text must be this much surer than a whole text, since it is read without the others.
PART_OF_MORE = 2.5
LOAD_ERRORS = (OSError, EOFError, ValueError, KeyError, TypeError)

Array = np.ndarray[Any, Any]
# Vectors of length 1 are stored as whole numbers up to this.
SCALE = 127


@dataclass(frozen=True)
class Part:
    """Some words of a text, and what they tell.

    danger: log-odds that somebody is in danger; kind: the likeliest of KINDS, if so.
    """

    words: list[str]
    # A whole sentence, neither several nor a piece of one.
    is_sentence: bool
    danger: float
    kind: str


@dataclass(frozen=True)
class Model:
    weights: Array
    kinds: Array
    # Of danger, then of each kind.
    bias: Array
    support: Array
    duals: Array
    offset: float
    vectors: "WordVectors"
    # At this danger and above: sure, perhaps. Below `doubted`, even a phrase that ships is only perhaps.
    sure: float
    perhaps: float
    doubted: float

    @classmethod
    def read(cls, folder: Path) -> "Model":
        """Raises one of LOAD_ERRORS if the files are missing or damaged."""
        about = json.loads((folder / "about.json").read_text())
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
        bias = np.array(about["bias"], dtype=np.float32)
        fits = about["format"] == FORMAT and tuple(about["kinds"]) == KINDS
        rows = len(arrays["words"])
        if (
            not fits
            or arrays["weights"].shape != (1 << BITS,)
            or arrays["kinds"].shape != (1 << KIND_BITS, len(KINDS))
            or bias.shape != (1 + len(KINDS),)
            or arrays["support"].shape != (len(arrays["duals"]), DIMENSIONS)
            or arrays["vectors"].shape != (rows, DIMENSIONS)
            or arrays["rarity"].shape != (rows,)
            or arrays["words"].dtype.kind != "S"
        ):
            raise ValueError("another format")
        return cls(
            weights=arrays["weights"],
            kinds=arrays["kinds"],
            bias=bias,
            # In memory: each text reads all of them.
            support=arrays["support"].astype(np.float32) / SCALE,
            duals=np.array(arrays["duals"]),
            offset=float(about["offset"]),
            vectors=WordVectors(arrays["words"], arrays["vectors"], arrays["rarity"]),
            sure=float(about["sure"]),
            perhaps=float(about["perhaps"]),
            doubted=float(about["doubted"]),
        )

    def scored_parts(self, text: str) -> list[Part]:
        """Each part of the text; the most dangerous one decides."""
        found = []
        for words, is_sentence, is_whole in parts_of(text):
            rows, values = hashed(words)
            by_words = float(values @ self.weights[rows].astype(np.float32) + self.bias[0])
            danger = by_words + MIX * self._by_meaning(words) - (0 if is_whole else PART_OF_MORE)
            kinds = values @ self.kinds[rows % (1 << KIND_BITS)].astype(np.float32) + self.bias[1:]
            found.append(Part(words, is_sentence, danger, KINDS[int(np.argmax(kinds))]))
        return found

    def _by_meaning(self, words: list[str]) -> float:
        """The kernel's answer: how near the text's mean vector is to those of dangerous and of harmless sentences."""
        near = np.exp(REACH * 2 * (self.support @ self.vectors.mean(words) - 1))
        return float(near @ self.duals) + self.offset


@dataclass(frozen=True)
class WordVectors:
    words: Array
    vectors: Array
    rarity: Array

    @classmethod
    def read(cls, folder: Path) -> "WordVectors":
        return cls(*(np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("words", "vectors", "rarity")))

    def mean(self, words: list[str]) -> Array:
        """The mean of the known words' vectors, of length 1; rare words weigh more. Zeros if none is known."""
        wanted = np.array([word.encode() for word in words[:WHOLE_WORDS]], dtype=self.words.dtype)
        places = np.minimum(np.searchsorted(self.words, wanted), len(self.words) - 1)
        places = places[self.words[places] == wanted]
        total: Array = self.rarity[places].astype(np.float32) @ self.vectors[places].astype(np.float32)
        size = float(np.linalg.norm(total))
        return total / size if size else total


def hashed(tokens: list[str]) -> tuple[Array, Array]:
    """The rows of a text's features in the weights, and their values: each block of features has length 1."""
    rows: list[int] = []
    values: list[Array] = []
    for number, block in enumerate(BLOCKS):
        found = sorted(zlib.crc32(feature.encode(), number) & ((1 << BITS) - 1) for feature in block(tokens))
        rows += found
        values.append(np.full(len(found), 1 / max(len(found), 1) ** 0.5, dtype=np.float32))
    return np.array(rows, dtype=np.int64), np.concatenate(values)


def parts_of(text: str) -> Iterator[tuple[list[str], bool, bool]]:
    """The words of each part, whether it is a sentence, and whether it is the whole text."""
    sentences = [words for sentence in sentences_of(text) if (words := tokens_of(sentence))]
    whole = [word for words in sentences for word in words]
    if not whole:
        return
    if len(whole) <= WHOLE_WORDS:
        yield whole, len(sentences) == 1, True
    if len(sentences) == 1 and len(whole) <= WHOLE_WORDS:
        return
    for words in sentences:
        if len(words) <= WHOLE_WORDS:
            yield words, True, False
        else:
            for start in range(0, len(words) - PART_WORDS // 2, PART_WORDS // 2):
                yield words[start : start + PART_WORDS], False, False
    if len(whole) > WHOLE_WORDS:
        for one, other in pairwise(sentences):
            if len(one) + len(other) <= WHOLE_WORDS:
                yield one + other, False, False


@lru_cache(maxsize=1)
def shipped_model() -> Model | None:
    """The model that ships with the product; None if it cannot be read, which is logged once."""
    try:
        return Model.read(FOLDER)
    except LOAD_ERRORS as error:
        log.error("danger_model_unusable", error=type(error).__name__)
        return None
