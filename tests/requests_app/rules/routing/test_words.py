"""The conditions of a rule as sentences."""

import pytest
from django.utils import translation

from requests_app.rules.routing.words import VALUES_MAX, Condition, calendars_of, conditions_of
from requests_app.rules.shared.names import Names
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.6")]


def test_each_condition_is_a_sentence_in_the_readers_language(town: Rivermark) -> None:
    factories.area(town.city)
    when = {
        "services": ["pothole", "tree", "not_there"],
        "areas": {"layer": "ward", "codes": ["5"]},
        "answers": {"where": ["lane", "in_a_park"]},
        "words": ["big plate"],
        "channels": ["phone", "web"],
        "days": ["mon", "sat"],
        "hours": "18:00-07:00",
        "working_hours": {"calendar": "always", "open": False},
        "priorities": [1, 2],
    }
    rule = {"name": "All", "when": when, "department": "PW"}
    assert list(map(str, conditions_of(rule, Names(town.city)))) == [
        "the service is Pothole, Tree to prune or not there (removed)",
        "it’s in Ward 5",
        "“Tell us the where.” is “Lane” or “in a park (removed)”",
        "the text says “big plate”",
        "it came in by phone or on the website",
        "it came in on Monday or Saturday",
        "it came in between 6 p.m. and 7 a.m.",
        "it came in outside the hours of “always”",
        "its priority is 1: danger to people or 2: urgent",
    ]
    with translation.override("es"):
        sentences = list(map(str, conditions_of(rule, Names(town.city))))
    assert sentences[2:4] == [
        "“Tell us the where. (es)” es “lane (es)” o “in a park (ya no existe)”",
        "el texto dice “big plate”",
    ]


def test_words_that_another_question_has_too_are_told_apart(town: Rivermark) -> None:
    """One code in two services; one wording under two codes; and a service that doesn't ask it at all."""
    dirty = factories.question("what", "single", text="What is dirty?", options=["wall"])
    factories.service(town.city, "graffiti", questions=[dirty])
    factories.service(town.city, "trash", questions=[{**dirty, "code": "which"}])
    factories.service(town.city, "alley", questions=[dirty])
    names = Names(town.city)
    assert names.question("what", ["graffiti"]) == names.question("what", ["graffiti", "alley"]) == "“What is dirty?”"
    assert names.question("what", ["graffiti", "trash"]) == "“What is dirty?” (Graffiti)"
    assert names.question("what") == "“What is dirty?” (Graffiti, Alley)"
    assert names.question("what", ["tree"]) == "“What is dirty?” (Graffiti, Alley)"
    assert names.question("damage") == names.question("damage", ["pothole", "tree"]) == "“Tell us the damage.”"
    assert names.question("how_deep") == "“how deep (removed)”"


@pytest.mark.parametrize(("count", "more"), [(VALUES_MAX + 1, ""), (VALUES_MAX + 2, "2 more")])
def test_a_rule_about_many_services_names_the_first_ones(count: int, more: str) -> None:
    condition = Condition("services", tuple(f"Service {number}" for number in range(count)))
    assert ("more" in condition.short, more in condition.short) == (bool(more), True)
    assert f"Service {count - 1}" in str(condition)


def test_calendars_are_this_citys_though_another_has_the_same_codes(town: Rivermark) -> None:
    beside = factories.lakeside().city
    for code in ("always", "theirs"):
        factories.calendar(beside, code)
    own = {one.code: one for one in (factories.calendar(town.city), factories.calendar(town.city, "desk"))}
    assert calendars_of(town.city) == own
