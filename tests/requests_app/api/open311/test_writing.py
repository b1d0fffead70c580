"""POST requests: a report by another app, held to the same rules as one from the form."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app.actions.privacy import expiry
from requests_app.api.open311 import tokens
from requests_app.models import (
    ApiKey,
    Draft,
    EmergencyPhrase,
    IdempotencyKey,
    Jurisdiction,
    OutboxRow,
    Photo,
    ServiceRequest,
)
from requests_app.references import parse
from tests import factories
from tests.requests_app.api.conftest import BASE, Api, as_texts

pytestmark = pytest.mark.shows("7.3")

Form = dict[str, Any]


def only() -> ServiceRequest:
    return ServiceRequest.objects.get()


def made(answer: Any) -> ServiceRequest:
    return ServiceRequest.objects.get(reference=parse(answer[0]["service_request_id"]))


def description(answer: Any) -> str:
    assert [error["code"] for error in answer] == [400] * len(answer)
    return " ".join(error["description"] for error in answer)


# --- What comes back --------------------------------------------------------------------------------------------------


def test_it_answers_an_array_of_one_with_the_number(api: Api, pothole_form: Form) -> None:
    answer = api.post(pothole_form)
    assert list(answer[0]) == ["service_request_id", "service_notice", "account_id"]
    assert answer[0]["service_request_id"] == only().display_reference
    assert answer[0]["service_notice"].startswith("Streets will review it by")
    assert answer[0]["account_id"] is None
    assert api.last["Cache-Control"] == "no-store"


@pytest.mark.shows("16.6")
def test_who_names_the_pole_is_not_asked_for_its_number(
    api: Api, pothole_form: Form, cast: factories.Rivermark
) -> None:
    factories.lamp(cast.city)
    assert [one["required"] for one in api.get("services/lamp.json")["attributes"]] == [False]
    light = {name: value for name, value in pothole_form.items() if not name.startswith(("attribute", "lat", "long"))}
    light |= {"service_code": "lamp"}
    assert "attribute[pole]: Answer this question" in description(
        api.post(light | {"address_string": "12 Elm St"}, 400)
    )
    longitude, latitude = factories.ELM_ST
    elsewhere = {"lat": f"{latitude + 0.01}", "long": f"{longitude}"}
    assert "attribute[pole]" in description(api.post(light | {"address_string": "L00417", **elsewhere}, 400))
    here = {"lat": f"{latitude + 0.0003}", "long": f"{longitude}"}
    for number, place in enumerate([{}, here]):
        words = {"address_string": "Street light L00417", "description": f"Dark, {number}"}
        service_request = made(api.post(light | words | place))
        assert service_request.asset is not None
        found = service_request.asset.asset_id, service_request.address, service_request.place_note
        assert found == ("L00417", "12 Elm St", "Street light L00417")


@pytest.mark.shows("15.1")
def test_a_report_takes_at_most_25_statements(api: Api, pothole_form: Form, django_assert_max_num_queries: Any) -> None:
    """Those that begin and end the transaction are among them. Of the key's first call in an hour there is one more."""
    ways = [{}, {"email": "ana@example.org", "phone": "5550100199"}, {"service_code": "outreach"}]
    address = {"lat": "", "long": "", "address_string": "12 Elm St", "email": "ana@example.org"}
    api.post(pothole_form)
    for number, way in enumerate([*ways, address]):
        with django_assert_max_num_queries(25):
            api.post(pothole_form | way | {"description": f"Hole {number}"})


def test_xml_answers_the_same(api: Api, pothole_form: Form) -> None:
    in_xml = api.post(pothole_form, path="requests.xml")
    in_json = api.post(pothole_form, path="requests.json")
    assert in_xml == as_texts(in_json)
    assert ServiceRequest.objects.count() == 1


def test_the_number_is_readable_at_once(api: Api, pothole_form: Form) -> None:
    (created,) = api.post(pothole_form)
    (found,) = api.get(f"requests/{created['service_request_id']}.json")
    assert found["service_request_id"] == created["service_request_id"]
    assert found["description"] == "A hole as big as a plate."
    assert found["status"] == "open"


def test_it_is_stored_as_the_form_would_store_it(api: Api, pothole_form: Form) -> None:
    form = pothole_form | {
        "email": "ana@example.org",
        "phone": "(555) 010-0199",
        "first_name": "Ana",
        "last_name": "Ortiz",
    }
    service_request = made(api.post(form))
    assert service_request.channel == "api"
    assert service_request.public_state == "public"
    assert not service_request.is_test
    assert service_request.address == "12 Elm St"
    assert service_request.point.coords == (-69.0, 40.5)
    assert [(one.question_version.code, one.value) for one in service_request.answers.all()] == [("where", "lane")]
    person = service_request.participations.get().person
    assert person.name == "Ana Ortiz"
    assert {point.value for point in person.contact_points.all()} == {"ana@example.org", "(555) 010-0199"}
    assert OutboxRow.objects.filter(kind="route", service_request=service_request).count() == 1
    assert ApiKey.objects.get().last_used_at is not None


def test_the_worker_routes_it(api: Api, pothole_form: Form) -> None:
    number = api.post(pothole_form)[0]["service_request_id"]
    factories.run_worker()
    assert api.get(f"requests/{number}.json")[0]["status_notes"] == "Sent to Streets"


def test_contact_data_never_come_back(api: Api, pothole_form: Form) -> None:
    number = api.post(pothole_form | {"email": "ana@example.org", "phone": "5550100199", "last_name": "Ortiz"})[0]
    for path in ("requests.json", "requests.xml", f"requests/{number['service_request_id']}.json"):
        api.get(path, extensions="true")
        for private in (b"ana@", b"5550100199", b"Ortiz"):
            assert private not in api.last.content


@pytest.mark.shows("15.2")
def test_a_report_to_a_blackbox_gets_neither_number_nor_token_and_the_notice_says_how_to_follow_it(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    (answer,) = api.post(pothole_form | {"service_code": "outreach"})
    assert list(answer) == ["service_request_id", "token", "service_notice", "account_id"]
    assert (answer["service_request_id"], answer["token"]) == (None, None)
    service_request = only()
    assert service_request.display_reference in answer["service_notice"]
    assert f"/l/{service_request.access_links.get().pk}-" in answer["service_notice"]
    api.get(f"requests/{service_request.reference}.json", 404)
    (in_xml,) = api.post(pothole_form | {"service_code": "outreach", "description": "Another"}, path="requests.xml")
    assert (in_xml["service_request_id"], in_xml["token"]) == ("", "")
    # Also before it is confirmed: it would wait for a number that never comes.
    factories.service(cast.city, "shelter", visibility="private", must_confirm=True)
    (waiting,) = api.post(pothole_form | {"service_code": "shelter", "email": "ana@example.org"})
    assert (waiting["service_request_id"], waiting["token"]) == (None, None)


def test_a_token_gives_the_number_once_the_report_is_public(api: Api, cast: factories.Rivermark) -> None:
    service_request = factories.report(cast.tree)
    token = tokens.token_of(service_request)
    found = [{"service_request_id": service_request.display_reference, "token": token}]
    assert api.get(f"tokens/{token}.json") == found
    assert api.get(f"tokens/{token}.xml") == found


@pytest.mark.parametrize("token", ["x", "7K3M9QWT", "7K3M9QWT.wrong", "%00", "é"])
def test_a_token_that_is_not_ours_is_404(api: Api, cast: factories.Rivermark, token: str) -> None:
    assert api.get(f"tokens/{token}.json", 404) == [{"code": 404, "description": "token was not found."}]


def test_a_test_key_makes_a_test_that_nobody_sees(api: Api, test_key: str, pothole_form: Form) -> None:
    (answer,) = api.post(pothole_form | {"api_key": test_key})
    assert "test" in answer["service_notice"]
    assert (only().is_test, only().public_state) == (True, "test")
    assert api.get("requests.json") == []
    api.get(f"requests/{answer['service_request_id']}.json", 404)


def test_a_demo_says_so(api: Api, cast: factories.Rivermark, pothole_form: Form) -> None:
    cast.city.is_demo = True
    cast.city.save()
    assert api.post(pothole_form)[0]["service_notice"].startswith("This is a demo city")


# --- Where ------------------------------------------------------------------------------------------------------------


def without_place(form: Form, **place: str) -> Form:
    return {name: value for name, value in form.items() if name not in ("lat", "long")} | place


def test_an_address_that_means_one_place_gets_its_point(api: Api, pothole_form: Form) -> None:
    service_request = made(api.post(without_place(pothole_form, address_string="12 elm street")))
    assert service_request.address == "12 Elm St"
    assert service_request.point.coords == factories.ELM_ST
    assert service_request.place_note == ""


def test_what_the_list_does_not_know_of_an_address_stays_for_staff(api: Api, pothole_form: Form) -> None:
    form = without_place(pothole_form, address_string="12 Elm St, behind the blue gate")
    service_request = made(api.post(form))
    assert (service_request.address, service_request.place_note) == ("12 Elm St", "12 Elm St, behind the blue gate")
    api.get("requests.json", extensions="true")
    assert b"blue gate" not in api.last.content


def test_an_address_that_may_mean_several_places_stays_words(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.address(cast.city, "14 Oak St", -69.01)
    factories.address(cast.city, "14 Oak Ave", -68.99)
    for typed in ("14 Oak", "by the old mill"):
        service_request = made(api.post(without_place(pothole_form, address_string=typed)))
        assert (service_request.point, service_request.address) == (None, typed)
    assert api.get("requests.json")[0]["lat"] is None


def test_a_number_between_two_known_ones_gets_the_place_between_them(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    longitude, latitude = factories.ELM_ST
    factories.address(cast.city, "16 Elm St", longitude + 0.0004, latitude)
    service_request = made(api.post(without_place(pothole_form, address_string="14 elm street")))
    assert service_request.address == "14 Elm St"
    assert service_request.point.coords == pytest.approx((longitude + 0.0002, latitude))
    assert service_request.place_confidence < 0.9
    # Past the end of the street, it stays words.
    beyond = made(api.post(without_place(pothole_form, address_string="18 elm street", description="Another one")))
    assert (beyond.point, beyond.address) == (None, "18 elm street")


@pytest.mark.shows("15.2")
def test_an_address_id_is_read_back_only_where_the_place_is_public_exactly(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.service(cast.city, "graffiti", visibility="coarse")
    for code, read in (("tree", "12 Elm St"), ("graffiti", None)):
        (made,) = api.post(without_place(pothole_form, address_id="12 elm street") | {"service_code": code})
        (found,) = api.get(f"requests/{made['service_request_id']}.json")
        assert found["address_id"] == read
    api.post(without_place(pothole_form, address_id="12 Elm St", description="Once more"))
    (made,) = api.post(pothole_form | {"address_string": "12 Elm St"})
    # A point that somebody chose may be anywhere: the words are no address of the list.
    assert api.get(f"requests/{made['service_request_id']}.json")[0]["address_id"] is None


def test_an_address_id_is_the_label_of_the_citys_list(api: Api, pothole_form: Form) -> None:
    assert made(api.post(without_place(pothole_form, address_id="12 Elm St"))).point.coords == factories.ELM_ST
    assert "address_id" in description(api.post(without_place(pothole_form, address_id="99 Nowhere Rd"), 400))


def test_with_both_the_point_is_where_and_the_words_are_the_address(api: Api, pothole_form: Form) -> None:
    service_request = made(api.post(pothole_form | {"lat": "40.51", "address_string": "Corner by the school"}))
    assert (service_request.point.y, service_request.address) == (40.51, "Corner by the school")


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"lat": "40.5"},
        {"long": "-69"},
        {"lat": "", "long": ""},
        {"lat": "40.5", "address_string": "12 Elm St"},
        {"lat": "91", "long": "0"},
        {"lat": "nan", "long": "-69"},
        {"lat": "inf", "long": "-69"},
        {"lat": "4_0", "long": "-69"},
        {"lat": "40,5", "long": "-69"},
        {"lat": "1" * 100_000, "long": "-69"},
        {"address_string": "x" * 301},
        {"address_string": "\x00"},
    ],
)
def test_a_place_that_is_missing_half_or_unreadable_is_400(api: Api, pothole_form: Form, place: dict[str, str]) -> None:
    assert description(api.post(without_place(pothole_form, **place), 400))
    assert not ServiceRequest.objects.exists()


@pytest.mark.shows("11.2")
def test_a_place_outside_is_400_and_says_whose_it_may_be(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    beyond = factories.square(-68.90, 40.45, -68.80, 40.55)
    factories.owner(cast.city, beyond, kind="town", code="milford", name="Town of Milford", phone="555-0180")
    said = description(api.post(pothole_form | {"long": "-68.85"}, 400))
    assert "outside Rivermark" in said
    assert "Town of Milford" in said
    assert "outside Rivermark" in description(api.post(pothole_form | {"lat": "0", "long": "0"}, 400))


def test_a_service_without_a_place_takes_none(api: Api, cast: factories.Rivermark) -> None:
    assert made(api.post({"service_code": "unknown", "description": "Who sweeps the steps?"})).point is None


def test_on_anothers_ground_it_goes_to_them_and_the_notice_says_so(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.owner(cast.city, factories.at().buffer(0.001), kind="park_state", code="state-park", name="State Parks")
    mowing = factories.service(cast.city, "mowing", owner_kinds=["park_state"], place_rule="polygon", priority=3)
    assert mowing.pk
    (answer,) = api.post(pothole_form | {"service_code": "mowing"})
    assert "belongs to State Parks" in answer["service_notice"]
    factories.run_worker()
    (found,) = api.get(f"requests/{answer['service_request_id']}.json")
    assert (found["status"], found["status_notes"]) == ("closed", "Sent to State Parks")


def test_what_is_urgent_on_anothers_ground_is_ours_first(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.owner(cast.city, factories.at().buffer(0.001), kind="park_state", code="state-park", name="State Parks")
    factories.service(cast.city, "cave-in", owner_kinds=["park_state"], place_rule="polygon", priority=1)
    (answer,) = api.post(pothole_form | {"service_code": "cave-in"})
    assert "State Parks" not in answer["service_notice"]
    factories.run_worker()
    assert api.get(f"requests/{answer['service_request_id']}.json")[0]["status_notes"] == "Sent to Streets"


def test_what_is_private_is_sent_on_to_no_other_owner(api: Api, cast: factories.Rivermark, pothole_form: Form) -> None:
    factories.owner(cast.city, factories.at().buffer(0.001), kind="park_state", code="state-park", name="State Parks")
    factories.service(
        cast.city, "camp", visibility="private", owner_kinds=["park_state"], place_rule="polygon", priority=3
    )
    (answer,) = api.post(pothole_form | {"service_code": "camp"})
    assert "State Parks" not in answer["service_notice"]
    factories.run_worker()
    service_request = only()
    assert (service_request.status, service_request.owner) == ("routed", None)


# --- Answers ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def asking(cast: factories.Rivermark) -> None:
    factories.service(
        cast.city,
        "asking",
        questions=[
            factories.question("intro", "display", required=True),
            factories.question("count", "number", required=True),
            factories.question("kinds", "multi", options=["red", "blue", "green"]),
            factories.question("size", "single", options=["small", "big"]),
            factories.question("how_big", "number", required=True, show_if={"question": "size", "values": ["big"]}),
            factories.question("since", "datetime"),
            factories.question("danger", "single", options=[
                {"value": "yes", "label": {"en": "Yes"}, "effects": {"stop": True}},
                {"value": "no", "label": {"en": "No"}, "effects": {"priority": 1}},
            ]),
        ],
    )  # fmt: skip


def asked(*attributes: tuple[str, str]) -> list[tuple[str, str]]:
    place = [("service_code", "asking"), ("lat", "40.5"), ("long", "-69.0")]
    return [*place, *((f"attribute[{name}", value) for name, value in attributes)]


def values(service_request: ServiceRequest) -> dict[str, Any]:
    return {one.question_version.code: one.value for one in service_request.answers.select_related("question_version")}


@pytest.mark.parametrize(
    "several",
    [
        [("kinds][]", "red"), ("kinds][]", "blue")],
        [("kinds]", "red"), ("kinds]", "blue")],
        [("kinds][0]", "red"), ("kinds][1]", "blue")],
    ],
)
def test_several_values_arrive_in_each_of_the_known_spellings(
    api: Api, asking: None, several: list[tuple[str, str]]
) -> None:
    service_request = made(api.post(asked(("count]", "0"), *several)))
    assert values(service_request) == {"count": "0", "kinds": ["red", "blue"]}


def test_one_value_of_a_list_arrives_with_and_without_brackets(api: Api, asking: None) -> None:
    for name in ("kinds]", "kinds][]"):
        service_request = made(api.post(asked(("count]", "3"), (name, "green"))))
        assert values(service_request)["kinds"] == ["green"]
    assert values(made(api.post(asked(("count][]", "3")))))["count"] == "3"


def test_a_missing_required_answer_is_400_and_named(api: Api, asking: None) -> None:
    (error,) = api.post(asked(), 400)
    assert error["description"].startswith("attribute[count]: ")
    assert "attribute[count]" in description(api.post(asked(("count]", "")), 400))
    assert api.post(asked(("size]", "big"), ("count]", "many"), ("kinds]", "mauve")), 400) == [
        {"code": 400, "description": "attribute[count]: Enter a number, like 3."},
        {"code": 400, "description": "attribute[kinds]: Choose from the list."},
        {"code": 400, "description": "attribute[how_big]: Answer this question: Tell us the how_big."},
    ]
    assert not ServiceRequest.objects.exists()


def test_a_conditional_question_is_demanded_only_after_its_answer(api: Api, asking: None) -> None:
    api.post(asked(("count]", "1"), ("size]", "small")))
    assert "how_big" in description(api.post(asked(("count]", "1"), ("size]", "big")), 400))
    assert values(made(api.post(asked(("count]", "1"), ("size]", "big"), ("how_big]", "7")))))["how_big"] == "7"


def test_unknown_attributes_and_parameters_are_ignored(api: Api, asking: None) -> None:
    form = [
        *asked(("count]", "1"), ("easting]", "12"), ("", "x"), ("a]b]", "y")),
        ("deviceid", "9"),
        ("attribute", "z"),
    ]
    assert values(made(api.post(form))) == {"count": "1"}


def test_an_answer_that_stops_the_form_is_refused_with_the_emergency_number(api: Api, asking: None) -> None:
    (error,) = api.post(asked(("count]", "1"), ("danger]", "yes")), 400)
    assert error["description"].startswith("Call 911 now.")
    assert not ServiceRequest.objects.exists()
    assert made(api.post(asked(("count]", "1"), ("danger]", "no")))).priority == 1


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("locale", "begins", "asks"),
    [
        ("en", "Call 911 now.", "If no one is in danger, send it again with emergency_confirmed=true."),
        ("es", "Llame al 911 ahora.", "Si nadie está en peligro, envíelo de nuevo con emergency_confirmed=true."),
    ],
)
def test_the_refusal_says_how_to_send_it_anyway(
    api: Api, asking: None, form: str, locale: str, begins: str, asks: str
) -> None:
    stopped = [*asked(("count]", "1"), ("danger]", "yes")), ("locale", locale)]
    (error,) = api.post(stopped, 400, path=f"requests.{form}")
    assert error["description"].startswith(begins)
    assert error["description"].endswith(asks)
    for wrong in ("false", "", "yes please"):
        api.post([*stopped, ("emergency_confirmed", wrong)], 400, path=f"requests.{form}")
    assert not ServiceRequest.objects.exists()
    service_request = made(api.post([*stopped, ("emergency_confirmed", "true")], path=f"requests.{form}"))
    assert (service_request.after_warning, service_request.priority) == (True, 1)
    assert [(one.reason, one.state) for one in service_request.alarms.all()] == [("answer", "ringing")]


def test_the_word_alone_marks_nothing(api: Api, asking: None) -> None:
    service_request = made(api.post([*asked(("count]", "1")), ("emergency_confirmed", "true")]))
    assert not service_request.after_warning
    assert not service_request.alarms.exists()


def test_whom_to_call_is_the_first_thing_of_the_notice(api: Api, pothole_form: Form) -> None:
    (answer,) = api.post(pothole_form | {"description": "I want to die"})
    assert answer["service_notice"].startswith("Are you thinking about hurting yourself")
    (answer,) = api.post(pothole_form | {"description": "Quiero morirme", "locale": "es"})
    assert answer["service_notice"].startswith("¿Piensa en hacerse daño")
    # Only perhaps: what somebody says in passing is answered, too.
    (answer,) = api.post(
        pothole_form | {"description": "My husband beats me every night, please help me. And a pothole."}
    )
    assert answer["service_notice"].startswith("Is someone hurting you or scaring you at home?")


def test_words_of_danger_are_taken_marked_and_answered_with_the_number(api: Api, pothole_form: Form) -> None:
    (answer,) = api.post(pothole_form | {"description": "I SMELL   gas by the hole"})
    assert answer["service_notice"].startswith("If anyone is in danger now, call 911.")
    assert made([answer]).after_warning
    (answer,) = api.post(pothole_form | {"description": "Aquí huele a gas"})
    assert made([answer]).after_warning
    (answer,) = api.post(pothole_form | {"description": "I want to die"})
    assert "988" in answer["service_notice"]
    EmergencyPhrase.objects.create(
        jurisdiction=Jurisdiction.objects.get(), language="en", kind="sexual_violence", phrase="purple pelican"
    )
    (answer,) = api.post(pothole_form | {"description": "The purple pelican"})
    assert "1-800-656-4673" in answer["service_notice"]
    (answer,) = api.post(pothole_form | {"description": "Only a hole"})
    assert "911" not in answer["service_notice"]
    assert not made([answer]).after_warning
    assert EmergencyPhrase.objects.count() == 4


# --- What is refused --------------------------------------------------------------------------------------------------


@pytest.mark.shows("11.1")
def test_an_unknown_service_is_404_and_a_missing_one_400(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.service(cast.city, "fleet", visibility="staff")
    for code in ("nothing", "fleet", "pothole,tree", "x" * 10_000):
        assert api.post(pothole_form | {"service_code": code}, 404) == [
            {"code": 404, "description": "service_code was not found."}
        ]
    assert description(api.post(pothole_form | {"service_code": ""}, 400)) == "service_code was not provided."


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("description", "x" * 4001),
        ("description", "x" * 100_000),
        ("description", "a\x00b"),
        ("email", "not an address"),
        ("email", f"{'x' * 300}@example.org"),
        ("email", "ana@example.org\x00"),
        ("phone", "call me"),
        ("phone", "5" * 100_000),
        ("first_name", "x" * 201),
        ("attribute[damage]", "x" * 1001),
        ("attribute[damage]", "\x00"),
    ],
)
def test_what_is_too_long_or_no_text_is_400(api: Api, pothole_form: Form, field: str, value: str) -> None:
    assert description(api.post(pothole_form | {field: value}, 400))
    assert api.post(pothole_form | {field: value}, 400, path="requests.xml")[0]["code"] == "400"
    assert not ServiceRequest.objects.exists()


def test_4000_characters_and_their_line_breaks_are_kept(api: Api, pothole_form: Form) -> None:
    text = "ñ\r\n" * 1000 + "x" * 1998 + "\r\n"
    service_request = made(api.post(pothole_form | {"description": text}))
    assert service_request.description == text.replace("\r\n", "\n").strip()


def test_all_problems_are_told_at_once(api: Api, pothole_form: Form) -> None:
    form = pothole_form | {"email": "?", "lat": "x", "description": "x" * 4001, "attribute[where]": "moon"}
    assert len(api.post(form, 400)) == 4
    assert len(api.post(form, 400, path="requests.xml")) == 4


# --- Once -------------------------------------------------------------------------------------------------------------


def test_the_same_idempotency_key_and_body_is_the_same_report(api: Api, pothole_form: Form) -> None:
    headers = {"Idempotency-Key": "a4f1"}
    first = api.post(pothole_form, headers=headers)
    assert api.post(pothole_form, headers=headers) == first
    reordered = dict(reversed(pothole_form.items()))
    assert api.post(reordered, headers=headers, path="requests.xml") == as_texts(first)
    assert ServiceRequest.objects.count() == 1


def test_the_same_idempotency_key_for_another_body_is_400(api: Api, pothole_form: Form) -> None:
    headers = {"Idempotency-Key": "a4f1"}
    api.post(pothole_form, headers=headers)
    assert "Idempotency-Key" in description(api.post(pothole_form | {"description": "Other"}, 400, headers=headers))
    assert ServiceRequest.objects.count() == 1
    assert "128" in description(api.post(pothole_form, 400, headers={"Idempotency-Key": "k" * 129}))


def test_another_clients_idempotency_key_is_another_key(api: Api, test_key: str, pothole_form: Form) -> None:
    headers = {"Idempotency-Key": "a4f1"}
    first = api.post(pothole_form, headers=headers)
    second = api.post(pothole_form | {"api_key": test_key, "description": "Other"}, headers=headers)
    assert first[0]["service_request_id"] != second[0]["service_request_id"]


def test_a_fixmystreet_report_is_one_report_however_often_and_changed_it_is_sent(
    api: Api, test_key: str, pothole_form: Form
) -> None:
    form = pothole_form | {"attribute[fixmystreet_id]": "3535"}
    first = api.post(form)
    assert api.post(form | {"description": "Edited there meanwhile"}) == first
    IdempotencyKey.objects.update(created_at="2020-01-01T00:00:00Z")
    expiry.sweep()
    assert api.post(form) == first
    assert ServiceRequest.objects.count() == 1
    # A private one, which never has a number: their client sends it again and again.
    private = form | {"service_code": "outreach", "attribute[fixmystreet_id]": "77"}
    assert api.post(private) == api.post(private | {"description": "Edited"})
    assert ServiceRequest.objects.count() == 2
    assert api.post(form | {"attribute[fixmystreet_id]": "3536"}) != first
    # Another client counts its own reports.
    assert api.post(form | {"api_key": test_key}) != first


@pytest.mark.parametrize("value", [{"a": 1}, [["x"]], 7, True], ids=str)
def test_a_description_that_is_no_text_is_400_and_no_report(api: Api, pothole_form: Form, value: Any) -> None:
    body = json.dumps(pothole_form | {"api_key": api.key, "description": value})
    answer = api.client.post(f"{BASE}requests.json", body, content_type="application/json")
    assert (answer.status_code, answer.json()[0]["description"]) == (400, "description must be a string.")
    assert not ServiceRequest.objects.exists()


def test_without_a_key_the_same_body_within_a_minute_is_a_retry(api: Api, pothole_form: Form) -> None:
    first = api.post(pothole_form)
    assert api.post(pothole_form) == first
    assert api.post(pothole_form | {"description": "Other"}) != first
    IdempotencyKey.objects.update(created_at="2020-01-01T00:00:00Z")
    assert api.post(pothole_form) != first
    assert ServiceRequest.objects.count() == 3


# --- Photos -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def upload(api: Api, pothole_form: Form, settings: Settings, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT = str(tmp_path)

    def send(*files: bytes, status: int = 200, field: str = "media", **more: Any) -> Any:
        photos = [SimpleUploadedFile(f"{n}.jpg", content, "image/jpeg") for n, content in enumerate(files)]
        answer = Client().post(BASE + "requests.json", {**pothole_form, "api_key": api.key, field: photos, **more})
        assert answer.status_code == status, answer.content
        return json.loads(answer.content)

    return send


@pytest.mark.parametrize("field", ["media", "photo1", "media[]"])
def test_photos_come_along_as_files_of_any_name(api: Api, upload: Any, tmp_path: Path, field: str) -> None:
    answer = upload(factories.jpeg(), factories.jpeg(color="red"), field=field)
    (found,) = api.get("requests.json", extensions="true")
    assert found["service_request_id"] == answer[0]["service_request_id"]
    assert len(found["extended_attributes"]["media_urls"]) == 2
    assert found["media_url"] == f"http://127.0.0.1:8311/photos/{Photo.objects.earliest('id').name}.jpg"
    assert len(list(tmp_path.rglob("*.jpg"))) == 4
    assert not Draft.objects.exists()


def test_photos_need_no_draft(upload: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Draft, "save", None)
    upload(factories.jpeg())
    photo = Photo.objects.get()
    assert photo.service_request == ServiceRequest.objects.get()


def test_photos_go_if_storing_the_report_fails(upload: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: Any) -> None:
        assert Photo.objects.count() == 1
        raise ZeroDivisionError

    monkeypatch.setattr("requests_app.actions.report.submission.submit", fail)
    upload(factories.jpeg(), status=500)
    assert not Photo.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_a_retry_with_photos_stores_them_once(upload: Any, tmp_path: Path) -> None:
    photo = factories.jpeg()
    assert upload(photo) == upload(photo)
    assert (ServiceRequest.objects.count(), Photo.objects.count(), len(list(tmp_path.rglob("*.jpg")))) == (1, 1, 2)


def test_another_photo_is_another_report(upload: Any) -> None:
    assert upload(factories.jpeg(color="red")) != upload(factories.jpeg(color="blue"))


def test_a_file_that_is_no_photo_is_400_and_nothing_is_stored(upload: Any, tmp_path: Path) -> None:
    assert "can’t read this file" in description(upload(factories.jpeg(), b"GIF89a nonsense", status=400))
    assert not ServiceRequest.objects.exists()
    assert not Photo.objects.exists()
    assert not Draft.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_too_many_photos_are_400(upload: Any) -> None:
    assert "5 photos" in description(upload(*[factories.jpeg()] * 6, status=400))


def test_a_photo_goes_nowhere_when_the_report_is_refused(upload: Any, tmp_path: Path) -> None:
    upload(factories.jpeg(), status=400, long="0")
    assert not Photo.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


def test_a_service_that_takes_no_photos_keeps_none_and_says_so(upload: Any, tmp_path: Path) -> None:
    assert "doesn’t accept photos" in upload(factories.jpeg(), service_code="outreach")[0]["service_notice"]
    assert not Photo.objects.exists()
    assert not list(tmp_path.rglob("*.jpg"))


@pytest.mark.shows("15.2")
def test_media_url_is_never_fetched_but_kept_as_a_link_for_staff(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    sent = ["http://127.0.0.1:1/latest/meta-data", "https://fms.example/photo/1.jpeg?a=1&b=2"]
    (answer,) = api.post([*pothole_form.items(), *(("media_url", url) for url in sent)])
    assert "media_url" in answer["service_notice"]
    read = api.get("requests.json", extensions="true")
    assert read[0]["media_url"] is None
    assert "fms.example" not in str(read)
    factories.run_worker()
    staff = Client()
    staff.force_login(cast.tom)
    page = staff.get(f"/staff/r/{only().reference}/").content.decode()
    assert 'href="https://fms.example/photo/1.jpeg?a=1&amp;b=2"' in page
    for wrong in ("javascript:alert(1)", "ftp://a.example/x", "data:image/png;base64,AAAA", "no link", "//a.example/x"):
        (error,) = api.post(pothole_form | {"media_url": wrong}, 400)
        assert error["description"].startswith("media_url is not a link")
    assert ServiceRequest.objects.count() == 1


# --- Bodies -----------------------------------------------------------------------------------------------------------


def send(body: bytes | str, content_type: str, status: int, query: str = "") -> Any:
    answer = Client().post(f"{BASE}requests.json{query}", body, content_type=content_type)
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_json_is_taken_too(api: Api, pothole_form: Form) -> None:
    body = {
        "api_key": api.key, "service_code": "pothole", "lat": 40.5, "long": -69, "attribute": {"where": "lane"}, "email": None,
        "description": "From JSON",
    }  # fmt: skip
    assert made(send(json.dumps(body), "application/json", 200)).description == "From JSON"
    flat = body | {"attribute": None, "attribute[where]": ["lane"], "description": "Flat"}
    assert made(send(json.dumps(flat), "application/json; charset=utf-8", 200)).description == "Flat"


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'"text"',
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b'{"lat": NaN}',
        b'{"lat": Infinity}',
        b"\xff\xfe",
        b'{"lat": ' + b"9" * 10_000 + b"}",
    ],
)
def test_json_that_cannot_be_read_is_400(api: Api, cast: factories.Rivermark, body: bytes) -> None:
    assert description(send(body, "application/json", 400, f"?api_key={api.key}"))


@pytest.mark.parametrize(
    "fields",
    [
        {"description": "\ud800"},
        {"description": "x\u0000y"},
        {"email": "\udfff@example.org"},
        {"lat": 1e400},
        {"lat": True},
        {"service_code": {"a": 1}},
        {"description": [["deep"]], "lat": None},
    ],
)
def test_json_that_holds_no_report_is_400(api: Api, pothole_form: Form, fields: Form) -> None:
    body = json.dumps(pothole_form | fields).replace("Infinity", "1e400")
    assert description(send(body, "application/json", 400, f"?api_key={api.key}"))


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense"),
        ("multipart/form-data; boundary=\xc3\xa9", b"--x"),
        ("application/x-www-form-urlencoded; charset=utf-16", b"service_code=pothole"),
        ("application/x-www-form-urlencoded", b"a=1&" * 1000),
        ("application/x-www-form-urlencoded", b"a=" + b"x" * 3_000_000),
        ("application/json", b'"' + b"x" * 3_000_000 + b'"'),
        ("text/plain", b"service_code=pothole"),
        ("nonsense", b"\x00\xff"),
    ],
)
def test_a_body_that_cannot_be_read_is_400(api: Api, cast: factories.Rivermark, content_type: str, body: bytes) -> None:
    assert description(send(body, content_type, 400, f"?api_key={api.key}"))


def test_a_wrong_charset_in_the_header_does_not_matter(api: Api, cast: factories.Rivermark) -> None:
    answer = Client().get(f"{BASE}requests.json?service_code=tree", headers={"Content-Type": "text/x; charset=utf-16"})
    assert answer.status_code == 200
