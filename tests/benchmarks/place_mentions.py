"""How often the place page proposes the place that the words name: bin/test tests/benchmarks/place_mentions.py -s.

The sentences of place_mentions.yaml in the demo's city, and what a search costs there at most, whatever the text is. Prints
every miss and every false proposal. CPU time of application and database together, as in addresses.py next to it.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.db import connection
from django.utils.translation import override

from requests_app.imports.city import load_city
from requests_app.imports.progress import Progress
from requests_app.models import Jurisdiction
from requests_app.places.place_mentions import mentioned
from tests.benchmarks.addresses import cpu_ms

SENTENCES = Path(__file__).with_suffix(".yaml")
RIVERMARK = Path(settings.BASE_DIR) / "requests_app/demo/rivermark/city.yaml"
# The share of sentences whose places are all proposed, and of those with a wrong one, in each half; milliseconds.
FOUND, FALSE, MOST_MS = 0.9, 0.02, 100
# Texts that are as long as the box allows.
LONG = {
    "one place after another": "At 40 Salt Rd, by Central Library near Front and Main, 400 block of Elm, pole 1234. ",
    "places that don't exist": "At 40 Slat Rd by Centrel Libary near Frnt St and Mane St, 12 Nowhere Ave & Ghost Ln. ",
    "a chat log": "[12/05, 9:41] Ana: hola, ¿cómo estás? The meeting is at 5 in the school. ",
    "capitals": "The Big Red House And The Small Blue Garden Of Our Dear Old Friend At The Park ",
    "nothing": "x ",
}


@dataclass(frozen=True)
class Result:
    kind: str
    tuned: bool
    text: str
    right: set[str]
    proposed: list[str]
    milliseconds: float

    @property
    def is_found(self) -> bool:
        return self.right <= {*self.proposed}

    @property
    def is_false(self) -> bool:
        return bool({*self.proposed} - self.right)


@pytest.mark.django_db
def test_the_place_that_the_words_name_is_proposed() -> None:
    city = load_city(RIVERMARK, progress=Progress())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_app_gazetteerentry")
        cursor.execute("ANALYZE requests_app_asset")
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    said = yaml.safe_load(SENTENCES.read_text())
    results = [
        propose(city, backend, kind, number % 2 == 0, text, set(right))
        for kind, sentences in said.items()
        for number, (text, *right) in enumerate(sentences)
    ]
    for one in results:
        if not one.is_found or one.is_false:
            half = "tuned" if one.tuned else "kept "
            what = "wrong" if one.is_false else "missed"
            print(f"{half} {one.kind}, {what}: {one.text!r} gave {one.proposed}, not {sorted(one.right)}")
    halves = ([one for one in results if one.tuned], [one for one in results if not one.tuned])
    for name, part in (("tuned", halves[0]), ("kept apart", halves[1]), ("all", results)):
        named = [one for one in part if one.right]
        print(f"{name}: found {found(part):.1%} of {len(named)}, wrong proposals in {wrong(part):.1%} of {len(part)}")
    costs = sorted(one.milliseconds for one in results)
    print(f"CPU: median {costs[len(costs) // 2]:.0f} ms, max {costs[-1]:.0f} ms")
    longest = {name: propose(city, backend, name, True, (text * 4000)[:4000], set()) for name, text in LONG.items()}
    for name, one in longest.items():
        print(f"4,000 characters, {name}: {one.milliseconds:.0f} ms, {one.proposed}")
    for part in halves:
        assert found(part) >= FOUND
        assert wrong(part) <= FALSE
    assert max(one.milliseconds for one in [*results, *longest.values()]) <= MOST_MS


def propose(city: Jurisdiction, backend: int, kind: str, tuned: bool, text: str, right: set[str]) -> Result:
    """The middle one of three runs counts."""
    costs = []
    for _ in range(3):
        before = cpu_ms(backend)
        with override("es" if kind == "spanish" else "en"):
            proposed = [one.label for one in mentioned(city, text)]
        costs.append(cpu_ms(backend) - before)
    return Result(kind, tuned, text, right, proposed, sorted(costs)[1])


def found(part: list[Result]) -> float:
    named = [one for one in part if one.right]
    return sum(one.is_found for one in named) / len(named)


def wrong(part: list[Result]) -> float:
    return sum(one.is_false for one in part) / len(part)
