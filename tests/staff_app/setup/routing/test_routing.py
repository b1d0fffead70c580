"""Routing in the browser: a draft of rules, its marks, publishing, two people at once, rolling back, and the simulator."""

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from requests_app.actions.routing import simulation, versions
from requests_app.models import (
    OutboxRow,
    RoutingDraft,
    RoutingRule,
    RoutingSimulation,
    RoutingVersion,
    SetupChange,
    Team,
    User,
)
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.setup.test_setup_rows import Editor

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.6")]
PAGE = "/staff/setup/routing/"
TO_STREETS: dict[str, Any] = {"name": "Potholes: Streets", "when": {"services": ["pothole"]}, "department": "PW"}
TREES: dict[str, Any] = {"name": "Trees: Parks", "when": {"services": ["tree"]}, "department": "PK"}


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    versions.publish(town.city, [TO_STREETS, TREES], actor=None)
    return signed_in(town.ada)


def seen(client: Client) -> dict[str, Any]:
    state = client.get(PAGE).context["state"]
    return {"revision": state.seen.revision, "base": state.seen.base}


def rule(**more: Any) -> dict[str, Any]:
    return {
        "name": "Potholes in Ward 5", "position": "1", "words": "", "begins": "", "ends": "", "working_hours": "",
        "department": "", "team": "", "assignee": "", "priority": "", **more,
    }  # fmt: skip


def in_use() -> list[str]:
    return list(RoutingRule.objects.filter(active=True).values_list("name", flat=True))


def test_a_rule_made_from_menus_decides_once_it_is_published(town: Rivermark, ada: Client) -> None:
    factories.area(town.city)
    Team.objects.create(department=town.streets, code="night", name={"en": "Night crew"})
    town.parks.email = "parks@city.example"
    town.parks.save()
    page = ada.post(f"{PAGE}add/", {**seen(ada), **rule(services=["pothole"]), "show": "1"})
    assert page.status_code == 200
    assert "where=lane" in page.content.decode()
    made = rule(
        services=["pothole"], areas=["ward:5"], answers=["where=lane"], words="big plate", channels=["web"],
        days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], working_hours="always:open", priorities=["2"],
        department="PW", team="PW/night", assignee=town.dev.email, priority="4", inform=["PK"],
    )  # fmt: skip
    answer = ada.post(f"{PAGE}add/", {**seen(ada), **made}, follow=True)
    assert "“Potholes in Ward 5” is in the draft." in answer.content.decode()
    assert in_use() == ["Potholes: Streets", "Trees: Parks"], "not before it is published"
    assert "A new rule, “Potholes in Ward 5”" in ada.get(f"{PAGE}publish/").content.decode()
    ada.post(f"{PAGE}publish/", {**seen(ada), "note": "The night crew has Ward 5"})
    assert in_use() == ["Potholes in Ward 5", "Potholes: Streets", "Trees: Parks"]
    assert not RoutingDraft.objects.exists()
    change = SetupChange.objects.get(kind="routing", user=town.ada)
    assert (change.action, change.note) == ("published", "The night crew has Ward 5")

    routed = factories.routed(town.pothole, "A hole as big as a plate, a BIG plate.", answers={"where": "lane"})
    assert (routed.department, routed.team.code, routed.assignee, routed.priority) == (  # type: ignore[union-attr]
        town.streets,
        "night",
        town.dev,
        4,
    )
    assert OutboxRow.objects.get(kind="mail_informed", service_request=routed).lane == "outside"
    decision = routed.routing_decisions.get()
    assert (decision.rule.name, decision.version.number) == ("Potholes in Ward 5", 2)  # type: ignore[union-attr]
    assert (
        "Potholes in Ward 5, version 2 of the rules"
        in ada.get(f"/staff/r/{routed.reference}/routing-and-email/").content.decode()
    )


def test_rules_move_and_go_without_scripts(ada: Client) -> None:
    ada.post(f"{PAGE}2/move/", {**seen(ada), "direction": "up"})
    assert [one["name"] for one in RoutingDraft.objects.get().rules] == ["Trees: Parks", "Potholes: Streets"]
    ada.post(f"{PAGE}1/remove/", seen(ada))
    assert [one["name"] for one in RoutingDraft.objects.get().rules] == ["Potholes: Streets"]
    assert "The rule “Trees: Parks” was removed" in ada.get(PAGE).content.decode()
    ada.post(f"{PAGE}discard/", seen(ada))
    assert not RoutingDraft.objects.exists()


def shown(page: Any) -> list[int]:
    return [row["position"] for row in page.context["rows"]]


@pytest.mark.parametrize(
    ("query", "positions"),
    [
        ("", [1, 2, 3, 4]),
        ("q=POTHOLE", [2, 4]),
        ("q=where+lane", [2]),
        ("q=ward+5", [3]),
        ("q=noche", []),
        ("q=night", [4]),
        ("q=parks+tree", [1]),
        ("q=triage+queue", [3]),
        ("q=%00+%3Cb%3E+nothing", []),
        ("service=tree", [1, 3]),
        ("service=pothole&q=streets", [2, 4]),
        ("service=gone", [3]),
    ],
)
def test_rules_are_searched_by_what_they_say_and_keep_their_numbers(
    town: Rivermark, ada: Client, query: str, positions: list[int]
) -> None:
    factories.area(town.city)
    Team.objects.create(department=town.streets, code="night", name={"en": "Night crew", "es": "De noche"})
    versions.publish(
        town.city,
        [
            TREES,
            {"name": "a", "when": {"services": ["pothole"], "answers": {"where": ["lane"]}}, "department": "PW"},
            {"name": "b", "when": {"areas": {"layer": "ward", "codes": ["5"]}}, "department": None},
            {"name": "c", "when": {"services": ["pothole"]}, "department": "PW", "team": "night"},
        ],
        actor=None,
    )
    page = ada.get(f"{PAGE}?{query}")
    assert shown(page) == positions
    if query:
        assert f"{len(positions)} of 4 rules" in page.content.decode()


def test_a_rule_reads_as_a_sentence(town: Rivermark, ada: Client) -> None:
    """Of seventeen phrases, six are named: the page of the rule has all."""
    Team.objects.create(department=town.streets, code="night", name={"en": "Night crew"})
    phrases = {"words": [f"w{number}" for number in range(17)]}
    rules: list[dict[str, Any]] = [
        {"name": "a", "when": {"services": ["pothole"], "answers": {"where": ["lane"]}}, "department": "PW", "team": "night"},
        {"name": "b", "when": phrases, "department": "PK", "assignee": town.pia.email, "priority": 2, "inform": ["PW", "311"]},
        {"name": "c", "when": {}, "department": None},
    ]  # fmt: skip
    versions.publish(town.city, rules, actor=None)
    for address in (PAGE, f"{PAGE}history/2/"):
        text = " ".join(strip_tags(ada.get(address).content.decode()).split())
        for sentence in (
            "If the service is Pothole and “Tell us the where.” is “Lane” →goes to Streets, Night crew",
            "If the text says “w0”, “w1”, “w2”, “w3”, “w4”, “w5” or 11 more →goes to "
            f"Parks, assigned to {town.pia.name}, priority 2: urgent, also informed: Streets, 311 Center",
            "Never, since it has no conditions →goes to Triage queue",
        ):
            assert sentence in html.unescape(text), address


def test_a_city_without_rules_has_nothing_to_search(town: Rivermark, signed_in: Callable[[User], Client]) -> None:
    page = signed_in(town.ada).get(f"{PAGE}?q=tree")
    assert "There are no rules." in page.content.decode()
    assert "Find in this list" not in page.content.decode()


def test_a_table_of_hundreds_of_rules_asks_as_little_as_one(town: Rivermark, ada: Client) -> None:
    def queries(count: int, address: str) -> int:
        rules = [{**TREES, "name": f"Rule {number}", "when": {"words": [f"w{number}x"]}} for number in range(count)]
        RoutingDraft.objects.update_or_create(jurisdiction=town.city, defaults={"rules": rules, "user": town.ada})
        with CaptureQueriesContext(connection) as captured:
            page = ada.get(address)
        assert len(page.context["rows"]) == count or page.context["rows"][0]["position"] == count
        return len(captured)

    ada.get(PAGE)
    assert queries(1, PAGE) == queries(51, PAGE) == queries(301, PAGE) == queries(301, f"{PAGE}?q=w300x") <= 40


def test_a_rule_that_was_searched_moves_among_all_of_them(ada: Client) -> None:
    form = {**seen(ada), "direction": "up", "q": "trees"}
    page = ada.post(f"{PAGE}2/move/", form, follow=True)
    assert page.redirect_chain == [(f"{PAGE}?q=trees#rule-1", 302)]
    assert shown(page) == [1]
    assert "“Trees: Parks” now comes before “Potholes: Streets.”" in page.content.decode()
    down = ada.post(f"{PAGE}1/move/", {**seen(ada), "direction": "down", "service": "tree"}, follow=True)
    assert "“Trees: Parks” now comes after “Potholes: Streets.”" in down.content.decode()
    page = ada.post(f"{PAGE}2/remove/", {**seen(ada), "q": "trees"}, follow=True)
    assert "No rule fits this search." in page.content.decode()


def test_what_is_wrong_with_a_rule_is_said_beside_its_field(town: Rivermark, ada: Client) -> None:
    nothing = ada.post(f"{PAGE}add/", {**seen(ada), **rule()})
    assert nothing.status_code == 422
    assert "Choose at least one condition" in nothing.content.decode()
    made = rule(name="Trees: Parks", services=["tree"], words="root", department="PK", assignee=town.dev.email)
    elsewhere = ada.post(f"{PAGE}add/", {**seen(ada), **made})
    assert "This person works in another department." in elsewhere.content.decode()
    taken = ada.post(f"{PAGE}add/", {**seen(ada), **made, "assignee": ""})
    assert "Another rule has this name." in taken.content.decode()
    assert "root" in taken.content.decode()


def test_a_rule_that_others_moved_is_still_the_one_that_is_saved(ada: Client) -> None:
    form, late = (Editor(ada, f"{PAGE}2/", dt.UTC) for _each in range(2))
    bridge = rule(services=["pothole"], words="bridge", department="PK")
    assert ada.post(f"{PAGE}add/", bridge).status_code == 302
    assert form.save(name="Mine", department="PW").status_code == 302
    rules = RoutingDraft.objects.get().rules
    assert [one["name"] for one in rules] == ["Potholes in Ward 5", "Potholes: Streets", "Mine"]
    assert [one["department"] for one in rules] == ["PK", "PW", "PW"]
    # It has another name now, so what was typed is kept, and can be added.
    gone = late.save(words="root")
    assert gone.status_code == 409
    assert "Someone else changed this while you had it open" in gone.content.decode()
    assert f'action="{PAGE}add/"' in gone.content.decode()
    typed = {name: value for name, value in late.sent.items() if name not in ("seen", "shown")} | {"words": "root"}
    assert ada.post(f"{PAGE}add/", typed).status_code == 302
    assert [one["name"] for one in RoutingDraft.objects.get().rules][1] == "Trees: Parks"
    # What names no rule changes none.
    assert ada.post(f"{PAGE}1/", bridge).status_code == 409
    assert len(RoutingDraft.objects.get().rules) == 4


def test_the_second_of_two_who_publish_sees_what_the_first_did(town: Rivermark, ada: Client) -> None:
    ada.post(f"{PAGE}2/remove/", seen(ada))
    form = {**seen(ada), "note": "Trees by service"}
    assert ada.post(f"{PAGE}publish/", form).status_code == 302
    second = ada.post(f"{PAGE}publish/", form)
    assert second.status_code == 409
    assert "The rule “Trees: Parks” was removed" in second.content.decode()
    assert RoutingVersion.objects.count() == 2
    # Somebody rolled back while another draft was being made.
    ada.post(f"{PAGE}1/remove/", seen(ada))
    form = {**seen(ada), "note": "No rules"}
    ada.post(f"{PAGE}history/1/roll-back/", form)
    assert ada.post(f"{PAGE}publish/", form).status_code == 409
    assert in_use() == ["Potholes: Streets", "Trees: Parks"]


def test_a_rule_to_a_closed_department_is_not_published(town: Rivermark, ada: Client) -> None:
    ada.post(f"{PAGE}1/move/", {**seen(ada), "direction": "down"})
    town.parks.active = False
    town.parks.save()
    answer = ada.post(f"{PAGE}publish/", {**seen(ada), "note": "Order"})
    assert answer.status_code == 422
    assert "“Trees: Parks” sends requests to a department that is closed." in answer.content.decode()
    assert RoutingVersion.objects.count() == 1
    assert factories.routed(town.tree).in_triage, "nor does a rule in use fill a closed one’s queue"


def test_one_press_rolls_back(ada: Client) -> None:
    ada.post(f"{PAGE}2/remove/", seen(ada))
    ada.post(f"{PAGE}publish/", {**seen(ada), "note": "Without trees"})
    assert "The rule “Trees: Parks” was removed" in ada.get(f"{PAGE}history/2/").content.decode()
    answer = ada.post(f"{PAGE}history/1/roll-back/", seen(ada), follow=True)
    assert "The rules of version 1 are in use again, as version 3." in answer.content.decode()
    assert in_use() == ["Potholes: Streets", "Trees: Parks"]
    assert SetupChange.objects.filter(kind="routing", action="rolled_back").count() == 1
    assert "Back to version 1" in ada.get(f"{PAGE}history/").content.decode()


def test_each_rule_says_what_it_caught_and_what_came_back(
    town: Rivermark, ada: Client, signed_in: Callable[[User], Client]
) -> None:
    lost, _kept = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    signed_in(town.tom).post(f"/staff/r/{lost.reference}/triage/", {"reason": "Not ours", "last_event": "999999"})
    versions.count_caught()
    row = ada.get(PAGE).context["rows"][0]["counted"]
    assert (row.caught, row.came_back) == (2, 1)


def test_a_simulation_says_what_would_go_elsewhere_and_touches_no_request(town: Rivermark, ada: Client) -> None:
    moved = factories.routed(town.pothole, "on the bridge", answers={"where": "lane"})
    factories.routed(town.pothole, "on a street", answers={"where": "lane"})
    factories.routed(town.outreach, "on the bridge too")
    before = moved.routing_decisions.count(), moved.updated_at
    ada.post(f"{PAGE}add/", {**seen(ada), **rule(words="bridge", department="PK")})
    started = ada.post(f"{PAGE}simulate/")
    waiting = ada.get(started["Location"]).content.decode()
    assert "0 reports tried so far" in waiting
    factories.run_worker()
    page = ada.get(started["Location"])
    said = page.content.decode()
    assert "2 of 3 reports would have gone elsewhere." in said
    assert {"from": "Streets", "to": "Parks", "stays": False, "color": 1, "count": 2} in page.context["departments"]
    rows = {row["name"]: (row["before"], row["after"], row["moved"]) for row in page.context["rules"]}
    assert rows["Potholes in Ward 5"] == (0, 2, 2)
    assert rows["Potholes: Streets"] == (2, 1, 0)
    assert len(page.context["picture"].dots) == 1, "a confidential report is counted, but not on the map"
    moved.refresh_from_db()
    assert (moved.routing_decisions.count(), moved.updated_at) == before
    assert RoutingSimulation.objects.get().replayed == 3


def test_the_ten_newest_simulations_of_each_city_are_kept(town: Rivermark) -> None:
    there = simulation.start(factories.lakeside().city, [], actor=None)
    own = [simulation.start(town.city, [], actor=town.ada).pk for _number in range(11)]
    kept = list(RoutingSimulation.objects.order_by("id").values_list("pk", flat=True))
    assert kept == [there.pk, *own[1:]]


def test_a_question_is_never_called_as_another_service_calls_it(town: Rivermark, ada: Client) -> None:
    where = [factories.question("where", "single", text="What is dirty?", options=["lane", "wall"])]
    factories.service(town.city, "graffiti", questions=where)
    elsewhere = factories.jurisdiction("elsewhere", hosts=["elsewhere.example"])
    factories.service(elsewhere, "pothole", questions=[factories.question("where", text="Where else?")])
    by_answer = {"answers": {"where": ["lane"]}}
    rules = [
        {"name": name, "when": {**when, **by_answer}, "department": "PW"}
        for name, when in [
            ("Of one", {"services": ["pothole"]}),
            ("Of the other", {"services": ["graffiti"]}),
            ("Of neither", {"services": ["tree"]}),
            ("Of both", {}),
        ]
    ]
    versions.publish(town.city, rules, actor=None)
    rows = {row["name"]: str(row["sentence"].conditions[-1]) for row in ada.get(PAGE).context["rows"]}
    named = "“Tell us the where.” (Pothole) or “What is dirty?” (Graffiti) is “Lane”"
    assert rows == {
        "Of one": "“Tell us the where.” is “Lane”",
        "Of the other": "“What is dirty?” is “Lane”",
        "Of neither": named,
        "Of both": named,
    }
