"""How often a real city's texts lead to the right service: bin/test tests/benchmarks/suggestions.py -s.

A throw-away model, made by the code that a city trains with, learns the earlier 80 % (in time) of each named service's
texts and is asked about its later 20 %. For comparison: always the most common service, and the search by names and keywords,
with Rivermark's words for Boston's services. This is no gate: it prints figures and asserts none.
"""

import csv
import datetime as dt
import gzip
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from django.utils.text import slugify
from pytest_django.fixtures import Settings
from sklearn.metrics import f1_score

from requests_app.actions.shared.search_index import index_catalog
from requests_app.imports.catalog_file import read_catalog
from requests_app.rules.answers.suggestions import suggest
from requests_app.worker.training import STRENGTH, Sample, fit
from tests import factories
from tests.real_data import real_data

RIVERMARK = Path(__file__).resolve().parents[2] / "requests_app/demo/rivermark/services"
LEFT_OUT = "Other"
EARLIER = 0.8
# Whose key words stand for which of Boston's services.
WORDS_OF = {
    "Illegal Parking": ["illegalpark"],
    "Sidewalk Not Shoveled": ["snowice"],
    "Abandoned Vehicle": ["abandveh"],
    "Unsafe Dangerous Conditions": ["blight", "construct"],
}


def split() -> tuple[list[Sample], list[Sample]]:
    by_service: dict[str, list[tuple[dt.datetime, Sample]]] = defaultdict(list)
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name, address = row["service_name"], row["address"]
            if name != LEFT_OUT:
                said = Sample(row["description"], name, (f"address {address}",) if address else ())
                by_service[name].append((dt.datetime.fromisoformat(row["requested_datetime"]), said))
    earlier, later = [], []
    for rows in by_service.values():
        in_time = [said for _, said in sorted(rows, key=lambda one: one[0])]
        cut = int(EARLIER * len(in_time))
        earlier += in_time[:cut]
        later += in_time[cut:]
    return earlier, later


@pytest.mark.django_db
def test_the_right_service_comes_first(settings: Settings, tmp_path: Path) -> None:
    earlier, later = split()
    settings.SUGGESTIONS_ROOT = str(tmp_path)
    print(f"\n{len(earlier)} earlier texts to learn from, {len(later)} later ones to ask, {len(WORDS_OF)} services")
    commonest = Counter(one.service for one in earlier).most_common(1)[0][0]
    tell("commonest service", later, lambda _: commonest)
    tell("key words only", later, by_key_words(commonest))
    model = fit(earlier)

    def learned(text: str) -> str:
        shares = model.probabilities(text)
        return max(shares, key=lambda one: shares[one]) if shares else commonest

    tell(f"learned (C = {STRENGTH:g}, {len(model.features):,} features)", later, learned)


def by_key_words(commonest: str) -> Callable[[str], str]:
    catalog = read_catalog(sorted(RIVERMARK.glob("*.yaml")))
    keywords = {one["service_code"]: one["keywords"]["en"] for one in catalog["services"]}
    city = factories.jurisdiction(languages=["en"])
    for name, codes in WORDS_OF.items():
        words = [word for code in codes for word in keywords[code]]
        factories.service(city, slugify(name), name={"en": name}, keywords={"en": words})
    index_catalog(city)

    def found(text: str) -> str:
        services = suggest(city, text, "en").services
        return services[0].name["en"] if services else commonest

    return found


def tell(name: str, later: Sequence[Sample], answer: Callable[[str], str]) -> None:
    meant, answered = [one.service for one in later], [answer(one.text) for one in later]
    first = sum(one == other for one, other in zip(meant, answered, strict=True)) / len(later)
    services = sorted(WORDS_OF)
    each = f1_score(meant, answered, average=None, labels=services, zero_division=0)
    print(f"{name}: top-1 {first:.3f}, macro F1 {each.mean():.3f}")
    print("  F1 " + ", ".join(f"{one} {value:.2f}" for one, value in zip(services, each, strict=True)))
