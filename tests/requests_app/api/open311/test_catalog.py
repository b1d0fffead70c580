"""Discovery, the list of services and their definitions."""

import re
from typing import Any

import pytest

from requests_app.models import Service
from tests import factories
from tests.requests_app.api.conftest import Api, as_texts

pytestmark = pytest.mark.shows("7.1")


def test_services_are_a_bare_array_with_all_seven_fields(api: Api, cast: factories.Rivermark) -> None:
    services = api.get("services.json")
    assert [service["service_code"] for service in services] == ["outreach", "unknown", "tree", "pothole"]
    assert services[-1] == {
        "service_code": "pothole",
        "service_name": "Pothole",
        "description": "A hole in the street.",
        "metadata": True,
        "type": "realtime",
        "keywords": "hole in the road,flat tire",
        "group": "Streets and sidewalks",
    }
    assert services[2]["metadata"] is False


def test_services_in_xml_say_the_same(api: Api, cast: factories.Rivermark) -> None:
    in_json = api.get("services.json")
    assert api.get("services.xml") == as_texts(in_json)
    assert b"<services><service><service_code>" in api.last.content


@pytest.mark.shows("15.2")
def test_a_service_confirmed_by_email_is_batch_unless_its_reports_are_private(
    api: Api, cast: factories.Rivermark
) -> None:
    factories.service(cast.city, "swings", must_confirm=True)
    factories.service(cast.city, "shelter", must_confirm=True, visibility="private")
    types = {one["service_code"]: one["type"] for one in api.get("services.json")}
    assert (types["swings"], types["shelter"], types["pothole"]) == ("batch", "blackbox", "realtime")


def test_a_private_service_is_a_blackbox(api: Api, cast: factories.Rivermark) -> None:
    types = {service["service_code"]: service["type"] for service in api.get("services.json")}
    assert types == {"outreach": "blackbox", "unknown": "realtime", "tree": "realtime", "pothole": "realtime"}


def test_the_staffs_own_and_retired_services_are_not_offered(api: Api, cast: factories.Rivermark) -> None:
    factories.service(cast.city, "fleet", visibility="staff")
    retired = factories.service(cast.city, "horse-trough")
    Service.objects.filter(pk=retired.service_id).update(active=False)
    Service.objects.create(jurisdiction=cast.city, service_code="not-published-yet")
    assert {service["service_code"] for service in api.get("services.json")} == {
        "outreach",
        "unknown",
        "tree",
        "pothole",
    }
    for code in ("fleet", "horse-trough", "not-published-yet", "nothing", "%00", "tree%00", "é", "x" * 5000):
        assert api.get(f"services/{code}.json", 404) == [{"code": 404, "description": "service_code was not found."}]


def test_names_are_said_in_the_language_of_locale(api: Api, cast: factories.Rivermark) -> None:
    spanish = api.get("services.json", locale="es")[-1]
    assert (spanish["service_name"], spanish["keywords"]) == ("Bache", "hoyo,calle rota")
    assert api.last["Content-Language"] == "es"
    assert api.get("services.json", locale="tlh")[-1]["service_name"] == "Pothole"


@pytest.fixture
def every_kind(cast: factories.Rivermark) -> None:
    factories.service(
        cast.city,
        "everything",
        questions=[
            factories.question("intro", "display", text="Crews come on weekdays."),
            factories.question("words", "text", help={"en": "In a few words"}),
            factories.question("count", "number", required=True),
            factories.question("since", "datetime"),
            factories.question("size", "single", required=True, options=["small", "big"]),
            factories.question("risks", "multi", options=["cars", "bikes"]),
            factories.question("how_big", "number", required=True, show_if={"question": "size", "values": ["big"]}),
        ],
    )


def test_a_definition_has_a_datatype_for_each_kind_of_question(api: Api, every_kind: None) -> None:
    definition = api.get("services/everything.json")
    assert set(definition) == {"service_code", "attributes"}
    assert definition["service_code"] == "everything"
    assert [(one["code"], one["datatype"]) for one in definition["attributes"]] == [
        ("intro", "string"),
        ("words", "text"),
        ("count", "number"),
        ("since", "datetime"),
        ("size", "singlevaluelist"),
        ("risks", "multivaluelist"),
        ("how_big", "number"),
    ]
    assert [one["order"] for one in definition["attributes"]] == [1, 2, 3, 4, 5, 6, 7]
    assert definition["attributes"][1] == {
        "variable": True,
        "code": "words",
        "datatype": "text",
        "required": False,
        "datatype_description": "In a few words",
        "order": 2,
        "description": "Tell us the words.",
    }


def test_only_lists_have_values(api: Api, every_kind: None) -> None:
    attributes = api.get("services/everything.json")["attributes"]
    assert [one["code"] for one in attributes if "values" in one] == ["size", "risks"]
    assert attributes[4]["values"] == [{"key": "small", "name": "Small"}, {"key": "big", "name": "Big"}]


def test_words_to_read_are_no_variable_and_never_required(api: Api, every_kind: None) -> None:
    intro = api.get("services/everything.json")["attributes"][0]
    assert (intro["variable"], intro["required"], intro["description"]) == (False, False, "Crews come on weekdays.")


def test_a_conditional_question_is_not_required_in_the_definition(api: Api, every_kind: None) -> None:
    required = {one["code"]: one["required"] for one in api.get("services/everything.json")["attributes"]}
    assert required["count"] is True
    assert required["how_big"] is False


def test_a_definition_in_xml_says_the_same(api: Api, every_kind: None) -> None:
    assert api.get("services/everything.xml") == as_texts(api.get("services/everything.json"))


def test_a_service_without_questions_has_an_empty_definition(api: Api, cast: factories.Rivermark) -> None:
    assert api.get("services/tree.json") == {"service_code": "tree", "attributes": []}
    assert api.get("services/tree.xml") == {"service_code": "tree", "attributes": []}


@pytest.mark.parametrize("place", ["/open311/discovery", "/open311/v2/discovery"])
def test_discovery_stands_at_both_places(api: Api, cast: factories.Rivermark, place: str) -> None:
    found: dict[str, Any] = api.get(f"{place}.json")
    assert set(found) == {"changeset", "contact", "key_service", "endpoints"}
    assert found["endpoints"] == [
        {
            "specification": "http://wiki.open311.org/GeoReport_v2",
            "url": "http://127.0.0.1:8311/open311/v2/",
            "changeset": found["changeset"],
            "type": "production",
            "formats": ["text/xml", "application/json"],
        }
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found["changeset"])
    assert api.get(f"{place}.xml") == as_texts(found)


def test_the_changeset_rises_with_a_new_service(api: Api, cast: factories.Rivermark) -> None:
    before = api.get("discovery.json")["changeset"]
    later = factories.service(cast.city, "bench", published_at="2099-01-02T03:04:05Z")
    assert later.pk
    assert before < api.get("discovery.json")["changeset"] == "2099-01-02T03:04:05Z"


def test_a_demo_city_says_that_it_is_one(api: Api, cast: factories.Rivermark) -> None:
    cast.city.is_demo = True
    cast.city.save()
    found = api.get("discovery.json")
    assert found["contact"].startswith("This is a demo city")
    assert found["endpoints"][0]["type"] == "test"


def test_the_catalog_may_be_kept_by_anybody_for_five_minutes(api: Api, cast: factories.Rivermark) -> None:
    for path in ("services.json", "services/tree.xml", "discovery.xml"):
        api.get(path)
        assert api.last["Cache-Control"] == "public, max-age=300"
        assert "Cookie" not in api.last.get("Vary", "")
