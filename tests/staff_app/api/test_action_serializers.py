"""The body of each action is made from the form of its page, which is the only place that says its fields."""

from typing import Any

import pytest
from django import forms
from django.utils.translation import gettext_lazy, override
from drf_spectacular.plumbing import ComponentRegistry
from jsonschema import Draft202012Validator
from rest_framework.views import APIView

from requests_app.api.framework.schema import AutoSchema
from requests_app.api.openapi import document
from staff_app.api.action_serializers import body_of
from staff_app.request.actions import ACTIONS, Action
from staff_app.request.forms import ActionForm
from tests import factories

pytestmark = pytest.mark.shows("15.3")


class CrewForm(ActionForm):
    size = forms.TypedChoiceField(label=gettext_lazy("Priority"), coerce=int, choices=[(2, "Two"), (3, "Three")])
    words = forms.CharField(label=gettext_lazy("Why?"), max_length=5)
    urgent = forms.BooleanField(label="At once", required=False)


SEND_CREW = Action("send_crew", "Send a crew", "Sent.", lambda request, form, user: None, CrewForm)


def schema_of(action: Action) -> dict[str, Any]:
    view, made = APIView(), AutoSchema()
    view.request = None  # type: ignore[assignment]
    made.registry, made.view, made.method = ComponentRegistry(), view, "POST"
    made.resolve_serializer(body_of(action), "request")
    schema: dict[str, Any] = made.registry.build({})["schemas"]["SendCrewAction"]
    return schema


def test_a_form_is_all_that_a_new_action_needs(cast: factories.Rivermark) -> None:
    made = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    schema = schema_of(SEND_CREW)
    assert schema["description"] == "Send a crew."
    assert (schema["required"], schema["additionalProperties"]) == (["size", "text"], False)
    size, text = schema["properties"]["size"], schema["properties"]["text"]
    assert {name: size[name] for name in ("type", "minimum", "maximum", "description")} == {
        "type": "integer", "minimum": 2, "maximum": 3, "description": "Priority",
    }  # fmt: skip
    assert (text["type"], text["maxLength"], text["description"]) == ("string", 5, "Why?")
    assert schema["properties"]["urgent"]["type"] == ["boolean", "null"]

    def refused(data: Any) -> dict[str, tuple[str, str]]:
        body = body_of(SEND_CREW)(data=data, context={"service_request": made, "user": cast.tom})
        return {} if body.is_valid() else {name: (one[0].code, str(one[0])) for name, one in body.errors.items()}

    assert refused({"size": 3, "text": "x" * 5}) == {}
    sent = {"size": 4, "text": "x" * 6, "urgent": 1, "department": "PW"}
    assert refused(sent) == {
        "size": ("unknown-value", "size was not found."),
        "text": ("too-long", "text is longer than 5 characters."),
        "urgent": ("wrong-type", "urgent must be true or false."),
        "department": ("unknown", "Unknown field: department."),
    }
    assert {name: code for name, (code, _words) in refused({"size": "3"}).items()} == {
        "size": "wrong-type",
        "text": "missing",
    }
    with override("es"):
        assert refused({"size": 2})["text"] == ("missing", "text es obligatorio.")


def test_each_action_has_a_body_of_its_own_in_the_document(cast: factories.Rivermark) -> None:
    components = document()["components"]
    named = [one["$ref"].rpartition("/")[2] for one in components["schemas"]["StaffActionBody"]["anyOf"]]
    assert len(named) == len(set(named)) == len(ACTIONS)
    one_of_them = {"$ref": "#/components/schemas/StaffActionBody", "components": components}
    takes = Draft202012Validator(one_of_them).is_valid
    assert takes({})
    assert takes({"outcome": "fixed", "visited": True, "text": "We filled the hole."})
    assert takes({"assignee": None})
    assert takes({"department": "PK", "reason": "A tree."})
    # Fields of two actions, a value that no action has, and one that is needed.
    assert not takes({"outcome": "fixed", "text": "Done.", "department": "PK"})
    assert not takes({"outcome": "gone", "text": "Done."})
    assert not takes({"department": "PK"})
