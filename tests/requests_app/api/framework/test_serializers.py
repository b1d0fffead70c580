"""One class says what is taken or answered: the document, the check, the example and the refusals come from it."""

from typing import Any

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.utils.translation import override
from drf_spectacular.checks import schema_check
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.plumbing import ComponentRegistry
from jsonschema import Draft202012Validator, FormatChecker
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.views import APIView

from requests_app import links
from requests_app.api import openapi as whole
from requests_app.api.framework import fields, query_fields
from requests_app.api.framework.problems import Problem
from requests_app.api.framework.schema import AutoSchema
from requests_app.api.framework.serializers import BodySerializer, FormSerializer, QuerySerializer
from requests_app.api.v1 import openapi
from requests_app.api.v1.ogc_schemas import OGC
from requests_app.api.v1.reporting_serializers import CommentReceiptSerializer, NewCommentSerializer
from tests import factories
from tests.requests_app.api.v1.conftest import V1, anyone

__all__ = ["anyone"]
pytestmark = pytest.mark.shows("15.3")


class PlaceSerializer(BodySerializer):
    lat = fields.NumberField(min_value=-90, max_value=90, required=False)
    note = fields.TextField(max_length=5, required=False)


class ThingSerializer(BodySerializer):
    name = fields.TextField(max_length=5)
    text = fields.TextField(lines=True, required=False)
    email = fields.EmailField(required=False)
    kind = fields.ChoiceField(["a", "b"], required=False)
    hours = fields.IntegerField(min_value=0, max_value=48, required=False)
    sure = fields.FlagField(required=False)
    names = fields.TextsField(max_length=2, required=False)
    place = PlaceSerializer(required=False)

    def validate(self, attrs: Any) -> Any:
        if attrs.get("kind") == "b" and not attrs.get("text"):
            raise ValidationError({"text": [ErrorDetail("Say more.", "missing")]})
        return attrs


def refused(serializer: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(Problem) as raised:
        serializer.is_valid(raise_exception=True)
    return [(one.field, one.code, one.message) for one in raised.value.errors]


BODIES: list[tuple[Any, list[tuple[str, str, str]]]] = [
    ({"name": "abc"}, []),
    ({"name": " abc\n"}, []),
    (
        {
            "name": "abc",
            "text": None,
            "email": None,
            "kind": None,
            "hours": None,
            "sure": None,
            "names": None,
            "place": None,
        },
        [],
    ),
    (
        {
            "name": "a",
            "hours": 48.0,
            "place": {"lat": 90, "note": None},
            "names": ["x", "y"],
            "sure": False,
            "email": "",
        },
        [],
    ),
    ({"name": None}, [("name", "missing", "name is required.")]),
    ({"name": "\t "}, [("name", "missing", "name is required.")]),
    ({"name": "abcdef"}, [("name", "too-long", "name is longer than 5 characters.")]),
    ({"name": 5}, [("name", "wrong-type", "name must be a string.")]),
    ([], [("", "wrong-type", "Send a JSON object."), ("name", "missing", "name is required.")]),
    (
        {
            "name": "a",
            "email": "x",
            "kind": "c",
            "hours": 49,
            "sure": 1,
            "names": ["x", "y", "z"],
            "place": {"lat": 91},
        },
        [
            ("email", "invalid", "Enter an email address like name@example.com."),
            ("kind", "invalid", "kind must be one of: a, b."),
            ("hours", "invalid", "hours must be a whole number from 0 to 48."),
            ("sure", "wrong-type", "sure must be true or false."),
            ("names", "invalid", "names must be a list of at most 2 strings."),
            ("place.lat", "invalid", "place.lat must be a number from -90 to 90."),
        ],
    ),
    ({"name": "a", "place": []}, [("place", "wrong-type", "Send a JSON object.")]),
    (
        {"name": "a", "place": {"zip": 1, "note": "abcdef"}, "b" * 70: 1},
        [
            ("place.note", "too-long", "place.note is longer than 5 characters."),
            ("place.zip", "unknown", "Unknown field: place.zip."),
            ("b" * 60, "unknown", f"Unknown field: {'b' * 60}."),
        ],
    ),
    ({"name": "a", "hours": True}, [("hours", "wrong-type", "hours must be a whole number.")]),
    ({"name": "a", "names": "x"}, [("names", "wrong-type", "names must be a list of strings.")]),
]


def schema_of(serializer: type[BodySerializer]) -> dict[str, Any]:
    """As the document has it, with what it refers to."""
    view, made = APIView(), AutoSchema()
    view.request = None  # type: ignore[assignment]
    made.registry, made.view, made.method = ComponentRegistry(), view, "POST"
    reference = made.resolve_serializer(serializer, "request").ref
    return {**reference, "components": made.registry.build({})}


def test_the_document_and_the_check_agree_and_every_mistake_is_named() -> None:
    validator = Draft202012Validator(schema_of(ThingSerializer), format_checker=FormatChecker())
    for body, mistakes in BODIES:
        serializer = ThingSerializer(data=body)
        assert validator.is_valid(body) == (not mistakes), body
        if mistakes:
            assert refused(serializer) == mistakes
        else:
            serializer.is_valid(raise_exception=True)
            assert serializer.validated_data["name"] in ("a", "abc")
            # What was left out is there, too.
            assert serializer.validated_data["text"] == ""
            assert serializer.validated_data["place"].keys() == {"lat", "note"}
    # What concerns several fields is asked, too, where others are refused.
    assert refused(ThingSerializer(data={"kind": "b"})) == [
        ("name", "missing", "name is required."),
        ("text", "missing", "Say more."),
    ]
    with override("es"):
        assert refused(ThingSerializer(data={"place": {"lat": "1"}}))[1][2] == "place.lat debe ser un número."


class AskSerializer(QuerySerializer):
    q = query_fields.TextParameter(max_length=5, help_text="Words.")
    limit = query_fields.IntegerParameter(min_value=1, max_value=9, default=3, help_text="How many.")
    fields_ = query_fields.fields_parameter(["a", "b"])
    place = query_fields.PointParameter(required=True, help_text="Where.")


def test_a_query_is_refused_by_name_like_a_body() -> None:
    asked = AskSerializer(data=QueryDict("place=40.5,-69&q= a &fields_=a,b,a"))
    asked.is_valid(raise_exception=True)
    assert {name: asked.validated_data[name] for name in ("q", "limit", "fields_", "lang")} == {
        "q": "a", "limit": 3, "fields_": ["a", "b"], "lang": None,
    }  # fmt: skip
    assert asked.validated_data["place"].coords == (-69.0, 40.5)
    wrong = AskSerializer(data=QueryDict("q=abcdef&limit=0&fields_=c&place=&zip=1&lang=en&lang=es"))
    assert sorted((field, code) for field, code, _message in refused(wrong)) == [
        ("fields_", "invalid"), ("lang", "repeated"), ("limit", "invalid"), ("place", "empty"), ("q", "invalid"),
        ("zip", "unknown"),
    ]  # fmt: skip
    assert refused(AskSerializer(data=QueryDict("q=%00"))) == [
        ("q", "not-text", "q contains invalid characters."),
        ("place", "missing", "place is required."),
    ]


class PictureSerializer(FormSerializer):
    photo = fields.FileField()
    alt = fields.TextField(required=False)


def test_a_blank_parameter_fits_the_document_nowhere() -> None:
    """It's refused as empty. Open311 ignores it, as its clients expect."""
    parameters = [
        (path, parameter["name"], parameter["schema"])
        for path, methods in openapi.document()["paths"].items()
        for described in methods.values()
        for parameter in described.get("parameters", [])
        if parameter["in"] == "query"
    ]
    assert len(parameters) > 100
    for path, name, schema in parameters:
        is_date = "date" in str(schema)
        for blank in (" ", "\x1f", "\x85"):
            value = [blank] if schema.get("type") == "array" else blank
            assert is_date or not Draft202012Validator(schema).is_valid(value), (path, name)
    callback = whole.document()["paths"]["/open311/v2/services.json"]["get"]["parameters"]
    schema = next(one["schema"] for one in callback if one["name"] == "callback")
    assert [Draft202012Validator(schema).is_valid(name) for name in ("", "show", "1st")] == [True, True, False]


def test_a_form_says_each_name_once() -> None:
    assert refused(PictureSerializer(data=QueryDict("photo=a&alt=b&alt=c&d=e"))) == [
        ("alt", "repeated", "Send alt only once."),
        ("photo", "missing", "Send one file as photo."),
        ("d", "unknown", "Unknown field: d."),
    ]


def test_a_new_field_is_said_in_one_place(
    anyone: V1, cast: factories.Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = factories.routed(cast.tree, reporter=factories.ANA)
    hours = fields.IntegerField(min_value=0, max_value=48, help_text="Since when.", example=3)
    echo = fields.TextField(source="text", help_text="The message again.", example="Deeper now.")
    new, receipt = NewCommentSerializer._declared_fields, CommentReceiptSerializer._declared_fields
    monkeypatch.setitem(new, "hours", hours)
    monkeypatch.setitem(receipt, "echo", echo)
    made = openapi.document.__wrapped__()
    whole.document.cache_clear()
    monkeypatch.setattr(openapi, "document", lambda: made)
    # The document and its example.
    body, answer = (made["components"]["schemas"][name] for name in ("NewComment", "CommentReceipt"))
    assert body["properties"]["hours"] == {
        "type": "integer", "minimum": 0, "maximum": 48, "description": "Since when.",
    }  # fmt: skip
    assert "hours" in body["required"]
    assert "echo" in answer["required"]
    operation = made["paths"]["/api/v1/requests/{reference}/comments/"]["post"]
    assert operation["requestBody"]["content"]["application/json"]["example"]["hours"] == 3
    assert operation["responses"]["201"]["content"]["application/json"]["example"]["echo"] == "Deeper now."
    # The check, the refusal in both languages, and the answer.
    path = f"/api/v1/requests/{tree.display_reference}/comments/"
    sent = {"private_token": links.token(tree.access_links.get()), "text": "It is deeper now."}

    def post(more: dict[str, Any], language: str) -> Any:
        headers = {"Accept-Language": language}
        return anyone.client.post(path, {**sent, **more}, content_type="application/json", headers=headers).json()

    assert post({}, "en")["errors"] == [{"field": "hours", "code": "missing", "message": "hours is required."}]
    assert post({"hours": 49}, "es")["errors"] == [
        {"field": "hours", "code": "invalid", "message": "hours debe ser un número entero de 0 a 48."}
    ]
    assert post({"hours": 48}, "en")["echo"] == "It is deeper now."
    whole.document.cache_clear()


def test_no_two_shapes_have_one_name() -> None:
    with override("en"):
        of_serializers = SchemaGenerator().get_schema(request=None, public=True)["components"]["schemas"]
    assert not of_serializers.keys() & OGC.keys()


def test_the_system_checks_are_quiet() -> None:
    assert schema_check(None) == []
    call_command("check", fail_level="WARNING")


@pytest.mark.parametrize(("sent", "taken"), [(3, True), (3.0, True), (3.5, False), (5.0, False), (True, False)])
def test_json_has_one_kind_of_number(sent: Any, taken: bool) -> None:
    field = fields.ChoiceField([1, 2, 3, 4])
    if taken:
        assert repr(field.run_validation(sent)) == "3"
    else:
        with pytest.raises(ValidationError):
            field.run_validation(sent)
