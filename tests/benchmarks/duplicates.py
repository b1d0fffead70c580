"""How many of a real city's duplicates would have been shown before sending: bin/test tests/benchmarks/duplicates.py -s.

Pairs that staff named as duplicates; the earlier ones are looked for among all texts and originals filed before, with the
page's own scoring. The weights and the threshold were chosen on the earlier half of the pairs; the later half tests them.
"""

import csv
import datetime as dt
import gzip
import math
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from requests_app.rules.report.duplicates import AT_MOST, COMPARED, Earlier, alike
from tests.real_data import real_data

RADIUS_M, WINDOW_DAYS = 100, 30
# Of the pairs that radius and window can find at all; and how often something may show where nobody named a duplicate.
REACHED, SHOWN_AT_MOST = 0.95, 0.25
SAMPLE = 2_000
# A car that is parked wrongly or was left there: a resident may choose either service.
FAMILIES = {"Abandoned Vehicle": "vehicles", "Illegal Parking": "vehicles"}
METRES_PER_DEGREE = 111_195
CELL = 0.0015


@dataclass(frozen=True)
class Filed:
    id: str
    service: str
    at: dt.datetime
    latitude: float
    longitude: float
    text: str

    @property
    def family(self) -> str:
        return FAMILIES.get(self.service, self.service)

    @property
    def cell(self) -> tuple[int, int]:
        return math.floor(self.latitude / CELL), math.floor(self.longitude / CELL)


class City:
    """All that was filed, by the cells of a grid."""

    def __init__(self, filed: Iterable[Filed]) -> None:
        self.cells: dict[tuple[int, int], list[Filed]] = defaultdict(list)
        for one in filed:
            self.cells[one.cell].append(one)

    def before(self, new: Filed) -> Iterator[Earlier]:
        """What the page would compare: of the family, within radius and window, filed earlier."""
        north, east = new.cell
        for cell in [(north + i, east + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]:
            for one in self.cells[cell]:
                age_days = (new.at - one.at) / dt.timedelta(days=1)
                meters = distance(new, one)
                near = meters <= RADIUS_M and 0 <= age_days <= WINDOW_DAYS
                if near and one.id != new.id and one.family == new.family:
                    yield Earlier(one.id, meters, age_days, one.service == new.service, one.text)

    def shown(self, new: Filed) -> list[str]:
        near = sorted(self.before(new), key=lambda one: (one.meters, one.age_days))[:COMPARED]
        found = alike(new.text, "en", near, radius_m=RADIUS_M, window_days=WINDOW_DAYS)
        return [str(one.key) for _, one in found]


def distance(one: Filed, other: Filed) -> float:
    north = (one.latitude - other.latitude) * METRES_PER_DEGREE
    east = (one.longitude - other.longitude) * METRES_PER_DEGREE * math.cos(math.radians(one.latitude))
    return math.hypot(north, east)


def rows(name: str) -> list[dict[str, str]]:
    with gzip.open(real_data(f"boston/{name}.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def half_of(pair: dict[str, str], end: str) -> Filed:
    return Filed(
        pair[f"service_request_id_{end}"],
        pair[f"service_name_{end}"],
        dt.datetime.fromisoformat(pair[f"requested_datetime_{end}"]),
        float(pair[f"latitude_{end}"]),
        float(pair[f"longitude_{end}"]),
        pair[f"description_{end}"],
    )


def test_duplicates_are_shown_and_others_mostly_not() -> None:
    pairs = [pair for pair in rows("duplicate_pairs_dev") if float(pair["hours_apart"]) >= 0]
    pairs.sort(key=lambda pair: dt.datetime.fromisoformat(pair["requested_datetime_dup"]))
    texts = [row for row in rows("resident_text_dev") if row["latitude"]]
    filed = {
        row["service_request_id"]: Filed(
            row["service_request_id"],
            row["service_name"],
            dt.datetime.fromisoformat(row["requested_datetime"]),
            float(row["latitude"]),
            float(row["longitude"]),
            row["description"],
        )
        for row in texts
    }
    unmarked = [filed[row["service_request_id"]] for row in texts if row["is_marked_duplicate"] == "0"]
    filed |= {original.id: original for original in (half_of(pair, "orig") for pair in pairs)}
    city = City(filed.values())

    found: list[tuple[bool, int]] = []
    for pair in pairs:
        shown = city.shown(half_of(pair, "dup"))
        original = pair["service_request_id_orig"]
        reachable = float(pair["distance_m"]) <= RADIUS_M and float(pair["hours_apart"]) <= WINDOW_DAYS * 24
        found.append((reachable, shown.index(original) + 1 if original in shown else 0))
    middle = len(pairs) // 2
    print(f"\n{len(pairs)} pairs; {len(filed)} earlier reports at most; {RADIUS_M} m and {WINDOW_DAYS} days")
    for name, part in (("all pairs", found), ("earlier half", found[:middle]), ("later half", found[middle:])):
        reached = {most: recall(part, most) for most in (1, 3, AT_MOST)}
        recalls = ", ".join(f"@{most} {share:.1%}" for most, share in reached.items())
        print(f"{name}: ceiling {sum(r for r, _ in part) / len(part):.1%}; recall of the ceiling {recalls}")
    later = recall(found[middle:], AT_MOST)

    sample = random.Random(311).sample(unmarked, SAMPLE)
    shown_on = sum(bool(city.shown(one)) for one in sample) / SAMPLE
    print(f"not marked as duplicate: something shows on {shown_on:.1%} of {SAMPLE} at random.")
    print("This is a lower bound: the file holds 3 % of all texts, so most of what lay near is not in it.")
    print("For the same reason fewer reports compete for the first places than at a desk that holds all of them.")
    assert later >= REACHED
    assert shown_on <= SHOWN_AT_MOST


def recall(found: list[tuple[bool, int]], most: int) -> float:
    """The share of the reachable pairs whose original is among the first `most`."""
    return sum(0 < place <= most for _, place in found) / sum(reachable for reachable, _ in found)
