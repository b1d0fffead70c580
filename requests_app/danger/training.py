"""Trains the danger model on the sentences that ship, with scikit-learn; see docs/danger.md.

The thresholds are chosen with tests/benchmarks/danger.py, on sentences held out of the training and on a real city's texts. The
test sentences in tests/ are never used for that.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from requests_app.danger.features import tokens_of
from requests_app.danger.model import BITS, FOLDER, FORMAT, KINDS, hashed
from requests_app.danger.sentences import Sentence, training_sentences

# Log-odds; see Model.
SURE, PERHAPS, DOUBTED = 0.7, -1.0, -0.5
# How closely the weights fit the sentences (scikit-learn's C).
STRENGTH = 20.0
ROUNDS = 300
# What the demo city's residents write is plentiful and says little about danger.
ORDINARY_WEIGHT = 0.7


@dataclass(frozen=True)
class Fitted:
    """weights: features × (danger, then each kind); bias: for each of them."""

    weights: np.ndarray
    bias: np.ndarray
    sentences: int


def fit(sentences: Sequence[Sentence]) -> Fitted:
    """One regression tells danger from everything else, another the kinds of danger from each other."""
    texts = matrix([sentence.text for sentence in sentences])
    dangers = np.array([sentence.label == "danger" for sentence in sentences])
    weight = [1.0 if sentence.by_hand or sentence.label != "ordinary" else ORDINARY_WEIGHT for sentence in sentences]
    danger = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=ROUNDS, random_state=0)
    danger.fit(texts, dangers, sample_weight=weight)
    weights = np.zeros((1 << BITS, 1 + len(KINDS)), dtype=np.float32)
    bias = np.zeros(1 + len(KINDS), dtype=np.float32)
    weights[:, 0], bias[0] = danger.coef_[0], danger.intercept_[0]
    kinds = np.array([kind_of(sentence) for sentence, is_danger in zip(sentences, dangers, strict=True) if is_danger])
    kind = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=ROUNDS)
    kind.fit(texts[dangers], kinds)
    for number, name in enumerate(KINDS, start=1):
        row = list(kind.classes_).index(name)
        weights[:, number], bias[number] = kind.coef_[row], kind.intercept_[row]
    return Fitted(weights, bias, len(sentences))


def kind_of(sentence: Sentence) -> str:
    """EmergencyPhrase.Kind."""
    return "red_flag" if sentence.kind == "emergency" else sentence.kind


def matrix(texts: Sequence[str]) -> csr_matrix:
    rows, values = zip(*(hashed(tokens_of(text)) for text in texts), strict=True)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    return csr_matrix((np.concatenate(values), np.concatenate(rows), ends), shape=(len(texts), 1 << BITS))


def train(folder: Path = FOLDER) -> int:
    """Writes the model and returns the number of sentences that it learned from. The same sentences make the same files."""
    fitted = fit(training_sentences())
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", fitted.weights.astype(np.float16), allow_pickle=False)
    about = {
        "format": FORMAT,
        "kinds": KINDS,
        "bias": [round(float(value), 4) for value in fitted.bias],
        "sure": SURE,
        "perhaps": PERHAPS,
        "doubted": DOUBTED,
        "sentences": fitted.sentences,
        "trained_with": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n")
    return fitted.sentences
