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


def option(number: int, english: str = "", spanish: str = "", **more: Any) -> dict[str, Any]:
    typed = {"label_en": english, "label_es": spanish, "value": "", **more}
    return {f"options-{number}-{name}": value for name, value in typed.items()}


def question(
    english: str = "How deep?", spanish: str = "¿Qué tan hondo?", *options: dict[str, Any], **more: Any
) -> dict[str, Any]:
    typed: dict[str, Any] = {
        "text_en": english,
        "text_es": spanish,
        "kind": "single",
        "visibility": "public",
    }
    for one in options:
        typed |= one
    return typed | more


DEEP = (option(0, "Over a foot", "Más de un pie", then=["stop", "priority:1"]), option(1, "Less", "Menos"))


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
    assert "→ then stop with 911 and make it priority 1: danger to people" in page
    form = ada.get(f"{CARDS}how-deep/").content.decode()
    menu = form.partition('id="id_show_if_1"')[2].partition("</select>")[0]
    assert '<option value="" selected>no other answer</option>' in menu
    assert "only if “Tell us the where.” is “Lane”" in menu


def test_only_a_service_about_assets_has_a_question_that_a_known_asset_answers(cast: Rivermark, ada: Client) -> None:
    assert "Skip it if we know the asset" not in ada.get(NEW).content.decode()
    factories.service(cast.city, "lamp", asset_kinds=["street_light"])
    new = NEW.replace("pothole", "lamp")
    assert "Skip it if we know the asset" in ada.get(new).content.decode()
    ada.post(new, question("What’s the number?", "¿Qué número?", kind="text", asks_asset="on"))
    assert [one["asks_asset"] for one in drafted()] == [True]


def test_how_takers_ask_it_is_kept_by_language_and_taken_away_again(ada: Client) -> None:
    aloud = {"script_en": "And how deep is it, about?", "script_es": "¿Más o menos qué tan hondo es?"}
    ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP, **aloud))
    assert drafted()[2]["script"] == {"en": aloud["script_en"], "es": aloud["script_es"]}
    edit = f"{CARDS}how-deep/"
    assert aloud["script_es"] in html.unescape(ada.get(edit).content.decode())
    draft = ServiceDraft.objects.get()
    ada.post(edit, question("How deep?", "¿Qué tan hondo?", *DEEP, revision=str(draft.revision)))
    assert "script" not in drafted()[2]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text_es": ""}, "Question: Enter the text in Spanish."),
        ({"options-1-label_es": ""}, "Enter the text in Spanish."),
        ({"options-0-then": ["target"], "options-0-target_value": "251"}, "Enter a whole number from 1 to 250."),
        ({"options-0-then": ["target"]}, "Enter how long."),
        ({"options-0-then": ["priority:1", "priority:2"]}, "Choose one priority"),
        (
            {"options-0-label_en": "", "options-0-label_es": "", "options-1-label_en": "", "options-1-label_es": ""},
            "at least one",
        ),
        ({"show_if": ["how-deep:x"]}, "Select a valid choice."),
    ],
    ids=[
        "no Spanish",
        "answer without Spanish",
        "251 business days",
        "no length",
        "two priorities",
        "no answers",
        "condition on itself",
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_saved(ada: Client, wrong: dict[str, Any], said: str) -> None:
    answer = ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP) | wrong)
    assert answer.status_code == 422
    page = html.unescape(answer.content.decode())
    assert said in page.partition('id="error-summary"')[2].partition("</ul>")[0]
    assert not ServiceDraft.objects.exists()


def test_the_summary_names_the_answer_that_is_wrong_and_leads_to_it(ada: Client) -> None:
    wrong = {"options-1-label_es": "", "options-2-label_en": "Half a foot", "options-2-label_es": ""}
    page = ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP) | wrong).content.decode()
    summary = page.partition('id="error-summary"')[2].partition("</ul>")[0]
    for number in (1, 2):
        assert f'<a href="#id_options-{number}-label_es">Answer {number + 1}: Enter the text in Spanish.</a>' in summary
    assert "Answer 1:" not in summary


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
    answer = ada.post(f"{CARDS}where/", one)
    assert answer.status_code == 422
    assert "“How deep?” can only depend on answers to a question above it." in html.unescape(answer.content.decode())


def test_a_question_that_nothing_depends_on_is_moved_and_removed(ada: Client) -> None:
    sent: dict[str, Any] = {"revision": 0, "base": 1}
    ada.post("/staff/setup/services/pothole/question/move/", {**sent, "up": "damage"})
    assert [one["code"] for one in drafted()] == ["damage", "where"]
    sent["revision"] = ServiceDraft.objects.get().revision
    ada.post(f"{CARDS}damage/remove/", sent)
    assert [one["code"] for one in drafted()] == ["where"]


def test_answers_keep_their_values_when_their_words_change_and_are_in_the_order_of_the_page(ada: Client) -> None:
    first = option(7, "Crosswalk", "Cruce", value="crosswalk")
    second = option(1, "In the lane", "En el carril", value="lane")
    ada.post(f"{CARDS}where/", question("Where?", "¿Dónde?", first, second, option(2, "在", "En"), required="on"))
    assert [one["value"] for one in drafted()[0]["options"]] == ["crosswalk", "lane", "answer"]
    page = ada.get(f"{CARDS}where/").content.decode()
    # The code is shown where the words don't say it.
    assert "<code>lane</code>" in page
    assert "<code>crosswalk</code>" not in page


@pytest.mark.parametrize(
    ("act", "rows"),
    [
        ("add", ["Yes", "No", "Maybe", None]),
        ("up:2", ["Yes", "Maybe", "No"]),
        ("down:0", ["No", "Yes", "Maybe"]),
        ("up:0", ["Yes", "No", "Maybe"]),
        ("remove:1", ["Yes", "Maybe"]),
        ("remove:9", ["Yes", "No", "Maybe"]),
        ("nonsense", ["Yes", "No", "Maybe"]),
    ],
)
def test_a_row_is_added_moved_and_removed_without_a_script_and_nothing_is_lost(
    ada: Client, act: str, rows: list[str | None]
) -> None:
    answers = (option(0, "Yes", then=["stop"]), option(1, "No"), option(2, "Maybe"))
    answer = ada.post(NEW, question("Deep?", "", *answers, act=act, pasted="Not yet"))
    form = answer.context["form"]
    assert answer.status_code == 200
    assert [row["label_en"].value() for row in form.options] == rows
    assert [row["then"].value() for row in form.options if row["label_en"].value() == "Yes"] == [["stop"]]
    assert form["text_en"].value() == "Deep?"
    assert ">Not yet</textarea>" in answer.content.decode()
    # What is missing is said when it's saved.
    assert "Enter the text" not in answer.content.decode()
    assert not ServiceDraft.objects.exists()


def test_a_list_is_pasted_with_its_spanish_and_wrong_lines_stay_with_their_reasons(ada: Client) -> None:
    text = "Red; Rojo\r\n\r\nGreen\tVerde\r\n  blue ;\nyes\nA; B; C\n" + "x" * 121 + "\n" + "y" * 120
    answer = ada.post(NEW, question("Color?", "¿Color?", option(0, "Yes", "Sí"), option(1), act="paste", pasted=text))
    page, form = html.unescape(answer.content.decode()), answer.context["form"]
    rows = [(row["label_en"].value(), row["label_es"].value()) for row in form.options]
    assert rows == [("Yes", "Sí"), ("Red", "Rojo"), ("Green", "Verde"), ("blue", None), ("y" * 120, None)]
    assert "Line 5 is on the list already: “yes.”" in page
    assert "Line 6 has more parts than the city has languages: “A.”" in page
    assert "Line 7 is longer than 120 characters" in page
    assert answer.context["pasted"].left == "yes\nA; B; C\n" + "x" * 121


def test_a_question_has_fifty_answers_and_a_longer_list_stays_in_its_field(ada: Client) -> None:
    fifty = "\n".join(f"Street {number}; Calle {number}" for number in range(50))
    answer = ada.post(NEW, question("Which?", "¿Cuál?", option(0), act="paste", pasted=f"{fifty}\nAvenue; Avenida"))
    assert "at most 50 answers; with these it would be 51. Nothing was added." in answer.content.decode()
    assert answer.context["pasted"].left.endswith("Avenue; Avenida")
    assert [row["label_en"].value() for row in answer.context["form"].options] == [""]
    # A list in the field is added when the question is saved, too.
    ada.post(NEW, question("Which?", "¿Cuál?", option(0), pasted=fifty))
    assert [one["value"] for one in drafted()[2]["options"]] == [f"street-{number}" for number in range(50)]
    answer = ada.post(NEW, question("Why?", "¿Por qué?", option(0, "Yes", "Sí"), pasted="Yes"))
    assert (answer.status_code, len(drafted())) == (422, 3)


def test_an_answer_asks_a_question_below_it_which_then_depends_on_it(ada: Client) -> None:
    where = (
        option(0, "Lane", "Carril", value="lane", then=["ask:damage"]),
        option(1, "Curb", "Acera", value="crosswalk"),
    )
    page = ada.post(f"{CARDS}where/", question("Where?", "¿Dónde?", *where), follow=True).content.decode()
    assert drafted()[1]["show_if"] == {"question": "where", "values": ["lane"]}
    assert "→ then ask “Tell us the damage.”" in html.unescape(page)
    assert "Asked only if “Where?” is “Lane”" in html.unescape(page)
    form = ada.get(f"{CARDS}where/").context["form"]
    assert [row["then"].value() for row in form.options] == [["ask:damage"], []]
    where[0]["options-0-then"] = []
    page = ada.post(f"{CARDS}where/", question("Where?", "¿Dónde?", *where), follow=True).content.decode()
    assert "show_if" not in drafted()[1]
    assert "“Tell us the damage.” is now always asked." in html.unescape(page)


@pytest.mark.parametrize("calendar", [{}, {"calendar": "always"}])
def test_the_working_hours_of_a_target_stay_as_its_catalog_file_says(
    cast: Rivermark, ada: Client, calendar: dict[str, str]
) -> None:
    target = {"value": 4, "unit": "hours", **calendar}
    yes = {"value": "yes", "label": {"en": "Yes", "es": "Sí"}, "effects": {"resolve_target": target}}
    factories.service(cast.city, "lamp", questions=[factories.question("out", "single", options=[yes])])
    answer = option(0, "Yes!", "¡Sí!", value="yes", then=["target"])
    answer |= {"options-0-target_value": "6", "options-0-target_unit": "hours"}
    ada.post("/staff/setup/services/lamp/questions/out/", question("Out?", "¿Apagada?", answer))
    assert drafted()[0]["options"][0]["effects"] == {"resolve_target": target | {"value": 6}}


def test_a_question_with_more_answers_than_a_page_can_send_keeps_them(cast: Rivermark, ada: Client) -> None:
    codes = [f"a{number}" for number in range(51)]
    factories.service(cast.city, "lamp", questions=[factories.question("pole", "single", options=codes)])
    page = "/staff/setup/services/lamp/questions/pole/"
    assert "It has 51 answers" in ada.get(page).content.decode()
    ada.post(page, question("Which pole?", "¿Qué poste?"))
    assert [one["value"] for one in drafted()[0]["options"]] == codes
    assert drafted()[0]["text"]["en"] == "Which pole?"


def sent_of(page: Any) -> dict[str, Any]:
    """What a browser sends of the question's form as it is shown."""
    form = page.context["form"]
    fields = [bound for one in (form, *form.options.forms) for bound in one]
    sent = {bound.html_name: bound.value() for bound in fields if bound.value() not in (None, False)}
    return sent | {"seen": page.context["seen"], "shown": page.context["edit"].shown}


def test_two_who_change_a_question_are_merged_by_field_and_asked_about_what_both_changed(ada: Client) -> None:
    mine = sent_of(ada.get(f"{CARDS}where/"))
    theirs = sent_of(ada.get(f"{CARDS}where/")) | {"text_en": "Where exactly?"}
    ada.post(f"{CARDS}where/", theirs)
    page = ada.post(f"{CARDS}where/", mine | {"options-0-label_en": "Roadway"}, follow=True).content.decode()
    assert "both changes are kept" in page
    assert (drafted()[0]["text"]["en"], drafted()[0]["options"][0]["label"]["en"]) == ("Where exactly?", "Roadway")
    answer = ada.post(f"{CARDS}where/", mine | {"options-0-label_en": "Street"})
    assert answer.status_code == 409
    assert [one.name for one in answer.context["edit"].conflicts] == ["options"]
    ada.post(f"{CARDS}where/", sent_of(answer) | {"keep-options": "mine"})
    assert (drafted()[0]["text"]["en"], drafted()[0]["options"][0]["label"]["en"]) == ("Where exactly?", "Street")


def test_what_the_form_showed_first_is_kept_while_its_rows_are_moved(ada: Client) -> None:
    mine = sent_of(ada.get(f"{CARDS}where/"))
    ada.post(f"{CARDS}where/", mine | {"text_en": "Where exactly?"})
    page = ada.post(f"{CARDS}where/", mine | {"act": "down:0"}).content.decode()
    assert f'name="seen" value="{mine["seen"]}"' in page
    assert f'name="shown" value="{mine["shown"]}"' in page


def test_two_who_add_a_question_at_once_both_have_theirs(ada: Client) -> None:
    opened = sent_of(ada.get(NEW))
    ada.post(NEW, question("How deep?", "¿Qué tan hondo?", *DEEP))
    ada.post(NEW, question("How wide?", "¿Qué tan ancho?", *DEEP) | {name: opened[name] for name in ("seen", "shown")})
    assert [one["code"] for one in drafted()] == ["where", "damage", "how-deep", "how-wide"]
    assert ada.post(f"{CARDS}damage/remove/", {"revision": 0, "base": 1}).status_code == 409
