"""Writing by v1: the same actions and rules as the website's, with problem details for every mistake."""

import json
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from jsonschema import Draft202012Validator
from pytest_django.fixtures import Settings

from requests_app import api_keys, links
from requests_app.actions.routing import routing
from requests_app.actions.work import conversation
from requests_app.models import Comment, Photo, ServiceRequest, Subscription
from requests_app.models.api_key import Scope
from requests_app.worker.tasks import drain
from tests import factories
from tests.requests_app.api.v1.conftest import BASE, V1

pytestmark = pytest.mark.shows("15.3")

Form = dict[str, Any]
POTHOLE: Form = {
    "service": "pothole",
    "description": "A hole as big as a plate.",
    "place": {"lat": 40.5, "long": -69.0},
    "answers": {"where": "lane"},
    "contact": {"name": "Ana Ortiz", "email": "ana@example.org", "phone": "(555) 010-0199"},
}


def errors(problem: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in problem["errors"]}


def jpeg(name: str = "hole.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.jpeg(), "image/jpeg")


def test_a_report_is_stored_as_the_form_would_store_it(v1: V1) -> None:
    receipt = v1.send("requests/", POTHOLE)
    made = ServiceRequest.objects.get()
    assert v1.last["Location"] == receipt["url"]
    assert v1.last["Cache-Control"] == "no-store"
    assert (receipt["reference"], receipt["state"]) == (made.display_reference, "public")
    assert (made.channel, made.address, made.description) == ("api", "12 Elm St", POTHOLE["description"])
    assert made.api_key is not None
    assert [(one.question_version.code, one.value) for one in made.answers.all()] == [("where", "lane")]
    person = made.participations.get().person
    assert (person.name, person.contact_points.count()) == ("Ana Ortiz", 2)
    assert receipt["notice"].startswith("Streets will review it by")
    assert links.find_link(receipt["private_token"]) == made.access_links.get()
    assert v1.get(receipt["url"])["description"] == POTHOLE["description"]


@pytest.mark.shows("16.6")
def test_who_names_the_pole_is_not_asked_for_its_number(v1: V1, cast: factories.Rivermark) -> None:
    factories.lamp(cast.city)
    service = v1.get("services/lamp/")
    assert (service["questions"][0]["asks_asset"], service["questions"][0]["is_required"]) == (True, True)
    assert Draft202012Validator(service["answers_schema"]).is_valid({})
    light = {**POTHOLE, "service": "lamp", "answers": {}}
    for place in ({"address": "12 Elm St"}, POTHOLE["place"]):
        assert errors(v1.send("requests/", light | {"place": place}, 422)) == {"answers.pole": "invalid"}
    longitude, latitude = factories.ELM_ST
    for number, place in enumerate(
        [{"asset": "L00417"}, {"address": "L00417"}, {"address": "L00417", "lat": latitude, "long": longitude}]
    ):
        v1.send("requests/", light | {"place": place, "description": f"Dark, {number}"})
    assert [one.asset.asset_id for one in ServiceRequest.objects.all() if one.asset] == ["L00417"] * 3


@pytest.mark.shows("15.1", "15.5")
def test_a_report_takes_at_most_25_statements_and_names_its_key(v1: V1, django_assert_max_num_queries: Any) -> None:
    """Those that begin and end the transaction are among them. Of the key's first call in an hour there is one more."""
    v1.send("requests/", POTHOLE)
    ways: list[Form] = [
        {},
        {"contact": {}},
        {"service": "outreach", "answers": {}},
        {"place": {"address": "12 Elm St"}},
    ]
    for number, way in enumerate(ways):
        with django_assert_max_num_queries(25):
            v1.send("requests/", POTHOLE | way | {"description": f"Hole {number}"})
    assert set(ServiceRequest.objects.values_list("api_key__name", flat=True)) == {"Fix It app"}


def test_every_mistake_is_named_at_once_and_nothing_is_stored(v1: V1) -> None:
    wrong = {
        "service": "pothole", "place": {"lat": 91, "long": "x", "spot": 1}, "answers": {"where": "moon", "depth": "3"},
        "contact": {"email": "ana@", "phone": "call me"}, "photos": [1], "urgent": True, "description": "x" * 4001,
    }  # fmt: skip
    assert errors(v1.send("requests/", wrong, 422)) == {
        "place.lat": "invalid", "place.long": "wrong-type", "place.spot": "unknown", "answers.where": "invalid",
        "answers.depth": "unknown", "contact.email": "invalid", "contact.phone": "invalid", "photos": "invalid",
        "urgent": "unknown", "description": "too-long",
    }  # fmt: skip
    assert errors(v1.send("requests/", {}, 422)) == {"service": "missing"}
    assert errors(v1.send("requests/", {"service": "nothing"}, 422)) == {"service": "unknown-value"}
    nowhere = {"service": "tree", "description": "x" * 4001}
    assert errors(v1.send("requests/", nowhere, 422)) == {"place": "missing", "description": "too-long"}
    assert errors(v1.send("requests/", POTHOLE | {"place": {"lat": 0, "long": 0}}, 422)) == {"place": "outside"}
    assert errors(v1.send("requests/", [], 422))[""] == "wrong-type"
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "unreadable"),
        (b'{"service": "\xff"}', 400, "unreadable"),
        (b'{"service": "a\\u0000b"}', 400, "unreadable"),
        (b'{"place": {"lat": NaN}}', 400, "unreadable"),
        (b'{"service": "tree", "place": {"lat": 1e400, "long": 0}}', 422, "invalid-body"),
        (b'{"service": "tree", "place": {"lat": 1' + b"0" * 30 + b', "long": 0}}', 422, "invalid-body"),
        (b"[" * 5000 + b"]" * 5000, 400, "unreadable"),
        (b'{"photos": [' + b",".join([b'"x"'] * 10_000) + b"]}", 400, "unreadable"),
        (b" " * 50_000_000, 413, "too-large"),
    ],
)
def test_junk_gets_the_right_code(v1: V1, body: bytes, status: int, code: str) -> None:
    assert v1.send("requests/", body, status)["type"] == f"http://testserver/developers/problems/{code}/"


def test_bodies_of_other_types_and_broken_forms(v1: V1, settings: Settings) -> None:
    def post(body: bytes, content_type: str) -> int:
        answer = v1.client.generic("POST", f"{BASE}requests/", body, content_type, headers=v1.headers(None))
        assert answer["Content-Type"] == "application/problem+json"
        return answer.status_code

    assert post(b"a=1", "application/x-www-form-urlencoded") == 415
    assert post(b"<a/>", "text/xml") == 415
    for broken in (b"--b\r\n", b'--b\r\nContent-Disposition: form-data; name="report"\r\n\r\n{', b""):
        assert post(broken, "multipart/form-data; boundary=b") in (400, 422)
    assert post(b"x", "multipart/form-data") == 400
    settings.BODY_MAX_BYTES = 100
    assert post(b"--b\r\n" + b"x" * 100, "multipart/form-data; boundary=b") == 413


def test_a_photo_of_50_megabytes_is_refused_by_name(v1: V1) -> None:
    photo = SimpleUploadedFile("a.jpg", factories.jpeg() + b"\0" * 50_000_000, "image/jpeg")
    assert errors(v1.upload("photos/", {"photo": photo}, 422)) == {"photo": "invalid"}
    photo.seek(0)
    assert errors(v1.upload("requests/", {"report": json.dumps(POTHOLE), "photos": photo}, 422)) == {
        "photos": "invalid"
    }
    assert not Photo.objects.exists()
    assert not ServiceRequest.objects.exists()


def test_the_same_key_and_body_is_one_report_and_another_body_a_conflict(v1: V1) -> None:
    again = {"Idempotency-Key": "a-1"}
    first = v1.send("requests/", POTHOLE, headers=again)
    assert v1.send("requests/", dict(reversed(POTHOLE.items())), headers=again) == first
    assert v1.send("requests/", POTHOLE | {"description": "b"}, 409, headers=again)["type"].endswith(
        "/idempotency-conflict/"
    )
    assert v1.send("requests/", POTHOLE, headers={"Idempotency-Key": "a-2"})["reference"] != first["reference"]
    assert ServiceRequest.objects.count() == 2


def test_writing_needs_a_key_of_this_city_with_the_scope(v1: V1, anyone: V1, cast: factories.Rivermark) -> None:
    milford = factories.jurisdiction("Milford", hosts=["milford.example"])
    keys = [
        ("", 401), ("lk_wrong", 401), (api_keys.create(milford, "m")[1], 403),
        (api_keys.create(cast.city, "r", scopes=[Scope.READ])[1], 403),
    ]  # fmt: skip
    for anyone.key, status in keys:
        anyone.send("requests/", POTHOLE, status)
        anyone.upload("photos/", {"photo": jpeg()}, status)
        assert ("WWW-Authenticate" in anyone.last) == (status == 401)
    assert not ServiceRequest.objects.exists()
    assert not Photo.objects.exists()


def test_photos_come_before_the_report_or_with_it(v1: V1) -> None:
    before = v1.upload("photos/", {"photo": jpeg(), "alt": "A hole"})
    v1.send("requests/", POTHOLE | {"photos": ["f" * 32]}, 422)
    again = {"Idempotency-Key": "p"}
    named = POTHOLE | {"photos": [before["id"]]}
    receipt = v1.send("requests/", named, headers=again)
    assert v1.send("requests/", named, headers=again) == receipt
    assert [one["alt"] for one in v1.get(receipt["url"])["photos"]] == ["A hole"]
    # Taken already.
    assert errors(v1.send("requests/", named | {"description": "b"}, 422)) == {"photos": "unknown-value"}
    receipt = v1.upload("requests/", {"report": json.dumps(POTHOLE | {"description": "c"}), "photos": [jpeg(), jpeg()]})
    assert len(v1.get(receipt["url"])["photos"]) == 2
    v1.upload("requests/", {"report": "{", "photos": [jpeg()]}, 400)
    v1.upload("requests/", {"report": json.dumps(POTHOLE), "other": jpeg()}, 422)
    assert errors(v1.upload("photos/", {}, 422)) == {"photo": "missing"}
    assert errors(v1.upload("photos/", {"photo": SimpleUploadedFile("a.jpg", b"no photo")}, 422)) == {
        "photo": "invalid"
    }
    assert Photo.objects.count() == 3


def test_danger_is_heard_and_an_answer_may_stop(v1: V1, cast: factories.Rivermark) -> None:
    receipt = v1.send("requests/", POTHOLE | {"description": "I smell gas here"})
    assert "call 911" in receipt["notice"]
    assert ServiceRequest.objects.get().after_warning


@pytest.mark.shows("2.1")
def test_a_private_report_has_its_link_but_no_public_address(v1: V1, anyone: V1, cast: factories.Rivermark) -> None:
    receipt = v1.send("requests/", {"service": "outreach", "place": {"address": "12 Elm St"}, "description": "Secret"})
    assert (receipt["state"], receipt["url"], receipt["html_url"]) == ("private", None, None)
    assert v1.last["Location"] == receipt["private_link"]
    anyone.get(f"requests/{receipt['reference']}/", 404)
    anyone.send(f"requests/{receipt['reference']}/comments/", {"private_token": "x", "text": "a"}, 404)
    anyone.send(
        f"requests/{receipt['reference']}/comments/",
        {"private_token": receipt["private_token"], "text": "She is gone."},
    )
    assert Comment.objects.get().text == "She is gone."


def test_the_reporter_comments_adds_photos_and_edits(v1: V1, anyone: V1, cast: factories.Rivermark) -> None:
    receipt = v1.send("requests/", POTHOLE)
    path, token = f"requests/{receipt['reference']}/", receipt["private_token"]
    again = {"Idempotency-Key": "c"}
    comment = {"private_token": token, "text": "It is deeper now."}
    first = anyone.send(f"{path}comments/", comment, headers=again)
    assert "Idempotent-Replayed" not in anyone.last
    assert anyone.send(f"{path}comments/", comment, headers=again) == first
    assert anyone.last["Idempotent-Replayed"] == "true"
    anyone.send(f"{path}comments/", comment | {"text": "b"}, 409, headers=again)
    assert [one.text for one in Comment.objects.all()] == ["It is deeper now."]
    anyone.send(f"{path}comments/", comment | {"private_token": "1-x"}, 403)
    assert errors(anyone.send(f"{path}comments/", {"text": " "}, 422)) == {
        "private_token": "missing",
        "text": "missing",
    }

    anyone.upload(f"{path}photos/", {"photo": jpeg(), "private_token": token})
    anyone.upload(f"{path}photos/", {"photo": jpeg(), "private_token": "1-x"}, 403)
    anyone.upload(f"{path}photos/", {"private_token": token}, 422)
    assert Photo.objects.count() == 1
    photo = {"photo": jpeg(), "private_token": token}
    stored = anyone.upload(f"{path}photos/", photo, headers=again)
    assert "Idempotent-Replayed" not in anyone.last
    other = SimpleUploadedFile("b.jpg", factories.jpeg(color="red"), "image/jpeg")
    anyone.upload(f"{path}photos/", {**photo, "photo": other}, 409, headers=again)
    assert Photo.objects.count() == 2

    anyone.get(path)
    etag = anyone.last["ETag"]
    # What staff do besides changes neither the words nor what the public learns of them.
    made = ServiceRequest.objects.get()
    routing.route(made.pk)
    conversation.note(made.pk, text="On my list.", actor=cast.tom)
    edit = {"private_token": token, "description": "A hole in the bike lane."}
    anyone.send(path, edit, 428, method="PATCH")
    assert (
        anyone.send(path, edit, 200, headers={"If-Match": etag}, method="PATCH")["description"] == edit["description"]
    )
    edit["description"] = "A hole in the lane."
    refused = anyone.send(path, edit, 412, headers={"If-Match": etag}, method="PATCH")
    assert refused["type"].endswith("/precondition-failed/")
    assert [(one["text"], one["by"]) for one in refused["changes"]] == [("You edited the report", None)]
    assert "You edited the report." in refused["detail"]
    spanish = anyone.send(f"{path}?lang=es", edit, 412, headers={"If-Match": etag}, method="PATCH")
    assert spanish["changes"][0]["text"] == "Usted editó el reporte"
    other = factories.report(cast.tree)
    anyone.get(f"requests/{other.reference}/")
    foreign = {"If-Match": anyone.last["ETag"]}
    assert "changes" not in anyone.send(path, edit, 412, headers=foreign, method="PATCH")
    anyone.send(path, edit | {"private_token": "1-x"}, 403, headers={"If-Match": etag}, method="PATCH")
    ServiceRequest.objects.update(status="in_progress")
    anyone.send(path, edit, 409, headers={"If-Match": "*"}, method="PATCH")
    # What was sent in time is answered in time, however late the same call comes again.
    ServiceRequest.objects.update(status="closed", disposition="fixed")
    assert anyone.send(f"{path}comments/", comment, headers=again) == first
    assert anyone.upload(f"{path}photos/", {**photo, "photo": jpeg()}, headers=again) == stored
    assert anyone.last["Idempotent-Replayed"] == "true"
    anyone.send(f"{path}comments/", comment, 409)
    anyone.upload(f"{path}photos/", {**photo, "photo": jpeg()}, 409)


def test_somebody_joins_a_public_request_once(v1: V1, cast: factories.Rivermark) -> None:
    tree, private = factories.report(cast.tree), factories.report(cast.outreach)
    for email in ("ben@example.org", "Ben@example.org", "cy@example.org"):
        v1.send(f"requests/{tree.reference}/followers/", {"email": email})
    tree.refresh_from_db()
    assert tree.people_count == 3
    v1.send(f"requests/{private.reference}/followers/", {"email": "ben@example.org"}, 404)
    assert errors(v1.send(f"requests/{tree.reference}/followers/", {"email": "x"}, 422)) == {"email": "invalid"}
    ServiceRequest.objects.filter(pk=tree.pk).update(public_state="pending_review")
    v1.send(f"requests/{tree.reference}/followers/", {"email": "dee@example.org"}, 409)


def test_a_follow_is_confirmed_by_email(anyone: V1, cast: factories.Rivermark) -> None:
    factories.area(cast.city)
    receipt = anyone.send("follows/", {"email": "ana@example.org", "area": "ward:5"}, 202)
    assert (receipt["following"], receipt["cadence"]) == ("Ward 5", "daily")
    assert Subscription.objects.get().confirmed_at is None
    while drain("outside"):
        pass
    assert [message.to for message in mail.outbox] == [["ana@example.org"]]
    anyone.send("follows/", {"email": "ana@example.org", "near": "40.5,-69.0,300", "radius": 1000}, 202)
    assert Subscription.objects.filter(radius_m=1000).exists()
    assert errors(anyone.send("follows/", {"email": "x", "cadence": "never"}, 422)) == {
        "email": "invalid", "cadence": "invalid", "area": "missing",
    }  # fmt: skip
    assert errors(anyone.send("follows/", {"email": "a@example.org", "area": "ward:99"}, 422)) == {
        "area": "unknown-value"
    }


@pytest.mark.parametrize("api", ["v1", "open311"])
def test_the_words_of_an_option_are_not_screened_for_danger(cast: factories.Rivermark, v1: V1, api: str) -> None:
    """The city's words, whose effects say what is urgent; as by the form."""
    leak = {"value": "lane", "label": {"en": "There is a gas leak"}}
    factories.service(cast.city, "smell", questions=[factories.question("where", "single", options=[leak])])
    if api == "v1":
        v1.send("requests/", {**POTHOLE, "service": "smell"})
    else:
        form = {"service_code": "smell", "lat": "40.5", "long": "-69.0", "attribute[where]": "lane", "api_key": v1.key}
        assert v1.client.post("/open311/v2/requests.json", form).status_code == 200
    made = ServiceRequest.objects.get()
    assert made.answers.get().value_text == "There is a gas leak"
    assert (made.after_warning, made.priority_reason) == (False, "service")
