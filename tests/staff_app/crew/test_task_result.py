"""The result of a task: it ends once, its note goes to the department that has the request, and its photos are for staff."""

import json
import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app.actions.work import progress, tasks
from requests_app.models import CrewResult, Photo, ServiceRequest, Task, User
from staff_app.crew.offline import CHOICE_FIELDS, STOP_FIELDS
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.9")]
JSON = {"Accept": "application/json"}


class Phone:
    """What static/js/crew/sending.js does, from what the phone keeps of the task."""

    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.key = str(uuid.uuid4())
        self.status = 0

    def stop(self) -> dict[str, Any]:
        (found,) = self.client.get(reverse("staff_app:crew_day_json")).json()["stops"]
        return dict(found)

    def send(self, url: str, **sent: Any) -> dict[str, Any]:
        answer = self.client.post(url, {"key": self.key, **sent}, headers=JSON)
        self.status = answer.status_code
        found: dict[str, Any] = answer.json()
        return found

    def photo(self, url: str) -> dict[str, Any]:
        return self.send(url, photo_key="one", photo=SimpleUploadedFile("work.jpg", factories.jpeg(), "image/jpeg"))


ONE = json.dumps([{"key": "one", "stage": "after"}])


@pytest.fixture
def one(town: Rivermark) -> ServiceRequest:
    """Of Streets, accepted."""
    one = factories.routed(town.pothole, "A hole under a tree.", answers={"where": "lane"})
    progress.accept(one.pk, actor=town.tom)
    return one


@pytest.fixture
def task(town: Rivermark, one: ServiceRequest) -> Task:
    return tasks.add(one.pk, department=town.parks, what="Cut the roots", actor=town.tom)


@pytest.fixture
def rob(town: Rivermark) -> User:
    """On a crew of Parks, who may not open the request."""
    return factories.staff("Rob", "crew", town.city, town.parks)


def test_a_phone_ends_a_task_once_with_a_photo_and_a_note(one: ServiceRequest, task: Task, rob: User) -> None:
    phone = Phone(rob)
    stop = phone.stop()
    assert set(stop) <= STOP_FIELDS
    assert {name for choice in stop["choices"] for name in choice} == CHOICE_FIELDS
    assert [choice["code"] for choice in stop["choices"]] == ["done", "no_access", "dropped"]
    assert "A hole under a tree." not in json.dumps(stop)
    # We couldn't get to it: a note, and it stays.
    answer = phone.send(stop["result_url"], outcome="no_access", words="The gate is locked.")
    assert answer == {"state": "sent", "message": "Note saved. The task stays on your list."}
    assert one.comments.get(kind="note").text == "The crew was there and couldn’t get to it. The gate is locked."
    phone.key = str(uuid.uuid4())
    assert phone.send(stop["result_url"], outcome="fixed")["state"] == "refused"
    assert phone.send(stop["result_url"], outcome="done", photos=ONE) == {"state": "photos"}
    assert phone.photo(stop["photo_url"]) == {"state": "kept"}
    first = phone.send(stop["result_url"], outcome="done", words="Roots are gone.", photos=ONE)
    assert (phone.status, first["state"]) == (200, "sent")
    assert phone.send(stop["result_url"], outcome="done", words="Roots are gone.", photos=ONE) == first
    task.refresh_from_db()
    assert (task.state, task.ended_by) == ("done", rob)
    assert one.events.filter(kind="task_done").count() == 1
    assert one.comments.filter(text="Roots are gone.", public=False).count() == 1
    photo = Photo.objects.get()
    assert (photo.service_request, photo.kind, photo.stage, photo.is_private) == (one, "work", "after", True)
    assert phone.client.get(reverse("staff_app:crew_day_json")).json()["stops"] == []


def test_the_second_of_two_keeps_its_photos_and_is_told(
    town: Rivermark, one: ServiceRequest, task: Task, rob: User
) -> None:
    phone = Phone(rob)
    stop = phone.stop()
    tasks.end(task.pk, state="dropped", actor=town.pia)
    phone.photo(stop["photo_url"])
    answer = phone.send(stop["result_url"], outcome="done", photos=ONE)
    assert (phone.status, answer["state"]) == (409, "late")
    assert answer["message"].startswith("Someone else already updated this")
    assert "We saved your photos" in answer["message"]
    assert phone.send(stop["result_url"], outcome="done", photos=ONE) == answer
    task.refresh_from_db()
    assert task.state == "dropped"
    assert Photo.objects.get().is_private
    assert CrewResult.objects.get().task == task
    assert one.events.get(kind="crew_result_kept").data == {"outcome": "done", "photos": 1}


def test_the_form_on_its_page_works_without_a_script_and_keeps_what_was_typed(task: Task, rob: User) -> None:
    phone = Phone(rob)
    page = phone.client.get(reverse("staff_app:task", args=[task.pk])).content.decode()
    path = reverse("staff_app:crew_task_result", args=[task.pk])
    assert f'action="{path}"' in page
    sent = {"key": phone.key, "words": "Roots are gone.", "photo": SimpleUploadedFile("a.jpg", factories.jpeg())}
    again = phone.client.post(path, sent)
    assert again.status_code == 422
    for words in ("Choose what happened.", "Roots are gone.", "Your photo has arrived.", "Cut the roots"):
        assert words in again.content.decode()
    kept = json.dumps([{"key": "photo", "stage": "after"}])
    done = phone.client.post(path, {**sent, "photo": "", "photos": kept, "outcome": "done"}, follow=True)
    assert "Cut the roots: Task ended." in done.content.decode()
    late = phone.client.post(path, {**sent, "key": str(uuid.uuid4()), "photo": "", "outcome": "done"})
    assert late.status_code == 409
    assert "Your result wasn’t used" in late.content.decode()


def test_a_task_of_others_is_not_there(town: Rivermark, task: Task) -> None:
    phone = Phone(town.dev)
    for name in ("staff_app:crew_task_result", "staff_app:crew_task_photo"):
        assert phone.client.post(reverse(name, args=[task.pk]), {"key": phone.key}).status_code == 404
