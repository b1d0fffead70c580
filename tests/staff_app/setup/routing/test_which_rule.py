"""“Which rule catches this?”: by a request's number or a typed report, as the worker would decide; nothing is stored."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.routing import versions
from requests_app.models import (
    Department,
    Event,
    Membership,
    RoutingDecision,
    RoutingDraft,
    Service,
    ServiceRequest,
    Team,
    User,
)
from requests_app.rules.routing.routing import decide
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.6")]
PAGE = "/staff/setup/routing/which-rule/"
Rule = dict[str, Any]
NIGHT: Rule = {
    "name": "At night", "when": {"services": ["pothole"], "hours": "22:00-05:00", "days": ["sat", "sun"]}, "department": "PK",
}  # fmt: skip
WARD_5: Rule = {
    "name": "Lanes in Ward 5",
    "when": {
        "services": ["pothole", "tree"],
        "areas": {"layer": "ward", "codes": ["5"]},
        "answers": {"where": ["lane"]},
        "words": ["big plate"],
    },
    "department": "PW",
    "team": "night",
    "assignee": "dev@rivermark.example",
    "priority": 1,
    "inform": ["PK"],
}
PHONE: Rule = {"name": "By phone", "when": {"channels": ["phone"], "priorities": [1, 2]}, "department": None}
TREES: Rule = {"name": "Trees", "when": {"services": ["tree"]}, "department": "PK"}
RULES = [NIGHT, TREES, WARD_5, PHONE]


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    factories.area(town.city)
    Team.objects.create(department=town.streets, code="night", name={"en": "Night crew"})
    WARD_5["assignee"] = town.dev.email
    versions.publish(town.city, RULES, actor=None)
    return signed_in(town.ada)


def typed(**more: Any) -> dict[str, Any]:
    return {
        "service": "pothole", "q_where": "lane", "text": "A hole as big as a BIG PLATE", "channel": "web",
        "at": "2026-03-06T12:00", "address": "12 Elm St", "priority": "", **more,
    }  # fmt: skip


def rows() -> list[int]:
    return [model.objects.count() for model in (ServiceRequest, RoutingDecision, Event, RoutingDraft)]


def text_of(page: Any) -> str:
    return " ".join(page.content.decode().split())


def test_a_typed_report_names_the_rule_and_why_those_before_it_do_not_match(town: Rivermark, ada: Client) -> None:
    before = rows()
    page = ada.post(PAGE, typed())
    text = text_of(page)
    assert "Rule 3, “Lanes in Ward 5,” catches it." in text
    assert "the text says “big plate”" in text
    assert f"It goes to: <strong>Streets, Night crew, assigned to {town.dev.name}, priority 1" in text
    assert "1 rule is about other services." in text
    (night,) = page.context["in_use"].earlier
    assert [str(one) for one in night.unmet] == [
        "it came in on Saturday or Sunday",
        "it came in between 10 p.m. and 5 a.m.",
    ]
    assert rows() == before


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"at": "2026-03-08T04:59"}, "At night"),
        ({"at": "2026-03-08T05:00"}, "Lanes in Ward 5"),
        ({"q_where": "crosswalk"}, ""),
        ({"q_where": "crosswalk", "channel": "phone"}, "By phone"),
        ({"q_where": "", "channel": "phone", "priority": "3"}, ""),
        ({"address": ""}, ""),
        ({"address": "", "area": "ward:5"}, "Lanes in Ward 5"),
        ({"text": "A small hole"}, ""),
        ({"service": "tree"}, "Trees"),
    ],
)
def test_each_fact_of_a_typed_report_counts(ada: Client, changed: dict[str, str], rule: str) -> None:
    page = ada.post(PAGE, typed(**changed))
    match = page.context["in_use"].match
    assert (match.sentence.name if match else "") == rule
    if not rule:
        assert "No rule catches it." in text_of(page)
        assert "It goes to: <strong>Streets</strong>" in text_of(page)


def test_what_cannot_be_a_report_is_said_next_to_its_field(town: Rivermark, ada: Client) -> None:
    page = ada.post(PAGE, typed(address="Nowhere 99", at="soon", q_where="sky"))
    assert page.status_code == 422
    for sentence in ("We couldn’t find this place.", "Enter a real day and time.", "Choose one from the list."):
        assert sentence in page.content.decode()
    assert "catches it" not in page.content.decode()
    Service.objects.filter(service_code="tree").update(active=False)
    gone = ada.post(PAGE, typed(service="tree"))
    assert gone.status_code == 404
    assert "This service isn’t offered anymore." in gone.content.decode()


def test_a_request_by_its_number_is_decided_as_the_worker_would(town: Rivermark, ada: Client) -> None:
    caught = factories.routed(town.pothole, "As big as a big plate: mine!", answers={"where": "lane"})
    other = factories.routed(town.pothole, "A small hole", answers={"where": "lane"})
    before = rows()
    page = ada.get(PAGE, {"number": caught.reference.lower()})
    assert "Rule 3, “Lanes in Ward 5,” catches it." in text_of(page)
    assert "mine!" not in page.content.decode()
    assert decide(ServiceRequest.objects.get(pk=caught.pk)).department == town.streets
    assert "No rule catches it." in text_of(ada.get(PAGE, {"number": other.display_reference}))
    assert rows() == before
    Department.objects.filter(pk=town.streets.pk).update(active=False)
    closed = text_of(ada.get(PAGE, {"number": caught.reference}))
    assert "It goes to: <strong>Triage queue, priority 1" in closed, "not what the rule says, but where it would go"


def test_a_number_of_another_city_or_of_nobody_is_not_found(town: Rivermark, ada: Client) -> None:
    lakeside = factories.lakeside()
    theirs = factories.routed(lakeside.pothole, answers={})
    for number in (theirs.reference, "0000-0000", "not a number", "\x00"):
        page = ada.get(PAGE, {"number": number})
        if number != "\x00":
            assert page.status_code == 404
            assert "We couldn’t find a request with this number." in page.content.decode()
        assert "catches it" not in page.content.decode()


def test_the_draft_is_shown_where_it_decides_otherwise(town: Rivermark, ada: Client, rf: Any) -> None:
    request = factories.routed(town.tree)
    assert "draft" not in ada.get(PAGE, {"number": request.reference}).context["in_use"].destination
    draft = RoutingDraft.objects.create(
        jurisdiction=town.city, rules=[*RULES[:1], *RULES[2:], TREES], base=1, user=town.ada
    )
    page = ada.get(PAGE, {"number": request.reference})
    assert "The draft decides the same, by the same rule." in page.content.decode()
    draft.rules = [{**TREES, "department": "PW"}]
    draft.save()
    page = ada.get(PAGE, {"number": request.reference})
    assert page.context["in_use"].destination == "Parks"
    assert page.context["draft"].destination == "Streets"
    draft.rules = RULES
    draft.save()
    page = ada.get(PAGE, {"number": request.reference})
    assert page.context["draft"] is None
    assert "The draft decides" not in page.content.decode()


def test_answers_that_only_a_department_reads_are_not_given_away(town: Rivermark, ada: Client) -> None:
    hurt = factories.question("hurt", "single", options=["yes", "no"], visibility="department", text="Is anyone hurt?")
    version = factories.service(town.city, "fall", of=town.parks, questions=[hurt])
    other = factories.service(town.city, "slip", of=town.parks, questions=[{**hurt, "visibility": "staff"}])
    asks = {"name": "Hurt", "when": {"services": ["fall", "slip"], "answers": {"hurt": ["yes"]}}, "department": "PK"}
    versions.publish(town.city, [asks], actor=None)
    number = {"number": factories.routed(version, answers={"hurt": "yes"}).reference}
    Membership.objects.filter(user=town.ada).delete()
    role = factories.role(town.city, "administrator")
    role.permissions = ["view", "administer"]
    role.save()
    Membership.objects.create(user=town.ada, jurisdiction=town.city, role=role)
    page = ada.get(PAGE, number)
    assert "in_use" not in page.context
    assert "only its department may read: “Is anyone hurt?”" in text_of(page)
    assert (
        "catches it"
        in ada.get(PAGE, {"number": factories.routed(other, answers={"hurt": "yes"}).reference}).content.decode()
    )
    Membership.objects.create(user=town.ada, jurisdiction=town.city, role=role, department=town.parks)
    assert ada.get(PAGE, number).context["in_use"].match is not None


def test_only_administrators_ask(town: Rivermark, ada: Client, signed_in: Callable[[User], Client]) -> None:
    """Only they find the way here from a request, too."""
    number = factories.routed(town.pothole, answers={"where": "lane"}).reference
    tom = signed_in(town.tom)
    assert tom.get(PAGE, {"number": number}).status_code == 403
    way = f"{PAGE}?number={number}"
    assert way in ada.get(f"/staff/r/{number}/routing-and-email/").content.decode()
    assert way not in tom.get(f"/staff/r/{number}/routing-and-email/").content.decode()
