"""Routing rules: what each condition asks, and what is odd about a list of them."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from requests_app.actions.routing import versions
from requests_app.models import Owner, ServiceRequest, Team, User
from requests_app.rules.promises.service_levels import WorkingHours
from requests_app.rules.routing.checks import Known, marks
from requests_app.rules.routing.routing import (
    Conditions,
    Decision,
    Facts,
    RuleSet,
    current_rules,
    decision_by,
    forward_owner,
    opening,
    read_rule,
    rules_in_use,
    tidy,
)
from tests import factories
from tests.factories import Rivermark

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


@pytest.mark.parametrize(
    ("hours", "time", "holds"),
    [
        ("18:00-07:00", "18:00", True),
        ("18:00-07:00", "17:59", False),
        ("18:00-07:00", "06:59", True),
        ("18:00-07:00", "07:00", False),
        ("08:00-16:00", "08:00", True),
        ("08:00-16:00", "16:00", False),
        # From a time to the same time is the whole day.
        ("08:00-08:00", "07:59", True),
        ("08:00-08:00", "08:00", True),
    ],
)
def test_hours_begin_and_end_to_the_minute(hours: str, time: str, holds: bool) -> None:
    at = dt.datetime.combine(dt.date(2026, 3, 6), dt.time.fromisoformat(time), ZONE)
    assert Conditions({"hours": hours}).hold(Facts("pothole", at=at)) is holds


@pytest.mark.django_db
def test_a_rule_sends_to_what_is_this_citys_and_still_there(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.department(lakeside.city, "HARBOR", "Harbor")
    north = Team.objects.create(department=town.streets, code="north", name={"en": "North"})
    for of, code, active in ((town.parks, "trees", True), (town.streets, "gone", False)):
        Team.objects.create(department=of, code=code, name={"en": code}, active=active)
    closed = factories.department(town.city, "OLD", "Old works", active=False)
    left = factories.staff("Gus", "crew", town.city, town.streets)
    User.objects.filter(pk=left.pk).update(is_active=False)

    def decided(**then: Any) -> Decision:
        rule = {"name": "R", "when": {"services": ["pothole"]}, "department": "PW", **then}
        return decision_by(RuleSet([read_rule(rule)]), FACTS, town.pothole, town.city.pk)

    assert decided(team="north").team == north
    assert decided(team="trees").team is decided(team="gone").team is None
    assert decided(assignee=town.dev.email).assignee == town.dev
    assert decided(assignee=left.email).assignee is decided(assignee=lakeside.lou.email).assignee is None
    assert decided(inform=["PK", "OLD", "HARBOR"]).inform == (town.parks,)
    for code in ("OLD", "HARBOR", None):
        assert decided(department=code).department is None, code
    # What no rule is about goes to the service's department, unless that was closed.
    other = Facts("tree")
    assert decision_by(RuleSet([]), other, town.tree, town.city.pk).department == town.parks
    town.tree.department = closed
    assert decision_by(RuleSet([]), other, town.tree, town.city.pk).department is None
    assert decision_by(RuleSet([]), Facts("unknown"), town.pothole, town.city.pk).department is None


@pytest.mark.django_db
def test_the_rules_in_use_are_the_active_ones_of_the_citys_newest_version(town: Rivermark) -> None:
    lakeside = factories.lakeside()

    def sends(of: Any, name: str) -> dict[str, Any]:
        return {"name": name, "when": {"services": ["pothole"]}, "department": of.code}

    assert not rules_in_use(town.city.pk)
    assert not current_rules(town.city.pk).rules
    versions.publish(town.city, [sends(town.streets, "First")], actor=None)
    versions.publish(lakeside.city, [sends(lakeside.streets, "Theirs")], actor=None)
    versions.publish(town.city, [sends(town.parks, "Second")], actor=None)
    for _twice in range(2):
        assert [one.name for one in current_rules(town.city.pk).rules] == ["Second"]
        assert [one.name for one in current_rules(lakeside.city.pk).rules] == ["Theirs"]
    assert [one["name"] for one in rules_in_use(town.city.pk)] == ["Second"]
    assert current_rules(town.city.pk).version_id != current_rules(lakeside.city.pk).version_id


@pytest.mark.django_db
def test_the_hours_of_a_calendar_are_those_of_this_citys(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    factories.calendar(town.city, "office", always=False, hours={"mon": [["08:00", "16:00"]]})
    factories.calendar(lakeside.city, "office")
    factories.calendar(lakeside.city, "tides")
    sunday = dt.datetime(2027, 2, 28, 12, tzinfo=ZONE)
    assert [opening(town.city, sunday)(code) for code in ("always", "office", "tides")] == [True, False, False]
    assert opening(lakeside.city, sunday)("office")


@pytest.mark.django_db
def test_what_is_handed_over_at_once(town: Rivermark) -> None:
    """To an owner with an email address: no test, and what is urgent only beyond the city's limits."""
    inside, beyond = factories.at(), factories.at(-70.0, 40.5)
    owner, mute = (Owner(code=code, email=email) for code, email in (("dot", "roads@dot.example"), ("rail", "")))

    def to(owner: Owner | None, priority: int = 3, *, point: Any = inside, is_test: bool = False) -> Owner | None:
        return forward_owner(
            ServiceRequest(jurisdiction=town.city, owner=owner, priority=priority, point=point, is_test=is_test)
        )

    assert to(owner) is owner
    assert to(None) is to(mute) is to(owner, is_test=True) is None
    assert to(owner, 1) is to(owner, 1, point=None) is None
    assert to(owner, 1, point=beyond) is owner


def test_a_tidy_rule_has_its_department_and_no_key_that_says_nothing() -> None:
    when = {"services": ["pothole"], "words": [], "hours": ""}
    rule = {"name": "R", "when": when, "team": "", "assignee": "tom@city.example", "inform": [], "priority": None}
    tidied = {"name": "R", "when": {"services": ["pothole"]}, "assignee": "tom@city.example"}
    assert tidy({**rule, "department": "PW"}) == {**tidied, "department": "PW"}
    assert tidy({**rule, "department": ""}) == tidy(rule) == {**tidied, "department": None}
