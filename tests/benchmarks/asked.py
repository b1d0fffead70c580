"""How often what people type leads to the right service or answer: bin/test tests/benchmarks/asked.py -s.

Sentences that nobody trained on (tests/benchmarks/asked/), in the demo's city, without a trained model: how often a service or an
article that is right comes first, or among the first three, which the page lists together; and how often what nobody serves is
matched with nothing. The misses of the first half are printed. With a real city's texts (LAMPLIGHTER_REAL_DATA), also those of its
grab-bag "Other", labeled by hand. No result makes it fail.
"""

import csv
import gzip
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings

from requests_app.imports.catalog import import_catalog
from requests_app.models import Article, Jurisdiction
from requests_app.rules.suggestions import Suggestions, suggest
from tests import factories
from tests.real_data import real_data

SENTENCES = Path(__file__).with_name("asked")
RIVERMARK = Path(settings.BASE_DIR) / "requests_app/demo/rivermark"
FIRST = 3


def read(name: str) -> Any:
    return yaml.safe_load((SENTENCES / f"{name}.yaml").read_text())


def city() -> Jurisdiction:
    made = factories.jurisdiction()
    names = yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]
    import_catalog(made, [RIVERMARK / name for name in names])
    return made


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
) -> None:
    """sentences: what is said, what to call it if it's missed, and the codes that are right."""
    first = three = nothing = 0
    for said, called, right in sentences:
        found = listed(find(said))
        first += found[:1] != [] and found[0] in right
        three += any(code in right for code in found[:FIRST])
        nothing += not found
        if show and (not found or found[0] not in right):
            print(f"  {called[:100]!r}: {' or '.join(right)}, not {', '.join(found[:FIRST]) or 'nothing'}")
    total = len(sentences)
    print(f"{name}: {total}, first {first / total:.1%}, first three {three / total:.1%}, nothing {nothing / total:.1%}")


@pytest.mark.django_db
def test_what_people_type() -> None:
    made = city()
    began = time.process_time()
    suggest(made, "warm up", "en")
    print(f"\nreading all phrases: {time.process_time() - began:.2f} s of our CPU")
    for language in ("en", "es"):
        rows = [(row["said"], row["said"], row["right"]) for row in read(language)]
        began = time.process_time()
        for name, half in halves(rows):
            tell(
                f"{language}, {name}",
                half,
                lambda text: suggest(made, text, language),  # noqa: B023
                show=name == "seen",
            )
        print(f"  {1000 * (time.process_time() - began) / len(rows):.1f} ms of our CPU a sentence")
        later = [(row["said"], row["said"], row["right"]) for row in read(f"later_{language}")]
        tell(f"{language}, written later", later, lambda text: suggest(made, text, language))  # noqa: B023
        texts = read(f"nobody_{language}")
        for name, half in halves(texts):
            matched = [text for text in half if codes(suggest(made, text, language))]
            print(f"{language}, nobody's, {name}: {len(half)}, nothing {1 - len(matched) / len(half):.1%}; {matched}")


@pytest.mark.django_db
def test_what_boston_calls_other() -> None:
    made = city()
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        texts = {row["service_request_id"]: row["description"] for row in csv.DictReader(file)}
    labeled = read("boston_other")
    rows = [(texts[str(case)], str(case), right) for case, right in labeled.items()]
    for name, half in halves(rows):
        tell(
            f"Boston's Other, {name}",
            half,
            lambda text: suggest(made, text, "en", services=FIRST),
            services_of,
            show=False,
        )
