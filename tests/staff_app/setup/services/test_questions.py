"""Questions of a service: answers with effects from menus, conditions, order, and what others depend on."""

import html
from typing import Any

import pytest
from django.test import Client

from requests_app.models import RoutingRule, ServiceDraft
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
CARDS = "/staff/setup/services/pothole/questions/"
NEW = "/staff/setup/services/pothole/question/new/"


def option(number: int, english: str = "", spanish: str = "", **more: str) -> dict[str, str]:
    typed = {"label_en": english, "label_es": spanish, "value": "", "ORDER": str(number + 1), **more}
    return {f"options-{number}-{name}": value for name, value in typed.items()}


def question(
    english: str = "How deep?", spanish: str = "¿Qué tan hondo?", *options: dict[str, str], **more: Any
) -> dict[str, Any]:
    draft = ServiceDraft.objects.first()
    typed: dict[str, Any] = {
        "text_en": english,
        "text_es": spanish,
        "kind": "single",
        "visibility": "public",
        "options-TOTAL_FORMS": len(options),
        "options-INITIAL_FORMS": 0,
        "revision": draft.revision if draft else 0,
        "base": 1,
    }
    for one in options:
        typed |= one
    return typed | more


DEEP = (option(0, "Over a foot", "Más de un pie", stop="on", priority="1"), option(1, "Less", "Menos"))


def drafted() -> list[dict[str, Any]]:
    return list(ServiceDraft.objects.get().written["questions"])


def test_a_question_is_added_with_its_condition_and_what_its_answers_do(ada: Client) -> None:
    answer = ada.post(
        NEW, question("How deep?", "¿Qué tan hondo?", *DEEP, required="on", show_if=["where:lane"]), follow=True
    )
    new = drafted()[2]
    assert (new["code"], new["required"], new["show_if"]) == (
        "how-deep",
        True,
        {"question": "where", "values": ["lane"]},
    )
    assert new["options"][0] == {
        "value": "over-a-foot",
        "label": {"en": "Over a foot", "es": "Más de un pie"},
        "effects": {"stop": True, "priority": 1},
    }
    page = html.unescape(answer.content.decode())
    assert "Asked only if “Tell us the where.” is “Lane”" in page
    assert "→ stops with the emergency number, priority 1: danger to people" in page


def test_only_a_service_about_assets_has_a_question_that_a_known_asset_answers(cast: Rivermark, ada: Client) -> None:
    assert "Skip it if we know the asset" not in ada.get(NEW).content.decode()
    factories.service(cast.city, "lamp", asset_kinds=["street_light"])
    new = NEW.replace("pothole", "lamp")
    assert "Skip it if we know the asset" in ada.get(new).content.decode()
    ada.post(new, question("What’s the number?", "¿Qué número?", kind="text", asks_asset="on"))
    assert [one["asks_asset"] for one in drafted()] == [True]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text_es": ""}, "Question: Enter the text in Spanish."),
        ({"options-1-label_es": ""}, "Enter the text in Spanish."),
        ({"options-0-target_value": "251"}, "Enter a whole number from 1 to 250."),
        (
            {"options-0-label_en": "", "options-0-label_es": "", "options-1-label_en": "", "options-1-label_es": ""},
            "at least one",
        ),
        ({"show_if": ["how-deep:x"]}, "Select a valid choice."),
    ],
    ids=["no Spanish", "answer without Spanish", "251 business days", "no answers", "condition on itself"],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(ada: Client, wrong: dict[str, Any], said: str) -> None:
    answer = ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP) | wrong)
    assert answer.status_code == 422
    assert said in html.unescape(answer.content.decode())
    assert not ServiceDraft.objects.exists()


def test_a_question_that_others_depend_on_stays_and_the_page_says_which(town: Rivermark, ada: Client) -> None:
    RoutingRule.objects.create(
        jurisdiction=town.city, order=1, name="Lanes to Streets", when={"answers": {"where": ["lane"]}}
    )
    ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP, show_if=["where:lane"]))
    sent = {"revision": ServiceDraft.objects.get().revision, "base": 1}
    answer = ada.post(f"{CARDS}where/remove/", sent)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 409
    assert "depend on its answers: “How deep?”, the routing rule “Lanes to Streets”" in page
    # Nor can it move below what depends on it, nor lose the answer.
    ada.post("/staff/setup/services/pothole/question/move/", {**sent, "down": "where"})
    sent["revision"] = ServiceDraft.objects.get().revision
    answer = ada.post("/staff/setup/services/pothole/question/move/", {**sent, "down": "where"})
    assert answer.status_code == 409
    assert [one["code"] for one in drafted()] == ["damage", "where", "how-deep"]
    one = question("Where?", "¿Dónde?", option(0, "Crosswalk", "Cruce", value="crosswalk"))
    assert ada.post(f"{CARDS}where/", one).status_code == 422


def test_a_question_that_nothing_depends_on_is_moved_and_removed(ada: Client) -> None:
    sent: dict[str, Any] = {"revision": 0, "base": 1}
    ada.post("/staff/setup/services/pothole/question/move/", {**sent, "up": "damage"})
    assert [one["code"] for one in drafted()] == ["damage", "where"]
    sent["revision"] = ServiceDraft.objects.get().revision
    ada.post(f"{CARDS}damage/remove/", sent)
    assert [one["code"] for one in drafted()] == ["where"]


def test_answers_keep_their_values_when_their_words_change_and_go_in_the_order_of_their_positions(ada: Client) -> None:
    first = option(0, "In the lane", "En el carril", value="lane", ORDER="2")
    second = option(1, "Crosswalk", "Cruce", value="crosswalk", ORDER="1")
    ada.post(f"{CARDS}where/", question("Where?", "¿Dónde?", first, second, required="on"))
    assert [one["value"] for one in drafted()[0]["options"]] == ["crosswalk", "lane"]


def test_a_second_editor_of_questions_is_stopped(ada: Client) -> None:
    stale = question("How wide?", "¿Qué tan ancho?", *DEEP)
    ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP))
    answer = ada.post(NEW, stale)
    assert answer.status_code == 409
    assert "A new question, “How deep?”" in html.unescape(answer.content.decode())
    assert answer.context["form"]["text_en"].value() == "How wide?"
    assert ada.post(f"{CARDS}damage/remove/", {"revision": 0, "base": 1}).status_code == 409
