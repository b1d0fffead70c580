"""The result of a stop: it is done once, as the request's page would do it; and one that arrived too late keeps its photos."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.actions.privacy import expiry
from requests_app.actions.work import assignment, progress
from requests_app.models import (
    AnswerTemplate,
    Comment,
    CrewResult,
    Event,
    ListedReason,
    OutboxRow,
    Photo,
    ServiceRequest,
)
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.9")]

JSON = {"Accept": "application/json"}


class Phone:
    """What static/js/crew/sending.js does: each photo under a key, then the result under its own."""

    def __init__(self, user: Any, service_request: ServiceRequest) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.user, self.request = user, service_request
        self.key = str(uuid.uuid4())
        self.seen = service_request.events.order_by("-id").values_list("id", flat=True)[0]
        self.status = 0

    def photo(self, name: str = "one", body: bytes | None = None) -> dict[str, Any]:
        file = SimpleUploadedFile("work.jpg", factories.jpeg() if body is None else body, "image/jpeg")
        path = reverse("staff_app:crew_photo", args=[self.request.reference])
        answer = self.client.post(path, {"key": self.key, "photo_key": name, "photo": file}, headers=JSON)
        self.status = answer.status_code
        found: dict[str, Any] = answer.json()
        return found

    def send(self, outcome: str = "fixed", *photos: str, **more: str) -> dict[str, Any]:
        named = json.dumps([{"key": name, "stage": "after"} for name in photos])
        sent = {"key": self.key, "outcome": outcome, "last_event": self.seen, "photos": named, **more}
        answer = self.client.post(self.path, sent, headers=JSON)
        self.status = answer.status_code
        found: dict[str, Any] = answer.json()
        return found

    @property
    def path(self) -> str:
        return reverse("staff_app:crew_result", args=[self.request.reference])


@pytest.fixture
def hole(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "A hole", answers={"where": "lane"})


@pytest.fixture
def phone(cast: Rivermark, hole: ServiceRequest) -> Phone:
    return Phone(cast.dev, hole)


def kinds(service_request: ServiceRequest) -> list[str]:
    return list(service_request.events.order_by("id").values_list("kind", flat=True))


# --- It is done --------------------------------------------------------------------------------------------------------


def test_a_photo_and_an_outcome_end_the_request_with_the_templates_words(
    cast: Rivermark, phone: Phone, hole: ServiceRequest
) -> None:
    words = {"en": "Filled. Report {reference} is done."}
    AnswerTemplate.objects.create(
        jurisdiction=cast.city, service=hole.service, name="Filled", outcome="fixed", words=words
    )
    assert phone.photo() == {"state": "kept"}
    stored = Photo.objects.get()
    assert stored.service_request is None, "nobody sees it before the result"
    answer = phone.send("fixed", "one")
    assert (phone.status, answer["state"]) == (200, "sent")
    hole.refresh_from_db()
    stored.refresh_from_db()
    assert (hole.status, hole.disposition) == ("resolved", "fixed")
    assert hole.visited_at is not None
    assert (stored.service_request, stored.kind, stored.stage, stored.is_private) == (hole, "work", "after", False)
    assert hole.comments.get().text == f"Filled. Report {hole.display_reference} is done."
    event = hole.events.get(kind="resolved")
    assert (event.user, event.data["remote"]) == (cast.dev, False)


def test_without_a_template_a_plain_sentence_in_the_reporters_language_is_enough(
    cast: Rivermark, phone: Phone, hole: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=hole.pk).update(language="es")
    assert phone.send("fixed")["state"] == "sent"
    written = hole.comments.get()
    assert written.language == "es"
    assert "cuadrilla" in written.text


@pytest.mark.shows("14.6")
def test_the_same_key_again_gives_the_same_answer_one_ending_and_one_email(phone: Phone, hole: ServiceRequest) -> None:
    phone.photo()
    first = phone.send("fixed", "one")
    assert phone.photo() == {"state": "kept"}
    again = phone.send("fixed", "one")
    assert (again, phone.status) == (first, 200)
    # Under another key of the same phone, it can't end twice.
    phone.key = str(uuid.uuid4())
    assert phone.send("fixed")["state"] == "late"
    assert kinds(hole).count("resolved") == 1
    assert OutboxRow.objects.filter(kind="notify", event__kind="resolved").count() == 1
    assert hole.photos.count() == 1


def test_what_the_service_asks_for_is_asked_of_a_crew_too(cast: Rivermark) -> None:
    limb = factories.service(cast.city, "limb", of=cast.streets, evidence="photo")
    hole = factories.routed(limb, "A broken limb")
    phone = Phone(cast.dev, hole)
    answer = phone.send("fixed")
    assert (phone.status, answer["state"]) == (422, "refused")
    assert "photo" in answer["message"].lower()
    assert not CrewResult.objects.exists()
    assert "resolved" not in kinds(hole)
    # The same key, corrected.
    assert phone.send("fixed", no_evidence="no_camera")["state"] == "sent"
    assert hole.events.get(kind="resolved").data["no_evidence"] == "no_camera"


def test_typed_words_are_checked_for_names_and_language(phone: Phone, hole: ServiceRequest) -> None:
    answer = phone.send("fixed", words="Fixed. Call Maria Gonzalez at 555-123-4567.")
    assert (phone.status, answer["state"]) == (422, "refused")
    assert "555-123-4567" in answer["message"]
    ServiceRequest.objects.filter(pk=hole.pk).update(language="es")
    answer = phone.send("fixed", words="Filled with cold mix.")
    assert "Spanish" in answer["message"]
    assert phone.send("fixed", words="Lo rellenamos.", vouched="on")["state"] == "sent"
    assert hole.comments.get().text == "Lo rellenamos."


def test_it_could_not_be_done(cast: Rivermark, phone: Phone, hole: ServiceRequest) -> None:
    """A visit with a note, then a hold, then an end with a reason of the city: each under its own key, as seen in the morning."""
    ListedReason.objects.create(
        jurisdiction=cast.city,
        kind="cannot_do",
        code="budget",
        words={"en": "There’s no budget", "es": "No hay fondos"},
    )
    phone.photo()
    assert phone.send("no_access", "one")["state"] == "sent"
    assert kinds(hole)[-2:] == ["visited", "note_added"]
    assert hole.photos.get().stage == "before"
    for outcome, status in (("hold:weather", "on_hold"), ("cannot_do:budget", "resolved")):
        phone.key = str(uuid.uuid4())
        assert phone.send(outcome)["state"] == "sent", outcome
        hole.refresh_from_db()
        assert hole.status == status
    assert hole.disposition_reason == "budget"
    assert "There’s no budget" in hole.comments.get(kind=Comment.Kind.OUTCOME).text


# --- It arrived too late --------------------------------------------------------------------------------------------------


def test_a_second_phones_result_is_a_conflict_and_both_photos_are_kept(
    cast: Rivermark, phone: Phone, hole: ServiceRequest
) -> None:
    other = Phone(cast.tom, hole)
    phone.photo()
    phone.send("fixed", "one")
    hole.refresh_from_db()
    before = ServiceRequest.objects.filter(pk=hole.pk).values().get()
    other.photo("two", factories.jpeg(300, 300, "red"))
    answer = other.send("not_found", "two")
    assert (other.status, answer["state"]) == (409, "late")
    # Who did what, and what became of the photo.
    for words in (str(cast.dev), "Resolved: Fixed", "saved your photos on the request"):
        assert words in answer["message"]
    assert ServiceRequest.objects.filter(pk=hole.pk).values().get() == before
    first, second = hole.photos.order_by("id")
    assert (first.is_private, second.is_private, second.kind) == (False, True, "work")
    event = hole.events.get(kind="crew_result_kept")
    assert (event.user, event.data) == (cast.tom, {"outcome": "not_found", "photos": 1})
    assert not OutboxRow.objects.filter(event=event).exists()
    # Again: the same words, and nothing new.
    assert (other.send("not_found", "two"), other.status) == (answer, 409)
    assert kinds(hole).count("crew_result_kept") == 1
    # Staff see it, with its sentence; the public doesn't.
    page = other.client.get(reverse("staff_app:detail", args=[hole.reference])).content.decode()
    assert second.name in page
    assert "arrived too late" in page
    assert Client().get(reverse("requests_app:photo", args=[second.name])).status_code == 404
    assert second.name not in Client().get(f"/r/{hole.reference}/").content.decode()


def test_what_a_colleague_changed_meanwhile_is_not_overwritten_and_what_does_not_matter_does_not_stop_it(
    cast: Rivermark, phone: Phone, hole: ServiceRequest
) -> None:
    assignment.set_priority(hole.pk, priority=1, actor=cast.tom)
    progress.visit(hole.pk, actor=cast.tom)
    answer = phone.send("fixed")
    assert answer["state"] == "late"
    assert "Visited" in answer["message"]
    assert "Nothing was changed." in answer["message"]
    # Seen now: only the priority was new.
    phone.key, phone.seen = str(uuid.uuid4()), hole.events.order_by("-id").values_list("id", flat=True)[0]
    assignment.set_priority(hole.pk, priority=2, actor=cast.tom)
    assert phone.send("fixed")["state"] == "sent"


def test_photos_that_were_swept_are_asked_for_again(phone: Phone) -> None:
    phone.photo()
    expiry.sweep()
    Photo.objects.all().delete()
    assert phone.send("fixed", "one") == {"state": "photos"}
    phone.photo()
    assert phone.send("fixed", "one")["state"] == "sent"


# --- Who may, and what is refused -----------------------------------------------------------------------------------


def test_only_who_goes_out_to_a_request_of_theirs_may_send_one(cast: Rivermark, hole: ServiceRequest) -> None:
    for user, status in ((cast.pia, 404), (cast.cal, 403)):
        client = Client()
        client.force_login(user)
        for name in ("crew_photo", "crew_result"):
            path = reverse(f"staff_app:{name}", args=[hole.reference])
            assert client.post(path, headers=JSON).status_code == status, (user, name)
    assert Client().post(reverse("staff_app:crew_result", args=[hole.reference])).status_code == 302
    assert not Photo.objects.exists()


def test_nonsense_is_refused_in_words(phone: Phone) -> None:
    assert phone.send("removed")["message"] == "Choose what happened."
    phone.key = "no key"
    assert phone.send("fixed")["state"] == "refused"
    assert phone.photo()["state"] == "refused"
    phone.key = str(uuid.uuid4())
    assert phone.photo("bad", b"no photo")["state"] == "refused"
    assert phone.status == 422
    answer = phone.client.post(phone.path, {"key": phone.key, "photos": "[" * 3000, "outcome": "fixed"}, headers=JSON)
    assert answer.json()["state"] == "sent"


# --- Without a script --------------------------------------------------------------------------------------------------


def test_the_form_works_without_a_script_and_keeps_the_photo_over_a_mistake(phone: Phone, hole: ServiceRequest) -> None:
    stop = phone.client.get(reverse("staff_app:crew_stop", args=[hole.reference])).content.decode()
    assert f'action="{phone.path}"' in stop
    file = SimpleUploadedFile("work.jpg", factories.jpeg(), "image/jpeg")
    page = phone.client.post(phone.path, {"key": phone.key, "last_event": phone.seen, "photo": file})
    assert page.status_code == 422
    said = page.content.decode()
    assert "Choose what happened." in said
    assert "Your photo has arrived." in said
    kept = json.dumps([{"key": "photo", "stage": "after"}])
    sent = {"key": phone.key, "last_event": phone.seen, "photos": kept, "outcome": "fixed"}
    assert phone.client.post(phone.path, sent)["Location"] == reverse("staff_app:crew_day")
    assert hole.photos.get().stage == "after"
    late = Phone(phone.user, hole)
    page = late.client.post(late.path, {"key": late.key, "last_event": late.seen, "outcome": "fixed"})
    assert page.status_code == 409
    assert "Your result wasn’t used" in page.content.decode()
    assert Event.objects.filter(kind="crew_result_kept").count() == 1
    assert phone.client.get(phone.path).status_code == 302
