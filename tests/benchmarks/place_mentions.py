"""How often the place page proposes the place that the words name: bin/test tests/benchmarks/place_mentions.py -s.

The sentences of place_mentions.yaml in the demo's city, and what a search costs there at most, whatever the text is. Prints
every miss and every false proposal. CPU time of application and database together, as in addresses.py next to it.
"""

import csv
import gzip
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.contrib.gis.geos import Point
from django.db import connection
from django.utils.translation import override

from requests_app.imports.city import load_city
from requests_app.imports.progress import Progress
from requests_app.models import Jurisdiction
from requests_app.places.addresses import box_around
from requests_app.places.place_mentions import mentioned
from tests.benchmarks.addresses import QUERIES, cpu_ms
from tests.real_data import real_data
from tests.requests_app.imports.boston import boston_folder

SENTENCES = Path(__file__).with_suffix(".yaml")
RIVERMARK = Path(settings.BASE_DIR) / "requests_app/demo/rivermark/city.yaml"
# The share of sentences whose places are all proposed, and of those with a wrong one, in each half; milliseconds.
FOUND, FALSE, MOST_MS = 0.9, 0.02, 100
# Of Boston's texts, so many are read, and a proposal this far from where the report was is counted as right.
REAL_TEXTS, NEAR_M = 1_000, 300
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


@pytest.mark.django_db
@pytest.mark.real_data
def test_what_real_reports_name_is_where_they_were(tmp_path: Path) -> None:
    """Boston's texts: how many have a proposal, and how many of those one near the place that was reported."""
    folder = boston_folder(tmp_path, requests=False)
    written = yaml.safe_load((folder / "city.yaml").read_text())
    written["gazetteer"]["aliases"] = yaml.safe_load(QUERIES.read_text())["aliases"]
    (folder / "city.yaml").write_text(yaml.safe_dump(written))
    city = load_city(folder, progress=Progress())
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if len(row["description"]) > 25 and row["latitude"]]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_app_gazetteerentry")
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    costs, proposed, near = [], 0, 0
    for row in rows[:: max(len(rows) // REAL_TEXTS, 1)]:
        before = cpu_ms(backend)
        places = mentioned(city, row["description"])
        costs.append(cpu_ms(backend) - before)
        spot = Point(float(row["longitude"]), float(row["latitude"]), srid=4326)
        proposed += bool(places)
        if any(box_around(spot, NEAR_M).covers(one.point) for one in places):
            near += 1
        elif places:
            print(f"far: {[one.label for one in places]}, reported at {row['address']!r}: {row['description'][:160]!r}")
    costs.sort()
    print(f"{len(costs)} texts: {proposed} with a proposal, of which {near} within {NEAR_M} meters of the report")
    print(
        f"CPU: median {costs[len(costs) // 2]:.0f} ms, p95 {costs[int(len(costs) * 0.95)]:.0f} ms, max {costs[-1]:.0f} ms"
    )
    assert near >= 0.8 * proposed


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
