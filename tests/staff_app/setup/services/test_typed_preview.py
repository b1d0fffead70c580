"""The preview of what is typed: in each language, with a placeholder for what isn't there yet, for nobody's use, never stored."""

import html
from typing import Any

import pytest
from django.test import Client

from requests_app.models import Draft, ServiceDraft
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.setup.services.test_edit import typed

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]
SERVICE = "/staff/setup/services/pothole/"
PREVIEW = f"{SERVICE}preview/typed/"


def pages(client: Client, address: str, fields: dict[str, Any]) -> dict[str, str]:
    """The previewed pages by language."""
    answer = client.post(address, fields)
    assert answer.status_code == 200
    return {page["language"]: html.unescape(page["html"]) for page in answer.context["pages"]}


def test_words_are_shown_as_typed_in_each_language_and_nothing_is_saved(town: Rivermark, ada: Client) -> None:
    fields = typed(ada, f"{SERVICE}words/") | {
        "name_en": "Crater", "name_es": "Cr\u00e1ter", "emergency_screen_en": "Hurt? Call 911.", "description_en": "x" * 9_000,
    }  # fmt: skip
    shown = pages(ada, PREVIEW, fields)
    assert "Crater" in shown["en"]
    assert "Hurt? Call 911." in shown["en"]
    assert "Cr\u00e1ter" in shown["es"]
    assert "Cu\u00e9ntenos m\u00e1s" in shown["es"]
    # Too long to be saved: as it was.
    assert "x" * 9_000 not in shown["en"]
    assert not ServiceDraft.objects.exists()
    assert not Draft.objects.exists()


def test_it_cannot_be_used(town: Rivermark, ada: Client) -> None:
    answer = ada.post(PREVIEW, typed(ada, f"{SERVICE}words/") | {"name_en": "<script>alert(1)</script>"})
    assert answer.content.decode().count('<iframe sandbox="allow-same-origin"') == 2
    for page in answer.context["pages"]:
        for live in ("<form", "<a ", "<script", "action=", 'type="submit"', "csrfmiddlewaretoken"):
            assert live not in page["html"], live
    # Each is one attribute of its frame, so nothing of it is on the editor's own page.
    assert "<main" not in answer.content.decode()
    assert "<script>alert" not in answer.content.decode()
    assert ada.get(PREVIEW).status_code == 405


def test_answers_are_shown_in_the_order_of_the_page_with_those_that_a_script_added(
    town: Rivermark, ada: Client
) -> None:
    added = {"options-7-label_en": "Added", "options-0-label_en": "First"}
    shown = pages(
        ada, f"{PREVIEW}?question=", {**added, "kind": "single", "text_en": "How deep?", "visibility": "public"}
    )
    assert 0 < shown["en"].index("Added") < shown["en"].index("First")


def question_fields(client: Client, page: str = "question/new/") -> dict[str, Any]:
    """What the editor of a question sends as it is."""
    context = client.get(f"{SERVICE}{page}").context
    form, editing = context["form"], context["editing"]
    bound = [*form, *form.options.management_form, *(field for option in form.options for field in option)]
    values = {field.html_name: field.value() for field in bound}
    kept = {name: "on" if value is True else value for name, value in values.items() if value not in (None, False, [])}
    return {**kept, "revision": editing.revision, "base": editing.base}


def test_a_question_is_shown_on_its_page_with_what_is_missing(town: Rivermark, ada: Client) -> None:
    # Nothing typed at all: a sentence in each language where the words would be.
    shown = pages(ada, f"{PREVIEW}?question=", question_fields(ada))
    assert "[No question in English yet]" in shown["en"]
    assert "[Todav\u00eda sin pregunta: Espa\u00f1ol]" in shown["es"]
    fields = question_fields(ada) | {
        "text_en": "How deep?", "options-0-label_en": "A foot", "options-0-target_value": "soon", "options-1-label_es": "Pulgada",
    }  # fmt: skip
    shown = pages(ada, f"{PREVIEW}?question=", fields)
    assert "How deep?" in shown["en"]
    assert "A foot" in shown["en"]
    assert "[No answer in English yet]" in shown["en"]
    assert "Pulgada" in shown["es"]
    # A row that was moved, and one that is pasted: the order on the page counts.
    moved = {"kind": "single", "options-1-label_en": "Last", "options-0-label_en": "First", "pasted": "Pasted; Pegada"}
    shown = pages(ada, f"{PREVIEW}?question=", moved)
    assert shown["en"].index("Last") < shown["en"].index("First") < shown["en"].index("Pasted")
    # A form without its parts, and a question that somebody removed meanwhile.
    for fields in ({}, {"text_en": "How deep?"}):
        assert ada.post(f"{PREVIEW}?question=gone", fields).status_code == 200
    assert not ServiceDraft.objects.exists()


def test_a_question_with_a_condition_is_shown_as_after_the_answer(town: Rivermark, ada: Client) -> None:
    fields = question_fields(ada) | {"text_en": "How wide?", "text_es": "\u00bfAncho?", "kind": "text"}
    parent = ada.get(f"{SERVICE}question/new/").context["form"].fields["show_if"].choices[0][1][0][0]
    shown = pages(ada, f"{PREVIEW}?question=", fields | {"show_if": [parent]})
    assert "How wide?" in shown["en"]


def test_another_city_has_its_own(town: Rivermark, ada: Client) -> None:
    lakeside = factories.lakeside()
    lakeside.pothole.service.__class__.objects.filter(pk=lakeside.pothole.service_id).update(service_code="only-there")
    assert ada.post("/staff/setup/services/only-there/preview/typed/", {}).status_code == 404
