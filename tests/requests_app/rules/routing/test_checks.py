"""What rules may name is this city's and in use; and a rule that allows all there is matches everything."""

from typing import Any

import pytest

from requests_app.models import Service, Team, User
from requests_app.rules.promises.service_levels import WorkingHours
from requests_app.rules.routing import checks
from requests_app.rules.routing.checks import CHANNELS, RULES_MAX, Known
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.rules.routing.test_routing import OFFICE, ZONE

ALWAYS = WorkingHours(ZONE, True, {})
KNOWN = Known(
    {"pothole": {"where": {"lane", "side"}}, "tree": {}, "lamp": {"where": {"lane"}, "pole": ()}},
    {"office": OFFICE, "always": ALWAYS},
    departments={"PW", "PK"},
    teams={("PW", "north")},
    people={"tom@city.example"},
)
Definition = dict[str, Any]


def rule(name: str = "R", when: Definition | None = None, **then: Any) -> Definition:
    return {"name": name, "when": when if when is not None else {"services": ["pothole"]}, "department": "PW", **then}


@pytest.mark.django_db
def test_only_what_is_this_citys_and_in_use_may_be_named(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.department(lakeside.city, "HARBOR", "Harbor")
    factories.service(lakeside.city, "pier", questions=[factories.question("depth")])
    factories.calendar(lakeside.city, "tides")
    factories.area(lakeside.city, "bay", "1")
    factories.area(town.city, "ward", "5")
    factories.department(town.city, "OLD", "Old works", active=False)
    factories.service(town.city, "old")
    Service.objects.filter(jurisdiction=town.city, service_code="old").update(active=False)
    Service.objects.create(jurisdiction=town.city, service_code="unpublished")
    for of, code, active in ((town.streets, "north", True), (town.parks, "gone", False), (lakeside.streets, "s", True)):
        Team.objects.create(department=of, code=code, name={"en": code}, active=active)
    User.objects.filter(pk=town.dev.pk).update(is_active=False)
    known = checks.known_of(town.city)
    assert set(known.services) == {"pothole", "tree", "outreach", "unknown"}
    assert known.services["pothole"] == {"where": {"lane", "crosswalk"}, "damage": set()}
    assert set(known.departments) == {"PW", "PK", "311"}
    assert set(known.teams) == {("PW", "north")}
    assert set(known.people) == {user.email for user in (town.tom, town.pia, town.cal, town.ada)}
    assert set(known.hours) == {"always"}
    assert set(known.areas or ()) == {("ward", "5")}


@pytest.mark.parametrize(
    ("then", "words"),
    [
        ({}, ""),
        ({"department": None}, ""),
        ({"department": "OLD"}, "a department that is closed"),
        ({"team": "north"}, ""),
        ({"team": "south"}, "a team that its department doesn’t have"),
        ({"department": "PK", "team": "north"}, "a team that its department doesn’t have"),
        ({"assignee": "tom@city.example"}, ""),
        ({"assignee": "eve@city.example"}, "somebody who doesn’t work here"),
        ({"inform": ["PW", "PK"]}, ""),
        ({"inform": ["PW", "OLD"]}, "informs a department that is closed"),
    ],
)
def test_what_a_rule_may_not_name_is_said(then: Definition, words: str) -> None:
    refused = checks.refusals([rule(**then)], KNOWN)
    assert (words in refused[0] and len(refused) == 1) if words else refused == []


def test_as_many_rules_as_allowed_of_different_names() -> None:
    every = [rule(str(number)) for number in range(RULES_MAX + 1)]
    assert checks.refusals(every[1:], KNOWN) == []
    assert checks.refusals(every, KNOWN) == [f"Use at most {RULES_MAX} rules."]
    assert checks.refusals([rule(), rule()], KNOWN) == ["Two rules are called “R.”"]


EVERYTHING: list[Definition] = [
    {"services": ["pothole", "tree", "lamp"]},
    {"channels": sorted(CHANNELS)},
    {"priorities": [1, 2, 3, 4]},
    {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]},
    {"working_hours": {"calendar": "always", "open": True}},
]


@pytest.mark.parametrize("when", EVERYTHING)
def test_a_rule_that_allows_all_there_is_matches_everything(when: Definition) -> None:
    assert checks.catches_all(rule(when=when), KNOWN)
    # And one that leaves something out doesn't.
    fewer = {name: value[1:] if isinstance(value, list) else {**value, "open": False} for name, value in when.items()}
    assert not checks.catches_all(rule(when=fewer), KNOWN)
    assert not checks.catches_all(rule(when={**when, "words": ["bridge"]}), KNOWN)


@pytest.mark.parametrize(
    ("first", "second", "is_reached"),
    [
        # The same values in one condition, and another one besides.
        ({"channels": ["web"]}, {"channels": ["web"], "words": ["x"]}, False),
        ({"channels": ["web"]}, {"channels": ["web", "phone"], "words": ["x"]}, True),
        ({"channels": ["web"]}, {"words": ["x"]}, True),
        ({"priorities": [1]}, {"priorities": [1], "words": ["x"]}, False),
        ({"answers": {"where": ["lane"]}}, {"answers": {"where": ["lane"]}, "words": ["x"]}, False),
        ({"answers": {"where": ["lane"]}}, {"answers": {"where": ["lane", "side"]}, "services": ["pothole"]}, True),
        # Of the lamp, nobody can answer "side".
        ({"answers": {"where": ["lane"]}}, {"answers": {"where": ["lane", "side"]}, "services": ["lamp"]}, False),
        (
            {"working_hours": {"calendar": "office", "open": True}},
            {"working_hours": {"calendar": "office", "open": False}, "words": ["x"]},
            True,
        ),
        (
            {"working_hours": {"calendar": "office", "open": True}},
            {"working_hours": {"calendar": "office", "open": True}, "words": ["x"]},
            False,
        ),
        # Only each service by itself is covered: the tree isn't.
        ({"services": ["pothole", "lamp"]}, {"services": ["pothole", "tree"], "words": ["x"]}, True),
        ({"days": ["mon"]}, {"words": ["x"]}, True),
        ({"channels": ["web"]}, {"channels": ["web"], "days": ["mon"]}, False),
    ],
)
def test_a_rule_below_another_is_reached_if_that_leaves_something(
    first: Definition, second: Definition, is_reached: bool
) -> None:
    reasons = checks.why_never([rule("first", first), rule("second", second, department="PK")], KNOWN)
    assert reasons[0] == ""
    assert (reasons[1] == "") is is_reached, reasons[1]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        # All questions of the lamp, and all but one.
        ({"answers": {"where": ["lane"], "pole": ["7"]}}, ""),
        ({"answers": {"pole": ["7"]}}, ""),
        ({"answers": {"where": ["lane"], "size": ["7"]}}, "no service asks all of its questions"),
        ({"answers": {"where": ["side"], "pole": ["7"]}}, "no service offers its answers"),
        ({"working_hours": {"calendar": "gone", "open": True}}, "its calendar doesn’t exist"),
        ({"working_hours": {"calendar": "always", "open": False}}, "don’t overlap"),
        ({"working_hours": {"calendar": "always", "open": True}}, ""),
        ({"working_hours": {"calendar": "office", "open": False}, "hours": "08:00-16:00", "days": ["mon"]}, "overlap"),
        ({"working_hours": {"calendar": "office", "open": False}, "hours": "08:00-16:01", "days": ["mon"]}, ""),
        ({"working_hours": {"calendar": "office", "open": True}, "hours": "15:59-18:00", "days": ["mon"]}, ""),
        ({"working_hours": {"calendar": "office", "open": True}, "hours": "16:00-18:00", "days": ["mon"]}, "overlap"),
    ],
)
def test_what_can_never_be_true_is_said(when: Definition, words: str) -> None:
    (reason,) = checks.why_never([rule(when=when)], KNOWN)
    assert words in reason if words else reason == ""
