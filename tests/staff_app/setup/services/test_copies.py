"""Copies of a service and of a question: what they have, what they lose and say so, in one city of two."""

import html
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.setup import service_drafts
from requests_app.models import RoutingRule, Service, ServiceApproval, ServiceDraft, SetupChange
from requests_app.rules.setup.catalog_rows import written_service
from tests import factories
from tests.factories import Rivermark, question

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
COPY = "/staff/setup/services/leaf-pile/copy/"
TAKE = "/staff/setup/services/pothole/question/take/"
NAMED = {"name_en": "Leaf bag", "name_es": "Bolsa de hojas", "service_code": "leaf-bag"}
TARGET = {"value": 4, "unit": "hours", "calendar": "department"}


def option(value: str, **effects: Any) -> dict[str, Any]:
    return {"value": value, "label": {"en": value.capitalize(), "es": f"{value} (es)"}, "effects": effects}


@pytest.fixture
def leaves(cast: Rivermark) -> Service:
    """A service whose questions have targets, a stop, and conditions."""
    burning = question("burning", "single", options=[option("yes", stop=True), option("no", resolve_target=TARGET)])
    where = question("where", "single", options=["lane", "crosswalk"], text="Where are the leaves?")
    many = question("many", "number", show_if={"question": "where", "values": ["lane"]})
    hot = question("hot", show_if={"question": "burning", "values": ["no"]})
    screen = {"en": "Is it burning? Call 911.", "es": "¿Se quema? Llame al 911."}
    version = factories.service(
        cast.city, "leaf-pile", questions=[burning, where, many, hot], emergency_screen=screen, visibility="coarse"
    )
    factories.article(cast.city, "leaves", "Leaves", "", version)
    RoutingRule.objects.create(
        jurisdiction=cast.city, order=1, name="Leaves", when={"services": ["leaf-pile"]}, department=cast.parks
    )
    return version.service


def drafted(code: str) -> dict[str, Any]:
    return dict(ServiceDraft.objects.get(service_code=code).written)


def text_of(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def test_a_copy_has_everything_but_what_somebody_agreed_to(leaves: Service, ada: Client) -> None:
    page = text_of(ada.get(COPY))
    sentences = (
        "Its targets and those of its answers: agree on new ones.",
        "The approval of its emergency check: your 911 center reads the copy’s.",
        "Routing rules that name it (1).",
        "Articles that name it (1).",
    )
    assert all(sentence in page for sentence in sentences)
    page = text_of(ada.post(COPY, NAMED, follow=True))
    assert "The copy is a draft." in page
    assert all(sentence in page for sentence in sentences)
    original, copy = written_service(leaves), drafted("leaf-bag")
    assert copy.pop("name") == {"en": "Leaf bag", "es": "Bolsa de hojas"}
    assert copy.pop("service_code") == "leaf-bag"
    assert "targets" in original
    assert "targets" not in copy
    assert "effects" not in copy["questions"][0]["options"][1]
    original["questions"][0]["options"][1].pop("effects")
    assert copy == {name: original[name] for name in original if name not in ("name", "service_code", "targets")}
    assert not Service.objects.filter(service_code="leaf-bag").exists()
    assert not ServiceApproval.objects.exists()
    assert SetupChange.objects.get(key="leaf-bag").user.name == "Ada"  # type: ignore[union-attr]
    # The original is as it was.
    assert not ServiceDraft.objects.filter(service_code="leaf-pile").exists()


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"service_code": "leaf-pile"}, "Another service already has this code."),
        ({"service_code": "new"}, "This one is reserved."),
        ({"service_code": "leaf bag"}, "Use only letters"),
        ({"name_en": "LEAF PILE"}, "Choose another name"),
        ({"name_es": ""}, "Enter the name in Spanish."),
    ],
)
@pytest.mark.usefixtures("leaves")
def test_a_copy_needs_a_name_and_a_code_of_its_own(ada: Client, wrong: dict[str, str], reason: str) -> None:
    answer = ada.post(COPY, NAMED | wrong)
    assert answer.status_code == 422
    assert reason in text_of(answer)
    assert not ServiceDraft.objects.exists()


def test_a_copy_of_a_draft_has_its_changes(leaves: Service, ada: Client, cast: Rivermark) -> None:
    changed = written_service(leaves) | {"priority": 2}
    service_drafts.save(cast.city, "leaf-pile", changed, revision=0, base=1, actor=cast.ada)
    assert "Changes of this draft are copied, too." in text_of(ada.get(COPY))
    ada.post(COPY, NAMED)
    assert drafted("leaf-bag")["priority"] == 2


@pytest.mark.usefixtures("leaves")
def test_a_question_is_taken_with_its_answers_and_without_what_it_depended_on(ada: Client) -> None:
    page = text_of(ada.post(TAKE, {"question": "leaf-pile:burning"}, follow=True))
    assert "“Tell us the burning.” was copied from “Leaf pile” into the draft." in page
    assert "The targets of its answers weren’t copied" in page
    assert "“Yes” stops the form, so enter this service’s emergency question" in page
    options = drafted("pothole")["questions"][2]["options"]
    assert options == [option("yes", stop=True), {name: option("no")[name] for name in ("value", "label")}]
    # The pothole asks where, too, with the same answers: the condition holds there.
    page = text_of(ada.post(TAKE, {"question": "leaf-pile:many"}, follow=True))
    assert "always asked here" not in page
    assert drafted("pothole")["questions"][3]["show_if"] == {"question": "where", "values": ["lane"]}
    # Two services with one question: the second one gets a code of its own.
    ada.post(TAKE, {"question": "leaf-pile:where"})
    assert [one["code"] for one in drafted("pothole")["questions"]] == ["where", "damage", "burning", "many", "where-2"]


@pytest.mark.usefixtures("leaves")
def test_a_condition_on_a_question_that_is_not_asked_here_is_dropped_and_said(ada: Client) -> None:
    page = text_of(ada.post(TAKE, {"question": "leaf-pile:hot"}, follow=True))
    assert "It’s always asked here, because the answers that it depended on aren’t in this service." in page
    assert "show_if" not in drafted("pothole")["questions"][2]


@pytest.mark.usefixtures("leaves")
def test_an_answer_does_not_suggest_the_service_that_it_is_taken_to(ada: Client, cast: Rivermark) -> None:
    factories.service(
        cast.city, "lamp", questions=[question("what", "single", options=[option("hole", service="pothole")])]
    )
    assert "“Hole” no longer suggests this service itself." in text_of(
        ada.post(TAKE, {"question": "lamp:what"}, follow=True)
    )
    assert "effects" not in drafted("pothole")["questions"][2]["options"][0]


@pytest.mark.usefixtures("leaves")
def test_questions_are_found_by_their_words_in_any_language_and_only_in_this_city(ada: Client, cast: Rivermark) -> None:
    cast.city.hosts = ["testserver"]
    cast.city.save()
    other = factories.jurisdiction("Millford", hosts=["millford.example"])
    factories.service(other, "snow", questions=[question("deep")])
    page = text_of(ada.get(TAKE))
    assert "Where are the leaves?" in page
    assert "Tell us the deep." not in page
    # Its own aren't offered.
    assert "Tell us the damage." not in page
    for query in ("LEAVES", "leaf pile", "crosswalk (es)"):
        assert "Where are the leaves?" in text_of(ada.get(TAKE, {"q": query}))
    assert "Nothing on this list matches “snow.”" in text_of(ada.get(TAKE, {"q": "snow"}))
    for key in ("snow:deep", "leaf-pile:gone", "nonsense", ""):
        assert ada.post(TAKE, {"question": key}).status_code == 404
    assert not ServiceDraft.objects.exists()
