"""Sets of routing rules: what a file publishes, what else a rule decides, and simulations that go on after a kill."""

import datetime as dt
from typing import Any

import pytest
import yaml
from django.core import mail

from requests_app import outbox
from requests_app.actions.routing import simulation as routing_simulation
from requests_app.actions.routing import versions
from requests_app.imports.catalog import export_catalog, import_catalog
from requests_app.imports.map_files import ImportProblemError
from requests_app.models import OutboxRow, RoutingRule, RoutingSimulation, RoutingVersion, SetupChange, Target
from requests_app.rules.routing.routing import rules_in_use
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.6")]
LANE = {"where": "lane"}
EVERYTHING: dict[str, Any] = {
    "name": "Everything",
    "when": {
        "services": ["pothole"],
        "words": ["bridge"],
        "channels": ["phone"],
        "priorities": [1, 2],
        "days": ["sat"],
        "hours": "22:00-06:00",
        "working_hours": {"calendar": "always", "open": False},
    },
    "department": "PW",
    "assignee": "tom@rivermark.example",
    "priority": 1,
    "inform": ["PK"],
}


def written(path: Any, rules: list[dict[str, Any]]) -> list[Any]:
    file = path / "rules.yaml"
    file.write_text(yaml.safe_dump({"format": 1, "routing": rules}))
    return [file]


def test_a_file_publishes_a_version_and_a_second_time_none(town: Rivermark, tmp_path: Any) -> None:
    assert import_catalog(town.city, written(tmp_path, [EVERYTHING]))["routing"] == 1
    assert import_catalog(town.city, written(tmp_path, [EVERYTHING]))["routing"] == 0
    assert RoutingVersion.objects.get().rules == [EVERYTHING]
    assert export_catalog(town.city)["routing"] == [EVERYTHING]
    assert SetupChange.objects.filter(kind="routing").count() == 1


def test_the_rules_in_use_are_the_citys_own_and_active(town: Rivermark) -> None:
    elsewhere = factories.lakeside()
    rules = ((town.city, "Ours", True), (town.city, "Old", False), (elsewhere.city, "Lake", True))
    for order, (city, name, active) in enumerate(rules):
        RoutingRule.objects.create(jurisdiction=city, order=order, name=name, when={"words": ["x"]}, active=active)
    assert [rule["name"] for rule in rules_in_use(town.city.pk)] == ["Ours"]
    assert [rule["name"] for rule in rules_in_use(elsewhere.city.pk)] == ["Lake"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"when": {"hours": "morning"}},
        {"when": {"days": ["caturday"]}},
        {"when": {"working_hours": {"calendar": "nowhere"}}},
        {"when": {"channels": ["pigeon"]}},
        {"department": None},
        {"inform": ["nobody"]},
    ],
)
def test_a_file_with_a_rule_about_nothing_is_refused(town: Rivermark, tmp_path: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ImportProblemError):
        import_catalog(town.city, written(tmp_path, [EVERYTHING | wrong]))
    assert not RoutingVersion.objects.exists()


def test_a_priority_by_rule_brings_its_target(town: Rivermark) -> None:
    Target.objects.create(service=town.tree.service, kind="resolve", value=5, unit="hours", priority=2)
    rule = {"name": "Trees", "when": {"services": ["tree"]}, "department": "PK", "priority": 2}
    versions.publish(town.city, [rule], actor=None)
    made = factories.routed(town.tree)
    assert (made.priority, made.priority_reason) == (2, "rule")
    assert made.due_at == made.submitted_at + dt.timedelta(hours=5)
    assert made.clocks.get(kind="resolve").due_at == made.due_at


@pytest.mark.parametrize("is_private", [False, True])
def test_an_informed_department_reads_what_and_where_but_nobodys_words(town: Rivermark, is_private: bool) -> None:
    town.parks.email = "parks@city.example"
    town.parks.save()
    version = town.outreach if is_private else town.tree
    rule = {
        "name": "All",
        "when": {"services": [version.service.service_code]},
        "department": "PW",
        "inform": ["PK", "PW"],
    }
    versions.publish(town.city, [rule], actor=None)
    factories.routed(version, "by the bench")
    row = OutboxRow.objects.get(kind="mail_informed")
    tasks.handle(row.pk)
    (sent,) = mail.outbox
    assert sent.to == ["parks@city.example"]
    assert "Streets is handling it" in sent.body
    assert ("12 Elm St" in sent.body + sent.subject) is not is_private
    assert "bench" not in sent.body
    assert "Ana" not in sent.body


def test_a_simulation_goes_on_where_it_was_killed_and_counts_once(
    town: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        factories.report(town.pothole, f"hole {number}", answers=LANE)
    monkeypatch.setattr(routing_simulation, "BATCH", 2)
    draft = [{"name": "Holes: Parks", "when": {"words": ["hole"]}, "department": "PK"}]
    simulation = routing_simulation.start(town.city, draft, actor=town.ada)
    saves = []

    def save(self: RoutingSimulation, **options: Any) -> None:
        saves.append(self.replayed)
        if len(saves) == 2:
            raise KeyboardInterrupt
        type(self).save_base(self, **options)

    monkeypatch.setattr(RoutingSimulation, "save", save)
    OutboxRow.objects.exclude(kind="simulate_routing").delete()
    with pytest.raises(KeyboardInterrupt):
        tasks.drain_database()
    OutboxRow.objects.filter(done_at=None).update(due_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    while (row_id := outbox.claim("database")) is not None:
        tasks.handle(row_id)
    simulation.refresh_from_db()
    assert (simulation.replayed, simulation.moved) == (5, 5)
    assert simulation.finished_at is not None
    assert simulation.by_rule == [
        {"rule": "", "before": 5, "after": 0, "moved": 0},
        {"rule": "Holes: Parks", "before": 0, "after": 5, "moved": 5},
    ]
