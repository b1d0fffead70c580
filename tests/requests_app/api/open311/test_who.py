"""POST requests of services that must know who reports, and from addresses that may not take part."""

from typing import Any

import pytest
from django.test import Client

from requests_app import links
from requests_app.models import Jurisdiction, ModerationTerm, OneTimeLink, Person, ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import Api

PLACE = {"lat": "40.5", "long": "-69.0", "description": "It barks all night."}
WHO = {"first_name": "Ana", "last_name": "Ortiz", "postal_address": "9 Elm St, Rivermark 01234"}


def city_of(api: Api) -> Jurisdiction:
    return Jurisdiction.objects.get()


def words(answer: Any) -> list[str]:
    assert [error["code"] for error in answer] == [400] * len(answer)
    return [error["description"] for error in answer]


@pytest.mark.shows("5.2")
def test_a_name_and_an_address_that_a_law_asks_for_are_required_and_named_in_json_and_xml(api: Api) -> None:
    factories.service(city_of(api), "barking", identity_words={"en": "The law asks.", "es": "La ley lo pide."})
    form = {"service_code": "barking", **PLACE}
    for path in ("requests.json", "requests.xml"):
        answer = api.post(form, 400, path=path)
        told = [error["description"] for error in answer]
        assert len(told) == 2
        assert told[0].startswith("first_name, last_name: Enter your name.")
        assert told[1].startswith("postal_address: Enter your postal address.")
    assert not ServiceRequest.objects.exists()
    (answer,) = api.post(form | WHO)
    assert Person.objects.get().postal_address == WHO["postal_address"]
    assert WHO["postal_address"] not in str(api.get(f"requests/{answer['service_request_id']}.json", extensions="true"))


def test_an_address_that_nobody_asked_for_is_not_kept(api: Api) -> None:
    factories.service(city_of(api), "swings")
    api.post({"service_code": "swings", **PLACE, **WHO})
    assert Person.objects.get().postal_address == ""


def test_a_report_that_must_be_confirmed_has_no_number_before_it_is(api: Api) -> None:
    factories.service(city_of(api), "swings", must_confirm=True)
    form = {"service_code": "swings", **PLACE}
    assert words(api.post(form, 400))[0].startswith("email: Enter your email address.")
    (answer,) = api.post(form | {"email": "ana@example.org"})
    assert answer["service_request_id"] is None
    assert "select the link in our email" in answer["service_notice"]
    assert "/l/" not in answer["service_notice"]
    made = ServiceRequest.objects.get()
    assert made.public_state == "unconfirmed"
    (before,) = api.get(f"tokens/{answer['token']}.json")
    assert before["service_request_id"] is None
    assert api.get("requests.json") == []
    api.get(f"requests/{made.display_reference}.json", 404)
    link = links.one_time_url(OneTimeLink.objects.get()).rstrip("/").rsplit("/", 1)[-1]
    assert Client().post(f"/c/{link}/").status_code == 200
    (after,) = api.get(f"tokens/{answer['token']}.json")
    assert after["service_request_id"] == made.display_reference
    assert [one["service_request_id"] for one in api.get("requests.json")] == [made.display_reference]


def test_a_retry_mails_no_second_link(api: Api) -> None:
    factories.service(city_of(api), "swings", must_confirm=True)
    form = {"service_code": "swings", "email": "ana@example.org", **PLACE}
    assert api.post(form)[0]["token"] == api.post(form)[0]["token"]
    assert OneTimeLink.objects.count() == 1


@pytest.mark.shows("A29")
@pytest.mark.parametrize("path", ["requests.json", "requests.xml"])
def test_a29_a_listed_address_cannot_send(api: Api, path: str) -> None:
    ModerationTerm.objects.create(jurisdiction=city_of(api), kind="address", value="troll@bridge.example")
    factories.service(city_of(api), "swings")
    (answer,) = api.post({"service_code": "swings", "email": "Troll+x@bridge.example", **PLACE}, 400, path=path)
    assert "Call us at" in answer["description"]
    assert not ServiceRequest.objects.exists()
