"""How often what people type leads to the right service or answer: bin/test tests/benchmarks/asked.py -s.

Sentences that nobody trained on (tests/benchmarks/asked/), in what bin/demo starts: how often a service or an article that is right
comes first, or among the first three, which the page lists together; how often the answer is first if only an answer is right;
and how often what nobody serves is matched with nothing. The misses of the first half are printed; the half that was kept apart
must reach the figures of BARS. With a real city's texts (LAMPLIGHTER_REAL_DATA), also those of its grab-bag "Other", labeled by
hand.
"""

import csv
import gzip
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from requests_app.models import Article, Jurisdiction
from requests_app.rules.answers.suggestions import Suggestions, suggest
from tests.benchmarks.demo_city import demo_city  # noqa: F401
from tests.real_data import real_data

SENTENCES = Path(__file__).with_name("asked")
FIRST = 3
# Of the half that was kept apart, by language: right first, the answer first if only an answer is right, and nothing found for what
# nobody serves.
BARS = {"en": (0.90, 96 / 107, 0.90), "es": (0.89, 85 / 94, 0.90)}


@dataclass(frozen=True)
class Shares:
    first: float
    answers: float


def read(name: str) -> Any:
    return yaml.safe_load((SENTENCES / f"{name}.yaml").read_text())


def codes(found: Suggestions) -> list[str]:
    """In the order of the page, which lists the first three of services and articles together."""
    return [one.code if isinstance(one, Article) else one.service.service_code for one in found.ranked]


def services_of(found: Suggestions) -> list[str]:
    return [version.service.service_code for version in found.services]


def halves(rows: Sequence[Any]) -> list[tuple[str, Sequence[Any]]]:
    """The misses of the first half led to new phrases; the second half was kept apart."""
    return [("seen", rows[::2]), ("kept apart", rows[1::2])]


def tell(
    name: str,
    sentences: Sequence[tuple[str, str, list[str]]],
    find: Callable[[str], Suggestions],
    listed: Callable[[Suggestions], list[str]] = codes,
    *,
    show: bool = True,
) -> Shares:
    """sentences: what is said, what to call it if it's missed, and the codes that are right."""
    answers = set(Article.objects.values_list("code", flat=True))
    first = three = nothing = asking = answered = 0
    for said, called, right in sentences:
        found = listed(find(said))
        first += found[:1] != [] and found[0] in right
        three += any(code in right for code in found[:FIRST])
        nothing += not found
        if answers.issuperset(right):
            asking += 1
            answered += found[:1] != [] and found[0] in right
        if show and (not found or found[0] not in right):
            print(f"  {called[:100]!r}: {' or '.join(right)}, not {', '.join(found[:FIRST]) or 'nothing'}")
    total = len(sentences)
    print(f"{name}: {total}, first {first / total:.1%}, first three {three / total:.1%}, nothing {nothing / total:.1%}")
    print(f"  answers first: {answered} of {asking}")
    return Shares(first / total, answered / max(asking, 1))


@pytest.mark.django_db
def test_what_people_type(demo_city: Jurisdiction) -> None:  # noqa: F811
    began = time.process_time()
    suggest(demo_city, "warm up", "en")
    print(f"\nreading all phrases: {time.process_time() - began:.2f} s of our CPU")
    low = []
    for language, (least_first, least_answers, least_nothing) in BARS.items():

        def find(text: str, language: str = language) -> Suggestions:
            return suggest(demo_city, text, language)

        rows = [(row["said"], row["said"], row["right"]) for row in read(language)]
        began = time.process_time()
        shares = {name: tell(f"{language}, {name}", half, find, show=name == "seen") for name, half in halves(rows)}
        print(f"  {1000 * (time.process_time() - began) / len(rows):.1f} ms of our CPU a sentence")
        later = [(row["said"], row["said"], row["right"]) for row in read(f"later_{language}")]
        tell(f"{language}, written later", later, find)
        nothing = {}
        for name, half in halves(read(f"nobody_{language}")):
            matched = [text for text in half if codes(find(text))]
            nothing[name] = 1 - len(matched) / len(half)
            print(f"{language}, nobody's, {name}: {len(half)}, nothing {nothing[name]:.1%}; {matched}")
        kept = shares["kept apart"]
        if kept.first < least_first or kept.answers < least_answers or nothing["kept apart"] < least_nothing:
            low.append((language, kept, nothing))
    assert low == []


@pytest.mark.django_db
def test_what_boston_calls_other(demo_city: Jurisdiction) -> None:  # noqa: F811
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        texts = {row["service_request_id"]: row["description"] for row in csv.DictReader(file)}
    labeled = read("boston_other")
    rows = [(texts[str(case)], str(case), right) for case, right in labeled.items()]
    for name, half in halves(rows):
        tell(
            f"Boston's Other, {name}",
            half,
            lambda text: suggest(demo_city, text, "en", services=FIRST),
            services_of,
            show=False,
        )
