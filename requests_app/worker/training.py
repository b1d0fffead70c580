"""Trains the suggestions on what residents wrote before: TF-IDF with logistic regression, written as plain arrays.

What may be in the files, and what may not:

* Words come only from requests that everybody can read, of services that are not private. What was hidden, held,
  erased, or is the city's alone is never read. From the catalogue come names, descriptions and key words.
* A word or pair of words is in the vocabulary only if at least five requests hold it that have neither reporter nor
  address nor text in common; the catalogue's words do not count. So one person who names a neighbor in ten reports,
  or ten anonymous reports about one house, count once. A name that five people wrote about five places is in it, as
  it would be in a word count of the public pages.
* What holds a digit or an @ is left out whole: numbers, plates, addresses of houses and mailboxes.
* Parts of words are only those of words that are in the vocabulary.
* A weight says how a word is spread over services; no text, request or person can be told from it.

What is hidden or erased later leaves the files with the next training.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from requests_app.models import ContactPoint, Jurisdiction, Participation, Service, ServiceRequest, ServiceVersion
from requests_app.rules.suggestion_model import (
    ARRAYS,
    FORMAT,
    Model,
    features_of,
    folder_of,
    pieces,
    words_and_pairs,
)

LEAST_REQUESTS = 5
# The newest of each service: what people call things changes, and a big city's training stays as short as a small one's.
MOST_OF_A_SERVICE = 1_000
# How closely the weights follow the texts (scikit-learn's C), chosen in tests/benchmarks/suggestions.py.
STRENGTH = 10.0
ROUNDS = 100
UNKNOWN = "unknown"
CONFIDENTIAL = [ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF]


class TooLittle(Exception):
    """There is nothing to learn from: fewer than two services, or no word that five requests share."""


@dataclass(frozen=True)
class Said:
    """One request's text. sources: what makes two requests not really two (reporter, address)."""

    text: str
    service: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trained:
    texts: int
    features: int
    services: int


def train(jurisdiction: Jurisdiction, *, most: int = MOST_OF_A_SERVICE) -> Trained:
    """Train on the city's own words and put the new model in use. Raises TooLittle; the old one then stays."""
    services = list(_services(jurisdiction))
    said = [one for service in services for one in _said(service, most)]
    model = fit(said, [pair for service in services for pair in _own_words(service)])
    write(jurisdiction, model)
    return Trained(len(said), len(model.features), len(model.services))


def fit(said: list[Said], own_words: list[tuple[str, str]] | None = None, *, strength: float = STRENGTH) -> Model:
    """own_words: (text, service_code) of the catalogue, to learn from, though not to take words into the vocabulary from."""
    vocabulary = sorted(vocabulary_of(said), key=str.encode)
    pairs = [(one.text, one.service) for one in said] + (own_words or [])
    if not vocabulary or len({service for _, service in pairs}) < 2:
        raise TooLittle
    counter = CountVectorizer(analyzer=features_of, vocabulary=vocabulary, dtype=np.float32)
    rarity = TfidfTransformer(sublinear_tf=True)
    counts = rarity.fit_transform(counter.transform(text for text, _ in pairs))
    # Balanced: what is reported seldom is meant as seriously, and three suggestions leave room for it.
    learned = LogisticRegression(C=strength, class_weight="balanced", max_iter=ROUNDS, tol=1e-3)
    learned.fit(counts, [service for _, service in pairs])
    weights, bias = learned.coef_, learned.intercept_
    if len(learned.classes_) == 2:
        # Of two, scikit-learn keeps the second alone.
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(np.zeros_like(bias), bias)
    return Model(
        services=[str(code) for code in learned.classes_],
        features=np.array([feature.encode() for feature in vocabulary]),
        rarity=rarity.idf_.astype(np.float32),
        weights=np.ascontiguousarray(weights.T, dtype=np.float32),
        bias=bias.astype(np.float32),
    )


def vocabulary_of(said: Iterable[Said]) -> set[str]:
    """See the top of this file."""
    seen: set[tuple[str, str]] = set()
    requests: Counter[str] = Counter()
    for one in said:
        sources = {("source", source) for source in one.sources} | {("text", " ".join(one.text.lower().split()))}
        if sources & seen:
            continue
        seen |= sources
        requests.update(set(words_and_pairs(one.text)))
    kept = {feature for feature, times in requests.items() if times >= LEAST_REQUESTS}
    return kept | {piece for feature in kept if " " not in feature for piece in pieces(feature)}


# --- What is read -----------------------------------------------------------------------------------------------------


def _services(jurisdiction: Jurisdiction) -> Iterator[Service]:
    """Those that residents are offered."""
    services = Service.objects.filter(jurisdiction=jurisdiction, active=True, current__isnull=False)
    services = services.exclude(current__visibility=ServiceVersion.Visibility.STAFF).exclude(service_code=UNKNOWN)
    return services.select_related("current").order_by("pk").iterator()


def _said(service: Service, most: int) -> Iterator[Said]:
    """The newest texts that everybody can read."""
    if service.current is None or service.current.visibility in CONFIDENTIAL:
        return
    rows = (
        ServiceRequest.objects.public()
        .filter(service=service)
        .exclude(description="")
        .order_by("-submitted_at", "-pk")
        .values_list("pk", "description", "address")[:most]
    )
    # Each report has a person of its own: only how one can be reached says that two are the same.
    reached: dict[int, list[str]] = {}
    for pk, kind, address in ContactPoint.objects.filter(
        person__participations__service_request__in=[row[0] for row in rows],
        person__participations__role=Participation.Role.REPORTER,
    ).values_list("person__participations__service_request_id", "kind", "normalized"):
        reached.setdefault(pk, []).append(f"{kind} {address}")
    for pk, text, address in rows:
        yield Said(text, service.service_code, (*reached.get(pk, []), *([f"address {address}"] if address else [])))


def _own_words(service: Service) -> Iterator[tuple[str, str]]:
    version = service.current
    if version is None:
        return
    for words in (version.name, version.description):
        yield from ((text, service.service_code) for text in words.values() if text)
    for keywords in version.keywords.values():
        yield from ((keyword, service.service_code) for keyword in keywords)


# --- What is written --------------------------------------------------------------------------------------------------


def write(jurisdiction: Jurisdiction, model: Model) -> Path:
    """A new folder, and then `current` names it: whoever reads has the old model or the new one, never half of one."""
    root = folder_of(jurisdiction)
    root.mkdir(parents=True, exist_ok=True)
    with _alone(root):
        before = _named(root)
        folder = root / secrets.token_hex(8)
        folder.mkdir()
        for name in ARRAYS:
            with (folder / f"{name}.npy").open("wb") as file:
                np.save(file, getattr(model, name), allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
        about = {
            "format": FORMAT,
            "jurisdiction": jurisdiction.jurisdiction_id,
            "services": model.services,
            "trained_with": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
        }
        with (folder / "about.json").open("w") as file:
            json.dump(about, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        new = root / "current.new"
        new.write_text(folder.name)
        new.replace(root / "current")
        # The one before stays: a process may have read its name a moment ago.
        for old in root.iterdir():
            if old.is_dir() and old.name not in (folder.name, before):
                shutil.rmtree(old, ignore_errors=True)
    return folder


def _named(root: Path) -> str:
    try:
        return (root / "current").read_text().strip()
    except (OSError, ValueError):
        return ""


@contextmanager
def _alone(root: Path) -> Iterator[None]:
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
