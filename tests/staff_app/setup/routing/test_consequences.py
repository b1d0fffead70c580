"""A change of setup names the routing rules that would end, stop matching or never be reached, before it's done."""

import html
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from requests_app.actions.routing import versions
from requests_app.actions.setup import service_drafts
from requests_app.models import Retirement, RoutingDraft, RoutingRule, Service, ServiceDraft, Team, User
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.6")]
ROUTING = "/staff/setup/routing/"
RETIRE = "/staff/setup/services/pothole/retire/"
Rule = dict[str, Any]
LANE: Rule = {"name": "Lanes", "when": {"answers": {"where": ["lane"]}}, "department": "PK"}
EITHER: Rule = {
    "name": "Either", "when": {"services": ["pothole", "tree"], "answers": {"where": ["lane", "crosswalk"]}},
    "department": "PW", "team": "night",
}  # fmt: skip
TREES: Rule = {"name": "Trees", "when": {"services": ["tree"]}, "department": "PK"}
HOLES: Rule = {"name": "Holes", "when": {"services": ["pothole"]}, "department": "PW", "team": "night"}


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    """A second city has the same rules, which nobody asks about."""
    Team.objects.create(department=town.streets, code="night", name={"en": "Night crew"})
    lakeside = factories.lakeside()
    versions.publish(lakeside.city, [{**HOLES, "name": "Theirs", "team": ""}], actor=None)
    return signed_in(town.ada)


def affected(page: Any) -> dict[str, str]:
    assert "Theirs" not in page.content.decode()
    return {one.sentence.name: one.what for one in page.context["affected"]}


def text_of(page: Any) -> str:
    return html.unescape(" ".join(strip_tags(page.content.decode()).split()))


def drafted(town: Rivermark, *options: str) -> ServiceDraft:
    """The service's draft, in which the question has only these answers; none: it's gone."""
    written = deepcopy(written_service(Service.objects.get(jurisdiction=town.city, service_code="pothole")))
    question = written["questions"][0]
    question["options"] = [option for option in question["options"] if option["value"] in options]
    if "edge" in options:
        question["options"].append({"value": "edge", "label": {"en": "Edge", "es": "Borde"}})
    if not options:
        written["questions"] = written["questions"][1:]
    return service_drafts.save(town.city, "pothole", written, revision=0, base=1, actor=town.ada)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("lane", "crosswalk"), {}),
        (("lane",), {"Either": "Never reached: “Lanes” matches everything first."}),
        (
            ("crosswalk", "edge"),
            {
                "Lanes": "Never true: no service offers its answers.",
                "Either": "Nobody can give this answer anymore: “Lane”",
            },
        ),
        (
            (),
            {
                "Lanes": "Never true: no service asks all of its questions.",
                "Either": "Never true: no service asks all of its questions.",
            },
        ),
    ],
)
def test_a_draft_of_a_service_names_the_rules_that_lose_an_answer(
    town: Rivermark, ada: Client, options: tuple[str, ...], expected: dict[str, str]
) -> None:
    versions.publish(town.city, [LANE, EITHER, HOLES], actor=None)
    drafted(town, *options)
    page = ada.get("/staff/setup/services/pothole/changes/")
    if options == ("lane", "crosswalk"):
        # Nothing was changed, so there's no draft.
        assert "affected" not in page.context
    else:
        assert affected(page) == expected
        assert "If “Tell us the where.” is “Lane”" in text_of(page) or "Lanes" not in expected


def test_a_rule_about_several_services_says_which_it_no_longer_matches(town: Rivermark, ada: Client) -> None:
    factories.service(town.city, "hole", questions=[factories.question("where", "single", options=["lane"])])
    versions.publish(town.city, [LANE], actor=None)
    drafted(town)
    page = ada.get("/staff/setup/services/pothole/changes/")
    assert affected(page) == {"Lanes": "It no longer matches reports about: Pothole"}
    Service.objects.filter(jurisdiction=town.city, service_code="pothole").update(active=False)
    assert affected(ada.get("/staff/setup/services/pothole/changes/")) == {}, "nobody can report it anyway"


def test_retiring_a_service_names_the_rules_for_each_successor_before_it_is_done(town: Rivermark, ada: Client) -> None:
    versions.publish(town.city, [TREES, LANE, HOLES], actor=None)
    RoutingDraft.objects.create(jurisdiction=town.city, rules=[TREES, HOLES], base=1, user=town.ada)
    page = ada.get(RETIRE)
    assert [(one.sentence.name, one.what, one.in_draft) for one in page.context["affected"]] == [
        ("Holes", "It ends.", False),
        ("Lanes", "Never true: no service asks all of its questions.", False),
        ("Holes", "Never reached: its services aren’t offered anymore.", True),
    ]
    assert "If the service is Pothole →" in text_of(page)
    form = {"successor": "tree", "open_requests": "stay", "foreseen": page.context["foreseen"]}
    again = ada.post(RETIRE, form)
    assert again.status_code == 422
    assert affected(again)["Holes"] != "It ends."
    assert "Same conditions as “Trees,” so it’s never reached." in text_of(again) or "Contradicts “Trees,”" in text_of(
        again
    )
    assert "If “Tree to prune” takes over, these routing rules change" in text_of(again)
    assert not Retirement.objects.exists()
    assert ada.post(RETIRE, {**form, "foreseen": again.context["foreseen"]}).status_code == 302
    assert Retirement.objects.get().successor == town.tree.service


def test_a_service_without_rules_is_retired_at_once(town: Rivermark, ada: Client) -> None:
    versions.publish(town.city, [TREES], actor=None)
    assert affected(ada.get(RETIRE)) == {}
    assert ada.post(RETIRE, {"successor": "tree", "open_requests": "stay"}).status_code == 302


def test_ending_a_team_names_the_rules_that_send_to_it(town: Rivermark, ada: Client) -> None:
    """Another department has a team of the same code."""
    night = Team.objects.get(code="night")
    other = Team.objects.create(department=town.parks, code="night", name={"en": "Night in the parks"})
    versions.publish(town.city, [TREES, HOLES], actor=None)
    page = ada.get(f"/staff/setup/teams/{night.pk}/end/")
    assert affected(page) == {"Holes": "Its reports go to the whole department."}
    assert "→goes to Streets, Night crew" in text_of(page)
    assert affected(ada.get(f"/staff/setup/teams/{other.pk}/end/")) == {}


def test_closing_a_department_names_its_rules_in_use_and_in_the_draft(town: Rivermark, ada: Client) -> None:
    pool = factories.department(town.city, "PL", "Pools")
    page = f"/staff/setup/departments/{pool.pk}/close/"
    to_pools = {**TREES, "department": "PL"}
    RoutingDraft.objects.create(jurisdiction=town.city, rules=[to_pools], base=0, user=town.ada)
    assert affected(ada.get(page)) == {"Trees": "Its reports go to the triage queue."}
    versions.publish(town.city, [to_pools], actor=None)
    assert "If the service is Tree to prune →goes to Pools" in text_of(ada.get(page))


def test_rolling_back_a_service_names_its_rules_first(town: Rivermark, ada: Client) -> None:
    """The version that is brought back doesn't have the answer that a rule asks for by now."""
    draft = drafted(town, "lane", "crosswalk", "edge")
    service_drafts.publish(town.city, "pothole", revision=draft.revision, actor=town.ada)
    edge = {"name": "Edges", "when": {"answers": {"where": ["edge"]}}, "department": "PK"}
    versions.publish(town.city, [edge, TREES], actor=None)
    form = {"number": "1", "base": "2", "revision": "0"}
    page = ada.post("/staff/setup/services/pothole/roll-back/", form)
    assert page.status_code == 422
    assert affected(page) == {"Edges": "Never true: no service offers its answers."}
    assert text_of(page).count("These routing rules change with it.") == 1
    number = Service.objects.filter(jurisdiction=town.city, service_code="pothole").values_list("current__number")
    assert number.get() == (2,)
    ada.post("/staff/setup/services/pothole/roll-back/", {**form, "foreseen": page.context["foreseen"]})
    assert number.get() == (3,)


def rule(state: Any, **more: Any) -> dict[str, Any]:
    return {
        "revision": state.seen.revision, "base": state.seen.base, "name": "Big holes", "position": "1", "words": "",
        "begins": "", "ends": "", "working_hours": "", "department": "", "team": "", "assignee": "", "priority": "", **more,
    }  # fmt: skip


def test_a_rule_that_would_never_be_reached_is_asked_about_before_it_is_saved(town: Rivermark, ada: Client) -> None:
    versions.publish(town.city, [HOLES, TREES], actor=None)
    state = ada.get(ROUTING).context["state"]
    form = rule(state, services=["pothole"], words="huge", position="3", department="PK")
    page = ada.post(f"{ROUTING}add/", form)
    assert page.status_code == 422
    assert affected(page) == {"Big holes": "Never reached: “Holes” matches everything first."}
    assert not RoutingDraft.objects.filter(jurisdiction=town.city).exists()
    # Once it was asked, another position needs no second answer.
    first = {**form, "name": "First", "position": "1", "foreseen": page.context["foreseen"]}
    assert ada.post(f"{ROUTING}add/", first).status_code == 302
    RoutingDraft.objects.all().delete()
    assert ada.post(f"{ROUTING}add/", {**form, "foreseen": page.context["foreseen"]}).status_code == 302
    # It is so already, and another rule of the draft doesn't ask again.
    state = ada.get(ROUTING).context["state"]
    assert ada.post(f"{ROUTING}add/", rule(state, name="Calls", channels=["phone"], department="PK")).status_code == 302


def test_a_rule_moved_above_others_says_which_are_never_reached(town: Rivermark, ada: Client) -> None:
    versions.publish(
        town.city, [{**HOLES, "when": {**HOLES["when"], "words": ["huge"]}, "name": "Big"}, HOLES], actor=None
    )
    state = ada.get(ROUTING).context["state"]
    seen = {"revision": state.seen.revision, "base": state.seen.base}
    page = ada.post(f"{ROUTING}2/move/", {**seen, "direction": "up"}, follow=True)
    assert "“Big” in the draft: Never reached: “Holes” matches everything first." in text_of(page)
    assert "If the service is Pothole and the text says “huge”" in text_of(ada.get(f"{ROUTING}publish/"))
    assert RoutingRule.objects.get(jurisdiction=town.city, order=1).name == "Big", "not in use before it's published"
