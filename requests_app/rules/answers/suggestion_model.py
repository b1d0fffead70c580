"""Suggests services for a text with the model that `train_suggestions` wrote, read from memory-mapped arrays.

Each jurisdiction has a folder with a file `current`, which names the subfolder of the newest model:

features.npy  bytes, sorted: words, pairs of words, and "~" with 3 to 5 letters of a word ("_" is its edge)
rarity.npy    float32, for each feature
weights.npy   float32, features × services
bias.npy      float32, for each service
about.json    format, jurisdiction, the services in order, and the versions it was trained with

Among the services are QUESTION, what the city's articles answer, and NOBODYS, what no city serves.

There are no pickles, so loading cannot run code. Without a valid model there are no probabilities.
"""

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import structlog
from django.conf import settings

from requests_app.models import Jurisdiction

log = structlog.get_logger(__name__)

FORMAT = 2
# A service code has no "?".
QUESTION, NOBODYS = "?question", "?nobody"
ARRAYS = ("features", "rarity", "weights", "bias")
LONGEST_WORD = 24
PIECES = range(3, 6)
# At least this share of a text's features must be known; otherwise the answer would be about other words.
KNOWN_SHARE = 0.25

Array = np.ndarray[Any, Any]
# Exceptions raised by files that are missing, damaged or in another format.
LOAD_ERRORS = (OSError, EOFError, ValueError, KeyError, TypeError, AttributeError)


def word_runs(text: str) -> Iterator[list[str]]:
    """Runs of consecutive words in plain letters. Words with a digit or an @ are left out."""
    run: list[str] = []
    for token in text.lower().split():
        letters = unicodedata.normalize("NFKD", token)
        if "@" in letters or any(letter.isnumeric() for letter in letters):
            yield run
            run = []
            continue
        # "can't", "can’t" and "cant" are the same word.
        letters = "".join(letter for letter in letters if not unicodedata.combining(letter) and letter not in "'’")
        for word in re.findall(r"[^\W\d_]+", letters):
            if len(word) <= LONGEST_WORD:
                run.append(word)
    yield run


def words_and_pairs(text: str) -> Iterator[str]:
    for run in word_runs(text):
        yield from run
        yield from (f"{first} {second}" for first, second in pairwise(run))


def ngrams(word: str) -> Iterator[str]:
    """A word's letter n-grams, with which a word with a typo still matches."""
    edged = f"_{word}_"
    for length in PIECES:
        for start in range(len(edged) - length + 1):
            yield "~" + edged[start : start + length]


def features_of(text: str) -> list[str]:
    return [*words_and_pairs(text), *(piece for run in word_runs(text) for word in run for piece in ngrams(word))]


@dataclass(frozen=True)
class Model:
    # Service codes, QUESTION and NOBODYS.
    services: list[str]
    features: Array
    rarity: Array
    weights: Array
    bias: Array

    @classmethod
    def read(cls, folder: Path) -> "Model":
        """Raises one of LOAD_ERRORS if the model is not complete."""
        about = json.loads((folder / "about.json").read_text())
        if about["format"] != FORMAT:
            raise ValueError("unknown format")
        arrays = {name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False) for name in ARRAYS}
        model = cls([str(code) for code in about["services"]], **arrays)
        features, services = len(model.features), len(model.services)
        fits = (
            model.features.dtype.kind == "S"
            and all(arrays[name].dtype == np.float32 for name in ARRAYS[1:])
            and model.features.shape == model.rarity.shape == (features,)
            and model.weights.shape == (features, services)
            and model.bias.shape == (services,)
        )
        if not fits:
            raise ValueError("the arrays do not match")
        return model

    def probabilities(self, text: str) -> dict[str, float]:
        """Probability by service_code, QUESTION and NOBODYS; empty if too little of the text is known."""
        counted = Counter(feature.encode() for feature in features_of(text))
        # Longer features would be truncated, and then match.
        fitting = [feature for feature in counted if len(feature) <= self.features.dtype.itemsize]
        if not fitting or not len(self.features):
            return {}
        candidates = np.array(fitting, dtype=self.features.dtype)
        indexes = np.minimum(np.searchsorted(self.features, candidates), len(self.features) - 1)
        known = self.features[indexes] == candidates
        if known.sum() < KNOWN_SHARE * len(counted):
            return {}
        rows = indexes[known]
        times = np.array([counted[feature] for feature, is_known in zip(fitting, known, strict=True) if is_known])
        values = (1 + np.log(times)) * self.rarity[rows]
        scores = (values / np.linalg.norm(values)) @ self.weights[rows] + self.bias
        likely = np.exp(scores - scores.max())
        shares = (likely / likely.sum()).tolist()
        # A damaged array can make all shares NaN.
        return dict(zip(self.services, shares, strict=True)) if all(share >= 0 for share in shares) else {}


def folder_of(jurisdiction: Jurisdiction) -> Path:
    return Path(settings.SUGGESTIONS_ROOT) / str(jurisdiction.pk)


# The loaded model by jurisdiction, with the content of `current` when it was loaded.
_in_use: dict[int, tuple[Path, str, Model | None]] = {}


def current_model(jurisdiction: Jurisdiction) -> Model | None:
    """The newest model, loaded again when it changes. An invalid model is logged once and then treated as missing."""
    folder = folder_of(jurisdiction)
    try:
        name = (folder / "current").read_text().strip()
    except (OSError, ValueError):
        return None
    loaded = _in_use.get(jurisdiction.pk)
    if loaded is not None and loaded[:2] == (folder, name):
        return loaded[2]
    model = None
    try:
        if not re.fullmatch(r"[0-9a-f]+", name):
            raise ValueError("not the name of a model")
        about = json.loads((folder / name / "about.json").read_text())
        # After a change of database, the same id may belong to another city.
        if about["jurisdiction"] != jurisdiction.jurisdiction_id:
            raise ValueError("another city's model")
        model = Model.read(folder / name)
    except LOAD_ERRORS as error:
        log.warning("suggestion_model_unusable", jurisdiction=jurisdiction.pk, error=type(error).__name__)
    _in_use[jurisdiction.pk] = (folder, name, model)
    return model


def likely(jurisdiction: Jurisdiction, text: str) -> dict[str, float]:
    """Probability (0 to 1) by service_code, QUESTION and NOBODYS, by the trained model. Empty without a model."""
    model = current_model(jurisdiction)
    return model.probabilities(text) if model else {}
