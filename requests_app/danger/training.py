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
from sklearn.svm import SVC

from requests_app.danger.features import tokens_of
from requests_app.danger.model import BITS, FOLDER, FORMAT, KIND_BITS, KINDS, REACH, SCALE, WordVectors, hashed
from requests_app.danger.sentences import Sentence, training_sentences

# Log-odds; see Model.
SURE, PERHAPS, DOUBTED = 0.3, -1.9, -0.5
# How closely the weights fit the sentences (scikit-learn's C).
STRENGTH = 20.0
KERNEL_STRENGTH = 3.0
OTHER_KINDS_FIRST = 1.0
ROUNDS = 300
# What the demo city's residents write is plentiful and says little about danger.
ORDINARY_WEIGHT = 0.7
# There are few sentences of these kinds, and to miss one is as bad.
KIND_WEIGHTS = {"self_harm": 2.5, "domestic_violence": 2.0, "poison": 1.5, "utility": 1.2}


@dataclass(frozen=True)
class Fitted:
    """weights: for each feature; kinds: features × kinds; bias: of danger, then of each kind.

    support, duals, offset: of the kernel.
    """

    weights: np.ndarray
    kinds: np.ndarray
    bias: np.ndarray
    support: np.ndarray
    duals: np.ndarray
    offset: float
    sentences: int


def fit(sentences: Sequence[Sentence]) -> Fitted:
    """One regression tells danger from everything else, another the kinds of danger from each other."""
    texts = matrix([sentence.text for sentence in sentences])
    dangers = np.array([sentence.label == "danger" for sentence in sentences])
    weight = [weight_of(sentence) for sentence in sentences]
    danger = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=ROUNDS, random_state=0)
    danger.fit(texts, dangers, sample_weight=weight)
    by_kind = np.zeros((1 << KIND_BITS, len(KINDS)), dtype=np.float32)
    bias = np.zeros(1 + len(KINDS), dtype=np.float32)
    bias[0] = danger.intercept_[0]
    kinds = np.array([kind_of(sentence) for sentence, is_danger in zip(sentences, dangers, strict=True) if is_danger])
    kind = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=ROUNDS)
    kind.fit(matrix([one.text for one in sentences if one.label == "danger"], KIND_BITS), kinds)
    for number, name in enumerate(KINDS):
        row = list(kind.classes_).index(name)
        by_kind[:, number], bias[number + 1] = kind.coef_[row], kind.intercept_[row]
    # The emergency number is on every page; another hotline helps only where it is named.
    bias[1 + KINDS.index("red_flag")] -= OTHER_KINDS_FIRST
    vectors = WordVectors.read(FOLDER)
    means = np.array([vectors.mean(tokens_of(sentence.text)) for sentence in sentences])
    kernel = SVC(C=KERNEL_STRENGTH, gamma=REACH)
    kernel.fit(np.round(means * SCALE) / SCALE, dangers)
    support = np.round(kernel.support_vectors_ * SCALE).astype(np.int8)
    duals = kernel.dual_coef_[0].astype(np.float32)
    return Fitted(danger.coef_[0], by_kind, bias, support, duals, float(kernel.intercept_[0]), len(sentences))


def weight_of(sentence: Sentence) -> float:
    if sentence.label == "danger":
        return KIND_WEIGHTS.get(sentence.kind, 1.0)
    return 1.0 if sentence.by_hand or sentence.label != "ordinary" else ORDINARY_WEIGHT


def kind_of(sentence: Sentence) -> str:
    """EmergencyPhrase.Kind."""
    return "red_flag" if sentence.kind == "emergency" else sentence.kind


def matrix(texts: Sequence[str], bits: int = BITS) -> csr_matrix:
    rows, values = zip(*(hashed(tokens_of(text)) for text in texts), strict=True)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    return csr_matrix((np.concatenate(values), np.concatenate(rows) % (1 << bits), ends), shape=(len(texts), 1 << bits))


def train(folder: Path = FOLDER) -> int:
    """Writes the model and returns the number of sentences that it learned from. The same sentences make the same files."""
    fitted = fit(training_sentences())
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", fitted.weights.astype(np.float16), allow_pickle=False)
    np.save(folder / "kinds.npy", fitted.kinds.astype(np.float16), allow_pickle=False)
    np.save(folder / "support.npy", fitted.support, allow_pickle=False)
    np.save(folder / "duals.npy", fitted.duals, allow_pickle=False)
    about = {
        "format": FORMAT,
        "kinds": KINDS,
        "bias": [round(float(value), 4) for value in fitted.bias],
        "offset": round(fitted.offset, 4),
        "sure": SURE,
        "perhaps": PERHAPS,
        "doubted": DOUBTED,
        "sentences": fitted.sentences,
        "trained_with": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n")
    return fitted.sentences
