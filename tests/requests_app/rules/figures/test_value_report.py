"""The figures of the value report: parts add up, what nobody can know is never good, and what isn't counted is said."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from requests_app.models import Channel, Contact
from requests_app.rules.figures import periods, value_report
from requests_app.rules.figures.contact_costs import CHANNELS, in_month
from requests_app.rules.figures.value_counts import Counts
from requests_app.rules.figures.value_report import BY_CODE, FIGURES, LEAST, Settings, State, Value

NOVEMBER = periods.of_day(dt.date(2026, 11, 5), by_quarter=False)
AUTUMN = periods.of_day(dt.date(2026, 11, 5), by_quarter=True)
SOURCES = ("contact", "web_answer", "report", "joined", "merged", "first_contact", "intake", "call", "promise")
LONG_AGO = dict.fromkeys(SOURCES, dt.date(2020, 1, 1))


def settings(today: dt.date = dt.date(2027, 3, 1), **columns: Any) -> Settings:
    return Settings(**{"today": today, "first_days": LONG_AGO, **columns})


def value(code: str, counts: Mapping[Any, int], period: periods.Period = NOVEMBER, **columns: Any) -> Value:
    return value_report.value(BY_CODE[code], period, Counter(counts), settings(**columns))


def everything() -> Counts:
    """Each count that there is, all different."""
    keys: list[tuple[str, ...]] = [
        *(("contact", channel, outcome) for channel in CHANNELS for outcome in Contact.Outcome.values),
        *(("report", channel) for channel in Channel.values),
        *(("intake", part) for part in ("sent", "referred", "left_after_answer", "left")),
        *(("first_contact", part) for part in ("resolved", "repeat", "passed_on", "cant_tell")),
        *(("promise", part) for part in ("kept", "late", "not_due", "not_needed")),
        ("web_answer",), ("joined", ""), ("merged", ""),
    ]  # fmt: skip
    counts = Counter({key: 1000 + number * number for number, key in enumerate(keys)})
    calls = {"answered_in_time": 800, "answered": 900, "abandoned_early": 20, "abandoned": 60, "offered": 965}
    counts.update({("call", part): number for part, number in calls.items()})
    return counts


def test_each_count_is_in_one_part_of_a_figure_or_left_out() -> None:
    """What a figure is about is counted, in its total, or left out, and nothing twice."""
    counts = everything()

    def parts(code: str) -> int:
        figure = BY_CODE[code]
        return sum(part.count(counts) for part in (*figure.counted, *figure.others, *figure.left_out))

    def of(*kinds: str) -> int:
        return sum(number for key, number in counts.items() if key[0] in kinds)

    assert parts("contacts") == of("contact", "web_answer", "report")
    desk_reports = sum(
        counts["report", channel] for channel in Channel.values if channel not in ("web", "api", "staff", "import")
    )
    assert parts("information") == of("contact", "web_answer", "report") - desk_reports
    assert parts("answered_strict") == parts("answered_loose") == of("intake", "web_answer")
    assert parts("first_contact") == of("first_contact")
    assert parts("service_level") == parts("abandonment") == counts["call", "offered"]
    assert parts("promises") == of("promise")
    assert parts("duplicates") == of("joined", "merged")
    assert parts("own_reports") == of("report")
    assert {figure.code for figure in FIGURES} - {"cost", "visits"} == {
        "contacts", "information", "answered_strict", "answered_loose", "first_contact", "service_level", "abandonment",
        "promises", "duplicates", "own_reports",
    }  # fmt: skip


def test_what_cannot_be_told_is_in_the_total_and_never_good() -> None:
    told = value("first_contact", {("first_contact", "resolved"): 60, ("first_contact", "repeat"): 20})
    assert (told.amount, told.counted, told.total) == (75, 60, 80)
    with_others = value(
        "first_contact",
        {("first_contact", "resolved"): 60, ("first_contact", "repeat"): 20, ("first_contact", "cant_tell"): 40},
    )
    assert (with_others.amount, with_others.counted, with_others.total) == (50, 60, 120)


@pytest.mark.parametrize(
    ("code", "counts", "expected"),
    [
        # Hung up in five seconds is no call that wasn't answered in time.
        ("service_level", {("call", "answered_in_time"): 90, ("call", "answered"): 95, ("call", "abandoned"): 15,
                           ("call", "abandoned_early"): 10, ("call", "offered"): 120}, (90, 100)),
        ("abandonment", {("call", "answered"): 95, ("call", "abandoned"): 15, ("call", "abandoned_early"): 10,
                         ("call", "offered"): 120}, (5, 120)),
        ("promises", {("promise", "kept"): 30, ("promise", "late"): 10, ("promise", "not_due"): 5,
                      ("promise", "not_needed"): 3}, (30, 40)),
        ("answered_strict", {("web_answer",): 25, ("intake", "sent"): 60, ("intake", "left_after_answer"): 10,
                             ("intake", "left"): 5}, (25, 100)),
        ("answered_loose", {("web_answer",): 25, ("intake", "sent"): 60, ("intake", "left_after_answer"): 10,
                            ("intake", "left"): 5}, (35, 100)),
        ("information", {("contact", "phone", "answered"): 50, ("contact", "counter", "status_given"): 10,
                         ("contact", "phone", "request_made"): 20, ("contact", "phone", "test"): 9, ("web_answer",): 10,
                         ("report", "web"): 10, ("report", "phone"): 99, ("report", "staff"): 99}, (70, 100)),
        ("duplicates", {("joined", ""): 30, ("merged", ""): 20}, (30, 50)),
        ("own_reports", {("report", "staff"): 40, ("report", "web"): 100, ("report", "phone"): 20,
                         ("report", "import"): 999}, (40, 160)),
    ],
)  # fmt: skip
def test_the_formulas(code: str, counts: dict[tuple[str, ...], int], expected: tuple[int, int]) -> None:
    found = value(code, counts)
    assert (found.counted, found.total) == expected
    assert found.amount == 100 * expected[0] / expected[1]


def test_fewer_than_the_least_give_no_share() -> None:
    enough = value("duplicates", {("joined", ""): LEAST - 1, ("merged", ""): 1})
    assert (enough.state, enough.total) == (State.KNOWN, LEAST)
    few = value("duplicates", {("joined", ""): LEAST - 1})
    assert (few.state, few.amount, few.total) == (State.TOO_FEW, None, LEAST - 1)
    # A number is one, however small.
    assert value("contacts", {("contact", "phone", "answered"): 2}).amount == 2


def test_a_month_before_the_counts_has_none_and_the_first_one_says_since_when() -> None:
    def since(day: dt.date | None) -> dict[str, dt.date]:
        return {} if day is None else {"contact": day}

    assert value("contacts", {}, first_days=since(None)).state is State.NO_COUNTS
    assert value("contacts", {}, first_days=since(dt.date(2026, 12, 1))).state is State.NO_COUNTS
    last = value("contacts", {}, first_days=since(dt.date(2026, 11, 30)))
    assert (last.state, last.amount, last.since) == (State.KNOWN, 0, dt.date(2026, 11, 30))
    assert value("contacts", {}, first_days=since(dt.date(2026, 11, 1))).since is None


def test_a_first_contact_is_known_only_after_seven_days() -> None:
    counts = {("first_contact", "resolved"): 50}
    assert value("first_contact", counts, today=dt.date(2026, 11, 8)).state is State.NOT_YET
    assert value("first_contact", counts, today=dt.date(2026, 11, 9)).state is State.KNOWN


def test_a_month_costs_its_own_amount_or_a_twelfth_of_the_year() -> None:
    costs = {
        ("phone", 2026, None): Decimal("120000.00"),
        ("phone", 2026, 11): Decimal("9000.00"),
        ("phone", 2025, None): Decimal("1.00"),
        ("web", 2026, None): Decimal("1000.00"),
    }
    november, october = dt.date(2026, 11, 1), dt.date(2026, 10, 1)
    assert in_month(costs, "phone", november) == 9000
    assert in_month(costs, "phone", october) == 10000
    assert in_month(costs, "counter", october) is None
    months = [in_month(costs, "web", dt.date(2026, month, 1)) or Decimal(0) for month in range(1, 13)]
    assert sum(months, Decimal(0)).quantize(Decimal("0.01")) == Decimal("1000.00")
    counts = {("contact", "phone", "answered"): 3000, ("contact", "counter", "answered"): 500}
    found = value("cost", counts, costs=costs)
    # The counter has contacts and no cost; the web has a cost and no contacts.
    assert found.total == 3000
    assert found.amount == (9000 + Decimal(1000) / 12) / 3000
    assert value("cost", counts, AUTUMN, costs=costs).amount == (9000 + 10000 + 10000 + Decimal(3000) / 12) / 3000
    assert value("cost", counts).state is State.NOT_SET
    # No cost of January 2027, so none of the quarter from then on either.
    winter = periods.of_day(dt.date(2027, 1, 1), by_quarter=True)
    assert value("cost", counts, winter, today=dt.date(2027, 6, 1), costs=costs).state is State.NOT_SET
    assert value("cost", counts, costs=costs, today=dt.date(2026, 11, 30)).state is State.NOT_YET
    assert value("cost", counts, costs=costs, today=dt.date(2026, 12, 1)).state is State.KNOWN
    part = value("cost", counts, costs=costs, first_days=LONG_AGO | {"contact": dt.date(2026, 11, 2)})
    assert part.state is State.IN_PART


def test_visits_avoided_are_a_model_with_the_citys_share_alone() -> None:
    counts = {
        ("contact", "phone", "answered"): 100, ("contact", "counter", "answered"): 40, ("web_answer",): 60,
        ("contact", "phone", "request_made"): 500,
    }  # fmt: skip
    assert BY_CODE["visits"].is_modeled
    assert value("visits", counts).state is State.NOT_SET
    assert value("visits", counts, visits_percent=0).amount == 0
    assert value("visits", counts, visits_percent=25).amount == 40
