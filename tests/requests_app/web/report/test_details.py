"""Tell us more: photos that come one by one or with the form, what is wrong with which, and words that would deceive."""

import datetime as dt
import errno
import io
import threading
import zlib
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils.timezone import localtime
from PIL import Image

from requests_app.actions.report import drafts
from requests_app.models import Draft, Photo, ServiceRequest
from tests import factories
from tests.factories import Rivermark
from tests.walk import TEXT, Walk

pytestmark = pytest.mark.django_db


def photo(name: str = "hole.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.jpeg(40, 30) if content is None else content, "image/jpeg")


def from_camera() -> bytes:
    """With when and where it was taken."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2026:05:03 16:12:00"
    exif.get_ifd(0x8825).update({1: "N", 2: (40.0, 30.0, 36.0), 3: "W", 4: (69.0, 0.0, 36.0)})
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def bomb() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (50_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    pixels = zlib.compress(b"\0" * 5_000_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def half() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((600, 600), 80).save(out, "JPEG", quality=95)
    return out.getvalue()[: out.tell() // 2]


def sends(walk: Walk, **data: Any) -> Walk:
    """The form with all that was typed, as a browser without a script sends it."""
    return walk.on("details/1", text=TEXT, q_where="lane", q_damage="a bent rim", **data)


# --- What is refused, and that it costs nothing else ------------------------------------------------------------------


@pytest.mark.shows("4.15")
@pytest.mark.parametrize(
    ("content", "told"),
    [
        (bomb(), "too many pixels"),
        (half(), "damaged or incomplete"),
        (b"", "can’t read this file"),
        (b"%PDF-1.7 no photo", "can’t read this file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "can’t read this file"),
    ],
    ids=["bomb", "half a file", "nothing", "another kind", "a drawing with scripts"],
)
def test_a_photo_that_cannot_be_taken_is_told_by_name_and_all_else_kept(walk: Walk, content: bytes, told: str) -> None:
    walk.to_details()
    sends(walk, photos=[photo("good.jpg"), photo("bad <1>.jpg", content)])
    assert walk.status == 422
    assert "bad &lt;1&gt;.jpg: " in walk.html
    assert told in walk.html
    assert "Remove photo 1" in walk.html
    assert 'value="a bent rim"' in walk.html
    assert walk.draft.typed["answers"] == {"where": "lane", "damage": "a bent rim"}
    assert Photo.objects.count() == 1


@pytest.mark.shows("4.15")
def test_a_photo_of_50_mb_is_told_and_all_else_kept(walk: Walk) -> None:
    walk.to_details()
    sends(walk, photos=[photo("huge.jpg", factories.jpeg(40, 30) + bytes(50 * 1024 * 1024))])
    assert walk.status == 422
    assert "huge.jpg: This photo is larger than 12 MB." in walk.html
    assert walk.draft.typed["answers"]["damage"] == "a bent rim"
    assert not Photo.objects.exists()


@pytest.mark.shows("4.15")
def test_a_body_over_64_mb_is_refused_unread_and_leaves_the_draft_as_it_was(walk: Walk) -> None:
    walk.to_details()
    before = walk.draft.typed
    path = f"/report/{walk.draft.pk}/details/1/"
    answer = walk.client.post(
        path, b"x", content_type="multipart/form-data; boundary=x", CONTENT_LENGTH=65 * 1024 * 1024
    )
    assert answer.status_code == 413
    assert walk.draft.typed == before


def test_a_full_disk_keeps_what_was_typed_and_works_again_by_itself(
    walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    walk.to_details()
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", full)
        sends(walk, photos=[photo("good.jpg")])
        assert walk.status == 503
        assert TEXT in walk.html
        assert not Photo.objects.exists()
    sends(walk, photos=[photo("good.jpg")])
    assert Photo.objects.count() == 1


@pytest.mark.shows("4.15", "A22")
def test_of_twenty_photos_five_are_kept_and_no_other_is_even_decoded(walk: Walk) -> None:
    walk.to_details()
    sends(walk, photos=[photo(f"{number}.jpg", b"no photo" if number > 5 else None) for number in range(1, 21)])
    assert walk.status == 422
    assert "6.jpg, 7.jpg" in walk.html
    assert "can’t read this file" not in walk.html
    assert Photo.objects.count() == 5
    assert 'value="a bent rim"' in walk.html


# --- One by one, as js/photo-upload.js sends them ---------------------------------------------------------------------


def put(walk: Walk, **data: Any) -> Any:
    return walk.client.post(f"/report/{walk.draft.pk}/photos/", data)


def test_a_photo_comes_by_itself_and_a_second_try_adds_none(walk: Walk) -> None:
    walk.to_details()
    for _ in range(2):
        answer = put(walk, photos=photo(), key="abc")
        assert answer.status_code == 200
        assert "Remove photo 1" in answer.content.decode()
    assert Photo.objects.count() == 1
    assert put(walk, photos=photo(), key="def").status_code == 200
    assert Photo.objects.count() == 2


def test_a_photo_that_cannot_be_taken_by_itself_is_told_in_plain_words(walk: Walk) -> None:
    walk.to_details()
    answer = put(walk, photos=photo("<b>.jpg", b"no"), key="abc")
    assert answer.status_code == 422
    assert answer["Content-Type"].startswith("text/plain")
    assert "We can’t read this file." in answer.content.decode()


def test_a_photo_is_removed_by_itself_with_its_files(walk: Walk) -> None:
    walk.to_details()
    put(walk, photos=photo(), key="a")
    put(walk, photos=photo(), key="b")
    first, second = Photo.objects.order_by("id")
    page = put(walk, remove=first.name).content.decode()
    assert "Remove photo 1" in page
    assert "Remove photo 2" not in page
    assert Photo.objects.get() == second
    assert not default_storage.exists(first.path)
    # Once more, as a double click does.
    assert put(walk, remove=first.name).status_code == 200


def test_no_other_browser_adds_removes_or_sees_a_photo(walk: Walk) -> None:
    walk.to_details()
    put(walk, photos=photo(), key="a")
    kept = Photo.objects.get()
    stranger = Client()
    path = f"/report/{walk.draft.pk}/photos/"
    assert stranger.post(path, {"photos": photo(), "key": "b"}).status_code == 404
    assert stranger.post(path, {"remove": kept.name}).status_code == 404
    assert stranger.get(f"/photos/{kept.name}.jpg").status_code == 404
    assert Photo.objects.get() == kept


def test_one_drafts_photo_cannot_be_removed_by_way_of_another(walk: Walk) -> None:
    walk.to_details()
    put(walk, photos=photo(), key="a")
    kept = Photo.objects.get()
    stranger = Walk(Client()).to_details()
    put(stranger, remove=kept.name)
    assert Photo.objects.get() == kept


def test_a_photo_that_comes_after_sending_changes_nothing(walk: Walk) -> None:
    walk.to_check()
    draft_id = walk.draft.pk
    walk.send()
    answer = walk.client.post(f"/report/{draft_id}/photos/", {"photos": photo(), "key": "late"}, follow=True)
    assert answer.request["PATH_INFO"].endswith("/sent/")
    assert not Photo.objects.exists()


@pytest.mark.shows("5.36")
def test_photos_are_limited_by_address(walk: Walk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_app.rules.shared.rate_limits.PHOTOS_AN_HOUR", 1)
    walk.to_details()
    assert put(walk, photos=photo(), key="a").status_code == 200
    answer = put(walk, photos=photo(), key="b")
    assert answer.status_code == 422
    assert "too many requests" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_photos_that_come_at_once_are_never_more_than_five() -> None:
    draft = drafts.create(factories.rivermark().city, visitor="0" * 32, language="en")
    content = factories.jpeg(40, 30)
    told: list[str] = []

    def add(number: int) -> None:
        try:
            drafts.add_photo(draft, io.BytesIO(content), size=len(content), key=str(number))
        except Exception as error:
            told.append(str(error))
        connection.close()

    threads = [threading.Thread(target=add, args=[number]) for number in range(7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert draft.photos.count() == 5
    assert told == ["You can add up to 5 photos."] * 2


# --- When and where it was taken --------------------------------------------------------------------------------------


@pytest.mark.shows("4.16")
def test_when_and_where_are_kept_only_if_the_sender_agrees_and_go_when_they_take_it_back(walk: Walk) -> None:
    walk.to_details()
    sends(walk, photos=[photo("one.jpg", from_camera())], add_photos="1")
    first = Photo.objects.get()
    assert (first.taken_at, first.taken_point) == (None, None)
    sends(walk, photos=[photo("two.jpg", from_camera())], keep_taken="on", add_photos="1")
    second = Photo.objects.order_by("id").last()
    assert second is not None
    assert second.taken_at is not None
    assert second.taken_point is not None
    assert localtime(second.taken_at, walk.draft.jurisdiction.zone).replace(tzinfo=None) == dt.datetime(
        2026, 5, 3, 16, 12
    )
    assert (round(second.taken_point.y, 5), round(second.taken_point.x, 5)) == (40.51, -69.01)
    assert "40.51000, -69.01000" in walk.html
    sends(walk, add_photos="1")
    second.refresh_from_db()
    assert (second.taken_at, second.taken_point) == (None, None)
    assert "40.51000" not in walk.html


def test_one_by_one_they_are_kept_only_with_the_box(walk: Walk) -> None:
    walk.to_details()
    put(walk, photos=photo("one.jpg", from_camera()), key="a")
    put(walk, photos=photo("two.jpg", from_camera()), key="b", keep_taken="on")
    assert [bool(one.taken_at) for one in Photo.objects.order_by("id")] == [False, True]


@pytest.mark.shows("4.16")
def test_only_the_city_sees_them_after_sending(walk: Walk, cast: Rivermark) -> None:
    walk.to_details()
    sends(walk, photos=[photo("two.jpg", from_camera())], keep_taken="on").on("contact", none="1").send()
    made = ServiceRequest.objects.get()
    factories.run_worker()
    desk = Client()
    desk.force_login(factories.staff("sue", "supervisor", cast.city, cast.streets))
    assert "40.51000, -69.01000" in desk.get(f"/staff/r/{made.reference}/").content.decode()
    assert "40.51000" not in Client().get(f"/r/{made.reference}/").content.decode()


@pytest.mark.parametrize(("text", "is_private"), [("My husband beats me every night. A hole", True), ("A hole", False)])
def test_under_words_of_distress_it_does_not_say_that_everyone_reads_them(
    walk: Walk, text: str, is_private: bool
) -> None:
    walk.begin(text)
    if is_private:
        walk.on("emergency", go_on="1")
    walk.on("service", service="pothole").on("location", address="12 Elm St")
    assert ("As it’s written now, only the city can read this." in walk.html) is is_private
    assert ("Everyone can read this." in walk.html) is not is_private


def test_the_stored_files_never_hold_them(walk: Walk) -> None:
    walk.to_details()
    put(walk, photos=photo("two.jpg", from_camera()), key="b", keep_taken="on")
    kept = Photo.objects.get()
    for path in (kept.path, kept.small_path):
        with default_storage.open(path) as file, Image.open(file) as image:
            assert not image.getexif()


# --- Words that would deceive -----------------------------------------------------------------------------------------


@pytest.mark.shows("4.21")
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("pay \u202e000,1\u202c dollars", "pay 000,1 dollars"),
        ("a gas\u200b leak\ufeff here\u2060", "a gas leak here"),
        ("f\u200di\u200cre", "fire"),
        ("Cafe\u0301 Rosa", "Caf\u00e9 Rosa"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("a \U0001f469\u200d\U0001f692 came", "a \U0001f469\u200d\U0001f692 came"),
        ("\u0915\u094d\u200d\u0937", "\u0915\u094d\u200d\u0937"),
    ],
    ids=["overrides", "no width", "joiners in a word", "composed", "Persian", "emoji", "Hindi"],
)
def test_what_is_not_seen_goes_and_what_joins_letters_stays(walk: Walk, typed: str, kept: str) -> None:
    walk.begin(typed)
    assert walk.draft.typed["text"] == kept


@pytest.mark.shows("4.21")
def test_a_red_flag_is_heard_through_letters_without_width(walk: Walk) -> None:
    assert walk.begin("I sm\u200bell g\u200das in the hall").at == "emergency"


def test_words_of_nothing_but_letters_without_width_are_none(walk: Walk) -> None:
    walk.begin("\u200b\u200d\u2060")
    assert walk.status == 422
    assert not Draft.objects.exists()


# --- Two POSTs at once ------------------------------------------------------------------------------------------------


@pytest.mark.shows("4.20", "A18")
@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_the_same_moment_it_is_one_request() -> None:
    factories.rivermark()
    walk = Walk(Client()).to_check()
    draft_id = walk.draft.pk
    made: list[str] = []

    def press() -> None:
        made.append(drafts.submit(Draft.objects.get(pk=draft_id)).reference)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert {ServiceRequest.objects.get().reference} == set(made)
