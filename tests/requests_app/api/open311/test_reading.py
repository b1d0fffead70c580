"""GET requests: one, many, by time, by place, and never more than everybody may know."""

import datetime as dt
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation, endings, holds, merges
from requests_app.models import Comment, ListedReason, Photo, PublicState, ServiceRequest
from tests import factories
from tests.requests_app.api.conftest import Api, as_texts, sent_at

pytestmark = pytest.mark.shows("7.2")

DAY = dt.timedelta(days=1)
SECOND = dt.timedelta(seconds=1)
FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip


@pytest.fixture
def pothole(cast: factories.Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, answers={"where": "lane", "damage": "My own front wheel"})


def numbers(answer: Any) -> list[str]:
    return [one["service_request_id"] for one in answer]


def test_one_request_is_an_array_of_one(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    (found,) = api.get(f"requests/{pothole.display_reference}.json")
    assert list(found) == FIELDS
    assert found["service_request_id"] == pothole.display_reference
    assert found["status"] == "open"
    assert found["status_notes"] == "Sent to Streets"
    assert (found["service_name"], found["service_code"]) == ("Pothole", "pothole")
    assert found["description"] == "A hole as big as a plate."
    assert found["agency_responsible"] == "Streets"
    assert found["address"] == "12 Elm St"
    assert (found["lat"], found["long"]) == (40.5, -69.0)
    assert (found["address_id"], found["zipcode"], found["media_url"]) == ("12 Elm St", None, None)


def test_times_are_whole_seconds_with_the_citys_offset(api: Api, pothole: ServiceRequest) -> None:
    sent_at(pothole, dt.datetime(2026, 1, 15, 12, 30, 15, 999999, tzinfo=dt.UTC))
    ServiceRequest.objects.filter(pk=pothole.pk).update(due_at=dt.datetime(2026, 7, 15, 12, tzinfo=dt.UTC))
    (found,) = api.get(f"requests/{pothole.reference}.json")
    assert found["requested_datetime"] == found["updated_datetime"] == "2026-01-15T07:30:15-05:00"
    assert found["expected_datetime"] == "2026-07-15T08:00:00-04:00"


@pytest.mark.parametrize("extensions", ["", "true"])
def test_xml_says_what_json_says(api: Api, cast: factories.Rivermark, pothole: ServiceRequest, extensions: str) -> None:
    factories.area(cast.city)
    other = factories.report(cast.tree, "Two lines:\n<b>this</b> & that", reporter=factories.NOBODY)
    conversation.comment(other.pk, text="We come “soon” — ñandú 🦤.", actor=cast.pia)
    for path in ("requests", f"requests/{pothole.reference}"):
        in_json = api.get(f"{path}.json", extensions=extensions)
        assert len(in_json) >= 1
        assert api.get(f"{path}.xml", extensions=extensions) == as_texts(in_json)


def test_characters_that_xml_cannot_hold_are_left_out(api: Api, pothole: ServiceRequest) -> None:
    # An import may have brought them; a form cannot.
    ServiceRequest.objects.filter(pk=pothole.pk).update(description="bell\x07 noncharacter\uffff line\r\nnext")
    for format in ("xml", "json"):
        (found,) = api.get(f"requests.{format}")
        assert found["description"] == "bell noncharacter line\nnext"


@pytest.mark.parametrize("spelling", ["{0}-{1}", "{0}{1}", "{0} {1}", "{0}_{1}"])
def test_a_number_may_be_spelled_in_any_way(api: Api, pothole: ServiceRequest, spelling: str) -> None:
    typed = spelling.format(pothole.reference[:4], pothole.reference[4:]).lower().replace("0", "o").replace("1", "l")
    assert numbers(api.get(f"requests/{typed}.json")) == [pothole.display_reference]


@pytest.mark.parametrize("number", ["ZZZZ-ZZZZ", "101002868310", "x", "%00", "..", "7K3M-9QWT.7"])
def test_an_unknown_number_is_404(api: Api, cast: factories.Rivermark, number: str) -> None:
    assert api.get(f"requests/{number}.json", 404) == [
        {"code": 404, "description": "service_request_id was not found."}
    ]
    assert api.get(f"requests/{number}.xml", 404)[0]["code"] == "404"


@pytest.mark.parametrize("extensions", ["", "true"])
def test_what_waits_for_review_is_read_by_its_number_without_its_words(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest, extensions: str
) -> None:
    conversation.comment(pothole.pk, text="Words of staff.", actor=cast.tom)
    ServiceRequest.objects.filter(pk=pothole.pk).update(public_state="pending_review")
    by_number = api.get(f"requests/{pothole.reference}.json", extensions=extensions)
    assert by_number == api.get("requests.json", service_request_id=pothole.reference, extensions=extensions)
    found = by_number[0]
    assert (found["service_request_id"], found["status"]) == (pothole.display_reference, "open")
    assert "Someone will review it before everyone can see it." in found["service_notice"]
    for name in ("description", "address", "lat", "long", "media_url"):
        assert found[name] is None, name
    if extensions:
        assert (found["attributes"], found["notes"], found["extended_attributes"]["areas"]) == ([], [], [])
    assert "Words of staff" not in str(found)
    assert api.get("requests.json") == [], "but in no list"


HIDDEN_STATES = [state for state in PublicState.values if state not in ("public", "pending_review")]


@pytest.mark.parametrize("state", HIDDEN_STATES)
def test_what_is_not_public_is_nowhere(api: Api, pothole: ServiceRequest, state: str) -> None:
    ServiceRequest.objects.filter(pk=pothole.pk).update(public_state=state)
    api.get(f"requests/{pothole.reference}.json", 404)
    assert api.get("requests.json") == []
    assert api.get("requests.json", service_request_id=pothole.reference) == []
    assert api.get("requests.xml") == []


def test_contact_data_private_answers_and_the_true_place_never_leave(api: Api, cast: factories.Rivermark) -> None:
    coarse = factories.service(cast.city, "missed-trash", visibility="coarse", photo_policy="optional")
    factories.report(
        coarse, place=factories.submission.Place(factories.at(-69.00012, 40.50034), "123 Elm St", "Ring twice")
    )
    factories.report(cast.pothole, answers={"where": "lane", "damage": "My own front wheel"})
    for format in ("json", "xml"):
        answer = api.get(f"requests.{format}", extensions="true")
        assert len(answer) == 2
        body = api.last.content.decode()
        for private in (
            "Ana",
            "Ortiz",
            "ana@",
            "0199",
            "front wheel",
            "123 Elm",
            "Ring twice",
            "-69.00012",
            "40.50034",
        ):
            assert private not in body
    trash = next(one for one in api.get("requests.json") if one["service_code"] == "missed-trash")
    assert trash["address"] == "100 block of Elm St"
    assert abs(trash["lat"] - 40.50034) < 0.001


def test_internal_words_never_leave(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    conversation.note(pothole.pk, text="The neighbor is difficult.", actor=cast.tom)
    conversation.ask(pothole.pk, question="What is your unit number?", actor=cast.tom)
    person = pothole.participations.get().person
    conversation.answer(pothole.pk, text="I live in unit 4.", actor=person)
    api.get("requests.json", extensions="true")
    for private in ("difficult", "unit number", "unit 4"):
        assert private not in api.last.content.decode()


def test_status_notes_say_how_it_stands_and_the_last_public_words(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    conversation.comment(pothole.pk, text="Crews look tomorrow.", actor=cast.tom)
    said = conversation.comment(pothole.pk, text="Crews look today.", actor=cast.tom)
    assert api.get("requests.json")[0]["status_notes"] == "Sent to Streets. Crews look today."
    said.hidden_at = pothole.submitted_at
    said.save()
    assert api.get("requests.json")[0]["status_notes"] == "Sent to Streets. Crews look tomorrow."


def test_what_ended_is_closed_with_its_outcome(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    endings.resolve(pothole.pk, disposition="fixed", text="Filled with asphalt.", actor=cast.tom)
    (found,) = api.get("requests.json", status="closed")
    assert (found["status"], found["status_notes"]) == ("closed", "Fixed. Filled with asphalt.")
    assert found["service_notice"] is None
    assert api.get("requests.json", status="open") == []


def test_status_filters_may_be_listed(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    tree = factories.report(cast.tree)
    endings.resolve(pothole.pk, disposition="fixed", text="", actor=cast.tom)
    assert numbers(api.get("requests.json", status="open")) == [tree.display_reference]
    assert len(api.get("requests.json", status="open,closed")) == 2
    assert len(api.get("requests.json", status=["open", "closed"])) == 2
    assert len(api.get("requests.json", status="")) == 2
    assert api.get("requests.json", 400, status="pending") == [
        {"code": 400, "description": "status must be open or closed."}
    ]


def test_service_codes_may_be_listed_and_unknown_ones_match_nothing(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    tree = factories.report(cast.tree)
    assert numbers(api.get("requests.json", service_code="tree")) == [tree.display_reference]
    assert len(api.get("requests.json", service_code="tree, pothole")) == 2
    assert len(api.get("requests.json", service_code=["tree", "pothole"])) == 2
    assert numbers(api.get("requests.json", service_code="tree,nothing")) == [tree.display_reference]
    assert api.get("requests.json", service_code="nothing") == []
    assert api.get("requests.xml", service_code="nothing") == []


def test_words_choose_the_reports_that_hold_them(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    factories.routed(cast.pothole, "Water on the bike path", answers={"where": "lane"})
    assert numbers(api.get("requests.json?q=plate")) == [pothole.display_reference]
    assert api.get("requests.json?q=zebra") == []


def test_several_numbers_override_every_other_argument(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest, now: dt.datetime
) -> None:
    old = sent_at(factories.report(cast.tree), now - 1000 * DAY)
    wanted = f"{pothole.reference},{old.display_reference},ZZZZ-ZZZZ,nonsense"
    found = api.get("requests.json", service_request_id=wanted, status="never", start_date="yesterday", page="x")
    assert numbers(found) == [pothole.display_reference, old.display_reference]
    assert len(api.get("requests.json", service_request_id=[pothole.reference, old.reference])) == 2
    assert api.get("requests.json", service_request_id=",") == []
    api.get("requests.json", 400, service_request_id=",".join(f"{number:08}" for number in range(1001)))


def test_without_dates_the_last_90_days_come_newest_first(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest, now: dt.datetime
) -> None:
    within = sent_at(factories.report(cast.tree), now - 90 * DAY + 60 * SECOND)
    sent_at(factories.report(cast.tree), now - 90 * DAY - 60 * SECOND)
    assert numbers(api.get("requests.json")) == [pothole.display_reference, within.display_reference]


@pytest.fixture
def spring(cast: factories.Rivermark) -> dict[str, str]:
    """One tree on each of these days at 10:00:00.5, New York's time."""
    made = {}
    for day in ("2025-03-01", "2025-03-02", "2025-05-30", "2025-05-31"):
        at = dt.datetime.fromisoformat(f"{day}T10:00:00.500000").replace(tzinfo=cast.city.zone)
        made[sent_at(factories.report(cast.tree), at).display_reference] = day
    return made


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        # Both ends included, by the second that we show.
        ({"start_date": "2025-03-01T10:00:00-05:00", "end_date": "2025-03-02T10:00:00-05:00"}, ["03-02", "03-01"]),
        ({"start_date": "2025-03-01T10:00:01-05:00", "end_date": "2025-03-02T09:59:59-05:00"}, []),
        ({"start_date": "2025-03-01T15:00:00Z", "end_date": "2025-03-02T15:00:00Z"}, ["03-02", "03-01"]),
        ({"start_date": "2025-03-01T15:00:00.25Z", "end_date": "2025-03-02T15:00:00+00:00"}, ["03-02", "03-01"]),
        # An unescaped plus arrives as a blank; Java's way; a day alone; a time without offset.
        ({"start_date": "2025-03-01T15:00:00 00:00", "end_date": "2025-03-01T16:00:00 00:00"}, ["03-01"]),
        ({"start_date": "2025-03-01 10:00", "end_date": "2025-03-01 10:00"}, ["03-01"]),
        ({"start_date": "2025-03-01", "end_date": "2025-03-02"}, ["03-02", "03-01"]),
        ({"start_date": "2025-03-02T00:00:00-0500", "end_date": "2025-03-03"}, ["03-02"]),
        # One end alone reaches 90 days from it.
        ({"start_date": "2025-03-02T10:00:00-05:00"}, ["05-31", "05-30", "03-02"]),
        ({"start_date": "2025-03-01"}, ["03-02", "03-01"]),
        ({"end_date": "2025-05-31T12:00:00-04:00"}, ["05-31", "05-30"]),
        ({"end_date": "2025-05-30T12:00:00-04:00"}, ["05-30", "03-02"]),
        # Exactly 90 days, on the clock and on the wall.
        ({"start_date": "2025-03-02T15:00:00Z", "end_date": "2025-05-31T15:00:00Z"}, ["05-31", "05-30", "03-02"]),
        ({"start_date": "2025-03-01T00:00:00-05:00", "end_date": "2025-05-30T00:00:00-04:00"}, ["03-02", "03-01"]),
        ({"start_date": "2025-03-02T00:00:00+23:59", "end_date": "2025-03-01T00:00:00-23:59"}, ["03-01"]),
        ({"start_date": "", "end_date": ""}, []),
        ({"start_date": "2199-12-31"}, []),
    ],
)
def test_dates_choose_by_when_it_was_sent(
    api: Api, spring: dict[str, str], arguments: dict[str, str], days: list[str]
) -> None:
    assert [spring[number][5:] for number in numbers(api.get("requests.json", **arguments))] == days


@pytest.mark.parametrize(
    "arguments",
    [
        {"start_date": "yesterday"},
        {"start_date": "2025-02-30"},
        {"start_date": "2025-13-01T00:00:00Z"},
        {"start_date": "2025-01-01T25:00:00Z"},
        {"start_date": "2025-01-01T00:00:00+99:99"},
        {"start_date": "0001-01-01T00:00:00+14:00"},
        {"end_date": "9999-12-31T23:59:59-14:00"},
        {"start_date": "٢٠٢٥-٠١-٠١"},
        {"end_date": "1" * 100_000},
        {"start_date": "2025-01-01\x00"},
        {"start_date": "2025-03-01T00:00:00Z", "end_date": "2025-05-30T00:00:01Z"},
        {"start_date": "2020-01-01", "end_date": "2021-01-01"},
        {"start_date": "2025-03-02", "end_date": "2025-03-01"},
        {"updated_after": "soon"},
        {"updated_after": "2020-01-01", "updated_before": "2021-01-01"},
        {"page": "-1"},
        {"page": "one"},
        {"page": "1" * 30},
        {"page": "999999999"},
        {"page_size": "0"},
        {"page_size": "-5"},
        {"page_size": "1.5"},
        {"bbox": "1,2,3"},
        {"bbox": "a,b,c,d"},
        {"bbox": "nan,0,1,1"},
        {"lat": "40.5", "long": "-69"},
        {"lat": "95", "long": "-69", "radius": "10"},
        {"lat": "40", "long": "inf", "radius": "10"},
        {"lat": "40", "long": "-69", "radius": "1e9"},
        {"service_code": "tree\x00"},
    ],
)
def test_what_cannot_be_read_is_400_in_both_formats(
    api: Api, cast: factories.Rivermark, arguments: dict[str, str]
) -> None:
    (error,) = api.get("requests.json", 400, **arguments)
    assert error["code"] == 400
    assert error["description"]
    assert api.get("requests.xml", 400, **arguments) == as_texts([error])


def test_pages_count_from_one_and_zero_is_the_first(api: Api, cast: factories.Rivermark, now: dt.datetime) -> None:
    made = [sent_at(factories.report(cast.tree), now - n * DAY).display_reference for n in range(5)]
    assert numbers(api.get("requests.json", page_size=2)) == made[:2]
    assert numbers(api.get("requests.json", page_size=2, page=0)) == made[:2]
    assert numbers(api.get("requests.json", page_size=2, page=1)) == made[:2]
    assert numbers(api.get("requests.json", page_size=2, page=3)) == made[4:]
    assert api.get("requests.json", page_size=2, page=4) == []
    assert numbers(api.get("requests.json", page_size=5000)) == made


@pytest.mark.shows("15.2")
def test_a_full_page_links_to_the_next_without_the_key(api: Api, cast: factories.Rivermark, now: dt.datetime) -> None:
    made = [sent_at(factories.report(cast.tree), now - n * DAY).display_reference for n in range(5)]
    read, address, pages = [], "requests.json?page_size=2&api_key=secret&status=open,closed", 0
    while address:
        found = api.client.get(address if address.startswith("http") else f"/open311/v2/{address}")
        read += numbers(found.json())
        pages += 1
        link = re.fullmatch(r'<(http[^>]+)>; rel="next"', found.get("Link", ""))
        address = link[1] if link else ""
        assert "secret" not in address
        assert bool(address) == (pages < 3)
    assert read == made
    assert "Link" not in api.client.get(f"/open311/v2/requests.json?service_request_id={','.join(made)}&page_size=1")


def test_updates_are_found_by_when_they_happened(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest, now: dt.datetime
) -> None:
    old = sent_at(factories.report(cast.tree), now - 400 * DAY)
    assert api.get("requests.json", updated_after=(now - DAY).isoformat()) != []
    sent_at(pothole, now - 3 * DAY)
    assert api.get("requests.json", updated_after=(now - DAY).isoformat()) == []
    endings.resolve(old.pk, disposition="fixed", text="", actor=cast.pia)
    assert numbers(api.get("requests.json", updated_after=(now - DAY).isoformat())) == [old.display_reference]
    assert numbers(api.get("requests.json", updated_before=(now - 2 * DAY).isoformat())) == [pothole.display_reference]
    both = {"updated_after": (now - DAY).isoformat(), "start_date": (now - 30 * DAY).isoformat()}
    assert api.get("requests.json", **both) == []


def test_a_box_or_a_circle_chooses_by_the_public_point(api: Api, cast: factories.Rivermark) -> None:
    near = factories.report(cast.tree, point=factories.at(-69.0, 40.5))
    far = factories.report(cast.tree, point=factories.at(-68.99, 40.51))
    factories.report(cast.unknown, place=factories.submission.Place())
    circle = {"lat": "40.5001", "long": "-69.0001", "radius": "100"}
    assert numbers(api.get("requests.json", **circle)) == [near.display_reference]
    assert len(api.get("requests.json", **{**circle, "radius": "2000"})) == 2
    assert numbers(api.get("requests.json", bbox="-68.995,40.505,-68.985,40.515")) == [far.display_reference]


def test_a_circle_is_measured_to_the_block_of_a_coarse_place(api: Api, cast: factories.Rivermark) -> None:
    """Around the true place as around the block's middle: else a small circle that is moved about would find the house."""
    quiet = factories.service(cast.city, "quiet", visibility="coarse")
    made = factories.report(quiet, point=factories.at(-68.97001, 40.53001))
    block = made.public_point
    assert block is not None
    away = block.transform(32619, clone=True).distance(made.point.transform(32619, clone=True))
    assert away > 20, "the block's middle is not the place"
    # A circle that reaches the place and not the block's middle, with the middle inside the box around the circle.
    for part in (0.55, 0.75, 0.9):
        point = factories.at(
            made.point.x + (block.x - made.point.x) * (1 - part), made.point.y + (block.y - made.point.y) * (1 - part)
        )
        near = {"lat": str(point.y), "long": str(point.x)}
        assert api.get("requests.json", **near, radius=str(round(away * part) - 2)) == []
        assert len(api.get("requests.json", **near, radius=str(round(away * part) + 2))) == 1


def test_extensions_add_attributes_notes_and_what_other_servers_say(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    factories.area(cast.city)
    (plain,) = api.get("requests.json")
    assert not {"attributes", "extended_attributes", "notes"} & set(plain)
    ward = factories.routed(cast.pothole, answers={"where": "crosswalk"})
    conversation.comment(ward.pk, text="Crews look today.", actor=cast.tom)
    conversation.note(ward.pk, text="Bring cones.", actor=cast.tom)
    (found,) = api.get("requests.json", service_request_id=ward.reference, extensions="true")
    assert list(found) == [*FIELDS, "attributes", "extended_attributes", "notes"]
    assert found["attributes"] == [
        {"code": "where", "label": "Tell us the where.", "name": "Crosswalk", "value": "crosswalk"}
    ]
    assert found["extended_attributes"] == {
        "channel": "web",
        "detailed_status": "RECEIVED",
        "disposition": None,
        "duplicate": False,
        "parent_service_request_id": None,
        "areas": [{"layer": "ward", "code": "5", "name": "Ward 5"}],
        "media_urls": [],
        "affected_count": 1,
        "thanks_count": 0,
    }
    assert [(note["type"], note["summary"], note["description"]) for note in found["notes"]] == [
        ("submitted", "We got the report", None),
        ("routed", "Sent to Streets", None),
        ("commented", "Update from Streets", "Crews look today."),
    ]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", found["notes"][0]["datetime"])


def test_words_that_an_import_brought_without_an_event_are_notes_too(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    Comment.objects.create(
        service_request=pothole, text="Case noted.", public=True, created_at=pothole.submitted_at - DAY
    )
    notes = api.get("requests.json", extensions="true")[0]["notes"]
    assert [note["description"] for note in notes] == ["Case noted.", None, None]


def test_a_duplicate_names_its_parent_unless_that_is_hidden(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    second = factories.routed(cast.pothole, answers={"where": "lane"})
    merges.merge(second.pk, parent=pothole, actor=cast.tom)
    (found,) = api.get(f"requests/{second.reference}.json", extensions="true")
    assert (found["status"], found["status_notes"]) == ("closed", "Combined with an earlier report")
    assert found["extended_attributes"]["duplicate"] is True
    assert found["extended_attributes"]["parent_service_request_id"] == pothole.display_reference
    moderation.hide(pothole.pk, reason="other", actor=cast.pia)
    (found,) = api.get(f"requests/{second.reference}.json", extensions="true")
    assert found["extended_attributes"]["parent_service_request_id"] is None


def photo(of: ServiceRequest, name: str, **columns: Any) -> None:
    Photo.objects.create(jurisdiction=of.jurisdiction, service_request=of, name=name, width=1, height=1, **columns)


def test_media_url_is_the_first_public_photo_on_the_citys_own_host(
    api: Api, cast: factories.Rivermark, pothole: ServiceRequest
) -> None:
    cast.city.hosts = ["311.rivermark.example"]
    cast.city.save()
    photo(pothole, "secret", is_private=True)
    photo(pothole, "taken-down", hidden_at=pothole.submitted_at)
    photo(pothole, "after-the-work", kind="work")
    photo(pothole, "first")
    photo(pothole, "second")
    (found,) = api.get("requests.json", extensions="true")
    site = "http://311.rivermark.example:8311/photos"
    assert found["media_url"] == f"{site}/first.jpg"
    assert found["extended_attributes"]["media_urls"] == [
        f"{site}/{name}.jpg" for name in ("first", "second", "after-the-work")
    ]
    ServiceRequest.objects.filter(pk=pothole.pk).update(photos_private=True)
    assert api.get("requests.json")[0]["media_url"] is None


def test_a_demo_says_so_on_every_request(api: Api, cast: factories.Rivermark, pothole: ServiceRequest) -> None:
    assert api.get("requests.json")[0]["service_notice"].startswith("Streets will review it by")
    cast.city.is_demo = True
    cast.city.save()
    cache.clear()
    assert "demo" in api.get("requests.json")[0]["service_notice"]


def test_a_list_may_be_kept_by_anybody_for_half_a_minute(api: Api, pothole: ServiceRequest) -> None:
    for path in ("requests.json", f"requests/{pothole.reference}.xml"):
        api.get(path)
        assert api.last["Cache-Control"] == "public, max-age=30"
        assert not api.last.cookies
        assert "Cookie" not in api.last.get("Vary", "")


def test_a_long_list_takes_no_more_queries_than_a_short_one(api: Api, cast: factories.Rivermark) -> None:
    ListedReason.objects.create(jurisdiction=cast.city, kind="hold", code="frost", words={"en": "frost"})
    ListedReason.objects.create(
        jurisdiction=cast.city, kind="cannot_do", code="cost", words={"en": "it costs too much"}
    )
    owner = factories.owner(cast.city, factories.at(-69.0, 40.51).buffer(0.001))
    parent = factories.routed(cast.tree)

    def one_of_each() -> None:
        held, refused, merged, sent = (factories.routed(cast.tree) for _ in range(4))
        holds.hold(held.pk, reason="frost", until=dt.date(2027, 1, 1), actor=cast.pia)
        endings.resolve(refused.pk, disposition="cannot_do", reason="cost", text="Sorry.", actor=cast.pia)
        merges.merge(merged.pk, parent=parent, actor=cast.pia)
        endings.hand_over(sent.pk, owner=owner, text="", actor=cast.pia)
        photo(held, f"photo{held.pk}")

    def queries(extensions: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            api.get("requests.json", extensions=extensions)
        return len(captured)

    one_of_each()
    queries("")  # the host's jurisdiction is kept in the cache from here on
    few, few_with_extensions = queries(""), queries("true")
    one_of_each()
    assert len(api.get("requests.json")) == 9
    assert (queries(""), queries("true")) == (few, few_with_extensions)
    assert few <= 16
    assert few_with_extensions <= 23


def test_a_list_that_takes_too_long_is_503_with_a_time_to_come_back(
    api: Api, pothole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from requests_app.api.open311 import reading, shapes

    def slow(*_arguments: Any, **_options: Any) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")
        return []

    monkeypatch.setattr(reading, "STATEMENT_MS", 50)
    monkeypatch.setattr(shapes, "service_requests", slow)
    assert api.get("requests.json", 503)[0]["code"] == 503
    assert api.last["Retry-After"] == "30"
