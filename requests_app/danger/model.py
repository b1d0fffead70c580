"""The danger score of a text, by a logistic regression that `train_danger` writes and this package ships.

weights.npy   float16, hashed features × (danger, then each kind)
about.json    format, kinds, biases, thresholds, and the versions it was trained with

Both are read-only data without pickles; the weights are memory-mapped, so all processes share them.
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
BITS = 17
# EmergencyPhrase.Kind
KINDS = ("red_flag", "poison", "self_harm", "domestic_violence", "utility")
# The languages of the training sentences.
LANGUAGES = ("en", "es")
# A text of up to so many words is read as a whole; of a longer one, neighboring sentences are read together.
WHOLE_WORDS = 60
# A sentence longer than that is read in overlapping parts.
PART_WORDS = 40
# A sentence beside others must be this much surer than a whole text, since it is read without them.
PART_OF_MORE = 1.5
LOAD_ERRORS = (OSError, EOFError, ValueError, KeyError, TypeError)

Array = np.ndarray[Any, Any]


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
    bias: Array
    # At this danger and above: sure, perhaps. Below `doubted`, even a phrase that ships is only perhaps.
    sure: float
    perhaps: float
    doubted: float

    @classmethod
    def read(cls, folder: Path) -> "Model":
        """Raises one of LOAD_ERRORS if the files are missing or damaged."""
        about = json.loads((folder / "about.json").read_text())
        weights = np.load(folder / "weights.npy", mmap_mode="r", allow_pickle=False)
        bias = np.array(about["bias"], dtype=np.float32)
        fits = about["format"] == FORMAT and tuple(about["kinds"]) == KINDS
        if not fits or weights.shape != (1 << BITS, 1 + len(KINDS)) or bias.shape != (1 + len(KINDS),):
            raise ValueError("another format")
        return cls(weights, bias, float(about["sure"]), float(about["perhaps"]), float(about["doubted"]))

    def scored_parts(self, text: str) -> list[Part]:
        """Each part of the text; the most dangerous one decides."""
        found = []
        for words, is_sentence, is_whole in parts_of(text):
            rows, values = hashed(words)
            scores: Array = values @ self.weights[rows].astype(np.float32) + self.bias
            danger = float(scores[0]) - (0 if is_whole else PART_OF_MORE)
            found.append(Part(words, is_sentence, danger, KINDS[int(np.argmax(scores[1:]))]))
        return found


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
