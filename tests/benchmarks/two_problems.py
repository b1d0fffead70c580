"""How often two problems in one text are recognized: bin/test tests/benchmarks/two_problems.py -s.

Sentences written by hand (tests/benchmarks/two_problems/), in what bin/demo starts; half of them are one problem that sounds like
two. Precision: how many of the texts called two are two. Recall: how many of two are found, with a right
service for both halves. The sentences of asked.py are nearly all about one problem: how many of them are called two. With a real
city's texts (LAMPLIGHTER_REAL_DATA), how many, with some to look at. Every miss is printed. No result makes it fail.
"""

import csv
import gzip
import time
from pathlib import Path
from typing import Any

import pytest
import yaml

from requests_app.models import Jurisdiction
from requests_app.rules.report import two_problems
from tests.benchmarks import asked
from tests.benchmarks.demo_city import demo_city  # noqa: F401
from tests.real_data import real_data

SENTENCES = Path(__file__).with_name("two_problems")
LANGUAGES = ("en", "es")
# The weights of the rule were fitted to all but the last, which chose how sure is sure.
BATCHES = {
    "later": "written later",
    "clauses": "one problem in two clauses",
    "unseen": "written next",
    "kept": "hard ones",
    "last": "the last",
}
# Of a real city's texts.
TRIED, SHOWN = 2000, 40


def codes(found: two_problems.TwoProblems) -> tuple[str, str]:
    return found.first.version.service.service_code, found.second.version.service.service_code


def tell(name: str, made: Jurisdiction, rows: list[dict[str, Any]], language: str) -> None:
    called = right = both = two = 0
    for row in rows:
        is_two = "first" in row
        found = two_problems.find(made, row["said"], language)
        two += is_two
        called += found is not None
        right += found is not None and is_two
        fits = (
            found is not None
            and is_two
            and all(code in row[half] for code, half in zip(codes(found), ("first", "second"), strict=True))
        )
        both += fits
        if (found is not None) != is_two or (is_two and not fits):
            print(f"  {row['said'][:100]!r}: {'two' if is_two else 'one'}, not {codes(found) if found else 'one'}")
    precision = right / called if called else 1.0
    print(
        f"{name}: {len(rows)}, {two} of two; precision {precision:.1%}, recall {right / two:.1%}, both right {both / two:.1%}"
    )


@pytest.mark.django_db
def test_two_problems_in_one_text(demo_city: Jurisdiction) -> None:  # noqa: F811
    made = demo_city
    two_problems.find(made, "warm up and go", "en")
    print()
    for language in LANGUAGES:
        rows = yaml.safe_load((SENTENCES / f"{language}.yaml").read_text())
        # The first limits of the rule were chosen with the first half. Both alternate between two and one.
        pairs = [rows[at : at + 2] for at in range(0, len(rows), 2)]
        for name, half in (("seen", pairs[::2]), ("kept apart", pairs[1::2])):
            tell(f"{language}, {name}", made, [row for pair in half for row in pair], language)
        for batch, name in BATCHES.items():
            tell(
                f"{language}, {name}",
                made,
                yaml.safe_load((SENTENCES / f"{batch}_{language}.yaml").read_text()),
                language,
            )
        others = [row["said"] for row in asked.read(language)]
        began = time.process_time()
        called = [(text, codes(found)) for text in others if (found := two_problems.find(made, text, language))]
        took = time.process_time() - began
        print(
            f"{language}, asked.py: {len(called)} of {len(others)} called two; {1000 * took / len(others):.1f} ms of our CPU"
        )
        for text, services in called:
            print(f"  {text[:140]!r}: {services}")
    began = time.process_time()
    two_problems.find(made, ("hola, there is trash here and nobody came. " * 100)[:4000], "en")
    print(f"4,000 characters: {1000 * (time.process_time() - began):.0f} ms of our CPU")


@pytest.mark.django_db
def test_what_boston_reported(demo_city: Jurisdiction) -> None:  # noqa: F811
    made = demo_city
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        # Without what call takers filled in.
        texts = [row["description"] for row in csv.DictReader(file) if " | " not in row["description"]][:TRIED]
    called = [(text, codes(found)) for text in texts if (found := two_problems.find(made, text, "en"))]
    print(f"\nBoston: {len(called)} of {len(texts)} called two")
    for text, services in called[:SHOWN]:
        print(f"  {text[:160]!r}: {services}")
