"""Rules of GeoReport v2, and of what real clients expect, that no other file here names. Each test is one rule."""

import datetime as dt
import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import IntegrityError, transaction

from requests_app.actions.work import endings
from requests_app.api.open311 import reading
from requests_app.models import Service, ServiceRequest
from requests_app.models.states import OPEN, Status
from tests import factories
from tests.requests_app.api.conftest import BASE, FORM, Api, sent_at

pytestmark = pytest.mark.shows("15.2")

Form = dict[str, Any]
FORMATS = ("json", "xml")
# What the standard lets a client send besides, and what FixMyStreet and others send although it isn't in the standard.
OPTIONAL = (
    "device_id",
    "account_id",
    "deviceid",
    "easting",
    "title",
    "email",
    "phone",
    "first_name",
    "last_name",
    "media_url",
)


# --- Ground rules -----------------------------------------------------------------------------------------------------


def test_in_json_codes_are_strings_flags_booleans_orders_whole_numbers_and_positions_numbers(
    api: Api, cast: factories.Rivermark
) -> None:
    factories.service(
        cast.city,
        "101",
        questions=[factories.question("7", "single", options=["1", "2"]), factories.question("8", "multi")],
    )
    definition = api.get("services/101.json")
    assert definition["service_code"] == "101"
    orders = [one["order"] for one in definition["attributes"]]
    assert orders == sorted(set(orders))
    assert orders[0] == 1
    for attribute in definition["attributes"]:
        assert type(attribute["code"]) is str
        assert (type(attribute["variable"]), type(attribute["required"])) == (bool, bool)
        assert type(attribute["order"]) is int
        keys = [value["key"] for value in attribute.get("values", [])]
        assert len(keys) == len(set(keys))
        assert all(type(key) is str for key in keys)
    assert all(type(one["metadata"]) is bool for one in api.get("services.json"))
    factories.report(cast.tree)
    (found,) = api.get("requests.json")
    assert (type(found["lat"]), type(found["long"])) == (float, float)
    assert type(found["service_request_id"]) is str


def test_an_empty_parameter_is_one_that_was_not_sent(api: Api, cast: factories.Rivermark, pothole_form: Form) -> None:
    factories.report(cast.tree)
    names = (
        "jurisdiction_id",
        "api_key",
        "status",
        "service_code",
        "service_request_id",
        "start_date",
        "end_date",
        "page",
    )
    for blank in ("", " "):
        assert len(api.get("requests.json", **dict.fromkeys(names, blank))) == 1
    empty = dict.fromkeys((*OPTIONAL, "jurisdiction_id", "address_string", "address_id", "attribute[damage]"), "")
    api.post(pothole_form | empty)


def test_unknown_and_optional_parameters_are_ignored_in_reading_and_in_writing(
    api: Api, cast: factories.Rivermark, pothole_form: Form
) -> None:
    factories.report(cast.tree)
    for path in ("services", "services/pothole", "requests", "discovery"):
        for format in FORMATS:
            api.get(f"{path}.{format}", max_requests="1", token="x", lng="x", has_photo="true")
    api.post(pothole_form | {"device_id": "1", "account_id": "2", "deviceid": "3", "easting": "4", "title": "Hole"})


def test_text_is_utf8_in_and_out_in_both_formats(api: Api, pothole_form: Form) -> None:
    said = "Ñandú — “señal” caída 🦤"
    body = urlencode(pothole_form | {"description": said, "api_key": api.key})
    answer = api.client.post(f"{BASE}requests.json", body, content_type=f"{FORM}; charset=utf-8")
    number = answer.json()[0]["service_request_id"]
    for format in FORMATS:
        assert api.get(f"requests/{number}.{format}")[0]["description"] == said
        assert said.encode() in api.last.content


# --- Services ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["a,b", "a/b", "a?b", "a#b", "a b", ""])
def test_a_service_code_holds_nothing_that_divides_addresses_and_lists(cast: factories.Rivermark, code: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.create(jurisdiction=cast.city, service_code=code)


def test_a_changeset_is_never_in_the_future(api: Api, cast: factories.Rivermark, now: dt.datetime) -> None:
    assert dt.datetime.fromisoformat(api.get("discovery.json")["changeset"]) <= now


# --- Requests ---------------------------------------------------------------------------------------------------------


def test_the_first_thousand_are_returned_newest_first(
    api: Api, cast: factories.Rivermark, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert reading.PAGE_MOST == 1000
    monkeypatch.setattr(reading, "PAGE_MOST", 2)
    made = [sent_at(factories.report(cast.tree), now - hours * dt.timedelta(hours=1)) for hours in (3, 1, 2)]
    found = [one["service_request_id"] for one in api.get("requests.json")]
    assert found == [made[1].display_reference, made[2].display_reference]


def test_no_match_is_200_and_an_empty_list(api: Api, cast: factories.Rivermark) -> None:
    api.get("requests.json", service_code="nothing")
    assert api.last.content == b"[]"
    api.get("requests.xml", service_code="nothing")
    assert api.last.content.endswith(b"<service_requests/>")


def test_status_is_open_or_closed_and_updated_datetime_of_what_is_closed_is_when(
    api: Api, cast: factories.Rivermark, now: dt.datetime
) -> None:
    pothole = sent_at(factories.routed(cast.pothole, answers={"where": "lane"}), now - dt.timedelta(days=3))
    for status in Status:
        disposition = "" if status in OPEN else "fixed"
        ServiceRequest.objects.filter(pk=pothole.pk).update(status=status, disposition=disposition)
        assert api.get("requests.json")[0]["status"] == ("open" if status in OPEN else "closed")
    ServiceRequest.objects.filter(pk=pothole.pk).update(status=Status.ROUTED, disposition="")
    endings.resolve(pothole.pk, disposition="fixed", text="", actor=cast.tom)
    pothole.refresh_from_db()
    (found,) = api.get("requests.json")
    assert pothole.resolved_at is not None
    assert dt.datetime.fromisoformat(found["updated_datetime"]) == pothole.resolved_at.replace(microsecond=0)


def test_a_recent_start_date_alone_reaches_to_now(api: Api, cast: factories.Rivermark, now: dt.datetime) -> None:
    factories.report(cast.tree)
    for start in (now - dt.timedelta(hours=1), now - dt.timedelta(days=80)):
        assert len(api.get("requests.json", start_date=start.isoformat())) == 1


def test_a_post_may_name_the_jurisdiction_in_its_query(api: Api, pothole_form: Form) -> None:
    api.post(pothole_form, path="requests.json?jurisdiction_id=rivermark.example")
    api.post(pothole_form | {"description": "b"}, 404, path="requests.json?jurisdiction_id=atlantis.example")


def test_html_in_a_description_stays_text(api: Api, pothole_form: Form) -> None:
    (made,) = api.post(pothole_form | {"description": "<b>Deep</b> & wide"})
    assert api.get(f"requests/{made['service_request_id']}.json")[0]["description"] == "<b>Deep</b> & wide"
    api.get(f"requests/{made['service_request_id']}.xml")
    assert b"<description>&lt;b&gt;Deep&lt;/b&gt; &amp; wide</description>" in api.last.content


# --- Errors -----------------------------------------------------------------------------------------------------------


def test_an_error_is_an_array_of_one_as_the_standard_prints_it(api: Api, cast: factories.Rivermark) -> None:
    api.get("requests/7K3M-9QWT.xml", 404)
    error = rb"<errors><error><code>404</code><description>[^<]+</description></error></errors>"
    printed = rb'<\?xml version="1.0" encoding="utf-8"\?>\s*' + error
    assert re.fullmatch(printed, api.last.content)
    assert api.get("requests/7K3M-9QWT.json", 404) == [
        {"code": 404, "description": "service_request_id was not found."}
    ]
