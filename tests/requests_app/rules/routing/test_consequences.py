"""What a change does to the rules, also to those of a draft: of this city alone, and only what wasn't so before."""

from dataclasses import replace

import pytest

from requests_app.actions.routing import versions
from requests_app.models import RoutingDraft, ServiceVersion
from requests_app.rules.routing import consequences
from requests_app.rules.routing.explanation import explain
from requests_app.rules.routing.routing import Facts
from requests_app.rules.shared.names import Names
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def rule(name: str, department: str | None, service: str = "pothole", **then: object) -> dict[str, object]:
    return {"name": name, "when": {"services": [service]}, "department": department, **then}


def test_a_department_that_closes_is_named_where_it_was_open(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    versions.publish(
        town.city,
        [rule("Holes", "PW"), rule("Trees", "PK", "tree"), rule("Queue", None, "unknown")],
        actor=None,
    )
    versions.publish(lakeside.city, [rule("Theirs", "PW")], actor=None)
    RoutingDraft.objects.create(jurisdiction=lakeside.city, rules=[rule("Their draft", "PW")])

    def of_closing(code: str) -> list[tuple[str, str, bool]]:
        found = consequences.of_change(town.city, lambda known: known.without_department(code))
        return [(one.sentence.name, one.what, one.in_draft) for one in found]

    queue = "Its reports go to the triage queue."
    assert of_closing("PW") == [("Holes", queue, False)]
    assert of_closing("OLD") == []
    draft = [rule("Holes", "PW"), rule("Limbs", "PW", "tree")]
    RoutingDraft.objects.create(jurisdiction=town.city, rules=draft)
    assert of_closing("PW") == [("Holes", queue, False), ("Limbs", queue, True)]
    names = Names(town.city)
    with_names = consequences.of_change(town.city, lambda known: known.without_department("PW"), names=names)
    assert [one.sentence.name for one in with_names] == ["Holes", "Limbs"]


def test_a_team_that_ends_is_named_where_its_department_stays(town: Rivermark) -> None:
    known = replace(
        consequences.known_of(town.city), teams={("PW", "north"), ("PK", "north")}, departments={"PW", "PK"}
    )
    rules = [rule("North", "PW", team="north"), rule("Trees", "PK", "tree", team="north")]
    names = Names(town.city)
    found = list(consequences.between(rules, rules, known, known.without_team("PW", "north"), names))
    assert [(one.sentence.name, one.what) for one in found] == [("North", "Its reports go to the whole department.")]
    # What was so before is no consequence.
    gone = known.without_department("PW")
    assert not list(consequences.between(rules, rules, gone, gone, names))


def test_where_a_rule_sends_it_is_said_with_its_person_and_team(town: Rivermark) -> None:
    def goes(version: ServiceVersion, **then: object) -> str:
        facts = Facts(version.service.service_code)
        return explain([rule("R", "PW", **then)], facts, version, Names(town.city)).destination

    assert "Dev" in goes(town.pothole, assignee=town.dev.email)
    assert "Dev" not in goes(town.pothole)
    assert goes(town.tree, assignee=town.dev.email) == goes(town.tree) != goes(town.pothole)
