"""Two scores of a text, from files that ship: of danger, and of distress, which must not be public (rules/alarms/screening.py).

Each is a logistic regression on the text's words, and a kernel on the mean of their vectors.

weights.npy   float16, for each hashed feature: how dangerous it is; distress.npy: how much it tells of distress; by `train_danger`
kinds.npy     float16, hashed features × kinds; by `train_danger`
support.npy   int8, the kernels' support vectors; duals.npy, float32, their weights for each score; both by `train_danger`
words.npy     bytes, sorted: words, and pairs of them; vectors.npy, int8, and rarity.npy, float16, for each; by word_vectors.py
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
FORMAT = 2
# Features are hashed to so many bits; for distress and for the kind, fewer will do.
BITS, DISTRESS_BITS, KIND_BITS = 18, 17, 14
DIMENSIONS = 64
# How far a support vector reaches (the kernel's gamma), and how much the kernel counts compared with the regression.
REACH = 2.0
MIX = 1.5
ARRAYS = ("weights", "distress", "kinds", "support", "duals", "words", "vectors", "rarity")
# EmergencyPhrase.Kind
KINDS = (
    "red_flag",
    "poison",
    "self_harm",
    "domestic_violence",
    "utility",
    "sexual_violence",
    "child_abuse",
    "elder_abuse",
    "trafficking",
    "overdose",
    "threat",
    "hazard",
)
# Those that tell of a person who is hurt by others or by themselves.
DISTRESS = frozenset(
    {
        "self_harm",
        "domestic_violence",
        "sexual_violence",
        "child_abuse",
        "elder_abuse",
        "trafficking",
        "overdose",
        "threat",
    }
)
IS_DISTRESS = np.array([kind in DISTRESS for kind in KINDS])
# The languages of the training sentences.
LANGUAGES = ("en", "es")
# A text of up to so many words is read as a whole; of a longer one, neighboring sentences are read together.
WHOLE_WORDS = 60
# A sentence longer than that is read in overlapping parts.
PART_WORDS = 40
# A sentence of a longer text must be this much surer than a whole text, since it is read without the others.
PART_OF_MORE = 4.5
# Long complaints have some words of everything: above so many words, each takes a bit off.
SHORT_WORDS, A_WORD_MORE = 20, 0.15
# Danger adds to distress up to this. The likelier it's of another kind, the more is taken off: for each log-odds, within these.
MOST_DANGER, OTHER_DANGER, OTHER_ODDS = 0.5, 0.67, (-2.0, 4.0)
# For distress, less: a word too many that is kept private does less harm.
DISTRESS_PART_OF_MORE = 3.5
LOAD_ERRORS = (OSError, EOFError, ValueError, KeyError, TypeError)

Array = np.ndarray[Any, Any]
# Vectors of length 1 are stored as whole numbers up to this.
SCALE = 127


@dataclass(frozen=True)
class Part:
    """Some words of a text, and what they tell.

    danger: log-odds that somebody is in danger; kind: the likeliest of KINDS, if so. distress: how surely it tells of
    distress; distress_kind: the likeliest of DISTRESS, if so.
    """

    tokens: list[str]
    # A whole sentence, neither several nor a piece of one.
    is_sentence: bool
    danger: float
    kind: str
    distress: float
    distress_kind: str


@dataclass(frozen=True)
class Model:
    weights: Array
    distress: Array
    kinds: Array
    # Of danger, of distress, then of each kind.
    bias: Array
    support: Array
    # Of danger and of distress.
    duals: Array
    offset: Array
    vectors: "WordVectors"
    # At this danger and above: sure, perhaps. Below `doubted`, even a phrase that ships is only perhaps.
    sure: float
    perhaps: float
    doubted: float
    # At this distress and above, it can't be public. Below `doubted_private`, not even for a phrase that ships.
    private: float
    doubted_private: float

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
            or arrays["distress"].shape != (1 << DISTRESS_BITS,)
            or arrays["kinds"].shape != (1 << KIND_BITS, len(KINDS))
            or bias.shape != (2 + len(KINDS),)
            or arrays["support"].shape != (len(arrays["duals"]), DIMENSIONS)
            or arrays["duals"].shape != (len(arrays["support"]), 2)
            or arrays["vectors"].shape != (rows, DIMENSIONS)
            or arrays["rarity"].shape != (rows,)
            or arrays["words"].dtype.kind != "S"
        ):
            raise ValueError("another format")
        return cls(
            weights=arrays["weights"],
            distress=arrays["distress"],
            kinds=arrays["kinds"],
            bias=bias,
            # In memory: each text reads all of them.
            support=arrays["support"].astype(np.float32) / SCALE,
            duals=np.array(arrays["duals"]),
            offset=np.array(about["offset"], dtype=np.float32),
            vectors=WordVectors(arrays["words"], arrays["vectors"], arrays["rarity"]),
            sure=float(about["sure"]),
            perhaps=float(about["perhaps"]),
            doubted=float(about["doubted"]),
            private=float(about["private"]),
            doubted_private=float(about["doubted_private"]),
        )

    def scored_parts(self, text: str) -> list[Part]:
        """Each part of the text; the most dangerous one decides."""
        parts = []
        for tokens, is_sentence, is_whole in parts_of(text):
            rows, values = hashed(tokens)
            by_meaning = self._by_meaning(tokens)
            danger = float(values @ self.weights[rows].astype(np.float32) + self.bias[0] + MIX * by_meaning[0])
            distress = float(
                values @ self.distress[rows % (1 << DISTRESS_BITS)].astype(np.float32)
                + self.bias[1]
                + MIX * by_meaning[1]
            )
            kinds = values @ self.kinds[rows % (1 << KIND_BITS)].astype(np.float32) + self.bias[2:]
            likely = np.exp(kinds - kinds.max())
            odds = float(np.log(likely[~IS_DISTRESS].sum() / likely[IS_DISTRESS].sum()))
            distress += min(danger, MOST_DANGER) - OTHER_DANGER * min(max(odds, OTHER_ODDS[0]), OTHER_ODDS[1])
            length = A_WORD_MORE * max(0, len(tokens) - SHORT_WORDS)
            part = Part(
                tokens,
                is_sentence,
                danger - length - (0 if is_whole else PART_OF_MORE),
                KINDS[int(np.argmax(kinds))],
                distress - length - (0 if is_whole else DISTRESS_PART_OF_MORE),
                KINDS[int(np.argmax(np.where(IS_DISTRESS, kinds, -np.inf)))],
            )
            parts.append(part)
        return parts

    def _by_meaning(self, tokens: list[str]) -> Array:
        """The kernels' answers: how near the text's mean vector is to those of sentences of each sort."""
        # Not by BLAS: its threads wait for each other for longer than this takes.
        near = np.exp(REACH * 2 * (np.einsum("ij,j->i", self.support, self.vectors.mean(tokens)) - 1))
        answers: Array = np.einsum("i,ij->j", near, self.duals) + self.offset
        return answers


@dataclass(frozen=True)
class WordVectors:
    entries: Array
    vectors: Array
    rarity: Array

    @classmethod
    def read(cls, folder: Path) -> "WordVectors":
        return cls(*(np.load(folder / f"{name}.npy", allow_pickle=False) for name in ("words", "vectors", "rarity")))

    def mean(self, tokens: list[str]) -> Array:
        """The mean of the vectors of known words and pairs, of length 1; rare words weigh more. Zeros if none is known."""
        tokens = tokens[:WHOLE_WORDS]
        entries = [entry.encode() for entry in [*tokens, *map(" ".join, pairwise(tokens))]]
        # Longer ones would be cut off and taken for others.
        wanted = np.array([entry for entry in entries if len(entry) <= self.entries.itemsize], dtype=self.entries.dtype)
        places = np.minimum(np.searchsorted(self.entries, wanted), len(self.entries) - 1)
        places = places[self.entries[places] == wanted]
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
    sentences = [tokens for sentence in sentences_of(text) if (tokens := tokens_of(sentence))]
    whole = [word for tokens in sentences for word in tokens]
    if not whole:
        return
    if len(whole) <= WHOLE_WORDS:
        yield whole, len(sentences) == 1, True
    if len(sentences) == 1 and len(whole) <= WHOLE_WORDS:
        return
    for tokens in sentences:
        if len(tokens) <= WHOLE_WORDS:
            yield tokens, True, False
        else:
            for start in range(0, len(tokens) - PART_WORDS // 2, PART_WORDS // 2):
                yield tokens[start : start + PART_WORDS], False, False
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
