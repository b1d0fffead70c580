"""Differences between two states of setup, as sentences."""

import pytest
from django.utils import translation

from requests_app.rules.setup.diff import differences

pytestmark = pytest.mark.shows("13.10")

DEPTH = {"code": "depth", "text": {"en": "How deep?", "es": "¿Qué profundidad?"}, "required": True}
WHERE = {"code": "where", "text": {"en": "Where?", "es": "¿Dónde?"}}
SIZE = {"code": "size", "text": {"en": "How big?", "es": "¿Qué tamaño?"}}


def test_a_new_question_is_named_and_said_to_be_required() -> None:
    assert differences({"questions": [WHERE]}, {"questions": [WHERE, DEPTH]}) == [
        "A new required question, “How deep?”"
    ]


def test_each_language_of_a_text_has_its_own_sentence() -> None:
    before = {"name": {"en": "Pothole", "es": "Bache"}}
    after = {"name": {"en": "Pothole", "es": "Hoyo"}}
    assert differences(before, after) == ["Name (Spanish): “Bache” is now “Hoyo”"]
    with translation.override("es"):
        assert differences(before, after) == ["Nombre (Español): “Bache” ahora es “Hoyo”"]


def test_only_the_row_that_moved_is_said_to_have_moved() -> None:
    assert differences({"questions": [WHERE, SIZE, DEPTH]}, {"questions": [DEPTH, WHERE, SIZE]}) == [
        "The question “How deep?” was moved"
    ]


def test_a_change_inside_a_question_says_which_question() -> None:
    assert differences({"questions": [DEPTH]}, {"questions": [DEPTH | {"required": False}]}) == [
        "“How deep?”: Required: “Yes” is now “No”"
    ]


def test_what_is_empty_on_both_sides_is_no_difference() -> None:
    assert differences({"phone": ""}, {"phone": None, "questions": []}) == []


def test_values_of_lists_are_added_and_removed() -> None:
    assert differences({"languages": ["en", "es"]}, {"languages": ["en", "fr"]}) == [
        "Languages: added fr",
        "Languages: removed es",
    ]
