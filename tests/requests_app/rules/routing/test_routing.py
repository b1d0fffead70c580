"""Routing rules: what each condition asks, and what is odd about a list of them."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from requests_app.rules.promises.service_levels import WorkingHours
from requests_app.rules.routing.checks import Known, marks
from requests_app.rules.routing.routing import Conditions, Facts

pytestmark = pytest.mark.shows("13.6")
ZONE = ZoneInfo("America/New_York")
OFFICE = WorkingHours(ZONE, False, {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")})
# A Friday evening.
FACTS = Facts(
    "pothole",
    areas={("ward", "5")},
    answers={"where": frozenset({"lane"})},
    plain_text=" a hole near the bridge ",
    channel="phone",
    priority=2,
    at=dt.datetime(2026, 3, 6, 19, 30, tzinfo=ZONE),
    is_open=lambda code: False,
)


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"channels": ["phone"]}, True),
        ({"channels": ["web", "api"]}, False),
        ({"priorities": [1, 2]}, True),
        ({"priorities": [3]}, False),
        ({"days": ["fri"]}, True),
        ({"days": ["sat"]}, False),
        ({"hours": "18:00-07:00"}, True),
        ({"hours": "08:00-19:30"}, False),
        ({"hours": "19:30-20:00", "days": ["fri"]}, True),
        ({"working_hours": {"calendar": "office", "open": False}}, True),
        ({"working_hours": {"calendar": "office", "open": True}}, False),
        ({"channels": ["phone"], "words": ["Bridge"], "services": ["tree"]}, False),
        ({}, False),
    ],
)
def test_conditions_hold(when: dict[str, Any], holds: bool) -> None:
    assert Conditions(when).hold(FACTS) is holds


@pytest.mark.parametrize(("hour", "day", "holds"), [(23, 6, True), (3, 7, True), (3, 6, False), (12, 6, False)])
def test_hours_over_midnight_belong_to_the_day_on_which_they_begin(hour: int, day: int, holds: bool) -> None:
    friday_night = Conditions({"days": ["fri"], "hours": "22:00-06:00"})
    assert friday_night.hold(Facts("pothole", at=dt.datetime(2026, 3, day, hour, tzinfo=ZONE))) is holds


KNOWN = Known({"pothole": {"where": {"lane", "side"}}, "tree": {"size": ()}}, {"office": OFFICE})
POTHOLES = {"services": ["pothole"]}


@pytest.mark.parametrize(
    ("first", "second", "mark"),
    [
        (POTHOLES, {"services": ["tree"]}, ""),
        (POTHOLES, {"services": ["pothole"], "words": ["bridge"]}, "Never reached: “first”"),
        ({"services": ["pothole"], "words": ["bridge"]}, POTHOLES, ""),
        ({"words": ["bridge"]}, {"words": ["old bridge"]}, "Never reached"),
        ({"words": ["old bridge"]}, {"words": ["bridge"]}, ""),
        ({"days": ["sat", "sun"]}, {"days": ["sun"], "hours": "08:00-12:00"}, "Never reached"),
        ({"hours": "18:00-07:00"}, {"hours": "23:00-05:00"}, "Never reached"),
        ({"hours": "18:00-07:00"}, {"hours": "17:00-05:00"}, ""),
        ({"areas": {"layer": "ward", "codes": [5, 6]}}, {"areas": {"layer": "ward", "codes": ["5"]}}, "Never reached"),
        ({"areas": {"layer": "ward", "codes": ["5"]}}, {"areas": {"layer": "park", "codes": ["5"]}}, ""),
        ({"answers": {"where": ["lane", "side"]}}, {"answers": {"where": ["side"]}}, "Never reached"),
        (POTHOLES, POTHOLES, "Contradicts “first,”"),
        ({"services": ["tree"]}, {"priorities": [1, 2, 3, 4]}, "Matches everything"),
        ({"priorities": [1]}, {"services": ["pothole", "tree"]}, "Matches everything"),
        (POTHOLES, {"answers": {"where": ["lane"], "size": ["big"]}}, "Never true: no service asks"),
        (POTHOLES, {"days": ["sun"], "working_hours": {"calendar": "office", "open": True}}, "Never true: its days"),
        (POTHOLES, {"services": ["gone"]}, "Never reached: its services"),
    ],
)
def test_rules_that_never_count_or_count_always_are_marked(
    first: dict[str, Any], second: dict[str, Any], mark: str
) -> None:
    rules = [
        {"name": "first", "when": first, "department": "PW"},
        {"name": "second", "when": second, "department": "PK"},
    ]
    found = marks(rules, KNOWN)[1]
    assert found.startswith(mark) if mark else found == ""


def test_two_rules_together_can_leave_nothing_for_a_third() -> None:
    rules = [{"name": code, "when": {"services": [code]}, "department": "PW"} for code in ("pothole", "tree")] + [
        {"name": "both", "when": {"services": ["tree", "pothole"], "words": ["bridge"]}, "department": "PK"}
    ]
    assert marks(rules, KNOWN)[2] == "Never reached: “pothole”, “tree” match everything first."
