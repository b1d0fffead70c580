"""Photos at the counter: by the residents' own upload and rules, seen by the taker alone until the report is made."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.models import Photo, ServiceRequest
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
WORDS = "A hole as big as a plate"


def to_details(call: Call) -> Call:
    return call.box(WORDS).send(service="pothole").send(address="12 Elm St", note="")


def add(call: Call, *contents: bytes, **data: str) -> Call:
    version = str(call.row.draft.typed["version"])
    uploads = [SimpleUploadedFile(f"{number}.jpg", content) for number, content in enumerate(contents, 1)]
    return call.send(text=WORDS, version=version, photos=uploads, **data)  # type: ignore[arg-type]


def test_the_taker_adds_describes_and_removes_photos_before_the_questions_are_answered(cast: Rivermark) -> None:
    call = to_details(Call(cast.cal, channel="counter"))
    assert 'enctype="multipart/form-data"' in call.html
    add(call, factories.jpeg(), factories.jpeg(color="red"), b"no photo", add_photos="1")
    assert (call.step, Photo.objects.count()) == ("details:1", 2)
    assert "3.jpg: " in call.html
    # No question that is still open is an error.
    assert "Answer this question" not in call.html
    first, second = re.findall(r'name="remove_photo" value="(\w+)"', call.html)
    add(call, remove_photo=first)
    assert [photo.name for photo in Photo.objects.all()] == [second]
    thumb = f"/photos/{second}-thumb.jpg"
    assert thumb in call.html
    # Nobody else sees it before it's sent, not even a colleague.
    colleague = Client()
    colleague.force_login(cast.tom)
    assert [client.get(thumb).status_code for client in (call.client, colleague, Client())] == [200, 404, 404]
    call.send(text=WORDS, q_where="lane", version=str(cast.pothole.pk), **{f"alt_{second}": "A hole with water"})
    call.to_check(cast, is_begun=True).send(create="1", version=str(cast.pothole.pk))
    photo = ServiceRequest.objects.get().photos.get()
    assert (photo.name, photo.alt, photo.taken_at) == (second, "A hole with water", None)


def test_on_the_phone_and_where_the_service_takes_none_there_is_nothing_to_add(cast: Rivermark) -> None:
    call = to_details(Call(cast.cal))
    assert 'name="photos"' not in call.html
    add(call, factories.jpeg(), add_photos="1")
    factories.service(cast.city, "quiet", name={"en": "Quiet hours"}, photo_policy="none")
    counter = Call(cast.cal, channel="counter").box("quiet").send(service="quiet").send(address="12 Elm St", note="")
    assert counter.step == "details:1"
    add(counter, factories.jpeg(), add_photos="1")
    assert not Photo.objects.exists()


def test_who_gets_email_hears_where_photos_can_be_added(cast: Rivermark) -> None:
    said = "You can add photos with the link in our email."
    for typed, is_said in (
        ({"email": "ana@example.org", "phone": ""}, True),
        ({"email": "", "phone": "617-555-0142"}, False),
    ):
        call = to_details(Call(cast.cal))
        call.send(text=WORDS, q_where="lane", version=str(cast.pothole.pk))
        if call.step == "duplicates":
            call.send(different="1").send(text=WORDS, q_where="lane", version=str(cast.pothole.pk))
        call.send(name="Ana", language="en", **typed).send(create="1", version=str(cast.pothole.pk))
        assert (said in call.script) is is_said, call.script
