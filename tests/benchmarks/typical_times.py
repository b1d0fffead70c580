"""How often "8 in 10 are finished within N days" was true of a real city: bin/test tests/benchmarks/typical_times.py -s.

Every night from July 1, 2011 the estimate is made from what was known then, as the worker does. For each report made in October to
December, the number that its page said on that day is compared with what came. Windows and correction
(rules/promises/kaplan_meier.py) were chosen on July to September. For comparison: one number a service, fitted once on July to
September and never again; and the share that counting only finished reports gives.
"""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from requests_app.actions.promises.typical_times import ENOUGH_IN_AREA, FINISHED, LEFT, LEFT_OUT
from requests_app.imports.request_mapping import read_mapping
from requests_app.rules.promises.kaplan_meier import (
    DAY,
    MOST,
    NO_PAST_ESTIMATES,
    PastEstimates,
    Sample,
    curve,
    estimate,
    rounded_up,
)
from tests.real_data import real_data

BEGINS, TESTED, ENDS = dt.date(2011, 7, 1), dt.date(2011, 10, 1), dt.date(2012, 1, 1)
AREAS = "pwd_district"
# Services with so many reports whose page said a number.
JUDGED = 50
LOW, HIGH = 0.75, 0.85
SERVICES_AT_LEAST = 0.8
Numbers = Callable[[Sample], np.ndarray]


def cases() -> tuple[dict[str, Sample], dict[tuple[str, str], Sample]]:
    """By type, and by type and district; times are days since the first, as the city's clocks show them."""
    mapping = read_mapping(Path("boston"))
    by_type: dict[str, list[tuple[float, float, bool]]] = defaultdict(list)
    by_area: dict[tuple[str, str], list[tuple[float, float, bool]]] = defaultdict(list)
    with gzip.open(real_data("boston/boston_311_crm_2011h2.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            opened = seconds(row["opened_at"])
            is_closed = row["status"] == "Closed" and bool(row["closed_at"])
            closed = seconds(row["closed_at"]) if is_closed else np.inf
            disposition = mapping.ending(row["closure_reason"]).disposition if is_closed else ""
            # As the import and the SQL of actions/promises/typical_times.py leave them out.
            if disposition in LEFT_OUT or closed - opened < 60:
                continue
            is_finished = disposition in FINISHED
            case = (opened, closed if is_finished or disposition in LEFT else np.inf, is_finished)
            by_type[row["type"]].append(case)
            if row[AREAS].strip():
                by_area[row["type"], row[AREAS]].append(case)
    return {key: sample(found) for key, found in by_type.items()}, {
        key: sample(found) for key, found in by_area.items()
    }


def seconds(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp()


def midnight(day: dt.date) -> float:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()


def sample(found: list[tuple[float, float, bool]]) -> Sample:
    found.sort()
    opened, left, finished = zip(*found, strict=True)
    return Sample(np.array(opened), np.array(left), np.array(finished))


def every_night(reports: Sample, *, enough: int, corrected: bool = True) -> PastEstimates:
    """What the pages would have said, by night."""
    nights, most = [], []
    for day in range((ENDS - BEGINS).days):
        now = midnight(BEGINS) + day * DAY
        said = PastEstimates(np.array(nights), np.array(most)) if corrected else NO_PAST_ESTIMATES
        # Later reports are unknown to the code under test, too: it gets only what had been submitted.
        known = reports[reports.submitted <= now]
        found = estimate(known_at(known, now), now, said, enough=enough)
        nights.append(now)
        most.append(found.most.total_seconds() if found is not None and found.most is not None else np.nan)
    return PastEstimates(np.array(nights), np.array(most))


def known_at(reports: Sample, now: float) -> Sample:
    """What was known then: whatever ended later was still open."""
    is_over = reports.left <= now
    return Sample(reports.submitted, np.where(is_over, reports.left, np.inf), reports.finished & is_over)


def numbers_of(said: PastEstimates) -> Numbers:
    """By report: the number on its page when it was made."""
    return lambda reports: said.most[np.searchsorted(said.at, reports.submitted, "right") - 1]


def judged(reports: Sample, numbers: np.ndarray) -> tuple[int, float, int]:
    """How many had a number, the share of them finished within it, and how many had none. By what became known in years.

    A report that left for another reason before its number came due says nothing.
    """
    none = int(np.count_nonzero(np.isnan(numbers)))
    due = reports.submitted + numbers
    with np.errstate(invalid="ignore"):
        tells = ~np.isnan(numbers) & (reports.finished | (reports.left > due))
        held = (reports.finished & (reports.left <= due))[tells]
    return len(held), float(np.mean(held)) if len(held) else np.nan, none


def in_test(reports: Sample) -> Sample:
    return reports[(reports.submitted >= midnight(TESTED)) & (reports.submitted < midnight(ENDS))]


def fitted_once(reports: Sample) -> float:
    """Kaplan–Meier over July to September, as known on October 1."""
    now = midnight(TESTED)
    ages, unfinished, _ = curve(known_at(reports[reports.submitted <= now], now), now, 92)
    reached = np.flatnonzero(unfinished <= 1 - MOST + 1e-9)
    return rounded_up(float(ages[reached[0]])).total_seconds() if len(reached) else np.nan


def finished_only(reports: Sample) -> float:
    """What pages said before: of those finished in July to September alone."""
    now = midnight(TESTED)
    chosen = reports[reports.finished & (reports.left <= now)]
    took = chosen.left - chosen.submitted
    return rounded_up(float(np.quantile(took, MOST))).total_seconds() if len(took) >= 20 else np.nan


def tell(name: str, rows: list[tuple[str, int, float, int]]) -> tuple[float, float]:
    """Prints and returns the share of services in the band, and the share of all reports."""
    rows = [row for row in rows if row[1] >= JUDGED]
    inside = sum(LOW <= share <= HIGH for _, _, share, _ in rows)
    count = sum(row[1] for row in rows)
    overall = sum(number * share for _, number, share, _ in rows) / count
    miss = float(np.mean([abs(share - MOST) for _, _, share, _ in rows]))
    print(
        f"{name}: {inside} of {len(rows)} in {LOW:.0%} to {HIGH:.0%} ({inside / len(rows):.0%}); of all {count:,} reports "
        f"{overall:.1%}; mean distance from 80 %: {miss:.1%}"
    )
    return inside / len(rows), overall


def test_eight_in_ten_are_finished_within_the_number() -> None:
    by_type, by_area = cases()
    said = {key: every_night(reports, enough=20) for key, reports in by_type.items()}
    rows = [
        (key, *judged(in_test(reports), numbers_of(said[key])(in_test(reports)))) for key, reports in by_type.items()
    ]
    rows.sort(key=lambda row: -row[1])
    print(f"\n{'service':44}{'reports':>8}{'within':>8}{'no number':>11}")
    for key, count, share, none in rows:
        if count >= JUDGED:
            print(f"{key[:42]:44}{count:>8,}{share:>8.0%}{none:>11,}{'' if LOW <= share <= HIGH else '  *'}")
    silent = sum(none for _, count, _, none in rows if count < JUDGED)
    print(
        f"Less than {JUDGED} with a number: {sum(count < JUDGED for _, count, _, _ in rows)} services, {silent:,} without"
    )
    once = {key: fitted_once(reports) for key, reports in by_type.items()}
    before = {key: finished_only(reports) for key, reports in by_type.items()}

    def fixed(numbers: dict[str, float]) -> list[tuple[str, int, float, int]]:
        return [
            (key, *judged(in_test(reports), np.full(len(in_test(reports)), numbers[key])))
            for key, reports in by_type.items()
        ]

    share, overall = tell("as pages say it, every night", rows)
    plain = {key: every_night(reports, enough=20, corrected=False) for key, reports in by_type.items()}
    tell(
        "every night, not corrected",
        [
            (key, *judged(in_test(reports), numbers_of(plain[key])(in_test(reports))))
            for key, reports in by_type.items()
        ],
    )
    tell("fitted once, July to September", fixed(once))
    tell("only what was finished, fitted once", fixed(before))
    in_city, in_area = [], []
    for key, reports in by_area.items():
        then = in_test(reports)
        if len(then) < JUDGED:
            continue
        city = numbers_of(said[key[0]])(then)
        area = numbers_of(every_night(reports, enough=ENOUGH_IN_AREA))(then)
        in_city.append((str(key), *judged(then, city)))
        in_area.append((str(key), *judged(then, np.where(np.isnan(area), city, area))))
    tell("a service in a district, by the city's number", in_city)
    tell("a service in a district, by its own", in_area)
    assert share >= SERVICES_AT_LEAST
    assert LOW <= overall <= HIGH
