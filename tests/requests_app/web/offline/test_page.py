"""Reports sent by the offline page: however often one arrives, it creates one request, or the response says what is wrong."""

import datetime as dt
import json
import threading
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.translation import override

from requests_app.actions.privacy import expiry
from requests_app.actions.report import drafts
from requests_app.models import Draft, Photo, Service, ServiceRequest, ServiceVersion
from requests_app.web.offline.script_text import offline_words
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.22")]

TEXT = "A hole in the road by the library"
SEND, PHOTO = "/report/offline/send/", "/report/offline/photo/"


class Device:
    """What static/js/offline/sending.js does: a token of today, each photo, then the report."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.key = str(uuid.uuid4())
        self.status = 0

    def post(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        token = self.client.get("/report/offline/token.json").json()["token"]
        answer = self.client.post(path, data, headers={"X-CSRFToken": token})
        self.status = answer.status_code
        found: dict[str, Any] = answer.json()
        return found

    def send(self, path: str = SEND, **changes: Any) -> dict[str, Any]:
        kept = {
            "key": self.key, "revision": "1", "text": TEXT, "service": "pothole", "answers": {"where": "lane"},
            "address": "12 Elm St", "lat": "", "long": "", "note": "by the bus stop", "email": "ana@example.org",
            "phone": "", "name": "", "language": "en", "text_language": "en", "went_on": [], "photos": [],
        }  # fmt: skip
        sent = kept | changes
        return self.post(
            path, {name: json.dumps(one) if isinstance(one, dict | list) else one for name, one in sent.items()}
        )

    def photo(self, name: str = "one", body: bytes | None = None) -> dict[str, Any]:
        file = SimpleUploadedFile("hole.jpg", factories.jpeg() if body is None else body, "image/jpeg")
        return self.post(PHOTO, {"key": self.key, "photo_key": name, "photo": file})

    def ask(self) -> dict[str, Any]:
        return self.post(SEND, {"key": self.key, "ask": "1"})

    @property
    def draft(self) -> Draft:
        return Draft.objects.get(idempotency_key=self.key)


@pytest.fixture
def device(cast: Rivermark) -> Device:
    return Device()


# --- It becomes one request -------------------------------------------------------------------------------------------


def test_a_kept_report_becomes_a_request_with_all_that_was_typed(cast: Rivermark, device: Device) -> None:
    assert device.photo("one") == {"state": "kept"}
    answer = device.send(photos=[{"key": "one", "alt": "A hole"}])
    made = ServiceRequest.objects.get()
    assert (device.status, answer["state"], answer["earlier"]) == (200, "sent", False)
    assert answer["reference"] == made.display_reference
    assert (made.description, made.address, made.place_note) == (TEXT, "12 Elm St", "by the bus stop")
    assert made.service_version == cast.pothole
    assert made.answers.get().value == "lane"
    assert made.participations.get().contact_point.value == "ana@example.org"  # type: ignore[union-attr]
    assert [photo.alt for photo in made.photos.all()] == ["A hole"]
    page = device.client.get(answer["url"], follow=True)
    assert "by the bus stop" in page.content.decode()


def test_sent_again_after_a_lost_answer_it_is_the_same_request(device: Device) -> None:
    first = device.send()
    again = device.send()
    assert again == first | {"earlier": True}
    assert ServiceRequest.objects.count() == 1


def test_a_device_that_lost_its_cookie_is_known_by_its_key(device: Device) -> None:
    first = device.send()
    device.client.cookies.clear()
    assert device.send()["reference"] == first["reference"]
    assert ServiceRequest.objects.count() == 1


def test_a_key_of_another_city_opens_nothing(cast: Rivermark, device: Device, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    device.send()
    cast.city.hosts = ["rivermark.test"]
    cast.city.save()
    factories.service(factories.jurisdiction("Elsewhere", hosts=["elsewhere.test"]), "lamp", place_required=False)
    elsewhere = Device()
    elsewhere.client.defaults["HTTP_HOST"] = "elsewhere.test"
    elsewhere.key = device.key
    assert elsewhere.send(service="lamp", answers={}, address="") == {"state": "waiting"}
    assert elsewhere.status == 400


@pytest.mark.django_db(transaction=True)
def test_two_at_once_make_one_request(device: Device) -> None:
    device.client.get("/report/offline/token.json")
    answers: list[dict[str, Any]] = []

    def send() -> None:
        try:
            own = Device()
            own.client.cookies, own.key = device.client.cookies.copy(), device.key
            answers.append(own.send())
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer["state"] for answer in answers} == {"sent"}
    assert len({answer["reference"] for answer in answers}) == 1
    assert ServiceRequest.objects.count() == 1


def test_two_reports_of_one_device_are_two(device: Device) -> None:
    device.send()
    device.key = str(uuid.uuid4())
    device.send(text="Another hole")
    assert ServiceRequest.objects.count() == 2


def test_another_with_the_same_problem_is_sent_and_not_kept_waiting(cast: Rivermark, device: Device) -> None:
    factories.routed(cast.pothole, TEXT, answers={"where": "lane"})
    assert device.send()["state"] == "sent"


def test_a_report_in_spanish_is_answered_in_spanish(device: Device) -> None:
    answer = device.send("/es/report/offline/send/", text="Un hoyo", text_language="es", language="es")
    made = ServiceRequest.objects.get()
    assert answer["url"].startswith("/es/l/")
    assert made.language == "es"


# --- Photos, one by one -----------------------------------------------------------------------------------------------


def test_a_photo_that_comes_twice_is_one(device: Device) -> None:
    device.photo("one")
    device.photo("one")
    device.photo("two")
    device.send(photos=[{"key": "one", "alt": ""}, {"key": "two", "alt": ""}])
    assert ServiceRequest.objects.get().photos.count() == 2


def test_a_photo_that_was_removed_on_the_device_is_not_sent_along(device: Device) -> None:
    device.photo("one")
    device.photo("two")
    device.send(photos=[{"key": "two", "alt": "kept"}])
    assert [photo.alt for photo in ServiceRequest.objects.get().photos.all()] == ["kept"]
    assert Photo.objects.count() == 1


def test_without_a_photo_that_it_names_the_report_is_not_sent(device: Device) -> None:
    answer = device.send(photos=[{"key": "one", "alt": ""}])
    assert (device.status, answer["state"]) == (409, "photos")
    assert not ServiceRequest.objects.exists()
    device.photo("one")
    assert device.send(photos=[{"key": "one", "alt": ""}])["state"] == "sent"


@pytest.mark.parametrize("body", [b"", b"GIF89a nonsense", b"\xff\xd8\xff\xe0 half"])
def test_what_is_no_photo_is_refused_and_says_why(device: Device, body: bytes) -> None:
    answer = device.photo(body=body)
    assert (device.status, answer["state"]) == (422, "failed")
    assert answer["problems"]["photos"]


def test_a_photo_that_is_too_large_is_refused(device: Device, settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1000
    answer = device.photo(body=factories.jpeg(1000, 1000))
    assert device.status == 422
    assert "12 MB" in answer["problems"]["photos"]


def test_a_sixth_photo_is_refused(device: Device) -> None:
    for name in "abcde":
        assert device.photo(name)["state"] == "kept"
    assert "up to 5 photos" in device.photo("f")["problems"]["photos"]
    answer = device.send(photos=[{"key": name, "alt": ""} for name in "abcdef"])
    assert (device.status, list(answer["problems"])) == (422, ["photos"])


def test_a_service_that_takes_no_photos_gets_none(cast: Rivermark, device: Device) -> None:
    device.photo("one")
    answer = device.send(
        service="outreach", answers={}, went_on=["service"], photos=[{"key": "one", "alt": ""}], text="Somebody is cold"
    )
    assert answer["state"] == "sent"
    assert not ServiceRequest.objects.get().photos.exists()


# --- What the person must answer or correct ---------------------------------------------------------------------------


def test_red_flag_words_are_asked_about_although_the_device_did_not(device: Device) -> None:
    answer = device.send(text="I smell gas in the hall")
    assert answer["state"] == "needs"
    assert answer["url"] == f"/report/{device.draft.pk}/emergency/"
    assert "911" in answer["message"]
    assert not ServiceRequest.objects.exists()
    # Answered on our pages, it is sent from there; the device asks what became of it.
    assert device.ask()["state"] == "needs"
    device.client.handler.enforce_csrf_checks = False
    device.client.post(answer["url"], {"go_on": "1"})
    device.client.post(f"/report/{device.draft.pk}/check/")
    assert ServiceRequest.objects.get().after_warning
    assert device.ask()["state"] == "sent"


def test_who_said_no_on_the_device_is_not_asked_again(device: Device) -> None:
    answer = device.send(text="I smell gas in the hall", went_on=["phrase:smell gas"])
    assert answer["state"] == "sent"
    assert ServiceRequest.objects.get().after_warning


def test_a_no_to_other_words_does_not_count(device: Device) -> None:
    answer = device.send(text="I smell gas in the hall", went_on=["phrase:want to die"])
    assert (answer["state"], answer["url"]) == ("needs", f"/report/{device.draft.pk}/emergency/")


def test_a_service_that_was_switched_off_leads_to_the_choice_of_another(cast: Rivermark, device: Device) -> None:
    Service.objects.filter(service_code="pothole").update(active=False)
    answer = device.send()
    assert answer["url"] == f"/report/{device.draft.pk}/service/"
    assert "no longer offer this service" in answer["message"]
    assert device.draft.typed["text"] == TEXT


def test_a_service_that_asks_more_by_now_leads_to_its_question(cast: Rivermark, device: Device) -> None:
    answer = device.send(answers={})
    assert answer["url"] == f"/report/{device.draft.pk}/details/1/"
    assert "one more answer" in answer["message"]


@pytest.mark.shows("16.6")
def test_who_typed_the_number_of_the_pole_is_not_asked_for_it_again(cast: Rivermark, device: Device) -> None:
    factories.lamp(cast.city)
    catalog = device.client.get("/report/offline/catalog.json").json()
    assert [one["questions"][0]["asks_asset"] for one in catalog["services"] if one["code"] == "lamp"] == [True]
    for address in ("L00417", "at the light pole L00417"):
        device.key = str(uuid.uuid4())
        assert device.send(service="lamp", answers={}, address=address)["state"] == "sent"
    assert {one.asset.asset_id for one in ServiceRequest.objects.select_related("asset") if one.asset} == {"L00417"}
    # The device can't know that there is no such light: the page asks.
    device.key = str(uuid.uuid4())
    answer = device.send(service="lamp", answers={}, address="L00418")
    assert answer["url"] == f"/report/{device.draft.pk}/details/1/"
    assert "What is the number on the pole?" in device.client.get(answer["url"]).content.decode()


def test_a_place_outside_the_city_leads_to_the_place_and_says_why(device: Device) -> None:
    answer = device.send(address="", lat="10.0", long="10.0")
    assert answer["url"] == f"/report/{device.draft.pk}/location/"
    assert "Rivermark" in answer["message"]
    page = device.client.get(answer["url"])
    assert 'value="10.0"' in page.content.decode()


def test_an_address_that_may_mean_two_places_leads_to_the_choice(cast: Rivermark, device: Device) -> None:
    factories.address(cast.city, "12 Oak St", longitude=factories.ELM_ST[0] + 0.001)
    factories.address(cast.city, "12 Oak Ave", longitude=factories.ELM_ST[0] + 0.002)
    answer = device.send(address="12 Oak")
    assert answer["url"] == f"/report/{device.draft.pk}/location/choose/"


def test_an_address_that_we_do_not_know_is_sent_as_words(device: Device) -> None:
    assert device.send(address="behind the old mill")["state"] == "sent"
    assert ServiceRequest.objects.get().address == "behind the old mill"


def test_what_is_wrong_comes_back_by_field_and_nothing_is_stored(device: Device) -> None:
    answer = device.send(text="x" * 4001, email="ana at example")
    assert device.status == 422
    assert set(answer["problems"]) == {"text", "email"}
    assert not Draft.objects.exists()


def test_what_was_changed_on_our_pages_since_is_not_typed_over(device: Device) -> None:
    device.send(text="I smell gas in the hall")
    drafts.save(device.draft, text="All is well, a hole only")
    assert device.send(text="I smell gas in the hall")["state"] == "needs"
    assert device.draft.typed["text"] == "All is well, a hole only"


def test_what_was_changed_on_the_device_since_counts(device: Device) -> None:
    device.send(answers={})
    assert device.send(revision="2")["state"] == "sent"


def test_what_waited_too_long_is_gone_and_may_be_sent_again(device: Device) -> None:
    device.send(text="I smell gas in the hall")
    Draft.objects.update(expires_at=device.draft.created_at - dt.timedelta(days=1))
    assert device.ask() == {"state": "gone"}
    assert device.status == 404
    assert device.send(revision="2")["state"] == "sent"


# --- What a device never sends ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "nonsense", "123", "\x00", "a" * 5000])
def test_without_a_key_nothing_is_taken(device: Device, key: str) -> None:
    device.key = key
    assert device.send()["state"] == "waiting"
    assert device.status == 400
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    "junk",
    [
        {"answers": "{"},
        {"answers": "[" * 90_000},
        {"answers": "[1, 2]"},
        {"answers": '{"where": {"deep": 1}}'},
        {"answers": '{"where": ["lane", "lane", {"x": 1}]}'},
        {"answers": json.dumps({"where": "lane", **{f"q{n}": "x" for n in range(5000)}})},
        {"answers": '{"where": "\\u0000\\ud800"}'},
        {"went_on": "7"},
        {"went_on": '[{"a": 1}, null]'},
        {"photos": "null"},
        {"photos": '["one"]'},
        {"photos": "{"},
        {"revision": "-1"},
        {"revision": "²"},
        {"revision": "9" * 40},
        {"service": "\x00"},
        {"service": "x" * 3000},
        {"lat": "nan", "long": "inf"},
        {"lat": "1e999", "long": "0"},
        {"text": "\x00\u202ehole"},
        {"language": "xx", "text_language": "tlh"},
        {"key": str(uuid.UUID(int=0))},
    ],
    ids=lambda junk: str(junk)[:30],
)
def test_junk_is_answered_and_never_breaks_the_door(device: Device, junk: dict[str, str]) -> None:
    answer = device.send(**junk)
    assert answer["state"] in ("sent", "needs", "failed")
    assert device.status in (200, 422)


@pytest.mark.parametrize("path", [SEND, PHOTO])
def test_without_a_token_or_a_cookie_nothing_is_taken(device: Device, path: str) -> None:
    bare = Client(enforce_csrf_checks=True)
    assert bare.post(path, {"key": device.key, "text": TEXT}).status_code == 403
    bare.handler.enforce_csrf_checks = False
    assert bare.post(path, {"key": device.key, "text": TEXT}).json() == {"state": "waiting"}
    assert bare.get(path).status_code == 405
    assert not Draft.objects.exists()


def test_an_expired_token_is_no_matter_since_each_try_fetches_its_own(device: Device) -> None:
    device.send()
    del device.client.cookies["csrftoken"]
    device.key = str(uuid.uuid4())
    assert device.send(text="Another")["state"] == "sent"


def test_one_address_begins_a_limited_number_of_reports_and_may_try_later(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("requests_app.web.offline.submission.DRAFTS_AN_HOUR", 1)
    device.send()
    assert device.send()["state"] == "sent"
    device.key = str(uuid.uuid4())
    assert device.send()["state"] == "waiting"
    assert device.status == 429
    assert device.photo()["state"] == "waiting"
    assert Draft.objects.count() == 1


def test_one_address_tries_a_limited_number_of_times(device: Device, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_app.web.offline.submission.TRIES_AN_HOUR", 1)
    device.send()
    assert device.send()["state"] == "waiting"
    assert device.status == 429


# --- What a device keeps ----------------------------------------------------------------------------------------------


def test_the_catalog_has_what_residents_may_use_with_its_questions_in_the_pages_language(
    cast: Rivermark, client: Client
) -> None:
    factories.service(cast.city, "secret-crew", visibility=ServiceVersion.Visibility.STAFF)
    found = client.get("/es/report/offline/catalog.json").json()
    services = {one["code"]: one for one in found["services"]}
    assert set(services) == {"pothole", "tree", "outreach", "unknown"}
    pothole = services["pothole"]
    assert (pothole["name"], pothole["questions"][0]["text"]) == ("Bache", "Tell us the where. (es)")
    # People look for it in either language.
    assert "flat tire" in pothole["find"]
    assert services["outreach"]["confidential"]
    assert services["outreach"]["screen"] == "¿La persona está herida? Llame al 911."
    assert {one["phrase"] for one in found["phrases"]} >= {"smell gas", "huele a gas", "want to die", "see flames"}
    assert "department" not in json.dumps(found).lower()


@pytest.mark.parametrize("path", ["/report/offline/", "/report/offline/catalog.json", "/app.webmanifest", "/sw.js"])
def test_what_a_device_keeps_is_the_same_for_every_reader(cast: Rivermark, client: Client, path: str) -> None:
    first = client.get(path)
    Device().send()
    someone = Client()
    someone.force_login(cast.tom)
    someone.post("/report/", {"text": TEXT})
    assert someone.get(path).content == first.content
    assert not first.cookies


def test_every_word_of_the_scripts_is_handed_over_in_the_pages_language(cast: Rivermark) -> None:
    english = offline_words(cast.city)
    with override("es"):
        spanish = offline_words(cast.city)
    assert english.keys() == spanish.keys()
    same = {name for name in english if english[name] == spanish[name]}
    assert same == set()


def test_what_a_kept_report_left_on_the_server_is_swept_with_other_drafts(device: Device) -> None:
    device.photo("one")
    Draft.objects.update(expires_at=device.draft.created_at - dt.timedelta(days=1))
    expiry.sweep()
    assert not Draft.objects.exists()
