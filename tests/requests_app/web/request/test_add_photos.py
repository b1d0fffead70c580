"""Photos that a reporter adds after sending: checked like the first ones, shown to staff, and removable for a while."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from requests_app import links
from requests_app.actions.following import followers
from requests_app.actions.publication import moderation
from requests_app.actions.report import later_photos
from requests_app.actions.work import endings, progress
from requests_app.models import Event, ModerationTerm, Photo, ServiceRequest, TextRevision
from requests_app.rules.publication.public_texts import version_of
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.10")]


def jpeg(name: str = "hole.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content if content is not None else factories.jpeg(), "image/jpeg")


class Holder:
    """Ana with her private link."""

    def __init__(self, version: Any, **options: Any) -> None:
        made = factories.routed(version, **options)
        self.link, self.pk, self.reference = made.access_links.get(), made.pk, made.reference
        self.client = Client()
        self.client.get(f"/l/{links.token(self.link)}/")
        self.status = 0
        self.html = ""

    @property
    def request(self) -> ServiceRequest:
        return ServiceRequest.objects.get(pk=self.pk)

    def send(self, page: str = "", **data: Any) -> "Holder":
        answer = self.client.post(f"/r/{self.reference}/photos/{page}", data, follow=True)
        self.status = answer.redirect_chain[0][1] if answer.redirect_chain else answer.status_code
        self.html = answer.content.decode()
        return self

    def track(self) -> str:
        return self.client.get(f"/r/{self.reference}/").content.decode()

    def told(self, kind: str) -> int:
        return Event.objects.filter(service_request=self.pk, kind=kind).count()


def ana(cast: Rivermark, **options: Any) -> Holder:
    return Holder(options.pop("version", cast.pothole), **{"answers": {"where": "lane"}, **options})


def test_a_photo_is_added_and_the_staff_hear_of_it(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg()])
    assert holder.status == 302
    assert "will see your photos" in holder.html
    photo = Photo.objects.get()
    assert (photo.service_request_id, photo.kind, photo.is_private) == (holder.pk, "report", False)
    event = Event.objects.get(kind="photo_added")
    assert (event.data, event.person) == ({"photo_id": photo.pk}, holder.link.person)
    assert holder.request.has_new_answer
    assert "You added photos" in holder.track()
    stranger = Client().get(f"/r/{holder.reference}/").content.decode()
    assert photo.name in stranger
    assert "The person who reported it added photos" in stranger
    client = Client()
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(f"/staff/r/{holder.reference}/").content.decode()
    assert photo.name in html
    assert "Added a photo" in html


def test_several_photos_of_one_time_are_one_line(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg(), jpeg(), jpeg()])
    assert holder.told("photo_added") == 3
    assert holder.track().count("You added photos") == 1


def test_what_the_camera_wrote_is_not_kept(cast: Rivermark) -> None:
    exif = Image.Exif()
    exif[0x010F] = "CANARY-CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (40.0, 30.0, 1.0)
    out = io.BytesIO()
    Image.new("RGB", (400, 300)).save(out, "JPEG", exif=exif)
    ana(cast).send(photos=[jpeg(content=out.getvalue())], keep_taken="on")
    photo = Photo.objects.get()
    with default_storage.open(photo.path) as stored:
        assert b"CANARY" not in stored.read()
    assert (photo.taken_at, photo.taken_point) == (None, None)


def test_what_is_no_photo_is_told_by_name_and_the_good_ones_are_kept(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg(), jpeg("notes.txt", b"not a photo")])
    assert holder.status == 422
    assert "notes.txt: We can’t read this file" in holder.html
    assert Photo.objects.count() == 1
    assert Photo.objects.get().name in holder.html


def test_beyond_the_limit_the_first_ones_are_kept_and_the_others_named(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg(f"{number}.jpg") for number in range(7)])
    assert holder.status == 422
    assert Photo.objects.count() == 5
    assert "left out: 5.jpg, 6.jpg" in holder.html
    assert "as many photos as we can accept" in holder.html
    holder.send("upload/", photos=jpeg("late.jpg"), key="k")
    assert (holder.status, Photo.objects.count()) == (422, 5)


def test_those_that_came_with_the_report_do_not_count(cast: Rivermark) -> None:
    holder = ana(cast)
    for _ in range(5):
        sent_along(holder)
    assert holder.send(photos=[jpeg()]).status == 302
    assert Photo.objects.count() == 6


def sent_along(holder: Holder) -> Photo:
    return Photo.objects.create(
        jurisdiction=holder.request.jurisdiction,
        service_request=holder.request,
        name=f"{Photo.objects.count():032}",
        width=1,
        height=1,
    )


def test_a_photo_that_comes_by_itself_gives_back_the_pages_piece(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send("upload/", photos=jpeg(), key="one")
    assert holder.status == 200
    assert Photo.objects.get().name in holder.html
    assert "<html" not in holder.html
    # A second try after a lost answer.
    holder.send("upload/", photos=jpeg(), key="one")
    assert (holder.status, Photo.objects.count(), holder.told("photo_added")) == (200, 1, 1)
    holder.send("upload/", photos=jpeg("x.jpg", b"x"), key="two")
    assert (holder.status, holder.html) == (422, holder.html)
    assert holder.html.startswith("x.jpg: ")


def test_one_that_was_just_added_is_taken_out_again_until_somebody_works_on_it(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg()])
    photo = Photo.objects.get()
    holder.send(remove_photo=photo.name)
    assert (holder.status, Photo.objects.count(), holder.told("photo_removed")) == (302, 0, 1)
    assert not default_storage.exists(photo.path)
    holder.send("upload/", photos=jpeg())
    photo = Photo.objects.get()
    progress.accept(holder.pk, actor=cast.tom)
    page = holder.client.get(f"/r/{holder.reference}/photos/").content.decode()
    assert 'name="remove_photo"' not in page
    holder.send("upload/", remove=photo.name)
    assert Photo.objects.count() == 1


def test_what_came_with_the_report_is_not_taken_out(cast: Rivermark) -> None:
    holder = ana(cast)
    photo = sent_along(holder)
    holder.send("upload/", remove=photo.name)
    assert Photo.objects.count() == 1


def test_photos_of_a_request_whose_photos_only_the_city_sees_are_hidden_from_everybody_else(cast: Rivermark) -> None:
    holder = ana(cast)
    ServiceRequest.objects.filter(pk=holder.pk).update(photos_private=True)
    page = holder.client.get(f"/r/{holder.reference}/photos/").content.decode()
    assert "Only the city sees them." in page
    holder.send(photos=[jpeg()])
    photo = Photo.objects.get()
    assert photo.is_private
    assert Client().get(f"/photos/{photo.name}.jpg").status_code == 404
    assert holder.client.get(f"/r/{holder.reference}/photos/{photo.name}-small.jpg").status_code == 200


def test_a_service_that_takes_no_photos_takes_none_later(cast: Rivermark) -> None:
    holder = ana(cast, version=cast.outreach, answers={})
    assert "Add photos" not in holder.track()
    holder.send(photos=[jpeg()])
    assert not Photo.objects.exists()


def test_photos_come_also_after_work_began_and_not_after_it_ended(cast: Rivermark) -> None:
    holder = ana(cast)
    progress.accept(holder.pk, actor=cast.tom)
    assert "Add photos" in holder.track()
    assert holder.send(photos=[jpeg()]).status == 302
    endings.resolve(holder.pk, disposition="fixed", text="Filled.", actor=cast.tom, visited=True)
    holder.send(photos=[jpeg()])
    assert Photo.objects.count() == 1
    assert "You can’t do this anymore" in holder.html


def test_what_a_photo_shows_is_said_for_who_cannot_see_it_and_holds_no_phone_number(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.send(photos=[jpeg()], stay="1")
    name = Photo.objects.get().name
    holder.send(**{f"alt_{name}": "Bo, 617-555-0142, at the hole"})
    assert holder.status == 422
    assert "617-555-0142" in holder.html
    assert Photo.objects.get().alt == ""
    holder.send(**{f"alt_{name}": "A deep hole"})
    assert Photo.objects.get().alt == "A deep hole"


def described(holder: Holder, words: str) -> Photo:
    holder.send(photos=[jpeg()], stay="1")
    photo = Photo.objects.get()
    holder.send(**{f"alt_{photo.name}": words})
    photo.refresh_from_db()
    assert photo.alt == words
    return photo


@pytest.mark.shows("5.47")
@pytest.mark.parametrize(
    ("words", "reason"), [("We burn it down.", "threat"), ("More at spam.example", "link"), ("A deep hole", "")]
)
def test_listed_words_beside_a_later_photo_wait_for_a_look(cast: Rivermark, words: str, reason: str) -> None:
    for kind, value in (("threat", "burn it down"), ("link", "spam.example")):
        ModerationTerm.objects.create(jurisdiction=cast.city, kind=kind, value=value)
    holder = ana(cast)
    described(holder, words)
    assert (holder.request.review_reason, holder.request.is_public) == (reason, not reason)
    assert (words in Client().get(f"/r/{holder.reference}/").content.decode()) is not bool(reason)
    if reason:
        # After review, the same text is published without another one.
        moderation.approve(holder.pk, actor=cast.pia)
        holder.send(**{f"alt_{Photo.objects.get().name}": words})
        assert holder.request.is_public


@pytest.mark.shows("5.47")
def test_what_staff_took_out_of_a_photos_words_stays_out_while_a_page_with_them_is_open(cast: Rivermark) -> None:
    holder = ana(cast)
    photo = described(holder, "Bo Miller at the hole")
    seen = version_of(photo.alt)
    moderation.hide_text(
        holder.pk,
        {f"photo-{photo.pk}": moderation.Replacement("[…] at the hole", seen)},
        reason="personal_data",
        actor=cast.pia,
    )
    for words in ("Bo Miller at the hole", "Bo Miller again"):
        holder.send(**{f"alt_{photo.name}": words})
        assert holder.status == 422
        assert "removed by" in holder.html
        assert "This text stays as it is now." in holder.html
    later_photos.save_descriptions(holder.pk, {photo.name: "Bo Miller at the hole"})
    photo.refresh_from_db()
    assert photo.alt == "[…] at the hole"
    # A page of now says so, and sends nothing of it.
    page = holder.client.get(f"/r/{holder.reference}/photos/").content.decode()
    assert "removed by" in page
    assert holder.send(photos=[jpeg()]).status == 302
    moderation.restore_text(TextRevision.objects.get().pk, actor=cast.pia)
    holder.send(**{f"alt_{photo.name}": "A hole"})
    photo.refresh_from_db()
    assert photo.alt == "A hole"


def test_who_only_joined_adds_none(cast: Rivermark) -> None:
    holder = ana(cast)
    _person, link = followers.join(holder.pk, reporter=factories.NOBODY, language="en")
    client = Client()
    client.get(f"/l/{links.token(link)}/")
    client.post(f"/r/{holder.reference}/photos/", {"photos": [jpeg()]})
    assert Client().post(f"/r/{holder.reference}/photos/", {"photos": [jpeg()]}).status_code == 403
    assert not Photo.objects.exists()


def test_too_many_from_one_network_wait(cast: Rivermark, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setattr("requests_app.rules.shared.rate_limits.PHOTOS_AN_HOUR", 1)
    holder = ana(cast)
    holder.send(photos=[jpeg(), jpeg()])
    assert (holder.status, Photo.objects.count()) == (422, 1)
