"""Trains the service suggestions on earlier requests: TF-IDF with logistic regression, saved as plain arrays.

What the model may and may not contain:

* Text comes only from public requests of services that are not private, never from requests that are hidden, in review,
  erased or confidential. The catalog adds names, descriptions and keywords of services and the questions that articles answer, and
  rules/answers/words/nobody.yaml what no city serves.
* A word or pair of words is in the vocabulary only if at least five requests contain it that have no reporter, address
  or text in common; the catalog does not count. So ten reports by one person who names a neighbor, or ten anonymous
  reports about one house, count once. A name that five people wrote about five places is included, as it would be in a
  word count of the public pages.
* Words with a digit or an @ are left out: numbers, license plates, house numbers, email addresses.
* Parts of words come only from words in the vocabulary.
* A weight tells how a word is distributed over services. No text, request or person can be derived from it.

Text that is hidden or erased later is gone after the next training.
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
from itertools import chain
from pathlib import Path

import numpy as np
import sklearn
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.linear_model import LogisticRegression

from requests_app.models import (
    Article,
    ContactPoint,
    Jurisdiction,
    Participation,
    Service,
    ServiceRequest,
    ServiceVersion,
)
from requests_app.rules.answers.suggestion_model import (
    ARRAYS,
    FORMAT,
    NOBODYS,
    QUESTION,
    Model,
    features_of,
    folder_of,
    ngrams,
    words_and_pairs,
)
from requests_app.rules.answers.word_search import nobodys_words

LEAST_REQUESTS = 5
# The newest requests of each service: language changes, and training takes no longer in a big city.
MOST_OF_A_SERVICE = 1_000
# How closely the weights fit the texts (scikit-learn's C), chosen with tests/benchmarks/suggestions.py.
STRENGTH = 10.0
ROUNDS = 100
UNKNOWN = "unknown"
CONFIDENTIAL = [ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF]


class NotEnoughData(Exception):
    """Fewer than two services, or no word that five requests share."""


@dataclass(frozen=True)
class Sample:
    """A request's text. sources: reporter and address, by which requests that are not independent are recognized."""

    text: str
    service: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class TrainingResult:
    texts: int
    features: int
    services: int


def train(jurisdiction: Jurisdiction, *, most: int = MOST_OF_A_SERVICE) -> TrainingResult:
    """Trains on the city's requests and puts the model into use. Raises NotEnoughData; the previous model then stays in use."""
    services = list(_services(jurisdiction))
    samples = [sample for service in services for sample in _samples(service, most)]
    own_words = [pair for service in services for pair in _catalog_text(service)]
    if len({service for _, service in own_words}) < 2:
        raise NotEnoughData
    model = fit(samples, [*own_words, *_questions(jurisdiction), *_nobodys(jurisdiction)])
    write(jurisdiction, model)
    return TrainingResult(len(samples), len(model.features), len(services))


def fit(samples: list[Sample], own_words: list[tuple[str, str]] | None = None, *, strength: float = STRENGTH) -> Model:
    """own_words: (text, service_code, QUESTION or NOBODYS), used for training but not for the vocabulary."""
    vocabulary = sorted(vocabulary_of(samples), key=str.encode)
    pairs = [(sample.text, sample.service) for sample in samples] + (own_words or [])
    if not vocabulary or len({service for _, service in pairs}) < 2:
        raise NotEnoughData
    counter = CountVectorizer(analyzer=features_of, vocabulary=vocabulary, dtype=np.float32)
    rarity = TfidfTransformer(sublinear_tf=True)
    counts = rarity.fit_transform(counter.transform(text for text, _ in pairs))
    # Balanced: rare services are as important, and three suggestions leave room for them.
    learned = LogisticRegression(C=strength, class_weight="balanced", max_iter=ROUNDS, tol=1e-3)
    learned.fit(counts, [service for _, service in pairs])
    weights, bias = learned.coef_, learned.intercept_
    if len(learned.classes_) == 2:
        # For two classes, scikit-learn keeps the coefficients of the second only.
        weights, bias = np.vstack([np.zeros_like(weights), weights]), np.append(np.zeros_like(bias), bias)
    return Model(
        services=[str(code) for code in learned.classes_],
        features=np.array([feature.encode() for feature in vocabulary]),
        rarity=rarity.idf_.astype(np.float32),
        weights=np.ascontiguousarray(weights.T, dtype=np.float32),
        bias=bias.astype(np.float32),
    )


def vocabulary_of(samples: Iterable[Sample]) -> set[str]:
    """The features allowed by the rules at the top of this file."""
    seen: set[tuple[str, str]] = set()
    requests: Counter[str] = Counter()
    for sample in samples:
        sources = {("source", source) for source in sample.sources} | {("text", " ".join(sample.text.lower().split()))}
        if sources & seen:
            continue
        seen |= sources
        requests.update(set(words_and_pairs(sample.text)))
    features = {feature for feature, times in requests.items() if times >= LEAST_REQUESTS}
    return features | {piece for feature in features if " " not in feature for piece in ngrams(feature)}


# --- Input ------------------------------------------------------------------------------------------------------------


def _services(jurisdiction: Jurisdiction) -> Iterator[Service]:
    """Services that residents can choose."""
    services = Service.objects.filter(jurisdiction=jurisdiction, active=True, current__isnull=False)
    services = services.exclude(current__visibility=ServiceVersion.Visibility.STAFF).exclude(service_code=UNKNOWN)
    return services.select_related("current").order_by("pk").iterator()


def _samples(service: Service, most: int) -> Iterator[Sample]:
    """The newest public texts."""
    if service.current is None or service.current.visibility in CONFIDENTIAL:
        return
    rows = (
        ServiceRequest.objects.public()
        .filter(service=service)
        .exclude(description="")
        .order_by("-submitted_at", "-pk")
        .values_list("pk", "description", "address")[:most]
    )
    # Each report has its own Person, so reporters are recognized by their contact points.
    contacts: dict[int, list[str]] = {}
    for pk, kind, address in ContactPoint.objects.filter(
        person__participations__service_request__in=[row[0] for row in rows],
        person__participations__role=Participation.Role.REPORTER,
    ).values_list("person__participations__service_request_id", "kind", "normalized"):
        contacts.setdefault(pk, []).append(f"{kind} {address}")
    for pk, text, address in rows:
        yield Sample(text, service.service_code, (*contacts.get(pk, []), *([f"address {address}"] if address else [])))


def _catalog_text(service: Service) -> Iterator[tuple[str, str]]:
    version = service.current
    if version is None:
        return
    for words in (version.name, version.description):
        yield from ((text, service.service_code) for text in words.values() if text)
    for phrases in (*version.keywords.values(), *version.asked.values()):
        yield from ((phrase, service.service_code) for phrase in phrases)


def _questions(jurisdiction: Jurisdiction) -> Iterator[tuple[str, str]]:
    for article in Article.objects.public().filter(jurisdiction=jurisdiction).order_by("pk").iterator():
        asked = chain.from_iterable(article.asked.values())
        yield from ((text, QUESTION) for text in (*article.title.values(), *asked) if text)


def _nobodys(jurisdiction: Jurisdiction) -> Iterator[tuple[str, str]]:
    for language in jurisdiction.languages:
        for topic in nobodys_words().get(language, {}).values():
            yield from ((" ".join(words), NOBODYS) for words in topic)


# --- Output -----------------------------------------------------------------------------------------------------------


def write(jurisdiction: Jurisdiction, model: Model) -> Path:
    """Writes a new folder, then switches `current` to it atomically, so that readers never see half a model."""
    root = folder_of(jurisdiction)
    root.mkdir(parents=True, exist_ok=True)
    with _exclusive(root):
        previous = _current_name(root)
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
        # Keep the previous model: a process may have read its name a moment ago.
        for old in root.iterdir():
            if old.is_dir() and old.name not in (folder.name, previous):
                shutil.rmtree(old, ignore_errors=True)
    return folder


def _current_name(root: Path) -> str:
    try:
        return (root / "current").read_text().strip()
    except (OSError, ValueError):
        return ""


@contextmanager
def _exclusive(root: Path) -> Iterator[None]:
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
