"""The scan of a letter: pages for staff who may see who wrote it, drawn again, and gone with the person."""

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from requests_app.actions.contacts import letter_pages, retention
from requests_app.actions.privacy import erasures, expiry
from requests_app.exports import own_data
from requests_app.models import ContactPoint, Event, LetterPage, User
from tests import factories, scans
from tests.desk import Letter
from tests.factories import Rivermark
from tests.staff_app.desk.test_paper import today

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def files() -> set[str]:
    """The names of all stored pictures, without their endings."""
    folders = default_storage.listdir(letter_pages.FOLDER)[0]
    return {name for folder in folders for name in default_storage.listdir(f"{letter_pages.FOLDER}/{folder}")[1]}


def files_of(pages: Iterable[LetterPage]) -> set[str]:
    return {f"{page.name}{end}" for page in pages for end in (".jpg", "-small.jpg")}


def attach(letter: Letter, *contents: bytes) -> str:
    """Returns the page that the taker sees then."""
    files = [scans.upload(content) for content in contents]
    answer = letter.client.post(f"/staff/desk/{letter.number}/letter/", {"scan": files}, follow=True)
    letter.status = answer.redirect_chain[0][1] if answer.redirect_chain else answer.status_code
    return str(answer.content.decode())


def begun(cast: Rivermark) -> Letter:
    return Letter(cast.cal, number="pothole-1-en", received_on=today(cast))


def status(user: User | None, path: str) -> int:
    client = Client()
    if user is not None:
        client.force_login(user)
    return int(client.get(path).status_code)


def test_a_scan_is_with_the_reporter_for_those_who_may_see_them_and_nowhere_else(cast: Rivermark) -> None:
    letter, other = begun(cast), begun(cast)
    page = attach(letter, scans.pdf(2), scans.photo("red"))
    attach(other, scans.pdf(1))
    rows = list(LetterPage.objects.filter(contact__number=letter.number))
    assert [row.number for row in rows] == [1, 2, 3]
    assert all(f"/staff/letters/{row.name}-small.jpg" in page for row in rows)
    path = f"/staff/letters/{rows[0].name}.jpg"
    # While it's typed in, takers read it.
    picture = Client()
    picture.force_login(cast.cal)
    content = b"".join(picture.get(path).streaming_content)  # type: ignore[attr-defined]
    image = Image.open(io.BytesIO(content))
    assert (image.format, max(image.size)) == ("JPEG", 1651)
    # Black in the corner, as the PDF says.
    assert image.convert("1").getpixel((10, image.height - 10)) == 0
    request = letter.entered(cast)
    letter.to("close", outcome="request_made", note="", transferred_to="")
    factories.run_worker()
    # A desk that isn't told who reports.
    taker = factories.role(cast.city, "call_taker")
    taker.permissions.remove("view_reporter")
    taker.save()
    assert [status(user, path) for user in (cast.tom, cast.cal, cast.pia, cast.dev, None)] == [200, 404, 404, 404, 302]
    assert status(cast.tom, path.replace(".jpg", "-small.jpg")) == 200
    # The other letter isn't a report yet.
    unsent = LetterPage.objects.get(contact__number=other.number)
    assert [status(user, f"/staff/letters/{unsent.name}.jpg") for user in (cast.cal, cast.tom, cast.pia)] == [
        200,
        404,
        404,
    ]
    tom = Client()
    tom.force_login(cast.tom)
    detail = tom.get(f"/staff/r/{request.reference}/").content.decode()
    assert rows[0].name not in detail
    assert "The scan of the letter is with the name." in detail
    shown = tom.post(f"/staff/r/{request.reference}/reporter/", {"reason": "reply"}).content.decode()
    assert [row.name in shown for row in (*rows, unsent)] == [True, True, True, False]
    assert Event.objects.filter(service_request=request, kind="reporter_viewed", user=cast.tom).count() == 1
    for public in (
        f"/r/{request.reference}/",
        f"/api/v1/requests/{request.reference}/",
        f"/open311/v2/requests/{request.reference}.json",
    ):
        answer = Client().get(public)
        assert (answer.status_code, rows[0].name in answer.content.decode()) == (200, False), public


def test_staff_of_another_city_open_no_page_of_a_scan(cast: Rivermark) -> None:
    taker = factories.staff("Lia", "call_taker", factories.lakeside().city)
    letter = begun(cast)
    attach(letter, scans.pdf(1))
    name = LetterPage.objects.get().name
    client = Client(HTTP_HOST="lakeside.example")
    client.force_login(taker)
    assert client.get(f"/staff/letters/{name}.jpg").status_code == 404
    assert client.post(f"/staff/desk/{letter.number}/letter/", {"remove": "1"}).status_code == 404
    assert LetterPage.objects.count() == 1


def test_pages_are_added_up_to_the_most_all_of_a_file_or_none(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letter_pages, "PAGES_MAX", 3)
    letter = begun(cast)
    attach(letter, scans.pdf(2))
    assert "A letter can have up to 3 pages." in attach(letter, scans.pdf(2))
    assert files() == files_of(LetterPage.objects.all())
    attach(letter, scans.pdf(1))
    assert [page.number for page in LetterPage.objects.all()] == [1, 2, 3]


@pytest.mark.slow
def test_forty_pages_are_taken_and_no_more(cast: Rivermark) -> None:
    letter, other = begun(cast), begun(cast)
    assert "The scan has 40 pages." in attach(letter, scans.pdf(40))
    for content in (scans.photo(), scans.pdf(1)):
        assert "A letter can have up to 40 pages." in attach(letter, content)
        assert letter.status == 422
    assert "A letter can have up to 40 pages." in attach(other, scans.pdf(41))
    assert "A letter can have up to 40 pages." in attach(other, *[scans.photo()] * 41)
    assert LetterPage.objects.count() == 40
    # All or none: what was drawn before the refusal is gone again.
    assert files() == files_of(LetterPage.objects.all())


# What is sent, and whether bin/test sends it, too.
REFUSED = [
    (scans.locked(), "This PDF is locked with a password.", True),
    (scans.pdf()[:200], "It’s damaged or incomplete.", True),
    (scans.pdf(0), "It’s damaged or incomplete.", False),
    (b"%PDF-1.7\n" + bytes(range(256)) * 9, "It’s damaged or incomplete.", False),
    (b"Dear city", "Use a PDF, or JPEG", True),
    (scans.photo()[:-60], "It’s damaged or incomplete.", False),
    (b"", "The submitted file is empty.", True),
]


@pytest.mark.parametrize(
    ("content", "message"),
    [pytest.param(*row, marks=[] if by_default else [pytest.mark.slow]) for *row, by_default in REFUSED],
)
def test_what_is_no_scan_is_refused_with_the_reason(cast: Rivermark, content: bytes, message: str) -> None:
    letter = begun(cast)
    page = attach(letter, content)
    assert (letter.status, message in page) == (422, True)
    assert not LetterPage.objects.exists()
    # The letter is still there to be typed in.
    assert 'name="step"' in page


@pytest.mark.slow
def test_a_page_that_says_to_be_huge_is_drawn_in_the_usual_size(cast: Rivermark) -> None:
    attach(begun(cast), scans.huge())
    assert max(LetterPage.objects.values_list("width", "height").get()) == 1651


@pytest.mark.slow
def test_a_bomb_takes_no_more_than_its_child(cast: Rivermark) -> None:
    letter = begun(cast)
    assert "It’s damaged or incomplete." in attach(letter, scans.laughs())
    assert "The scan has 1 page." in attach(letter, scans.pdf(1))


def test_a_scan_can_come_with_the_sheet_and_a_wrong_one_is_taken_off(
    cast: Rivermark, django_capture_on_commit_callbacks: Any
) -> None:
    data = {"number": "", "received_on": today(cast), "scan": scans.upload(scans.pdf(2))}
    letter = Letter(cast.cal, **data)  # type: ignore[arg-type]
    assert (letter.status, letter.row.letter_pages.count()) == (302, 2)
    assert len(files()) == 4
    assert "Remove scan" in letter.html
    broken = Letter(cast.cal, **{**data, "scan": scans.upload(b"%PDF-")})  # type: ignore[arg-type]
    assert (broken.row.letter_pages.count(), "It’s damaged or incomplete." in broken.html) == (0, True)
    with django_capture_on_commit_callbacks(execute=True):
        letter.to("letter", remove="1")
    assert not files()
    assert not LetterPage.objects.exists()


def test_a_closed_letter_takes_no_pages(cast: Rivermark) -> None:
    letter = begun(cast)
    letter.to("close", outcome="answered", note="", transferred_to="")
    assert "This contact is closed." in attach(letter, scans.pdf(1))
    assert not LetterPage.objects.exists()


def test_a_scan_goes_with_its_writer_or_when_no_request_came_of_it(
    cast: Rivermark, django_capture_on_commit_callbacks: Any
) -> None:
    made, answered, another = begun(cast), begun(cast), begun(cast)
    for letter in (made, answered, another):
        attach(letter, scans.photo())
    made.entered(cast, email="ana@example.org")
    another.entered(cast, "Another hole", phone="617-555-0177", name="Bo")
    with django_capture_on_commit_callbacks(execute=True):
        retention.forget()
    assert LetterPage.objects.count() == 3, "the letter is still being read"
    answered.to("close", outcome="answered", note="", transferred_to="")
    for letter in (made, another):
        letter.to("close", outcome="request_made", note="", transferred_to="")
    with django_capture_on_commit_callbacks(execute=True):
        retention.forget()
    left = LetterPage.objects.filter(contact__number__in=[made.number, another.number])
    assert (left.count(), LetterPage.objects.count(), files()) == (2, 2, files_of(left))
    person = made.row.person
    assert person is not None
    own = ContactPoint.objects.get(person=person, kind="email")
    packed = zipfile.ZipFile(io.BytesIO(b"".join(own_data.copy(own, 1))))
    letters = [one["letter"] for one in json.loads(packed.read("data.json"))["conversations"]]
    assert letters == [[name for name in packed.namelist() if name.startswith("letters/")]]
    assert packed.read(letters[0][0]) == default_storage.open(left.get(contact__number=made.number).path).read()
    with django_capture_on_commit_callbacks(execute=True):
        erasures.erase(own, reports_too=False)
    assert files() == files_of(LetterPage.objects.filter(contact__number=another.number))
    assert LetterPage.objects.count() == 1


def test_the_night_deletes_files_of_scans_without_a_row(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    attach(begun(cast), scans.photo())
    page = LetterPage.objects.get()
    default_storage.save(f"letters/{page.name[:2]}/{page.name[:2]}{'0' * 30}.jpg", io.BytesIO(b"cut off"))
    assert (expiry.sweep_files(), len(files())) == (0, 3)
    monkeypatch.setattr(expiry, "FILES_KEPT", -expiry.FILES_KEPT)
    assert (expiry.sweep_files(), files()) == (1, files_of([page]))
