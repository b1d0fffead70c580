"""Trains the danger model on the sentences that ship, with scikit-learn; see docs/danger.md.

The thresholds are chosen with tests/benchmarks/danger.py, on the first test set, half of the second, and half of a real city's
texts. None of them is learned from.
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
from requests_app.danger.model import (
    BITS,
    DISTRESS,
    DISTRESS_BITS,
    FOLDER,
    FORMAT,
    KIND_BITS,
    KINDS,
    REACH,
    SCALE,
    WordVectors,
    hashed,
)
from requests_app.danger.sentences import Sentence, training_sentences

# Log-odds; see Model.
SURE, PERHAPS, DOUBTED = 0.25, -1.1, -0.7
PRIVATE, DOUBTED_PRIVATE = -3.0, -4.8
# How closely the weights fit the sentences (scikit-learn's C).
STRENGTH = 20.0
KERNEL_STRENGTH = 3.0
OTHER_KINDS_FIRST = 1.0
ROUNDS = 300
# What the demo city's residents write is plentiful and says little about danger.
ORDINARY_WEIGHT = 0.7
# There are few sentences of these kinds, and to miss one is as bad.
KIND_WEIGHTS = {
    "self_harm": 2.5,
    "domestic_violence": 2.0,
    "poison": 1.5,
    "utility": 1.2,
    "sexual_violence": 1.5,
    "child_abuse": 1.5,
    "elder_abuse": 1.5,
    "trafficking": 1.5,
    "overdose": 1.5,
    "threat": 1.5,
    "hazard": 3.0,
}
DISTRESS_WEIGHT = 2.0
VARIANT_WEIGHT = 0.5


@dataclass(frozen=True)
class Fitted:
    """weights: of danger, for each feature; distress: of distress, likewise; kinds: features × kinds.

    bias: of danger, of distress, then of each kind. support, and for danger and distress duals and offset: of the kernels.
    """

    weights: np.ndarray
    distress: np.ndarray
    kinds: np.ndarray
    bias: np.ndarray
    support: np.ndarray
    duals: np.ndarray
    offset: np.ndarray
    sentences: int


def fit(sentences: Sequence[Sentence]) -> Fitted:
    """One regression tells danger from everything else, one distress from everything else, one the kinds of danger apart."""
    dangers = np.array([sentence.label == "danger" for sentence in sentences])
    distressed = np.array([is_distress(sentence) for sentence in sentences])
    features = [hashed(tokens_of(sentence.text)) for sentence in sentences]
    danger = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=ROUNDS, random_state=0)
    danger.fit(matrix(features, BITS), dangers, sample_weight=[weight_of(sentence) for sentence in sentences])
    distress = LogisticRegression(C=STRENGTH, solver="liblinear", max_iter=ROUNDS, random_state=0)
    weight = [
        (DISTRESS_WEIGHT if is_distress(sentence) else 1.0) * (VARIANT_WEIGHT if sentence.is_variant else 1.0)
        for sentence in sentences
    ]
    distress.fit(matrix(features, DISTRESS_BITS), distressed, sample_weight=weight)
    kind = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=ROUNDS, tol=1e-3)
    kind.fit(
        matrix([row for row, is_danger in zip(features, dangers, strict=True) if is_danger], KIND_BITS),
        [kind_of(sentence) for sentence in sentences if sentence.label == "danger"],
    )
    by_kind = np.zeros((1 << KIND_BITS, len(KINDS)), dtype=np.float32)
    bias = np.zeros(2 + len(KINDS), dtype=np.float32)
    bias[0], bias[1] = danger.intercept_[0], distress.intercept_[0]
    for number, name in enumerate(KINDS):
        row = list(kind.classes_).index(name)
        by_kind[:, number], bias[number + 2] = kind.coef_[row], kind.intercept_[row]
    # The emergency number is on every page; another hotline helps only where it is named.
    bias[2 + KINDS.index("red_flag")] -= OTHER_KINDS_FIRST
    told = [is_for_kernels(sentence) for sentence in sentences]
    support, duals, offset = kernels(
        [sentence for sentence in sentences if is_for_kernels(sentence)], dangers[told], distressed[told]
    )
    return Fitted(danger.coef_[0], distress.coef_[0], by_kind, bias, support, duals, offset, len(sentences))


def is_for_kernels(sentence: Sentence) -> bool:
    """Each vector costs time for each text: a variant's words mean what its sentence's do, and drawn ordinary ones are alike."""
    return not sentence.is_variant and (sentence.by_hand or sentence.label != "ordinary")


def kernels(
    sentences: Sequence[Sentence], dangers: np.ndarray, distressed: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The vectors that support either kernel, what they weigh in each, and the offset of each."""
    vectors = WordVectors.read(FOLDER)
    means = np.round(np.array([vectors.mean(tokens_of(sentence.text)) for sentence in sentences]) * SCALE) / SCALE
    weights, offset = np.zeros((len(sentences), 2), dtype=np.float32), np.zeros(2, dtype=np.float32)
    for number, are_told in enumerate((dangers, distressed)):
        kernel = SVC(C=KERNEL_STRENGTH, gamma=REACH)
        kernel.fit(means, are_told)
        weights[kernel.support_, number], offset[number] = kernel.dual_coef_[0], kernel.intercept_[0]
    supporting = weights.any(axis=1)
    return np.round(means[supporting] * SCALE).astype(np.int8), weights[supporting], offset


def is_distress(sentence: Sentence) -> bool:
    return sentence.label == "danger" and sentence.kind in DISTRESS


def weight_of(sentence: Sentence) -> float:
    of_a_variant = VARIANT_WEIGHT if sentence.is_variant else 1.0
    if sentence.label == "danger":
        return KIND_WEIGHTS.get(sentence.kind, 1.0) * of_a_variant
    return (1.0 if sentence.by_hand or sentence.label != "ordinary" else ORDINARY_WEIGHT) * of_a_variant


def kind_of(sentence: Sentence) -> str:
    """EmergencyPhrase.Kind."""
    return "red_flag" if sentence.kind == "emergency" else sentence.kind


def matrix(features: Sequence[tuple[np.ndarray, np.ndarray]], bits: int) -> csr_matrix:
    """features: of each sentence, as hashed() gives them."""
    rows, values = zip(*features, strict=True)
    ends = np.cumsum([0, *(len(row) for row in rows)])
    columns = np.concatenate(rows) % (1 << bits)
    return csr_matrix((np.concatenate(values), columns, ends), shape=(len(features), 1 << bits))


def train(folder: Path = FOLDER) -> int:
    """Writes the model and returns the number of sentences that it learned from. The same sentences make the same files."""
    fitted = fit(training_sentences())
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "weights.npy", fitted.weights.astype(np.float16), allow_pickle=False)
    np.save(folder / "distress.npy", fitted.distress.astype(np.float16), allow_pickle=False)
    np.save(folder / "kinds.npy", fitted.kinds.astype(np.float16), allow_pickle=False)
    np.save(folder / "support.npy", fitted.support, allow_pickle=False)
    np.save(folder / "duals.npy", fitted.duals, allow_pickle=False)
    about = {
        "format": FORMAT,
        "kinds": KINDS,
        "bias": [round(float(value), 4) for value in fitted.bias],
        "offset": [round(float(value), 4) for value in fitted.offset],
        "sure": SURE,
        "perhaps": PERHAPS,
        "doubted": DOUBTED,
        "private": PRIVATE,
        "doubted_private": DOUBTED_PRIVATE,
        "sentences": fitted.sentences,
        "trained_with": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    (folder / "about.json").write_text(json.dumps(about, indent=2) + "\n")
    return fitted.sentences
