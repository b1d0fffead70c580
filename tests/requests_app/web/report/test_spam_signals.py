"""Spam signals. A report with one is accepted and worked on; only its publication waits for review."""

import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail, signing
from django.core.cache import cache
from django.test import Client
from pytest_django.fixtures import Settings

from requests_app import api_keys
from requests_app.messages import email
from requests_app.models import (
    Draft,
    Event,
    GazetteerEntry,
    Jurisdiction,
    ModerationTerm,
    OutboxRow,
    PublicState,
    SearchDocument,
    ServiceRequest,
)
from requests_app.places.address_words import search_key
from requests_app.web.report import spam_signals
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.32")]
PENDING_REVIEW = "Someone will review it before everyone can see it."


def report(walk: Walk, number: int = 0, **contact: str) -> ServiceRequest:
    """Somebody else, about another place, from the same network, unless said otherwise."""
    place = contact.pop("address", f"{number} Far Away Rd")
    city = Jurisdiction.objects.get()
    if not GazetteerEntry.objects.filter(search_key=search_key(place)).exists():
        factories.address(city, place)
    walk.begin().on("service", service="pothole").on("location", address=place)
    if walk.at == "duplicates":
        walk.on("duplicates", different="1")
    walk.on("details/1", text=TEXT, q_where="lane", q_damage="")
    walk.on("contact", **({"language": "en", "email": f"{number}@example.org"} | contact))
    walk.send()
    assert "We got it." in walk.html
    return ServiceRequest.objects.latest("id")


# --- Floods -----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.36")
def test_a_library_over_its_limit_is_taken_routed_and_clocked_and_only_not_shown_yet(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_signals, "FROM_ONE_NETWORK_AN_HOUR", 1)
    assert report(walk, 1).is_public
    held = report(walk, 2)
    assert (held.public_state, held.review_reason) == ("pending_review", "limit")
    assert PENDING_REVIEW in walk.html
    assert "too" not in walk.html.split("<main", 1)[1].split("</main")[0].lower().split()
    factories.run_worker()
    held.refresh_from_db()
    assert held.status == "routed"
    assert held.department is not None
    assert {clock.kind for clock in held.clocks.all()} == {"acknowledge", "resolve"}
    assert not SearchDocument.objects.filter(kind="request", object_id=held.pk).exists()
    assert list(Event.objects.filter(service_request=held, kind="pending_review").values_list("data", flat=True)) == [
        {"reason": "limit"}
    ]
    # Everybody else who knows the number reads its status, and none of its words.
    stranger = Client().get(f"/r/{held.reference}/")
    assert stranger.status_code == 200
    assert held.description not in stranger.content.decode()
    own = walk.client.get(f"/l/{factories_link(held)}/", follow=True)
    assert own.status_code == 200
    assert "Only you and the city can see this until someone reviews it." in own.content.decode()


def factories_link(service_request: ServiceRequest) -> str:
    from requests_app import links

    return links.token(service_request.access_links.get())


def test_one_person_is_counted_by_address_and_phone_from_whatever_network(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_signals, "BY_ONE_PERSON_A_DAY", 1)
    assert report(walk, 1, email="Ana@Example.org").is_public
    walk.client.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert report(walk, 2, email="ana@example.org").review_reason == "limit"
    assert report(walk, 3, email="", phone="555-0199").is_public
    assert report(walk, 4, email="", phone="555-0199").review_reason == "limit"
    # Who leaves nothing is nobody in particular.
    assert report(walk, 5, email="").is_public
    assert report(walk, 6, email="").is_public


def test_who_reports_one_address_again_and_again_is_looked_at_first(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spam_signals, "ABOUT_ONE_PLACE_A_DAY", 1)
    assert report(walk, 1, address="7 Neighbor Ct").is_public
    assert report(walk, 2, address="8 Neighbor Ct").is_public
    assert report(walk, 3, address="7  neighbor CT").review_reason == "limit"
    # The same person from elsewhere, too.
    walk.client.defaults["REMOTE_ADDR"] = "192.0.2.77"
    assert report(walk, 4, address="9 Neighbor Ct", email="same@example.org").is_public
    walk.client.defaults["REMOTE_ADDR"] = "192.0.2.78"
    assert report(walk, 5, address="9 Neighbor Ct", email="same@example.org").review_reason == "limit"


def test_a_double_click_counts_once(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spam_signals, "FROM_ONE_NETWORK_AN_HOUR", 2)
    report(walk, 1)
    for _again in range(3):
        walk.send()
    assert report(walk, 2).is_public


def test_without_redis_nobody_is_over_a_limit(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spam_signals, "FROM_ONE_NETWORK_AN_HOUR", 0)

    def lost(*args: Any, **kwargs: Any) -> int:
        raise ValueError

    monkeypatch.setattr(cache, "incr", lost)
    assert report(walk).is_public


# --- Programs ---------------------------------------------------------------------------------------------------------


def test_the_first_pages_have_the_field_that_only_programs_fill_in(cast: Rivermark, client: Client) -> None:
    for page in ("/", "/report/", "/report/offline/", "/es/report/"):
        html = client.get(page).content.decode()
        field = html.split('name="subject"', 1)[1].split(">", 1)[0]
        assert 'tabindex="-1"' in field
        assert 'autocomplete="off"' in field
        before = html.split('name="subject"', 1)[0][-300:]
        assert 'aria-hidden="true"' in before
        assert "Leave this field empty" in before or page.startswith("/es/")
        assert ('name="opened"' in html) == (page != "/report/offline/")


@pytest.mark.parametrize("where", ["begin", "problem"])
def test_who_fills_it_in_is_held_and_never_refused(walk: Walk, where: str) -> None:
    walk.begin(subject="Cheap pills" if where == "begin" else "")
    if where == "problem":
        walk.on("problem", text=TEXT, subject="Cheap pills")
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=TEXT, q_where="lane", q_damage="").on("contact", language="en").send()
    assert PENDING_REVIEW in walk.html
    held = ServiceRequest.objects.get()
    assert (held.public_state, held.review_reason) == ("pending_review", "robot")
    assert "Cheap pills" not in held.description


def stamped(seconds_ago: float) -> str:
    return signing.dumps(time.time() - seconds_ago, salt=spam_signals._SALT)


@pytest.mark.parametrize(
    ("opened", "reason"),
    [
        (lambda: stamped(0), "robot"),
        (lambda: stamped(60), ""),
        # From a clock that is wrong, forged, of an old key, or of a page that had none.
        (lambda: stamped(-600), "robot"),
        (lambda: "forged:nonsense", ""),
        (lambda: "", ""),
    ],
)
def test_who_needs_no_time_is_held(walk: Walk, opened: Callable[[], str], reason: str) -> None:
    walk.begin(opened=opened()).on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=TEXT, q_where="lane", q_damage="").on("contact", language="en").send()
    assert ServiceRequest.objects.get().review_reason == reason


def test_a_quick_first_page_is_no_matter_when_the_others_take_their_time(walk: Walk) -> None:
    walk.begin(opened=stamped(0)).on("service", service="pothole").on("location", address="12 Elm St")
    walk.on("details/1", text=TEXT, q_where="lane", q_damage="").on("contact", language="en")
    draft = walk.draft
    Draft.objects.filter(pk=draft.pk).update(created_at=draft.created_at - time_ago(4))
    walk.send()
    assert ServiceRequest.objects.get().is_public


def time_ago(seconds: int) -> Any:
    import datetime as dt

    return dt.timedelta(seconds=seconds)


def test_neither_is_given_back_as_if_somebody_had_typed_it(walk: Walk) -> None:
    walk.to_check()
    draft = walk.draft
    walk.send()
    answer = walk.client.post(f"/report/{draft.pk}/problem/", {"text": TEXT, "subject": "x" * 30, "opened": stamped(0)})
    assert answer.status_code == 302


# --- Devices and other channels ---------------------------------------------------------------------------------------


def from_device(**changes: Any) -> dict[str, Any]:
    client = Client()
    client.get("/report/offline/token.json")
    kept = {
        "key": str(uuid.uuid4()), "revision": "1", "text": TEXT, "service": "pothole", "answers": {"where": "lane"},
        "address": "12 Elm St", "lat": "", "long": "", "note": "", "email": "", "phone": "", "name": "", "language": "en",
        "text_language": "en", "went_on": [], "photos": [],
    }  # fmt: skip
    sent = {name: json.dumps(one) if isinstance(one, dict | list) else one for name, one in (kept | changes).items()}
    found: dict[str, Any] = client.post("/report/offline/send/", sent).json()
    return found


def test_a_device_that_sends_at_once_what_it_kept_is_no_robot(cast: Rivermark) -> None:
    assert from_device()["state"] == "sent"
    assert ServiceRequest.objects.get().is_public


def test_a_device_is_held_by_the_same_rules(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = from_device(subject="pills")
    assert (answer["state"], answer["message"]) == ("sent", PENDING_REVIEW)
    assert ServiceRequest.objects.get().review_reason == "robot"
    monkeypatch.setattr(spam_signals, "FROM_ONE_NETWORK_AN_HOUR", 0)
    assert from_device()["state"] == "sent"
    assert ServiceRequest.objects.latest("id").review_reason == "limit"


@pytest.mark.parametrize("where", ["text", "q_damage", "note", "name", "alt"])
def test_a_listed_link_holds_wherever_it_stands(cast: Rivermark, walk: Walk, where: str) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="link", value="spam.example")
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="te voy a matar")
    words = "Te voy a matar. See spam.example"
    said = {where: words}
    walk.begin().on("service", service="pothole").on("location", address="12 Elm St", note=said.get("note", ""))
    if where == "alt":
        walk.on("details/1", text=TEXT, add_photos="1", photos=_photo())
        walk.on("details/1", **{f"alt_{walk.draft.photos.get().name}": words, "text": TEXT, "q_where": "lane"})
    else:
        walk.on("details/1", text=said.get("text", TEXT), q_where="lane", q_damage=said.get("q_damage", ""))
    # A threat leads to the question whether anyone is in danger.
    walk.on("emergency", go_on="1").on(
        "contact", language="en", name=said.get("name", ""), email="ana@example.org"
    ).send()
    assert (ServiceRequest.objects.get().public_state, ServiceRequest.objects.get().review_reason) == (
        "pending_review",
        "threat",
    )
    ModerationTerm.objects.filter(kind="threat").delete()


def _photo() -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("hole.jpg", factories.jpeg(), "image/jpeg")


def test_another_programs_report_is_read_by_the_lists_and_told_so(cast: Rivermark, client: Client) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="link", value="spam.example")
    _key, secret = api_keys.create(cast.city, "App", created_by=cast.ada)
    body = {
        "api_key": secret, "service_code": "pothole", "lat": "40.5", "long": "-69.0", "attribute[where]": "lane",
        "description": "See spam.example", "email": "ana@example.org",
    }  # fmt: skip
    answer = client.post("/open311/v2/requests.json", body)
    assert answer.status_code == 200
    assert PENDING_REVIEW in answer.json()[0]["service_notice"]
    held = ServiceRequest.objects.get()
    assert (held.public_state, held.review_reason) == ("pending_review", "link")
    (found,) = client.get(f"/open311/v2/requests/{held.display_reference}.json").json()
    assert (found["status"], found["description"]) == ("open", None)


def test_the_mail_that_we_got_it_says_that_somebody_looks_at_it_first(cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="link", value="spam.example")
    for text, is_said in (("See spam.example", True), ("A hole.", False)):
        made = factories.routed(cast.pothole, text, answers={"where": "lane"})
        row = OutboxRow.objects.get(service_request=made, kind="email_received")
        mail.outbox.clear()
        email.send_notification(row)
        [sent] = mail.outbox
        assert (PENDING_REVIEW in str(sent.body)) == is_said
        assert (PENDING_REVIEW in str(sent.alternatives[0][0])) == is_said  # type: ignore[attr-defined]


def test_a_private_report_stays_private_and_keeps_the_threat_for_its_readers(cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="i will kill you")
    made = factories.report(cast.outreach, "I will kill you.")
    assert (made.public_state, made.review_reason) == (PublicState.PRIVATE, "threat")
    assert not Event.objects.filter(service_request=made, kind="pending_review").exists()


def test_what_staff_write_is_asked_the_same(cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="i will kill you")
    for words, reason in (("Fill it or I will kill you.", "threat"), ("A hole.", "")):
        made = factories.report(cast.pothole, words, answers={"where": "lane"}, actor=cast.cal)
        assert (made.review_reason, made.is_public) == (reason, not reason)


def test_holding_changes_neither_priority_nor_department_nor_due_date(cast: Rivermark, walk: Walk) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="link", value="spam.example")
    plain = factories.routed(cast.pothole, "A hole.", answers={"where": "lane"})
    held = factories.routed(cast.pothole, "A hole. spam.example", answers={"where": "lane"})
    assert held.public_state == "pending_review"
    for name in ("priority", "department_id", "status", "after_warning"):
        assert getattr(held, name) == getattr(plain, name)
    assert held.due_at - held.submitted_at == plain.due_at - plain.submitted_at  # type: ignore[operator]


def test_a_flood_of_drafts_keeps_the_words_and_says_when_and_whom_to_call(
    cast: Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    monkeypatch.setattr("requests_app.web.report.start.DRAFTS_AN_HOUR", 0)
    answer = client.post("/report/", {"text": "My very own words"})
    html = answer.content.decode()
    assert answer.status_code == 429
    assert "My very own words" in html
    assert "Try again after" in html
    assert cast.city.desk_number in html
    assert "..</" not in html
